"""The database from the command line."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from sqlalchemy.exc import DBAPIError

from geodata import migrations
from geodata.errors import DatabaseFault
from geodata.tables.backup import backup, restore
from geodata.tables.engine import make_engine
from geodata.tables.walk_safety import mark_safe, numbers_in, numbers_now
from webmap.cli.base import Shop, json_option, with_shop
from webmap.database import fault_of
from webmap.services import photo_backup
from webmap.services.registering import register_missing


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
    register_missing(engine)
    revision = migrations.revision(engine)
    said = shop.words("Databasen är uppgraderad.") if moved else shop.words("Databasen är redan aktuell.")
    shop.answer({"revision": revision, "moved": moved}, said)


@database.command("check")
@json_option
@with_shop
def check(shop: Shop) -> None:
    """Kontrollera schema, index, journal och bilder. Slutar med 1 om något är fel."""
    engine = shop.keep(make_engine(shop.prepared_address()))
    try:
        found = migrations.check(engine)
        if migrations.is_current(engine):
            found += photo_backup.missing(engine, shop.settings.photos_folder)
    except DatabaseFault as fault:
        found = [fault]
    except (DBAPIError, UnicodeDecodeError) as error:
        found = [fault_of(error)]
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
    """Kopiera databasen till FILE, och bilderna till FILE.photos.tar, medan de används."""
    before = numbers_now(shop.engine)
    backup(shop.engine, file)
    photos = photo_backup.save(shop.engine, shop.settings.photos_folder, file)
    is_file = shop.engine.dialect.name == "sqlite"
    mark_safe(shop.engine, numbers_in(shop.engine, file) if is_file else before)
    size, words = file.stat().st_size, shop.words
    said = [words("Kopian är skriven, %(size)s byte.", size=words.number(size))]
    if photos:
        saved = words.plural(
            "%(n)s bild ligger bredvid i %(file)s.",
            "%(n)s bilder ligger bredvid i %(file)s.",
            photos,
            file=photo_backup.beside(file).name,
        )
        said.append(saved)
    shop.answer({"file": str(file), "bytes": size, "photos": photos}, "\n".join(said))


@database.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@with_shop
def bring_back(shop: Shop, file: Path) -> None:
    """Byt ut databasen mot kopian FILE och bilderna mot dem bredvid, sedan de kontrollerats."""
    engine, folder, words = (
        shop.keep(make_engine(shop.prepared_address())),
        shop.settings.photos_folder,
        shop.words,
    )
    with photo_backup.unpacked(folder, file) as settle:
        restore(engine, file)
        settle()
    missing = len(photo_backup.missing(engine, folder)) if migrations.is_current(engine) else 0
    said = [words("Databasen är återställd.")]
    if missing:
        said.append(words.plural("%(n)s bild saknas.", "%(n)s bilder saknas.", missing))
    shop.answer({"file": str(file), "missing_photos": missing}, "\n".join(said))
