"""The database from the command line."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from geodata import migrations
from geodata.tables.backup import backup, restore
from geodata.tables.engine import make_engine
from webmap.cli.base import Shop, json_option, with_shop


@click.group("db")
def database() -> None:
    """Databasen: uppgradera, kontrollera, säkerhetskopiera."""


@database.command("upgrade")
@json_option
@with_shop
def upgrade(shop: Shop) -> None:
    """För databasen till den här versionen."""
    engine = shop.keep(make_engine(shop.prepared_address()))
    moved = migrations.upgrade(engine)
    revision = migrations.revision(engine)
    said = shop.words("Databasen är uppgraderad.") if moved else shop.words("Databasen är redan aktuell.")
    shop.answer({"revision": revision, "moved": moved}, said)


@database.command("check")
@json_option
@with_shop
def check(shop: Shop) -> None:
    """Kontrollera schema, index och journal. Slutar med 1 om något är fel."""
    found = migrations.check(shop.keep(make_engine(shop.prepared_address())))
    document = {"is_sound": not found, "faults": [{"code": each.code, **each.values} for each in found]}
    said = "\n".join(shop.words.fault(each) for each in found) or shop.words("Allt är i ordning.")
    shop.answer(document, said)
    if found:
        sys.exit(1)


@database.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
@with_shop
def save(shop: Shop, file: Path) -> None:
    """Kopiera databasen till FILE medan den används."""
    backup(shop.engine, file)
    size = file.stat().st_size
    shop.answer(
        {"file": str(file), "bytes": size},
        shop.words("Kopian är skriven, %(size)s byte.", size=shop.words.number(size)),
    )


@database.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@with_shop
def bring_back(shop: Shop, file: Path) -> None:
    """Byt ut databasen mot kopian FILE, sedan den kontrollerats."""
    restore(shop.keep(make_engine(shop.prepared_address())), file)
    shop.answer({"file": str(file)}, shop.words("Databasen är återställd."))
