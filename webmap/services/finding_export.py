"""Findings into files: exactly what a filter lets through, and the filter with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine

from geodata.errors import NotFound
from geodata.exchange.finding_files import FINDING_WRITERS
from geodata.exchange.writers import in_words, write
from geodata.hours import today
from geodata.queries.finding_frame import Choice, findings_frame
from geodata.queries.municipalities import home
from geodata.queries.reports import exported_window
from geodata.queries.window import Window
from geodata.tables.chain import Entry, append
from geodata.tables.engine import reading, writing
from webmap.services.actors import COMMAND, Actor
from webmap.services.finding_desk import walk_in


@dataclass(frozen=True)
class Narrowed:
    """What a page shows of a walk's findings. words: the filter, as it stands in the page's address."""

    uids: frozenset[UUID]
    words: Mapping[str, str]


@dataclass(frozen=True)
class FindingOrder:
    """What to write, where, and for whom. walk: only its findings. narrowed: only these of them.
    format: a key of FINDING_WRITERS.
    """

    municipality: str
    window: Window
    format: str
    path: Path
    walk: UUID | None = None
    actor: Actor = COMMAND
    narrowed: Narrowed | None = None


@dataclass(frozen=True)
class FindingResult:
    """How many findings were written, and the filter as it stands in the file."""

    rows: int
    chosen: dict[str, str]


def run(engine: Engine, order: FindingOrder) -> FindingResult:
    """Write the file, all of it or none, and who took it in the journal first. Raises FileFault, NotFound."""
    if order.format not in FINDING_WRITERS:
        known = ", ".join(FINDING_WRITERS)
        raise NotFound("export.no_such_format", given=order.format[:20], known=known)
    with reading(engine) as session:
        there = home(session, order.municipality)
        if order.walk is not None:
            walk_in(session, order.walk, [order.municipality])
        choice = Choice(order.walk, order.narrowed.uids if order.narrowed else None)
        frame = findings_frame(session, there, order.window, choice, today())
    chosen = {"municipality": order.municipality, **_filter(order)}
    what = f"{order.format}?{in_words(_filter(order))}"
    entry = ("finding.export", "findings", what, order.municipality, order.actor.user_id, len(frame))
    with writing(engine) as session:
        append(session, Entry(order.actor.role, *entry))
    write(frame, order.format, order.path, chosen, FINDING_WRITERS)
    return FindingResult(len(frame), chosen)


def _filter(order: FindingOrder) -> dict[str, str]:
    words = exported_window(order.window).as_words() | {"kinds": "walk_finding"}
    words |= {"walk": str(order.walk)} if order.walk else {}
    return words | (dict(order.narrowed.words) if order.narrowed else {})
