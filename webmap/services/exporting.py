"""Reports into files: exactly what a filter lets through, and the filter with them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from geodata.exchange import writers
from geodata.queries.municipalities import home
from geodata.queries.reports import export_frame, exported_window
from geodata.queries.window import Window
from geodata.tables.engine import reading


@dataclass(frozen=True)
class ExportOrder:
    """What to write, and where. format: a key of `writers.WRITERS`."""

    municipality: str
    window: Window
    format: str
    path: Path


@dataclass(frozen=True)
class ExportResult:
    """How many reports were written, and the filter as it stands in the file."""

    rows: int
    chosen: dict[str, str]


def run(engine: Engine, order: ExportOrder) -> ExportResult:
    """Write the file, all of it or none. Raises FileFault, NotFound and InvalidValue."""
    with reading(engine) as session:
        frame = export_frame(session, home(session, order.municipality), order.window)
    chosen = {"municipality": order.municipality, **exported_window(order.window).as_words()}
    writers.write(frame, order.format, order.path, chosen)
    return ExportResult(len(frame), chosen)
