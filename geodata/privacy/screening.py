"""Free text screened for what points at a person, before it is sent and before it is shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from geodata.privacy.addresses import find_addresses
from geodata.privacy.identity_numbers import find_identity_numbers
from geodata.privacy.names import find_names
from geodata.privacy.plates import find_plates
from geodata.privacy.suspects import Suspect, even, merged
from geodata.privacy.telephones import find_telephones


def screen(text: str, known_places: Collection[str] = ()) -> list[Suspect]:
    """Where the text may point at a person: in order, none over another.

    known_places: what places around are called; a name inside one of them is a place's. The time taken grows
    with the length of the text and no faster.
    """
    plain = even(text)
    finders = (find_addresses, find_identity_numbers, find_telephones, find_plates)
    found = [suspect for find in finders for suspect in find(plain)]
    return merged([*found, *find_names(plain, known_places)])


def masked(text: str, suspects: Iterable[Suspect], mark: str) -> str:
    """The text with each suspect replaced by a mark in the reader's language."""
    pieces, at = [], 0
    for suspect in merged(list(suspects)):
        pieces += [text[at : suspect.start], mark]
        at = suspect.end
    return "".join([*pieces, text[at:]])
