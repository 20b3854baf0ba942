"""Accounts and the journal from the command line."""

from __future__ import annotations

import secrets
import sys

import click

from geodata.queries.people import accounts
from geodata.tables.chain import verify
from geodata.tables.engine import reading, writing
from webmap.access import Role
from webmap.cli.base import Shop, json_option, with_shop
from webmap.services import accounts as service
from webmap.services import municipalities
from webmap.services.accounts import NewAccount


@click.group()
def user() -> None:
    """Konton."""


@user.command("add")
@click.argument("email")
@click.option("--role", required=True, help="Roll: " + ", ".join(Role) + ".")
@click.option("--municipality", "code", required=True, help="Kommunens kod.")
@click.option("--password-stdin", is_flag=True, help="Läs lösenordet från standard in.")
@json_option
@with_shop
def add(shop: Shop, email: str, role: str, code: str, password_stdin: bool) -> None:
    """Skapa ett konto för EMAIL. Lösenordet frågas efter, eller görs och visas en gång."""
    password, is_made = _password(shop, password_stdin)
    with writing(shop.engine) as session:
        home, was_added = municipalities.ensure(session, code)
        made = service.add(session, NewAccount(email, password, role, home.code))
    if was_added:
        shop.say(shop.words("Kommunen %(name)s är tillagd.", name=home.name))
    said = shop.words("%(email)s är skapad som %(role)s.", email=made.email, role=shop.words.label(role))
    if is_made:
        said += "\n" + shop.words("Lösenord, visas bara nu: %(password)s", password=password)
    document = {"email": made.email, "role": role, "municipality": home.code}
    shop.answer({**document, **({"password": password} if is_made else {})}, said)


def _password(shop: Shop, from_stdin: bool) -> tuple[str, bool]:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n"), False
    if sys.stdin.isatty() and not shop.is_json:
        typed = click.prompt(
            shop.words("Lösenord (tomt: ett görs åt dig)"), default="", hide_input=True, show_default=False
        )
        if typed:
            return str(typed), False
    return secrets.token_urlsafe(15), True


@user.command("list")
@json_option
@with_shop
def show(shop: Shop) -> None:
    """Visa kontona."""
    with reading(shop.engine) as session:
        found = accounts(session)
    document = [
        {
            "email": each.email,
            "is_disabled": each.is_disabled,
            "roles": {code: sorted(held) for code, held in each.roles.items()},
        }
        for each in found
    ]
    lines = [
        f"{each.email}  "
        + "; ".join(f"{code}: {', '.join(sorted(held))}" for code, held in each.roles.items())
        + (f"  ({shop.words('avstängd')})" if each.is_disabled else "")
        for each in found
    ]
    shop.answer(document, "\n".join(lines) or shop.words("Inga konton än."))


@user.command("disable")
@click.argument("email")
@json_option
@with_shop
def disable(shop: Shop, email: str) -> None:
    """Stäng av kontot EMAIL och logga ut det överallt."""
    with writing(shop.engine) as session:
        shut = service.disable(session, email)
    shop.answer(
        {"email": shut.email, "is_disabled": True}, shop.words("%(email)s är avstängd.", email=shut.email)
    )


@click.group()
def journal() -> None:
    """Journalen över allt som har gjorts."""


@journal.command("verify")
@json_option
@with_shop
def verify_journal(shop: Shop) -> None:
    """Gå igenom kedjan. Slutar med 1 och första felaktiga raden om något är ändrat."""
    with reading(shop.engine) as session:
        verdict = verify(session)
    document = {"rows": verdict.rows, "first_bad_seq": verdict.first_bad_seq, "reason": verdict.reason}
    if verdict.is_whole:
        said = shop.words.plural("%(n)s rad, kedjan är hel.", "%(n)s rader, kedjan är hel.", verdict.rows)
        shop.answer(document, said)
        return
    shop.answer(document, shop.words("Kedjan är bruten vid rad %(seq)s.", seq=verdict.first_bad_seq))
    sys.exit(1)
