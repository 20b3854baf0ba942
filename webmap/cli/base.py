"""What every command shares: settings, the database, the reader's language, and how it ends.

Exit codes: 0 done, 1 a fault in the data or state, 2 wrong use. With --json, standard output holds one JSON
document; words go to standard error.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn, ParamSpec, TypeVar

import click
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from geodata.errors import Fault
from webmap.database import fault_of, open_database, prepare_folder
from webmap.settings import Settings
from webmap.words import Words, words_for

P = ParamSpec("P")
R = TypeVar("R")

WRONG_USE = frozenset(
    {
        "bandwidth.not_a_step",
        "bbox.bad",
        "category.unknown",
        "choice.unknown",
        "columns.no_such_field",
        "columns.not_in_file",
        "cell.not_a_divisor",
        "crs.needed",
        "crs.not_accepted",
        "crs.unknown",
        "date.not_a_date",
        "dates.reversed",
        "email.bad",
        "hours.not_a_span",
        "kernel.unknown",
        "kind.unknown",
        "layer.no_such",
        "layer.none",
        "kinds.several",
        "layer.several_kinds",
        "light.unknown",
        "option.bad",
        "option.missing",
        "origin.unknown",
        "polarity.unknown",
        "role.unknown",
        "state.unknown",
        "weekdays.unknown",
    }
)
"""Fault codes that mean the command itself was called wrongly."""


@dataclass
class Shop:
    """What a command works with."""

    settings: Settings
    words: Words
    is_json: bool = False
    opened: list[Engine] = field(default_factory=list)

    @functools.cached_property
    def engine(self) -> Engine:
        """The one database, migrated if it is empty, and refused if it is of another version."""
        return self.open(self.settings.database_address())

    def prepared_address(self) -> str:
        """The URL of the one database, its folder made."""
        address = self.settings.database_address()
        prepare_folder(address)
        return address

    def open(self, address: str) -> Engine:
        """A database by its URL; an empty one is migrated, saying so."""
        return self.keep(open_database(address, lambda: self.say(self.words("Skapar databasen."))))

    def keep(self, engine: Engine) -> Engine:
        """Remember an engine, to close it when the command ends."""
        self.opened.append(engine)
        return engine

    def close(self) -> None:
        """Close what was opened."""
        for engine in self.opened:
            engine.dispose()

    def say(self, text: str) -> None:
        """A line for a person, on standard error."""
        click.echo(text, err=True)

    def answer(self, document: dict[str, Any] | list[Any], text: str = "") -> None:
        """The result: JSON when asked for, words otherwise."""
        click.echo(json.dumps(document, ensure_ascii=False) if self.is_json else text)


def json_option(command: Callable[P, R]) -> Callable[P, R]:
    """Adds --json."""
    option = click.option("--json", "is_json", is_flag=True, help="Skriv svaret som ett JSON-dokument.")
    return option(command)


def with_shop(command: Callable[..., R]) -> Callable[..., R]:
    """Gives the command its Shop as first argument and turns faults into one line and an exit code."""

    @functools.wraps(command)
    def run(*arguments: Any, **options: Any) -> R:
        shop = Shop(Settings(), words_for("sv"), bool(options.pop("is_json", False)))
        try:
            shop.settings = Settings.from_environment()
            shop.words = words_for(shop.settings.language)
            return command(shop, *arguments, **options)
        except Fault as fault:
            _end(shop, fault)
        except DBAPIError as error:
            _end(shop, fault_of(error))
        except OSError as error:
            _end(shop, Fault("file.unusable", file=str(error.filename or ""), why=error.strerror or ""))
        finally:
            shop.close()

    return run


def _end(shop: Shop, fault: Fault) -> NoReturn:
    click.echo(shop.words.fault(fault), err=True)
    sys.exit(2 if fault.code in WRONG_USE else 1)
