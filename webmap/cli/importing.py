"""Jobs and imports from the command line."""

from __future__ import annotations

import click

from geodata.hours import local
from webmap.cli.base import Shop, json_option, with_shop
from webmap.cli.keeping import work
from webmap.services import import_history
from webmap.services.actors import COMMAND


@click.group("jobs")
def jobs() -> None:
    """Långa jobb som någon har begärt på en sida."""


@jobs.command("run")
@click.option("--once", "is_once", is_flag=True, help="Gör dem som väntar och sluta sedan.")
@json_option
@with_shop
def run(shop: Shop, is_once: bool) -> None:
    """Gör jobben i tur och ordning. serve och demo gör det redan själva."""
    shop.engine.dispose()  # opened once, so that an empty database is migrated, saying so
    done = work(shop.settings, is_once)
    while not is_once:
        done += work(shop.settings)
    shop.answer({"done": done}, shop.words.plural("%(n)s jobb är gjort.", "%(n)s jobb är gjorda.", done))


@click.group("imports")
def imports() -> None:
    """Importer som har gjorts."""


@imports.command("list")
@click.option("--municipality", required=True, help="Kommunens kod.")
@json_option
@with_shop
def show(shop: Shop, municipality: str) -> None:
    """Visa kommunens importer, den senaste först."""
    found = import_history.made_imports(shop.engine, municipality)
    lines = [
        f"{each.id}  {shop.words.moment(local(each.at))}  {each.source}  {shop.words.number(each.stored)}"
        + (f"  ({shop.words('ångrad')})" if each.undone_at else "")
        for each in found
    ]
    document = [
        {
            "id": each.id,
            "at": each.at.isoformat(),
            "source": each.source,
            "rows": each.rows,
            "stored": each.stored,
            "undone_at": each.undone_at.isoformat() if each.undone_at else None,
        }
        for each in found
    ]
    shop.answer(document, "\n".join(lines) or shop.words("Ingen import är gjord än."))


@imports.command("undo")
@click.argument("number", type=int)
@click.option("--municipality", required=True, help="Kommunens kod.")
@json_option
@with_shop
def undo(shop: Shop, number: int, municipality: str) -> None:
    """Ta bort alla rapporter som importen NUMBER lade till. Journalen behåller att det gjordes."""
    gone = import_history.undo(shop.engine, municipality, number, COMMAND)
    said = shop.words.plural("%(n)s rapport är borttagen.", "%(n)s rapporter är borttagna.", gone)
    shop.answer({"id": number, "removed": gone}, said)
