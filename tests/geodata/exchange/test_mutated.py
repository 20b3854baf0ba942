"""Good files with bytes changed, lost and added: read, or refused with a fault, and never anything else."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, time
from random import Random

import pytest
from shapely import Point, box

from geodata.errors import Fault
from geodata.exchange.reader import read
from tests.geodata.exchange.files import EAST, NORTH, order
from tests.geodata.exchange.hostile import sound_database
from tests.geodata.exchange.packed import entries, gpx, shapefile, waypoint, workbook, zipped

ROUNDS = 60
ROWS = [["Text", "Datum", "Från", "Öst", "Nord"], ["Mörkt", date(2025, 1, 1), time(21, 30), EAST, NORTH]]
WHOLE = {
    "points.zip": shapefile({"text": ["Mörkt", "b"], "n": [1, 2]}, [Point(EAST, NORTH)] * 2),
    "areas.zip": shapefile({"text": ["Mörkt"]}, [box(EAST, NORTH, EAST + 5, NORTH + 5)]),
    "book.xlsx": workbook(ROWS),
    "places.gpx": gpx(waypoint("<name>å</name><time>2025-01-01T10:00:00Z</time>")),
    "layer.gpkg": sound_database(),
}
ODD = (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\xf8\x7f")


def _changed(data: bytes, chance: Random) -> bytes:
    for _ in range(chance.choice((1, 1, 2, 8))):
        at, length = chance.randrange(len(data)), chance.choice((1, 4, 40))
        odd = chance.choice((*ODD, chance.randbytes(length), b""))
        data = (data[:at] + odd + data[at + chance.choice((len(odd), length)) :]) or b"?"
    return data


def _inside(data: bytes, chance: Random) -> bytes:
    """The same, done to one file of a zip."""
    parts = entries(data)
    name = chance.choice(list(parts))
    return zipped({**parts, name: _changed(parts[name], chance)})


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("seed", range(ROUNDS // 20))
def test_nothing_but_a_fault_comes_of_it(name: str, seed: int) -> None:
    chance = Random(f"{name}{seed}")
    for _ in range(20):
        is_zip = WHOLE[name].startswith(b"PK") and chance.random() < 0.7
        data = (_inside if is_zip else _changed)(WHOLE[name], chance)
        with suppress(Fault):
            read(data, name, order(system="EPSG:3006" if name == "book.xlsx" else ""))
