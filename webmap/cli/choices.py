"""What a municipality chooses for itself, from the command line."""

from __future__ import annotations

import click

from geodata.errors import InvalidValue
from geodata.queries.municipalities import home
from geodata.tables.engine import reading, writing
from geodata.vocabulary import ChoiceKey
from webmap.cli.base import Shop, json_option, with_shop
from webmap.services.actors import COMMAND
from webmap.services.choices import all_of
from webmap.services.choices import choose as keep


@click.command("choices")
@click.option("--municipality", "code", required=True, help="Kommunens kod.")
@json_option
@with_shop
def show_choices(shop: Shop, code: str) -> None:
    """Visa vad kommunen har valt, eller vad som gäller annars."""
    with reading(shop.engine) as session:
        chosen = all_of(session, home(session, code))
    document = {str(key): value for key, value in chosen.items()}
    shop.answer(document, "\n".join(f"{key}  {value or '–'}" for key, value in chosen.items()))


@click.command("choose")
@click.argument("key")
@click.argument("value")
@click.option("--municipality", "code", required=True, help="Kommunens kod.")
@json_option
@with_shop
def choose(shop: Shop, key: str, value: str, code: str) -> None:
    """Sätt inställningen KEY till VALUE. Tomt värde: som från början."""
    if key not in list(ChoiceKey):
        raise InvalidValue("choice.unknown", "key", given=key[:40], accepted=", ".join(ChoiceKey))
    with writing(shop.engine) as session:
        there = home(session, code)
        keep(session, there, {ChoiceKey(key): value}, COMMAND)
        now = all_of(session, there)[ChoiceKey(key)]
    shop.answer({key: now}, f"{key}  {now or '–'}")
