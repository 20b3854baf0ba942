"""Rules and lists of destruction in rows, as Swedish Excel reads them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from geodata.exchange.guard import guarded
from geodata.queries.retention_runs import KnownItem
from webmap.services.retention_list import Tally
from webmap.services.retention_words import outcome_word, record_word, rule_words
from webmap.words import Words
from webmap.words.labels import N_

_RULES = (N_("Regel"), N_("Beslut"), N_("Att ta bort i dag"), N_("Hålls kvar"))
_ITEMS = (N_("Vad"), N_("Id"), N_("Beslut"), N_("Kan tas bort från"), N_("Utfall"))


def rules_csv(tallies: Sequence[Tally], words: Words) -> bytes:
    """The rules in force, and how much is due by each today."""
    heads = [words(name) for name in _RULES]
    rows = [
        [rule_words(each.rule.term, words), each.rule.decision, str(each.due), str(each.held)]
        for each in tallies
    ]
    return _csv([heads, *rows])


def items_csv(items: Iterable[KnownItem], decisions: dict[int, str], words: Words) -> bytes:
    """The objects of a run: what, which, by which decision, since which day, and what became of it."""
    heads = [words(name) for name in _ITEMS]
    rows = [
        [
            record_word(item.record, words),
            item.object_id,
            decisions.get(item.rule_id, ""),
            item.due_on.isoformat(),
            outcome_word(item.outcome, words),
        ]
        for item in items
    ]
    return _csv([heads, *rows])


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    text = StringIO(newline="")
    out = csv.writer(text, delimiter=";", lineterminator="\r\n")
    out.writerows([[guarded(cell) for cell in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")
