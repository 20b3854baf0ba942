"""What time brings, from the command line: for a timer where no server of ours runs."""

from __future__ import annotations

from dataclasses import asdict

import click

from geodata.errors import Fault
from webmap.cli.base import Shop, json_option, with_shop
from webmap.services import retention_list
from webmap.services.retention_list import Reminder
from webmap.services.upkeep import Upkeep, keep_up


@click.command()
@json_option
@with_shop
def tick(shop: Shop) -> None:
    """Gör det som tiden för med sig: e-post, gallring av adresser och foton, nya utgåvor."""
    done = keep_up(shop.engine, shop.settings)
    reminders = retention_list.reminders(shop.engine)
    document = asdict(done) | {"retention": [asdict(each) for each in reminders]}
    shop.answer(document, "\n".join([*_lines(shop, done), *_reminded(shop, reminders)]))


def _reminded(shop: Shop, reminders: list[Reminder]) -> list[str]:
    """What waits for somebody to make a list of it: nothing is destroyed by a timer."""
    words, said = shop.words, []
    for each in reminders:
        where = words.municipality(each.name)
        if each.due:
            due = words.plural(
                "%(where)s: %(n)s sak har nått sin gallringsdag. Gör en lista på sidan Gallring.",
                "%(where)s: %(n)s saker har nått sin gallringsdag. Gör en lista på sidan Gallring.",
                each.due,
                where=where,
            )
            said.append(due)
        if each.idle:
            idle = words.plural(
                "%(where)s: %(n)s gallringsregel saknar beslutsnummer och gör ingenting.",
                "%(where)s: %(n)s gallringsregler saknar beslutsnummer och gör ingenting.",
                each.idle,
                where=where,
            )
            said.append(idle)
    return said


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
    journal = [words.fault(Fault(done.journal))] if done.journal else []
    editions = [
        words("En ny utgåva av den öppna kartan är publicerad: %(code)s.", code=code)
        for code in done.published
    ]
    return [*said, contacts, photos, *editions, *journal]
