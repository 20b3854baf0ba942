"""Reports into files."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from geodata.exchange.writers import WRITERS
from geodata.queries.window import Window
from geodata.vocabulary import Kind, Origin
from webmap.services import exporting, importing

ROWS = (
    "id;lon;lat;datum;tid;typ;text\n"
    "1;12,955;58,262;2025-01-03;21:30;klotter;=1+1\n"
    "2;12,965;58,262;2025-01-04;12:00;trygg;hej\n"
    "3;;;2025-01-05;;litter;utan läge\n"
)


@pytest.fixture
def stored(engine: Engine, tmp_path: Path) -> Engine:
    path = tmp_path / "in.csv"
    path.write_text(ROWS, encoding="utf-8")
    order = importing.ImportOrder(path, "1470", Kind.PERCEPTION, Origin.SURVEY)
    assert importing.run(engine, order).stored == 3
    return engine


@pytest.mark.parametrize("format_name", sorted(WRITERS))
def test_what_is_exported_is_there_already_when_it_comes_back(
    stored: Engine, tmp_path: Path, format_name: str
) -> None:
    path = tmp_path / f"out.{format_name}"
    result = exporting.run(stored, exporting.ExportOrder("1470", Window(), format_name, path))
    back = importing.run(stored, importing.ImportOrder(path, "1470"))
    assert result.rows == 3
    assert (back.stored, back.already_there, back.faults) == (0, 3, [])


def test_it_writes_exactly_what_the_filter_lets_through(stored: Engine, tmp_path: Path) -> None:
    window = Window.parse({"weekdays": "fri", "hours": "20-03"})
    path = tmp_path / "out.csv"
    result = exporting.run(stored, exporting.ExportOrder("1470", window, "csv", path))
    header, *rows = path.read_text(encoding="utf-8-sig").splitlines()
    assert result.rows == len(rows) == 1
    assert header.endswith(";filter: municipality=1470&weekdays=fri&hours=20-03&states=accepted")
    assert ";'=1+1;" in rows[0]
