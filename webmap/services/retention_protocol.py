"""The protocol of a run in words: counts, ids, decisions, who and when; never what was destroyed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Engine

from geodata.hours import local, today
from geodata.queries.keeping import Term
from geodata.queries.municipalities import Home
from geodata.queries.retention_runs import DELETED, DUE, GONE, HELD, KnownRun
from geodata.vocabulary import RecordClass, Trigger
from webmap.services import retention
from webmap.services.retention_words import outcome_word, record_word, rule_words
from webmap.words import Words

_MOST_PRINTED = 400


@dataclass(frozen=True)
class RuleLine:
    """One rule of a run, as it was when the list was made, and how many by outcome."""

    sentence: str
    decision: str
    due: str
    held: str
    deleted: str
    gone: str


def decisions_of(run: KnownRun) -> dict[int, str]:
    """The number of the decision behind each rule of a run."""
    return {each["id"]: each["decision"] for each in run.protocol["rules"]}


def rule_lines(run: KnownRun, counts: Mapping[tuple[int, str], int], words: Words) -> list[RuleLine]:
    """The rules of a run by which something was listed."""
    lines = []
    for said in run.protocol["rules"]:
        found = {each: counts.get((said["id"], each), 0) for each in (DUE, HELD, DELETED, GONE)}
        if any(found.values()):
            numbers = (words.number(found[each]) if found[each] else "–" for each in found)
            lines.append(RuleLine(rule_words(_term(said), words), said["decision"], *numbers))
    return lines


def _term(said: Mapping[str, Any]) -> Term:
    return Term(RecordClass(said["record"]), Trigger(said["after"]), said["years"], said["days"])


def protocol_words(engine: Engine, home: Home, run: KnownRun, words: Words) -> dict[str, Any]:
    """All that stands on the printed protocol of a run that is done."""
    day = local(run.done_at).date() if run.done_at else run.as_of
    return {
        "language": words.language,
        "day": [day.year, day.month, day.day],
        "municipality": words.municipality(home.name),
        "title": words("Gallringsprotokoll %(day)s", day=words.day(day)),
        "printed": words("Utskriven %(day)s", day=words.day(today())),
        "page": words("Sida"),
        "facts": _facts(run, words),
        "heads": [
            words("Regel"),
            words("Beslut"),
            words("Borttaget"),
            words("Hölls kvar"),
            words("Fanns inte"),
        ],
        "rules": _rules(engine, run, words),
        "remarks": _remarks(run, words),
        **_objects(engine, run, words),
    }


def _facts(run: KnownRun, words: Words) -> list[tuple[str, str]]:
    nobody = words("Kommandoraden")
    moments = (
        (words("Listan gjordes"), run.names[0] or nobody, run.proposed_at),
        (words("Godkändes"), run.names[1] or nobody, run.approved_at),
        (words("Genomfördes"), "", run.done_at),
    )
    told = [
        (name, ", ".join(part for part in (words.moment(local(at)), who) if part))
        for name, who, at in moments
        if at is not None
    ]
    return [
        *told,
        (words("Räknat till och med"), words.day(run.as_of)),
        (words("Gallringens id"), str(run.uid)),
        (words("Kontrollsumma för den godkända listan"), run.digest),
        (words("Kontrollsumma för utfallet"), run.protocol.get("objects_digest", "")),
    ]


def _rules(engine: Engine, run: KnownRun, words: Words) -> list[list[str]]:
    lines = rule_lines(run, retention.counts(engine, run), words)
    return [[each.sentence, each.decision, each.deleted, each.held, each.gone] for each in lines]


def _remarks(run: KnownRun, words: Words) -> list[str]:
    gone_on = words.day(date.fromisoformat(run.protocol["backups_gone_on"]))
    said = [words("Säkerhetskopior som innehåller det borttagna ska vara borta %(day)s.", day=gone_on)]
    if run.protocol.get("database") == "postgresql":
        said.append(words("Databasens lediga utrymme är frigjort och skrivs över efter hand."))
    else:
        said.append(words("Databasfilen är omskriven, så inga rester finns kvar i den."))
    idle = [record_word(RecordClass(each), words) for each in run.protocol["without_decision"]]
    if idle:
        said.append(words("Utan beslutsnummer, och därför inte gallrat: %(what)s.", what=", ".join(idle)))
    return said


def _objects(engine: Engine, run: KnownRun, words: Words) -> dict[str, Any]:
    items = retention.items(engine, run, _MOST_PRINTED + 1)
    rows = [
        [
            record_word(item.record, words),
            item.object_id,
            words.day(item.due_on),
            outcome_word(item.outcome, words),
        ]
        for item in items[:_MOST_PRINTED]
    ]
    more = words("Listan är längre än så. Hela finns som CSV.") if len(items) > _MOST_PRINTED else ""
    heads = [words("Vad"), words("Id"), words("Kan tas bort från"), words("Utfall")]
    return {
        "objects_title": words("Vad listan innehöll"),
        "object_heads": heads,
        "objects": rows,
        "more": more,
    }
