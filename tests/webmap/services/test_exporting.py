"""Reports into files."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from geodata.errors import FileFault
from geodata.exchange.writers import WRITERS
from geodata.queries.journal import times_done
from geodata.queries.window import Window
from geodata.tables.engine import reading
from geodata.tables.journal import JournalEntry
from geodata.vocabulary import Kind, Origin
from webmap.services import exporting, importing
from webmap.services.actors import Actor

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


@pytest.mark.parametrize("format_name", sorted(WRITERS.keys() - {"parquet"}))
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
    assert header.endswith(";filter: municipality=1470&weekdays=fri&hours=20-03&states=accepted&n=1")
    assert ";'=1+1;" in rows[0]


def test_who_took_them_is_in_the_journal_before_anything_is_written(stored: Engine, tmp_path: Path) -> None:
    order = exporting.ExportOrder("1470", Window(), "csv", tmp_path / "no" / "such" / "folder.csv")
    with pytest.raises(FileFault):
        exporting.run(stored, order)
    exporting.run(stored, replace(order, path=tmp_path / "out.csv", actor=Actor(7, "coordinator")))
    with reading(stored) as session:
        rows = session.scalars(select(JournalEntry).where(JournalEntry.action == exporting.ACTION)).all()
        assert [(row.actor_id, row.role, row.object_rev) for row in rows] == [
            (None, "command", 3),
            (7, "coordinator", 3),
        ]
        assert times_done(session, 7, exporting.ACTION, datetime.now(UTC) - timedelta(minutes=1)) == 1
        assert times_done(session, 7, exporting.ACTION, datetime.now(UTC) + timedelta(minutes=1)) == 0


def test_what_has_no_position_counts_for_nothing(stored: Engine, tmp_path: Path) -> None:
    result = exporting.run(
        stored, exporting.ExportOrder("1470", Window(), "geojson", tmp_path / "out.geojson")
    )
    features = json.loads((tmp_path / "out.geojson").read_text(encoding="utf-8"))["features"]
    shares = {feature["geometry"] is None: feature["properties"]["share"] for feature in features}
    assert (result.n, result.without_position) == (2.0, 1)
    assert shares == {True: None, False: 1.0}
