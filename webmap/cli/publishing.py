"""Publishing the public map from the command line."""

from __future__ import annotations

from typing import Any

import click

from webmap.cli.base import Shop, json_option, with_shop
from webmap.services import publishing
from webmap.services.edition_figures import lines_of
from webmap.services.publishing import Order, Preview


@click.command("publish")
@click.option("--municipality", "code", required=True, help="Kommunens kod.")
@click.option("--dry-run", is_flag=True, help="Visa vad som skulle publiceras, och gör inget.")
@click.option("--note", default="", help="En mening till dem som läser kartan.")
@json_option
@with_shop
def publish(shop: Shop, code: str, dry_run: bool, note: str) -> None:
    """Gör en ny utgåva av den öppna kartan."""
    if dry_run:
        made = publishing.preview(shop.engine, code)
    else:
        made = publishing.publish(shop.engine, code, Order(note))
    lines = lines_of(made, shop.words)
    if not dry_run:
        lines.insert(0, shop.words("Utgåva %(number)s är publicerad.", number=made.edition.number))
    shop.answer(_document(made, not dry_run), "\n".join(lines))


def _document(made: Preview, is_published: bool) -> dict[str, Any]:
    edition, figures = made.edition, made.figures
    return {
        "municipality": edition.municipality,
        "edition": edition.number,
        "is_published": is_published,
        "may_from": made.may_from.isoformat(),
        "digest": made.digest,
        "period": [day.isoformat() for day in edition.period],
        "k": edition.k,
        "squares": len(edition.squares),
        "finest_m": min((square.size_m for square in edition.squares), default=None),
        "reports": figures.reports,
        "left_out": figures.left_out,
        "personal": figures.personal,
        "unplaced": figures.unplaced,
        "hidden_views": figures.hidden,
        "audit": {
            "counts": made.audit.counts,
            "narrower_than_k": len(made.audit.narrow),
            "least_width": None if made.audit.least_width == float("inf") else made.audit.least_width,
        },
    }
