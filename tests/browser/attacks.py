"""Texts that try to become script, and a database full of them."""

from __future__ import annotations

import csv
from pathlib import Path

from sqlalchemy import select

from geodata.geometry import point_at
from geodata.queries.municipalities import LOCALITY, PLACE
from geodata.tables import Municipality
from geodata.tables.areas import Area
from geodata.tables.engine import make_engine, writing
from tests.browser.site import House

ATTACKS = (
    "${alert(1)}",
    "`+alert(1)+`",
    "`",
    r"\x3cimg src=x onerror=alert(1)\x3e",
    r"\u003cimg src=x onerror=alert(1)\u003e",
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "<!--<script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "'><svg/onload=alert(1)>",
    '" autofocus onfocus=alert(1) x="',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "<a href=javascript:alert(1)>här</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<style>@import 'http://attack.example/a.css';</style>",
    "</title><script>alert(1)</script>",
    "</textarea></select><script>alert(1)</script>",
    "{{ 7 * 7 }}{% print(1) %}",
    "%(name)s %s",
    "&lt;img src=x onerror=alert(1)&gt;",
    "\u2028alert(1)//",
)
EAST_M, NORTH_M = 376_000.0, 6_461_500.0


def poison(house: House) -> None:
    """Every attack as the name of a place, in the municipality's, and as a report's text and own word."""
    engine = make_engine(f"sqlite:///{house.database}")
    with writing(engine) as session:
        home = session.scalars(select(Municipality)).one()
        home.name = "Vara " + "".join(ATTACKS[:8])
        for number, attack in enumerate(ATTACKS):
            place = point_at(EAST_M + 700 * (number % 5), NORTH_M + 700 * (number // 5))
            kind = LOCALITY if number % 2 else PLACE
            area = Area(municipality_id=home.id, kind=kind, name=attack, geometry=place, source=attack)
            session.add(area)
    engine.dispose()
    house.run("import", str(_file(house.folder)), *_MEANING)


_MEANING = (
    *("--municipality", "1470", "--crs", "EPSG:3006", "--kind", "perception", "--origin", "public"),
    *("--category", "disorder", "--source", ATTACKS[5]),
)


def _file(folder: Path) -> Path:
    path = folder / "attacks.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("id", "x", "y", "typ", "beskrivning"))
        for number, attack in enumerate(ATTACKS):
            rows.writerow((number, EAST_M + number, NORTH_M, attack, attack))
    return path
