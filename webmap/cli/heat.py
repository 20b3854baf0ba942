"""The surface as a file."""

from __future__ import annotations

from pathlib import Path

import click

from geodata.errors import InvalidValue
from geodata.exchange.writers import appearing
from geodata.hours import today
from geodata.queries.window import Window
from webmap.cli.base import Shop, json_option, with_shop
from webmap.cli.filters import filter_options
from webmap.maps.picture import draw_picture
from webmap.maps.sheet import print_sheet
from webmap.services.captions import caption_of
from webmap.services.display import Display, View
from webmap.services.ground_room import GroundRoom
from webmap.services.heat import Heat, Look
from webmap.services.heat_room import HeatRoom
from webmap.services.reception import is_demo
from webmap.services.sheet_plan import Occasion, plan_sheet
from webmap.services.sheet_words import sheet_words
from webmap.services.surface_file import SurfaceFile

SUFFIXES = (".json", ".png", ".tif", ".tiff", ".pdf")


@click.command("heat")
@click.option("--municipality", "code", required=True, help="Kommunens kod.")
@filter_options
@click.option("--bandwidth", default="300", help="Radie i meter.", show_default=True)
@click.option("--cell", default="50", help="Rutans sida i meter.", show_default=True)
@click.option("--kernel", default="quartic", help="quartic eller gaussian.", show_default=True)
@click.option("--per", type=click.Choice(["year", "total"]), default="year", help="Per år, eller totalt.")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Fil: .json, .png, .tif, .pdf.",
)
@json_option
@with_shop
def heat(shop: Shop, code: str, per: str, out: Path, **given: str) -> None:
    """Skriv ytan till en fil: JSON, PNG, GeoTIFF eller ett PDF-blad att skriva ut."""
    if out.suffix.lower() not in SUFFIXES:
        raise InvalidValue("option.bad", "out", option="--out", given=out.suffix or out.name)
    room = HeatRoom(shop.engine)
    made = room.heat(code, Window.parse(given), Look.parse(given))
    surface = SurfaceFile(made, per == "total")
    with appearing(out) as partial:
        if out.suffix.lower() == ".pdf":
            partial.write_bytes(_sheet(room, made, shop))
        else:
            _write(surface, out.suffix.lower(), partial, shop)
    shop.answer(surface.description, shop.words("%(file)s är skriven.", file=str(out)))


def _write(surface: SurfaceFile, suffix: str, out: Path, shop: Shop) -> None:
    made = surface.heat
    if suffix == ".json":
        surface.write_json(out)
    elif suffix == ".png":
        caption = caption_of(made, shop.words, is_demo(shop.engine))
        out.write_bytes(draw_picture(made.field, surface.grid, made.limits, caption))
    else:
        surface.write_tif(out)


def _sheet(room: HeatRoom, made: Heat, shop: Shop) -> bytes:
    ground = GroundRoom(shop.engine).now(made.home.code).shapes
    occasion = Occasion(today(), is_demo(shop.engine), layers=ground)
    plan = plan_sheet(room, made, Display(View.SURFACE), occasion, shop.words)
    return print_sheet(plan, sheet_words(plan, shop.words))
