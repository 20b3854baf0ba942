"""Town walks from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import click

from geodata.errors import NotFound
from geodata.queries.municipalities import home
from geodata.queries.walks import walk_with
from geodata.tables.engine import reading
from webmap.cli.base import Shop, json_option, with_shop
from webmap.services.actors import COMMAND
from webmap.services.outbox_import import take_in_file
from webmap.services.outbox_words import result_words
from webmap.services.walk_table import WalkRow, rows_of


@click.group()
def walk() -> None:
    """Tätortsvandringar."""


@walk.command("list")
@click.option("--municipality", "code", required=True, help="Kommunens kod.")
@json_option
@with_shop
def list_walks(shop: Shop, code: str) -> None:
    """Visa kommunens vandringar, den senaste först."""
    with reading(shop.engine) as session:
        there = home(session, code)
    rows = rows_of(shop.engine, there, shop.words)
    lines = [f"{row.known.join_code}  {row.day}  {row.state}  {row.known.title}" for row in rows]
    shop.answer([_as_json(row) for row in rows], "\n".join(lines) or shop.words("Inga vandringar än."))


def _as_json(row: WalkRow) -> dict[str, Any]:
    known = row.known
    return {
        "walk": str(known.uid),
        "code": known.join_code,
        "title": known.title,
        "locality": known.locality,
        "day": known.day.isoformat(),
        "starts": f"{known.starts:%H:%M}",
        "state": known.state.value,
        "stops": row.stops,
        "heads": row.heads,
        "findings": row.findings,
        "follow_up_on": known.follow_up_on.isoformat() if known.follow_up_on else None,
    }


@walk.command("take-in")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--walk", "uid", type=click.UUID, required=True, help="Vandringens id.")
@json_option
@with_shop
def take_in(shop: Shop, file: Path, uid: UUID) -> None:
    """Läs in filen som en telefon har sparat av det som inte gick att skicka."""
    with reading(shop.engine) as session:
        known = walk_with(session, uid)
        if known is None:
            raise NotFound("walk.unknown", "--walk")
        there = home(session, known.code)
    sent = file.read_bytes(), shop.settings.photos_folder
    result = take_in_file(shop.engine, there, uid, sent, COMMAND)
    told = {
        "entries": dict(result.entries),
        "changes": dict(result.changes),
        "photos": dict(result.photos),
        "unreadable_photos": [str(photo) for photo, _ in result.faults],
        "unreadable_rows": result.unread,
    }
    shop.answer(told, "\n".join(result_words(result, shop.words)))
