"""Making the fixed scales, at the write that makes it possible, and remaking them as a named act."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, delete

from geodata.analysis.layout import Layout
from geodata.analysis.scale import Scale as MadeScale
from geodata.analysis.scale import make_scales
from geodata.exchange.ticker import Progress, Ticker, silent
from geodata.hours import today
from geodata.queries.columns import Columns, read_columns
from geodata.queries.municipalities import Home
from geodata.queries.scales import kinds_stored, kinds_with_scales
from geodata.queries.selection import SIX_HOUR_WINDOWS, Selection, full_period, select
from geodata.queries.window import Window
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.scales import Scale
from geodata.vocabulary import Kind
from webmap.services.actors import COMMAND, Actor

FEWEST_FOR_A_SCALE = 30
_READ, _LAID_OUT = 0.1, 0.2
"""How much of the making is done when the reports are read, and when they are laid out."""


def refresh(engine: Engine, home: Home, actor: Actor = COMMAND, progress: Progress = silent) -> list[Kind]:
    """Make the scales of every kind that has passed thirty reports and has none; says which.

    Called after the write that may have passed the mark, never when something is only looked at. progress
    is told for each kind by itself.
    """
    with reading(engine) as session:
        wanting = sorted(kinds_stored(session, home.id) - kinds_with_scales(session, home.id))
        if not wanting:
            return []
        progress(0.0)
        columns = read_columns(session, home.id)
    progress(_READ)
    return [kind for kind in wanting if _make(engine, home, columns, kind, _Making(actor, progress))]


def remake(engine: Engine, home: Home, kind: Kind, actor: Actor) -> bool:
    """Make one kind's scales anew from the reports as they are; false where there are too few."""
    with reading(engine) as session:
        columns = read_columns(session, home.id)
    return _make(engine, home, columns, kind, _Making(actor))


@dataclass(frozen=True)
class _Making:
    """Who makes scales, and who is told how far it has come."""

    actor: Actor
    progress: Progress = silent


def _make(engine: Engine, home: Home, columns: Columns, kind: Kind, by: _Making) -> bool:
    window = Window(kinds=frozenset({kind})).with_defaults()
    chosen = select(columns, window, home.ground()).placed
    if chosen.n < FEWEST_FOR_A_SCALE:
        return False
    layout = Layout(columns.east[chosen.rows], columns.north[chosen.rows])
    years = full_period(columns, kind, today()).years
    parts = Ticker(by.progress, _LAID_OUT).over_steps(_parts(chosen, window, home), len(SIX_HOUR_WINDOWS))
    scales = make_scales(layout, chosen.share, parts, years)
    _store(engine, _Made(home, kind, scales, chosen.n), by.actor)
    return True


def _parts(chosen: Selection, window: Window, home: Home) -> Iterator[NDArray[np.float64]]:
    """The weights of the chosen reports in each of the week's 28 six-hour windows."""
    columns = chosen.columns.take(chosen.rows)
    for hours in SIX_HOUR_WINDOWS:
        yield select(columns, replace(window, hours=hours), home.ground()).weights()


@dataclass(frozen=True)
class _Made:
    """The scales of one kind, from n reports."""

    home: Home
    kind: Kind
    scales: list[MadeScale]
    n: float


def _store(engine: Engine, made: _Made, actor: Actor) -> None:
    home, kind = made.home, made.kind
    now = datetime.now(UTC)
    with writing(engine) as session:
        next_change(session, home.id)  # two writes that pass the mark together make them one after the other
        session.execute(delete(Scale).where(Scale.municipality_id == home.id, Scale.kind == kind))
        session.add_all(
            Scale(
                municipality_id=home.id,
                kind=kind,
                kernel=scale.kernel.name,
                bandwidth_m=round(scale.kernel.bandwidth_m),
                years=scale.years,
                n=made.n,
                whole_top=scale.whole_top,
                part_top=scale.part_top,
                made_at=now,
            )
            for scale in made.scales
        )
        append(session, Entry(actor.role, "scale.make", "scale", kind, home.code, actor.user_id, at=now))
