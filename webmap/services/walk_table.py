"""Walks in rows: as the staff's list shows them, and as a file."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from sqlalchemy import Engine

from geodata.exchange.guard import guarded
from geodata.hours import WEEKDAYS, today
from geodata.queries.follow_ups import late_findings
from geodata.queries.municipalities import Home
from geodata.queries.walk_heads import head_sum
from geodata.queries.walk_phones import finding_counts
from geodata.queries.walks import KnownWalk, stops_of, walks_of
from geodata.tables.engine import reading
from geodata.vocabulary import WalkState
from webmap.words import Words
from webmap.words.labels import N_
from webmap.words.walk_labels import WALK_LIGHTS, WALK_STATES

GROUPS: dict[str, tuple[str, tuple[WalkState, ...]]] = {
    "coming": (N_("Att gå"), (WalkState.OPEN, WalkState.PLANNED)),
    "follow_up": (N_("Att följa upp"), (WalkState.CLOSED, WalkState.FOLLOWED_UP)),
    "published": (N_("Publicerade"), (WalkState.PUBLISHED,)),
    "cancelled": (N_("Inställda"), (WalkState.CANCELLED,)),
}
_HEADINGS = (
    N_("Vandring"),
    N_("Läge"),
    N_("Dag"),
    N_("Start"),
    N_("Ort"),
    N_("Mötesplats"),
    N_("Ljus"),
    N_("Stopp"),
    N_("Deltagare"),
    N_("Iakttagelser"),
    N_("Uppföljning"),
    N_("Försenad"),
    N_("Försenade åtgärder"),
    N_("Kod"),
)


@dataclass(frozen=True)
class WalkRow:
    """A walk in words. is_late: its follow-up meeting should have been held. late: how many of its promises
    are past their day.
    """

    known: KnownWalk
    state: str
    day: str
    stops: int
    heads: int
    findings: int
    is_late: bool
    late: int


def rows_of(engine: Engine, home: Home, words: Words) -> list[WalkRow]:
    """Every walk of a municipality, newest day first."""
    with reading(engine) as session:
        counts, late = finding_counts(session, home.id), late_findings(session, home.id, today())
        return [
            WalkRow(
                walk,
                words(WALK_STATES[walk.state]),
                day_words(walk, words),
                len(stops_of(session, walk.id)),
                head_sum(session, walk.id),
                counts.get(walk.id, 0),
                is_late(walk),
                late.get(walk.id, 0),
            )
            for walk in walks_of(session, home.id)
        ]


def day_words(walk: KnownWalk, words: Words) -> str:
    """Tor 14 nov. 2026 18.30."""
    name = words.weekday(WEEKDAYS[walk.day.weekday()])
    return f"{name[:1].upper()}{name[1:]} {words.day(walk.day)} {walk.starts:%H.%M}"


def is_late(walk: KnownWalk) -> bool:
    """Whether the follow-up meeting should have been held."""
    return walk.state == WalkState.CLOSED and walk.follow_up_on is not None and walk.follow_up_on < today()


def grouped(rows: Sequence[WalkRow], words: Words) -> list[tuple[str, str, list[WalkRow]]]:
    """(key, title, rows) of every group that has any; what is to come begins with the next."""
    found = []
    for key, (title, states) in GROUPS.items():
        own = [row for row in rows if row.known.state in states]
        if own:
            found.append((key, words(title), own[::-1] if key == "coming" else own))
    return found


def as_csv(rows: Sequence[WalkRow], words: Words) -> bytes:
    """As Swedish Excel reads it: BOM, semicolons, and no cell that could run."""
    text = StringIO(newline="")
    out = csv.writer(text, delimiter=";", lineterminator="\r\n")
    out.writerow([words(name) for name in _HEADINGS])
    out.writerows(_line(row, words) for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _line(row: WalkRow, words: Words) -> list[str]:
    walk = row.known
    said = [
        walk.title,
        row.state,
        walk.day.isoformat(),
        f"{walk.starts:%H:%M}",
        walk.locality,
        walk.meeting_place,
        words(WALK_LIGHTS[walk.light]),
        f"{row.stops}",
        f"{row.heads}",
        f"{row.findings}",
        walk.follow_up_on.isoformat() if walk.follow_up_on else "",
        words("ja") if row.is_late else words("nej"),
        f"{row.late}",
        walk.join_code,
    ]
    return [guarded(each) for each in said]
