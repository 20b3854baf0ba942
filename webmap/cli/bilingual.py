"""Help texts in the language of the command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import click

from webmap.settings import BadSettings, Settings
from webmap.words import Words, words_for


class Bilingual(click.Group):
    """The outermost command: its help, and that of all below it, is said in the language that is set."""

    def __init__(self, name: str, help: str, commands: Sequence[click.Command]) -> None:  # noqa: A002, RUF100
        settings = {"help_option_names": ["-h", "--help"]}
        super().__init__(name=name, help=help, commands=list(commands), context_settings=settings)

    def main(self, *args: Any, **options: Any) -> Any:
        """Run, once the help is in the right language."""
        translate(self, _words())
        return super().main(*args, **options)


def _words() -> Words:
    try:
        return words_for(Settings.from_environment().language)
    except BadSettings:  # told properly by the command itself
        return words_for("sv")


def translate(command: click.Command, words: Words) -> None:
    """Put the help of a command, its options and the commands below it into words."""
    for each in _family(command):
        if each.help:
            each.help = words(each.help)
        for option in each.params:
            if isinstance(option, click.Option) and option.help:
                option.help = words(option.help)


def help_texts(command: click.Command) -> set[str]:
    """Every help text of a command and those below it."""
    found = {each.help for each in _family(command)}
    found |= {
        option.help for each in _family(command) for option in each.params if isinstance(option, click.Option)
    }
    return {text for text in found if text}


def _family(command: click.Command) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        for below in command.commands.values():
            yield from _family(below)
