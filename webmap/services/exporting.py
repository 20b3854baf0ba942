"""Reports into files: exactly what a filter lets through, and the filter with them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.errors import NotFound, TooOften
from geodata.exchange import writers
from geodata.queries.columns import Columns
from geodata.queries.journal import times_done
from geodata.queries.municipalities import home
from geodata.queries.reports import exported, exported_window, frame_of, owned_by
from geodata.queries.selection import Selection
from geodata.queries.sharings import Shared
from geodata.queries.sight import EVERYTHING, Sight
from geodata.queries.window import Window
from geodata.tables.chain import Entry, append
from geodata.tables.engine import reading, writing
from webmap.services.actors import COMMAND, Actor

ACTION, ACROSS = "report.export", "sharing.export"
MOST_EXPORTS, WITHIN = 30, timedelta(minutes=10)


@dataclass(frozen=True)
class ExportOrder:
    """What to write, where, and for whom. format: a key of `writers.WRITERS`.

    columns: the municipality's reports, where they are in memory already. sight: what the actor sees.
    """

    municipality: str
    window: Window
    format: str
    path: Path
    actor: Actor = COMMAND
    columns: Columns | None = None
    sight: Sight = EVERYTHING


@dataclass(frozen=True)
class ExportResult:
    """How many reports were written, and the filter as it stands in the file.

    n: sum of shares of those with a position, None where the file holds several kinds: they are never summed.
    """

    rows: int
    n: float | None
    without_position: int
    chosen: dict[str, str]


def run(engine: Engine, order: ExportOrder) -> ExportResult:
    """Write the file, all of it or none, and who took it in the journal first.

    Raises FileFault, NotFound, InvalidValue, and TooOften for an account that has taken many just now.
    """
    with reading(engine) as session:
        _hold_back(session, order.actor)
        there = home(session, order.municipality)
        chosen = exported(session, there, order.window, order.columns, order.sight)
        frame = frame_of(session, chosen, order.sight)
    share = frame["share"].to_numpy(dtype=np.float64)
    result = ExportResult(
        len(frame),
        float(np.nansum(share)) if frame["kind"].nunique() <= 1 else None,
        int(np.isnan(share).sum()),
        {"municipality": order.municipality, **exported_window(order.window).as_words()},
    )
    _write_in_journal(engine, order, result, _across(chosen, order))
    writers.write(frame, order.format, order.path, _described(result))
    return result


def _hold_back(session: Session, actor: Actor) -> None:
    if actor.user_id is None:
        return
    if times_done(session, actor.user_id, ACTION, datetime.now(UTC) - WITHIN) >= MOST_EXPORTS:
        raise TooOften("export.wait", most=MOST_EXPORTS, minutes=WITHIN.seconds // 60)


def _described(result: ExportResult) -> dict[str, str]:
    """The filter, and what the shares of the file add up to."""
    said = dict(result.chosen)
    if result.n is not None:
        said["n"] = f"{result.n:.10g}"
    if result.without_position:
        said["without_position"] = f"{result.without_position}"
    return said


def _across(chosen: Selection, order: ExportOrder) -> list[tuple[Shared, int]]:
    """The sharings by which the file holds what is another authority's, and how many reports of its."""
    counted = [(each, owned_by(chosen, each.owner, each.kinds)) for each in order.sight.through]
    return [(each, count) for each, count in counted if count]


def _write_in_journal(
    engine: Engine, order: ExportOrder, result: ExportResult, across: list[tuple[Shared, int]]
) -> None:
    """Who took out how many reports by which filter, and by which sharings; no text of theirs."""
    filter_words = {name: value for name, value in result.chosen.items() if name != "municipality"}
    entry = Entry(
        order.actor.role,
        ACTION,
        "reports",
        f"{order.format}?{writers.in_words(filter_words)}",
        order.municipality,
        order.actor.user_id,
        result.rows,
    )
    with writing(engine) as session:
        append(session, entry)
        for shared, count in across:
            append(
                session,
                replace(
                    entry, action=ACROSS, object_type="sharing", object_id=str(shared.uid), object_rev=count
                ),
            )


def formats() -> list[str]:
    """The formats that reports can be written in here; Parquet needs a package that is an extra."""
    return [name for name in writers.WRITERS if name != "parquet" or find_spec("pyarrow")]


def suffix_of(format_name: str) -> str:
    """How the name of such a file ends. Raises NotFound for a format there is not."""
    if format_name not in formats():
        raise NotFound("export.no_such_format", given=format_name[:20], known=", ".join(formats()))
    return writers.WRITERS[format_name].suffix
