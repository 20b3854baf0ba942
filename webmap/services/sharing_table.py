"""Sharings in words, as the page shows them and as a file."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from geodata.exchange.guard import guarded
from geodata.hours import local
from geodata.queries.sharings import KnownSharing
from geodata.vocabulary import Kind, Owner
from webmap.services.sharing import GROUNDS
from webmap.words import Words
from webmap.words.labels import N_

_WAYS = {
    Owner.MUNICIPALITY: N_("Kommunens rapporter, för polisen"),
    Owner.POLICE: N_("Polisens rapporter, för kommunen"),
}
_HEADINGS = (
    N_("Vad"),
    N_("Slag"),
    N_("Läge på kartan"),
    N_("Stöd i lag"),
    N_("Började"),
    N_("Slutade"),
    N_("Beslutad av"),
)


@dataclass(frozen=True)
class SharingRow:
    """A sharing in words. ended: "" while it is in force."""

    known: KnownSharing
    way: str
    kinds: str
    places: str
    ground: str
    begun: str
    ended: str


def rows_of(found: Sequence[KnownSharing], words: Words) -> list[SharingRow]:
    """Sharings in the order given."""
    return [_row(each, words) for each in found]


def way_of(owner: Owner, words: Words) -> str:
    """Whose reports for whom."""
    return words(_WAYS[owner])


def places_as(precision_m: int, words: Words) -> str:
    """How exactly places are shared."""
    return words("Rutor om %(metres)s m", metres=words.number(precision_m)) if precision_m else words("Exakt")


def ground_as(ground: str, words: Words) -> str:
    """The provision; those to choose from are told in the reader's language."""
    return words(ground) if ground in GROUNDS else ground


def _row(known: KnownSharing, words: Words) -> SharingRow:
    shared = known.shared
    is_all = shared.kinds == frozenset(Kind)
    kinds = ", ".join(words.label(kind) for kind in Kind if kind in shared.kinds)
    return SharingRow(
        known,
        way_of(shared.owner, words),
        words("Alla slag") if is_all else kinds,
        places_as(shared.precision_m, words),
        ground_as(known.ground, words),
        words.day(local(known.begun_at).date()),
        words.day(local(known.ended_at).date()) if known.ended_at else "",
    )


def as_csv(rows: Sequence[SharingRow], words: Words) -> bytes:
    """As Swedish Excel reads it: BOM, semicolons, and no cell that could run."""
    text = StringIO(newline="")
    out = csv.writer(text, delimiter=";", lineterminator="\r\n")
    out.writerow([words(name) for name in _HEADINGS])
    for row in rows:
        known = row.known
        begun = f"{local(known.begun_at):%Y-%m-%d %H:%M}"
        ended = f"{local(known.ended_at):%Y-%m-%d %H:%M}" if known.ended_at else ""
        said = (row.way, row.kinds, row.places, row.ground, begun, ended, known.decided_by)
        out.writerow([guarded(each) for each in said])
    return text.getvalue().encode("utf-8-sig")
