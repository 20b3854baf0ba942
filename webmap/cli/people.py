"""Accounts from the command line."""

from __future__ import annotations

import sys

import click

from geodata.queries.municipalities import home
from geodata.queries.people import accounts, roles_of
from geodata.tables.engine import reading, writing
from webmap.access import Role
from webmap.cli.base import Shop, json_option, with_shop
from webmap.services import accounts as service
from webmap.services import municipalities, outer_login, passwords, staff_accounts
from webmap.services.accounts import NewAccount
from webmap.services.actors import COMMAND
from webmap.services.staff_accounts import Desk


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
        made = service.add(session, NewAccount(email, password, role, home.code, is_one_time=is_made))
    if was_added:
        shop.say(shop.words("Kommunen %(name)s är tillagd.", name=home.name))
    said = shop.words("%(email)s är skapad som %(role)s.", email=made.email, role=shop.words.label(role))
    if is_made:
        said += "\n" + _shown_once(shop, password)
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
    return passwords.one_time(), True


def _shown_once(shop: Shop, password: str) -> str:
    return shop.words("Lösenord, visas bara nu: %(password)s", password=password)


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


@user.command("enable")
@click.argument("email")
@json_option
@with_shop
def enable(shop: Shop, email: str) -> None:
    """Öppna kontot EMAIL igen."""
    with writing(shop.engine) as session:
        opened = service.enable(session, email)
    shop.answer(
        {"email": opened.email, "is_disabled": False},
        shop.words("%(email)s är öppnad igen.", email=opened.email),
    )


@user.command("role")
@click.argument("email")
@click.option("--add", "given", multiple=True, help="Roll att ge: " + ", ".join(Role) + ".")
@click.option("--remove", "taken", multiple=True, help="Roll att ta bort.")
@click.option("--municipality", "code", required=True, help="Kommunens kod.")
@json_option
@with_shop
def role(shop: Shop, email: str, given: tuple[str, ...], taken: tuple[str, ...], code: str) -> None:
    """Ge kontot EMAIL roller i en kommun, eller ta bort dem."""
    with reading(shop.engine) as session:
        known, there = service.known(session, email), home(session, code)
    desk = Desk(shop.engine, COMMAND, None)
    for each in given:
        staff_accounts.invite(desk, there, known.email, each)
    for each in taken:
        staff_accounts.take(desk, there, known.id, each)
    with reading(shop.engine) as session:
        held = roles_of(session, [known.id]).get(known.id, {})
    shop.answer(
        {"email": known.email, "roles": {where: sorted(roles) for where, roles in held.items()}},
        f"{known.email}  " + "; ".join(f"{where}: {', '.join(sorted(held[where]))}" for where in held),
    )


@user.command("reset")
@click.argument("email")
@click.option("--password", "is_password", is_flag=True, help="Gör ett nytt lösenord också.")
@json_option
@with_shop
def reset(shop: Shop, email: str, is_password: bool) -> None:
    """Låt kontot EMAIL lägga in en ny telefon, och logga ut det överallt."""
    password = staff_accounts.restart(shop.engine, email, is_password)
    said = shop.words("%(email)s lägger in en ny telefon vid nästa inloggning.", email=email)
    document = {"email": email, **({"password": password} if password else {})}
    shop.answer(document, said + ("\n" + _shown_once(shop, password) if password else ""))


@user.command("outer")
@click.argument("email")
@json_option
@with_shop
def outer(shop: Shop, email: str) -> None:
    """Låt kontot EMAIL logga in hos den andra inloggningen i stället för med lösenord."""
    with writing(shop.engine) as session:
        waiting = outer_login.await_at_provider(session, email, COMMAND)
    said = shop.words("%(email)s loggar in utan lösenord från och med nu.", email=waiting.email)
    shop.answer({"email": waiting.email, "has_password": False}, said)
