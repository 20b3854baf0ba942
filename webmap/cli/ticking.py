"""What time brings, from the command line: for a timer where no server of ours runs."""

from __future__ import annotations

from dataclasses import asdict

import click

from geodata.errors import Fault
from webmap.cli.base import Shop, json_option, with_shop
from webmap.services.upkeep import Upkeep, keep_up


@click.command()
@json_option
@with_shop
def tick(shop: Shop) -> None:
    """Skicka e-post som väntar och ta bort adresser och foton vars tid är ute."""
    done = keep_up(shop.engine, shop.settings)
    shop.answer(asdict(done), "\n".join(_lines(shop, done)))


def _lines(shop: Shop, done: Upkeep) -> list[str]:
    words, mail = shop.words, done.mail
    said = [words.plural("%(n)s mejl skickat.", "%(n)s mejl skickade.", mail.sent)]
    if mail.given_up:
        said.append(words.plural("%(n)s mejl gick inte fram.", "%(n)s mejl gick inte fram.", mail.given_up))
    if mail.waiting:
        said.append(words.plural("%(n)s mejl väntar.", "%(n)s mejl väntar.", mail.waiting))
    if mail.fault:
        said.append(words.fault(Fault(mail.fault)))
    if not shop.settings.smtp_url:
        said.append(words("Ingen e-postserver är vald. Sätt TRYGGKARTA_SMTP_URL."))
    contacts = words.plural("%(n)s adress borttagen.", "%(n)s adresser borttagna.", done.contacts)
    photos = words.plural("%(n)s foto borttaget.", "%(n)s foton borttagna.", done.photos)
    return [*said, contacts, photos]
