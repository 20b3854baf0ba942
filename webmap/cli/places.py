"""Municipalities from the command line."""

from __future__ import annotations

from pathlib import Path

import click

from geodata.errors import InvalidValue
from geodata.exchange.boundary import read_boundary
from geodata.geometry import Place
from geodata.queries.municipalities import homes
from geodata.tables.engine import reading, writing
from webmap.cli.base import Shop, json_option, with_shop
from webmap.services import municipalities
from webmap.services.municipalities import Wanted

BUILTIN = Path("builtin")


@click.group()
def municipality() -> None:
    """Kommuner som tjänsten omfattar."""


@municipality.command("add")
@click.argument("code")
@click.option("--name", default="", help="Annat namn än det officiella.")
@click.option(
    "--boundary",
    type=click.Path(dir_okay=False, path_type=Path),
    help="GeoJSON-fil med exakt gräns; ytan väljs på egenskapen code, eller är den enda."
    " Ordet builtin tar tillbaka den inbyggda gränsen.",
)
@json_option
@with_shop
def add(shop: Shop, code: str, name: str, boundary: Path | None) -> None:
    """Lägg till kommunen med koden CODE, eller ge den nytt namn eller ny gräns."""
    if name and not name.strip():
        raise InvalidValue("option.bad", "--name", option="--name", given="–")
    is_builtin = boundary == BUILTIN
    exact = _read(boundary, code) if boundary and not is_builtin else None
    with writing(shop.engine) as session:
        home = municipalities.add(session, Wanted(code, name.strip(), exact, is_builtin))
    area_km2 = home.boundary.area / 1e6
    shop.answer(
        {"code": home.code, "name": home.name, "is_exact": home.is_exact, "area_km2": round(area_km2, 1)},
        shop.words("%(name)s är tillagd, %(area)s km².", name=home.name, area=shop.words.number(area_km2)),
    )


def _read(boundary: Path, code: str) -> Place:
    if not boundary.is_file():
        raise click.BadParameter(str(boundary), param_hint="--boundary")
    return read_boundary(boundary.read_bytes(), code)


@municipality.command("list")
@json_option
@with_shop
def show(shop: Shop) -> None:
    """Visa kommunerna."""
    with reading(shop.engine) as session:
        found = homes(session)
    lines = [f"{home.code}  {home.name}" for home in found]
    shop.answer(
        [{"code": home.code, "name": home.name, "is_exact": home.is_exact} for home in found],
        "\n".join(lines) or shop.words("Ingen kommun är tillagd än."),
    )
