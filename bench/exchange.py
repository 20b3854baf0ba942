"""Files in and out, rows a second: here with every row checked, beside ogr2ogr, which copies them.

The peer is Debian's ogr2ogr where it is on the path, else pyogrio, GDAL's other door. More is better: the
ratio is ours to the peer's.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas
import pandas
import pyogrio
from sqlalchemy import Engine

from geodata.migrations import upgrade
from geodata.queries.window import Window
from geodata.tables.engine import make_engine
from geodata.vocabulary import Kind, Origin
from webmap.services import exporting
from webmap.services.importing import ImportOrder, run

_RUNS = 3
_RUNS_OF_MANY = 1
_MANY = 1_000_000
"""From so many rows on each thing is done once: it takes minutes."""
_WORDS = ("klotter", "litter", "narkotika", "bråk", "trafik")
_DRIVERS = {"csv": "CSV", "gpkg": "GPKG"}
_OGR = shutil.which("ogr2ogr")
_PEER = "ogr2ogr" if _OGR else "pyogrio"


def rows(n: int) -> Iterator[dict[str, Any]]:
    """Rows a second of a file into a database, and of a database into a file."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = _write(folder / "rows.csv", n)
        layer = folder / "rows.gpkg"
        _convert(table, layer)
        for source in (table, layer):
            ours = _timed(n, lambda number, source=source: _import(source, folder / f"in{number}.gpkg"))
            peer = _timed(n, lambda number, source=source: _copy(source, folder / f"peer{number}.gpkg"))
            yield _row(f"import rows {source.suffix[1:]}", n, ours, peer)
        engine = _filled(table, folder / "town.gpkg")
        for suffix in _DRIVERS:
            ours = _timed(n, lambda number, suffix=suffix: _export(engine, folder / f"out{number}.{suffix}"))
            peer = _timed(n, lambda number, suffix=suffix: _copy(layer, folder / f"copy{number}.{suffix}"))
            yield _row(f"export rows {suffix}", n, ours, peer)
        engine.dispose()


def _row(name: str, n: int, ours: list[float], peer: list[float]) -> dict[str, Any]:
    rate, peer_rate = n / _middle(ours), n / _middle(peer)
    return {
        "name": name,
        "n": n,
        "ours": rate,
        "peer": peer_rate,
        "peer_name": f"{_PEER}, nothing checked",
        "ratio": rate / peer_rate,
        "unit": "rows/s",
        "spread": [n / max(ours), n / min(ours)],
    }


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


def _timed(n: int, work: Callable[[int], None]) -> list[float]:
    seconds = []
    for run_number in range(_RUNS if n < _MANY else _RUNS_OF_MANY):
        began_s = time.perf_counter()
        work(run_number)
        seconds.append(time.perf_counter() - began_s)
    return seconds


def _middle(seconds: list[float]) -> float:
    return sorted(seconds)[len(seconds) // 2]


def _import(source: Path, target: Path) -> None:
    _filled(source, target).dispose()


def _filled(source: Path, target: Path) -> Engine:
    target.unlink(missing_ok=True)
    engine = make_engine(f"sqlite:///{target}")
    upgrade(engine)
    result = run(engine, ImportOrder(source, "1470", Kind.CRIME_REPORT, Origin.STATISTICS))
    assert not result.faults
    return engine


def _export(engine: Engine, target: Path) -> None:
    order = exporting.ExportOrder("1470", Window.parse({}), target.suffix[1:], target)
    exporting.run(engine, order)


def _copy(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    if _OGR:
        _ogr2ogr(source, target)
    elif source.suffix == ".csv":
        _convert(source, target)
    else:
        pyogrio.write_dataframe(pyogrio.read_dataframe(source), target, driver=_DRIVERS[target.suffix[1:]])


def _ogr2ogr(source: Path, target: Path) -> None:
    names = ["-oo", "X_POSSIBLE_NAMES=lon", "-oo", "Y_POSSIBLE_NAMES=lat", "-s_srs", "EPSG:4326"]
    read = names if source.suffix == ".csv" else []
    drawn = ["-lco", "GEOMETRY=AS_XY"] if target.suffix == ".csv" else ["-t_srs", "EPSG:3006"]
    command = [str(_OGR), "-f", _DRIVERS[target.suffix[1:]], *read, *drawn, str(target), str(source)]
    subprocess.run(command, check=True, capture_output=True)


def _convert(source: Path, target: Path) -> None:
    table = pandas.read_csv(source, parse_dates=["start", "end"])
    places = geopandas.points_from_xy(table.pop("lon"), table.pop("lat"), crs="EPSG:4326")
    geopandas.GeoDataFrame(table, geometry=places).to_crs("EPSG:3006").to_file(target, driver="GPKG")
