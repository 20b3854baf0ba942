"""The findings of a walk with what is done about them, as a file for Swedish Excel."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from io import StringIO

from geodata.exchange.guard import guarded
from geodata.hours import local, today
from geodata.queries.findings import KnownFinding, KnownFollowUp
from webmap.services.finding_words import (
    about_words,
    cost_words,
    land_words,
    review_words,
    sameness_words,
    sign_words,
)
from webmap.words import Words
from webmap.words.labels import N_
from webmap.words.walk_labels import FINDING_STATES

_HEADINGS = (
    *(N_("Nummer"), N_("Stopp"), N_("Stoppets namn"), N_("Sagt"), N_("Tecken"), N_("Gäller"), N_("Text")),
    *(
        N_("Allvar"),
        N_("Granskning"),
        N_("Samma sak"),
        N_("Läge"),
        N_("Ord i protokollet"),
        N_("Ansvarig enhet"),
    ),
    *(N_("Markägare"), N_("Kostnadsdrivande"), N_("Åtgärd"), N_("Klart senast"), N_("Försenad"), N_("Klar")),
    *(N_("Varför inte"), N_("Bilder"), N_("Bilder som saknas"), N_("Longitud"), N_("Latitud")),
)


def as_csv(findings: Sequence[KnownFinding], words: Words, now: date | None = None) -> bytes:
    """In the order given: BOM, semicolons, decimal commas, and no cell that could run."""
    text = StringIO(newline="")
    out = csv.writer(text, delimiter=";", lineterminator="\r\n")
    out.writerow([words(name) for name in _HEADINGS])
    out.writerows(_line(each, words, now or today()) for each in findings)
    return text.getvalue().encode("utf-8-sig")


def _line(finding: KnownFinding, words: Words, now: date) -> list[str]:
    said = [
        f"{local(finding.said_at):%Y-%m-%d %H:%M}",
        sign_words(finding, words),
        about_words(finding, words),
        finding.private_text,
        str(finding.severity or ""),
        review_words(finding, words),
        sameness_words(finding, words),
        words(FINDING_STATES[finding.progress]),
        *_decision(finding.follow_up, words, now),
    ]
    stop = finding.stop
    where = [str(finding.seq), "" if stop is None else str(stop.number), "" if stop is None else stop.name]
    come = len(finding.photos) - finding.photos_missing
    spot = [f"{degrees:.6f}".replace(".", ",") for degrees in finding.position or ()] or ["", ""]
    return [*(guarded(each) for each in (*where, *said)), str(come), str(finding.photos_missing), *spot]


def _decision(known: KnownFollowUp | None, words: Words, now: date) -> list[str]:
    if known is None:
        return [""] * 9
    return [
        known.words,
        known.unit,
        land_words(known, words),
        cost_words(known.is_cost_driving, words),
        known.action,
        known.due.isoformat() if known.due else "",
        words("ja") if known.is_overdue(now) else words("nej"),
        known.done.isoformat() if known.done else "",
        known.reason,
    ]
