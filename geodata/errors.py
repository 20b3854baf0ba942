"""Faults: small plain errors that name a code, the field they belong to, and the values to say it with.

The sentence itself is made above, in the reader's language.
"""

from __future__ import annotations

from typing import Any


class Fault(Exception):
    """Something is wrong with what was given or found.

    code: stable identifier of the sentence (`geometry.not_finite`).
    field: the field, column or option it belongs to, or "".
    values: what the sentence needs to say (numbers, names, codes).
    """

    def __init__(self, code: str, field: str = "", /, **values: Any) -> None:
        super().__init__(code, field, values)
        self.code = code
        self.field = field
        self.values = values

    def __str__(self) -> str:
        said = ", ".join(f"{name}={value}" for name, value in self.values.items())
        return f"{self.code} [{self.field}] {said}".strip()

    def at(self, field: str) -> Fault:
        """The same fault, belonging to another field."""
        return type(self)(self.code, field, **self.values)


class InvalidGeometry(Fault):
    """What was given is not a place that can be stored."""


class OutsideArea(Fault):
    """The place is a good one, but not here."""


class InvalidValue(Fault):
    """A field holds something it cannot hold."""


class NotFound(Fault):
    """What was asked for does not exist."""


class NotAllowed(Fault):
    """The one who asks may not."""


class TooOften(NotAllowed):
    """The one who asks may, but not this often."""


class Conflict(Fault):
    """What is stored says otherwise."""


class MixedKinds(Fault):
    """A surface is of one kind, and several were asked for."""


class DatabaseFault(Fault):
    """The database cannot be used as it is."""


class FileFault(Fault):
    """A file as a whole cannot be read."""


class UnknownMedia(FileFault):
    """A file of a format that is not taken in."""
