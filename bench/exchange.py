"""Importing rows, beside reading the same file with geopandas and writing it as a GeoPackage."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import pandas

from geodata.migrations import upgrade
from geodata.tables.engine import make_engine
from geodata.vocabulary import Kind, Origin
from webmap.services.importing import ImportOrder, run

_RUNS = 3
_WORDS = ("klotter", "litter", "narkotika", "bråk", "trafik")


def rows(n: int) -> list[dict[str, Any]]:
    """Seconds from a CSV file with n rows to a database, and the peer's to a GeoPackage."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = _write(folder / "rows.csv", n)
        ours = _timed(lambda run_number: _import(source, folder / f"ours{run_number}.gpkg"))
        peer = _timed(lambda run_number: _convert(source, folder / f"peer{run_number}.gpkg"))
    return [
        {
            "name": "import rows",
            "n": n,
            "ours": _middle(ours),
            "peer": _middle(peer),
            "peer_name": "geopandas read_csv + to_file(GPKG)",
            "ratio": _middle(ours) / _middle(peer),
            "unit": "s",
            "spread": [min(ours), max(ours)],
        }
    ]


def _write(path: Path, n: int) -> Path:
    chance = random.Random(1470)  # noqa: S311  repeatable noise, no secret
    with path.open("w", encoding="utf-8") as file:
        file.write("lon,lat,start,end,category\n")
        for row in range(n):
            day = f"20{row % 10 + 15}-{row % 12 + 1:02d}-{row % 28 + 1:02d}"
            longitude, latitude = chance.uniform(12.9, 13.0), chance.uniform(58.2, 58.3)
            clock = f"T{row % 24:02d}:{row % 60:02d}"
            file.write(f"{longitude:.6f},{latitude:.6f},{day}{clock},{day}{clock},{_WORDS[row % 5]}\n")
    return path


def _timed(work: Callable[[int], None]) -> list[float]:
    seconds = []
    for run_number in range(_RUNS):
        began_s = time.perf_counter()
        work(run_number)
        seconds.append(time.perf_counter() - began_s)
    return seconds


def _middle(seconds: list[float]) -> float:
    return sorted(seconds)[len(seconds) // 2]


def _import(source: Path, target: Path) -> None:
    engine = make_engine(f"sqlite:///{target}")
    upgrade(engine)
    result = run(engine, ImportOrder(source, "1470", Kind.CRIME_REPORT, Origin.STATISTICS))
    engine.dispose()
    assert not result.faults


def _convert(source: Path, target: Path) -> None:
    table = pandas.read_csv(source, parse_dates=["start", "end"])
    places = geopandas.points_from_xy(table.pop("lon"), table.pop("lat"), crs="EPSG:4326")
    geopandas.GeoDataFrame(table, geometry=places).to_crs("EPSG:3006").to_file(target, driver="GPKG")
