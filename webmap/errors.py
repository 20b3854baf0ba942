"""Faults as answers: one table from the family of a fault to its HTTP status."""

from __future__ import annotations

from geodata.errors import (
    Conflict,
    DatabaseFault,
    Fault,
    FileFault,
    InvalidGeometry,
    InvalidValue,
    MixedKinds,
    NotAllowed,
    NotFound,
    OutsideArea,
    TooOften,
    UnknownMedia,
)


class Unreadable(Fault):
    """What was sent is not what it is said to be."""


class WrongType(Fault):
    """What was sent is of a type that is not taken here."""


class Unrecognised(NotAllowed):
    """What was shown to get in is worth nothing, or no longer."""


class Gone(NotFound):
    """It was there, and is not any more: whoever asks has made no mistake."""


STATUS: dict[type[Fault], int] = {
    Unreadable: 400,
    WrongType: 415,
    InvalidGeometry: 422,
    InvalidValue: 422,
    OutsideArea: 422,
    MixedKinds: 422,
    FileFault: 422,
    UnknownMedia: 415,
    NotFound: 404,
    Gone: 410,
    Unrecognised: 401,
    NotAllowed: 403,
    TooOften: 429,
    Conflict: 409,
    DatabaseFault: 503,
}


def status_of(fault: Fault) -> int:
    """The HTTP status of a fault; 500 for a family nobody thought of."""
    return next((STATUS[family] for family in type(fault).__mro__ if family in STATUS), 500)
