"""Context layers from the command line: names to find by, and ground to draw."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from geodata.crs import named
from geodata.exchange.ticker import Progress, silent
from geodata.vocabulary import AreaKind
from webmap.cli.base import Shop, json_option, with_shop
from webmap.services import area_layers
from webmap.services.actors import COMMAND
from webmap.services.area_layers import AreaOrder, AreaResult

_KINDS = click.Choice([each.value for each in AreaKind])
_municipality = click.option("--municipality", required=True, help="Kommunens kod.")
_MOST_FAULTS_SHOWN = 50


@click.group()
def area() -> None:
    """Underlag till kartan: namn att hitta efter och mark att rita."""


@area.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@_municipality
@click.option(
    "--kind",
    "kinds",
    type=_KINDS,
    multiple=True,
    required=True,
    help="Vad filen gäller; flera ur OpenStreetMap.",
)
@click.option("--name-column", default="", help="Kolumnen med namn, där gissningen inte räcker.")
@click.option("--layer", default="", help="Lagret i filen, om det finns flera.")
@click.option("--crs", default="", help="Koordinatsystem, till exempel EPSG:3006.")
@click.option("--source", default="", help="Vems uppgifterna är, till exempel Lantmäteriet.")
@click.option("--replace", "replaces", is_flag=True, help="Ta först bort det som finns av samma slag.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Läs och kontrollera, men spara inget.")
@click.option("--skip-invalid", "skips_invalid", is_flag=True, help="Spara de rader som duger.")
@json_option
@with_shop
def import_areas(shop: Shop, file: Path, kinds: tuple[str, ...], crs: str, **rest: Any) -> None:
    """Läs in underlag ur GeoPackage, GeoJSON, Shapefile i zip eller OpenStreetMap (.osm, .osm.pbf).

    Ur OpenStreetMap tas: locality = place city, town, village, hamlet. place = namngivna stadsdelar, torg,
    stationer, bibliotek, vårdinrättningar, krogar, parker och idrottsplatser. school = namngivna skolor och
    förskolor. street = highway för bilar. path = gång- och cykelvägar, stigar och trappor. railway = spår.
    building = hus. water = sjöar, åar, bäckar och kanaler. green = parker, skog, gräs och kyrkogårdar.

    Ur andra filer tas hela lagret, ett slag i taget. Tätorter kommer från SCB, byggnader och vatten från
    Lantmäteriet, vägar från NVDB. Det som ligger utanför kommunen utelämnas.
    """
    chosen = tuple(dict.fromkeys(AreaKind(kind) for kind in kinds))
    order = AreaOrder(file, kinds=chosen, system=named(crs, "--crs") if crs else "", **rest)
    engine = shop.engine
    result = _with_bar(shop, lambda progress: area_layers.run(engine, order, progress))
    for fault in result.reading.faults[:_MOST_FAULTS_SHOWN]:
        shop.say(_said(shop, result, fault.line, shop.words.fault(fault.fault)))
    shop.answer(_as_json(shop, result), _summary(shop, order, result))
    if result.is_refused:
        raise SystemExit(1)


def _with_bar(shop: Shop, work: Callable[[Progress], AreaResult]) -> AreaResult:
    if shop.is_json or not sys.stderr.isatty():
        return work(silent)
    with click.progressbar(length=100, label=shop.words("Läser"), file=sys.stderr) as bar:
        return work(lambda part: bar.update(max(0, int(part * 100) - bar.pos)))


def _said(shop: Shop, result: AreaResult, line: int, reason: str) -> str:
    is_osm = result.reading.format == "osm"
    place = shop.words("objekt %(line)s", line=line) if is_osm else shop.words("rad %(line)s", line=line)
    return f"{place}: {reason}"


def _summary(shop: Shop, order: AreaOrder, result: AreaResult) -> str:
    words, found = shop.words, result.reading
    said = words(
        "%(rows)s lästa, %(outside)s utanför kommunen, %(faulty)s felaktiga, %(already)s fanns redan.",
        rows=words.number(found.rows),
        outside=words.number(found.outside),
        faulty=words.number(len({fault.line for fault in found.faults})),
        already=words.number(result.already_there),
    )
    if result.is_refused:
        return said + " " + words("Inget sparades. Rätta filen eller använd --skip-invalid.")
    if order.is_dry_run:
        counts, end = found.counts, words("Provkörning: inget sparades.")
    else:
        counts, end = result.stored, words("Sparat.")
    return " ".join([said, *(f"{words.label(kind)}: {words.number(n)}." for kind, n in counts.items()), end])


def _as_json(shop: Shop, result: AreaResult) -> dict[str, Any]:
    found = result.reading
    return {
        "rows": found.rows,
        "outside": found.outside,
        "stored": {kind.value: count for kind, count in result.stored.items()},
        "usable": {kind.value: count for kind, count in found.counts.items()},
        "already_there": result.already_there,
        "removed": result.removed,
        "format": found.format,
        "name_column": found.name_column,
        "faults": [
            {
                "line": each.line,
                "column": each.column,
                "code": each.code,
                "reason": shop.words.fault(each.fault),
            }
            for each in found.faults
        ],
    }


@area.command("list")
@_municipality
@json_option
@with_shop
def show(shop: Shop, municipality: str) -> None:
    """Visa vilket underlag en kommun har."""
    found = area_layers.counts(shop.engine, municipality)
    lines = [
        f"{each.kind.value:10}{shop.words.number(each.count):>9}  {', '.join(each.sources)}" for each in found
    ]
    shop.answer(
        [{"kind": each.kind.value, "count": each.count, "sources": list(each.sources)} for each in found],
        "\n".join(lines) or shop.words("Inget underlag är inläst än."),
    )


@area.command("remove")
@_municipality
@click.option("--kind", type=_KINDS, required=True, help="Slaget som ska bort.")
@json_option
@with_shop
def remove(shop: Shop, municipality: str, kind: str) -> None:
    """Ta bort ett slag; det kommer tillbaka när filen läses in igen."""
    count = area_layers.remove(shop.engine, municipality, AreaKind(kind), COMMAND)
    shop.answer(
        {"kind": kind, "removed": count}, shop.words("%(count)s borttagna.", count=shop.words.number(count))
    )
