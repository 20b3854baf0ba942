"""The surface as a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from geodata.analysis.grid import Grid
from geodata.errors import InvalidValue
from geodata.exchange.geotiff import write_geotiff
from geodata.queries.window import Window
from webmap.cli.base import Shop, json_option, with_shop
from webmap.cli.captions import picture_legend
from webmap.cli.filters import filter_options
from webmap.maps.picture import draw_picture
from webmap.services.heat import Heat, Look
from webmap.services.heat_room import HeatRoom

SUFFIXES = (".json", ".png", ".tif", ".tiff")


@click.command("heat")
@click.option("--municipality", "code", required=True, help="Kommunens kod.")
@filter_options
@click.option("--bandwidth", default="300", help="Radie i meter.", show_default=True)
@click.option("--cell", default="50", help="Rutans sida i meter.", show_default=True)
@click.option("--kernel", default="quartic", help="quartic eller gaussian.", show_default=True)
@click.option("--per", type=click.Choice(["year", "total"]), default="year", help="Per år, eller totalt.")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Fil: .json, .png, .tif."
)
@json_option
@with_shop
def heat(shop: Shop, code: str, per: str, out: Path, **given: str) -> None:
    """Skriv ytan till en fil: JSON, PNG eller GeoTIFF."""
    if out.suffix.lower() not in SUFFIXES:
        raise InvalidValue("option.bad", "out", option="--out", given=out.suffix or out.name)
    made = HeatRoom(shop.engine).heat(code, Window.parse(given), Look.parse(given))
    written = _write(made, out, per == "total", shop)
    shop.answer(written, shop.words("%(file)s är skriven.", file=str(out)))


def _write(made: Heat, out: Path, is_total: bool, shop: Shop) -> dict[str, Any]:
    grid = made.field.covering_grid()
    if grid is None:
        west, south = made.home.boundary.bounds[:2]
        cell = float(made.look.cell_m)
        grid = Grid(west // cell * cell, south // cell * cell, cell, 1, 1)
    made.field.compute_all()
    read = made.field.raster(grid)
    said = _description(made, grid, is_total)
    values = read.density * (made.period.years if is_total else 1.0)
    if out.suffix.lower() == ".json":
        _write_json(out, said, values)
    elif out.suffix.lower() == ".png":
        legend = picture_legend(made, shop.words)
        out.write_bytes(draw_picture(made.field, grid, made.limits, legend))
    else:
        with out.open("wb") as target:
            corner = (grid.east_m, grid.north_m)
            write_geotiff(target, values, corner, grid.cell_m, json.dumps(said, ensure_ascii=True))
    return said


def _write_json(out: Path, said: dict[str, Any], values: Any) -> None:
    rows = [[round(value, 6) for value in row] for row in values.tolist()]
    out.write_text(json.dumps({**said, "values": rows}, ensure_ascii=False), encoding="utf-8")


def _description(made: Heat, grid: Grid, is_total: bool) -> dict[str, Any]:
    return {
        "crs": "EPSG:3006",
        "origin": [grid.east_m, grid.north_m],
        "cell_m": grid.cell_m,
        "shape": [grid.rows, grid.columns],
        "kernel": made.look.kernel.name,
        "bandwidth_m": made.look.kernel.bandwidth_m,
        "unit": "reports/km2" if is_total else made.unit,
        "n": made.selection.n,
        "reports": made.selection.reports,
        "voices": made.selection.voices,
        "period": [made.period.since.isoformat(), made.period.until.isoformat()],
        "filter": {"municipality": made.home.code, **made.window.as_words()},
    }
