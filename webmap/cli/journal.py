"""The journal from the command line: looked through, and anchored outside the database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from geodata.errors import Conflict, Fault
from geodata.tables.chain import Verdict, verify
from geodata.tables.engine import reading
from webmap.cli.base import Shop, json_option, with_shop
from webmap.services import anchor_file, anchors
from webmap.services.anchors import Held


@click.group()
def journal() -> None:
    """Journalen över allt som har gjorts."""


@journal.command("verify")
@click.option(
    "--anchors", "file", type=click.Path(path_type=Path), help="Fil med ankare, om inte den vanliga."
)
@click.option("--head", default="", help="En rad från papper: 2026-11-22 · rad 12 345 · 4f3a-…")
@json_option
@with_shop
def verify_journal(shop: Shop, file: Path | None, head: str) -> None:
    """Gå igenom kedjan och håll den mot ankarna. Slutar med 1 om något inte stämmer."""
    lines = anchor_file.read(file or shop.settings.anchors_folder / anchor_file.NAME)
    with reading(shop.engine) as session:
        verdict = verify(session, lambda rows: _tell(shop, rows))
        held = anchors.hold(session, lines)
        agrees = anchors.holds_on_paper(session, head) if head else None
    _tell(shop, 0)
    shop.answer(_document(verdict, held, agrees), "\n".join(_said(shop, verdict, held, agrees)))
    if not (verdict.is_whole and held.agrees and agrees is not False):
        sys.exit(1)


@journal.command("anchor")
@click.option(
    "--after-restore", "reason", default="", help="Skäl, när en äldre säkerhetskopia är återställd."
)
@json_option
@with_shop
def anchor(shop: Shop, reason: str) -> None:
    """Skriv ner var journalen slutar, i en fil utanför databasen. Raden går att spara på papper."""
    settings = shop.settings
    dropped = (
        anchors.drop_after_restore(shop.engine, settings, reason)
        if reason.strip()
        else anchors.drop(shop.engine, settings)
    )
    document = {"rows": dropped.rows, "head": dropped.head, "kept": dropped.kept}
    said = [anchor_file.on_paper(dropped, shop.words)]
    if dropped.kept is not None:
        said.append(
            shop.words(
                "Avbrottet är antecknat. Raderna till och med %(row)s är de gamla.",
                row=shop.words.number(dropped.kept),
            )
        )
    shop.answer(document, "\n".join(said))


def _tell(shop: Shop, rows: int) -> None:
    """How far it has come, on a terminal and there alone; 0 wipes the line."""
    if sys.stderr.isatty() and not shop.is_json:
        said = shop.words.plural("%(n)s rad", "%(n)s rader", rows) if rows else " " * 30
        click.echo(f"\r{said}\r" if not rows else f"\r{said}", err=True, nl=False)


def _document(verdict: Verdict, held: Held, agrees: bool | None) -> dict[str, Any]:
    return {
        "rows": verdict.rows,
        "first_bad_seq": verdict.first_bad_seq if verdict.first_bad_seq else held.first_bad_seq,
        "reason": verdict.reason or held.reason,
        "anchors": held.count,
        "head_agrees": agrees,
    }


def _said(shop: Shop, verdict: Verdict, held: Held, agrees: bool | None) -> list[str]:
    words = shop.words
    if verdict.is_whole:
        said = [words.plural("%(n)s rad, kedjan är hel.", "%(n)s rader, kedjan är hel.", verdict.rows)]
    else:
        broken = words("Kedjan är bruten vid rad %(seq)s.", seq=verdict.first_bad_seq)
        said = [f"{broken} {words.fault(Fault(f'journal.{verdict.reason}'))}"]
    said.append(_of_anchors(shop, held))
    if agrees is not None:
        said.append(
            words("Raden från papper stämmer.") if agrees else words("Raden från papper stämmer inte.")
        )
    return said


def _of_anchors(shop: Shop, held: Held) -> str:
    words = shop.words
    if not held.agrees:
        return words.fault(Conflict(f"anchor.{held.reason}", row=held.first_bad_seq, known=held.known))
    if held.newest is None:
        return words("Inga ankare finns. Skriv ett med tryggkarta journal anchor.")
    last = anchor_file.on_paper(held.newest, words)
    return words.plural("%(n)s ankare stämmer.", "%(n)s ankare stämmer.", held.count) + f" {last}"
