"""Files in and out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from geodata.crs import named
from geodata.errors import InvalidValue
from geodata.exchange.reading import Reading, RowFault
from geodata.exchange.ticker import Progress, silent
from geodata.exchange.writers import WRITERS
from geodata.queries.window import Window
from geodata.vocabulary import Kind, Origin, Owner
from webmap.cli.base import Shop, json_option, with_shop
from webmap.cli.filters import filter_options
from webmap.services import exporting, finding_export, importing
from webmap.services.finding_export import FindingOrder
from webmap.services.importing import ImportOrder, ImportResult

FORMATS = tuple(WRITERS)
_NAMES_SHOWN = 20


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--municipality", required=True, help="Kommunens kod.")
@click.option(
    "--origin", type=click.Choice([each.value for each in Origin]), help="Varifrån uppgifterna kommer."
)
@click.option("--kind", type=click.Choice([each.value for each in Kind]), help="Vad raderna är.")
@click.option(
    "--owner",
    type=click.Choice([each.value for each in Owner]),
    default=Owner.MUNICIPALITY.value,
    show_default=True,
    help="Vems rapporterna är.",
)
@click.option("--crs", default="", help="Koordinatsystem, till exempel EPSG:3006.")
@click.option("--columns", default="", help="Rubrik=fält,… där gissningen inte räcker.")
@click.option("--categories", default="", help="Ord=kod,…")
@click.option("--category", default="", help="Kod för ord som ingen känner.")
@click.option("--layer", "--sheet", "layer", default="", help="Lagret eller bladet, om filen har flera.")
@click.option("--source", default="", help="Källans namn; ursprunget om inget sägs.")
@click.option("--update", "is_update", is_flag=True, help="Ersätt det som har samma id och annat innehåll.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Läs och kontrollera, men spara inget.")
@click.option("--skip-invalid", "skips_invalid", is_flag=True, help="Spara de rader som duger.")
@json_option
@with_shop
def import_file(shop: Shop, file: Path, crs: str, columns: str, categories: str, **rest: Any) -> None:
    """CSV, Excel, GeoJSON, GeoPackage, zippad Shapefile och GPX blir rapporter, ingenting två gånger."""
    order = ImportOrder(
        path=file,
        system=named(crs, "--crs") if crs else "",
        columns=_pairs(columns, "--columns"),
        categories=_pairs(categories, "--categories"),
        **_as_words(rest),
    )
    engine = shop.engine
    result = _with_bar(shop, lambda progress: importing.run(engine, order, progress))
    _show(shop, order, result)
    shop.answer(_as_json(shop, result), _summary(shop, order, result))
    if result.faults and not order.skips_invalid:
        raise SystemExit(1)


def _as_words(options: Mapping[str, Any]) -> dict[str, Any]:
    kind, origin = options["kind"], options["origin"]
    said = {"kind": kind and Kind(kind), "origin": origin and Origin(origin)}
    return {**options, **said, "owner": Owner(options["owner"])}


def _pairs(text: str, option: str) -> dict[str, str]:
    """`word=code,word=code` as a dictionary; the last equals sign of each part divides."""
    pairs = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        word, equals, meaning = part.rpartition("=")
        if not equals or not word.strip():
            raise InvalidValue("option.bad", option, option=option, given=part[:80])
        pairs[word.strip()] = meaning.strip()
    return pairs


def _with_bar(shop: Shop, work: Callable[[Progress], ImportResult]) -> ImportResult:
    if shop.is_json or not sys.stderr.isatty():
        return work(silent)
    with click.progressbar(length=100, label=shop.words("Läser"), file=sys.stderr) as bar:
        return work(lambda part: bar.update(max(0, int(part * 100) - bar.pos)))


def _show(shop: Shop, order: ImportOrder, result: ImportResult) -> None:
    """The guess, the notes and every faulty row, on standard error."""
    found = result.reading
    if result.was_added:
        shop.say(shop.words("Kommunen %(code)s är tillagd med sin inbyggda gräns.", code=order.municipality))
    shop.say(_guess(shop, found))
    for note in (*found.notes, *result.faults):
        shop.say(_said(shop, note))


def _guess(shop: Shop, found: Reading) -> str:
    columns = ", ".join(f"{header} → {name}" for name, header in found.columns.items())
    said = shop.words("Kolumner: %(columns)s.", columns=columns or "–")
    if found.ignored:
        said += " " + shop.words("Används inte: %(columns)s.", columns=_some(shop, found.ignored))
    return said


def _some(shop: Shop, names: Sequence[str]) -> str:
    """The first of many names, and how many more there are."""
    said, more = ", ".join(names[:_NAMES_SHOWN]), len(names) - _NAMES_SHOWN
    return f"{said} {shop.words.plural('och %(n)s till', 'och %(n)s till', more)}" if more > 0 else said


def _said(shop: Shop, each: RowFault) -> str:
    """`rad 17, Öst: ”saknas” är inte ett tal`."""
    reason = shop.words.fault(each.fault)
    if not each.line:
        return reason
    place = shop.words("rad %(line)s", line=each.line)
    return f"{place}, {each.column}: {reason}" if each.column else f"{place}: {reason}"


def _summary(shop: Shop, order: ImportOrder, result: ImportResult) -> str:
    values = {
        "rows": shop.words.number(result.reading.rows),
        "stored": shop.words.number(result.stored + result.updated),
        "already": shop.words.number(result.already_there),
        "placeless": shop.words.number(result.reading.without_position),
        "faulty": shop.words.number(len({fault.line for fault in result.faults})),
    }
    said = shop.words(
        "%(rows)s rader: %(stored)s sparade, %(already)s fanns redan, %(faulty)s felaktiga,"
        " %(placeless)s utan läge.",
        **values,
    )
    if result.is_refused:
        return said + " " + shop.words("Inget sparades. Rätta filen eller använd --skip-invalid.")
    return said + " " + shop.words("Provkörning: inget sparades.") if order.is_dry_run else said


def _as_json(shop: Shop, result: ImportResult) -> dict[str, Any]:
    found = result.reading
    return {
        "rows": found.rows,
        "stored": result.stored,
        "updated": result.updated,
        "already_there": result.already_there,
        "without_position": found.without_position,
        "faults": [_row(shop, fault) for fault in result.faults],
        "notes": [_row(shop, note) for note in found.notes],
        "columns": found.columns,
        "ignored": list(found.ignored),
    }


def _row(shop: Shop, each: RowFault) -> dict[str, Any]:
    reason = shop.words.fault(each.fault)
    return {"line": each.line, "column": each.column, "code": each.code, "reason": reason}


@click.command("export")
@click.argument("what", type=click.Choice(["reports", "findings"]), default="reports")
@click.option("--municipality", required=True, help="Kommunens kod.")
@click.option("--format", "format_name", required=True, type=click.Choice(FORMATS))
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--walk", type=click.UUID, default=None, help="Bara en vandrings iakttagelser.")
@filter_options
@json_option
@with_shop
def export_file(
    shop: Shop, what: str, municipality: str, format_name: str, out: Path, walk: UUID | None, **filters: str
) -> None:
    """Precis det som filtret släpper igenom, med filtret skrivet i filen."""
    if what == "findings":
        _export_findings(shop, FindingOrder(municipality, Window.parse(filters), format_name, out, walk))
        return
    if walk is not None:
        raise InvalidValue("option.bad", "--walk", option="--walk", given=str(walk))
    order = exporting.ExportOrder(municipality, Window.parse(filters), format_name, out)
    result = exporting.run(shop.engine, order)
    said = shop.words(
        "%(rows)s rapporter skrivna till %(file)s.", rows=shop.words.number(result.rows), file=out
    )
    shop.answer({"rows": result.rows, "what": what, "filter": result.chosen, "out": str(out)}, said)


def _export_findings(shop: Shop, order: FindingOrder) -> None:
    result = finding_export.run(shop.engine, order)
    count = shop.words.number(result.rows)
    said = shop.words("%(rows)s iakttagelser skrivna till %(file)s.", rows=count, file=order.path)
    told = {"rows": result.rows, "what": "findings", "filter": result.chosen, "out": str(order.path)}
    shop.answer(told, said)
