"""The public map as a table and as a file."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from io import StringIO

from geodata.errors import InvalidValue
from geodata.exchange.guard import guarded
from webmap.services.public_places import PublicPlace
from webmap.words import Words
from webmap.words.labels import N_

COLUMNS = {
    "place": N_("Plats"),
    "class": N_("Rapporter"),
    "size": N_("Rutans storlek"),
}
"""By which the table can be sorted."""
_HEADINGS = (
    N_("Plats"),
    N_("Klass"),
    N_("Rapporter"),
    N_("Rutans storlek"),
    N_("Mest när"),
    N_("Vad det gäller"),
    N_("Vad som görs"),
    N_("Longitud"),
    N_("Latitud"),
)
_BY: dict[str, Callable[[PublicPlace], tuple[object, ...]]] = {
    "place": lambda each: (each.name.casefold(),),
    "class": lambda each: (each.class_,),
    "size": lambda each: (int(each.key.split("-")[0]),),
}


def ordered(places: Sequence[PublicPlace], column: str, is_falling: bool) -> list[PublicPlace]:
    """Sorted by a column; what is equal there stays as it was. Raises InvalidValue for an unknown one."""
    if column not in _BY:
        raise InvalidValue("option.bad", "sort", option="sort", given=column[:40])
    return sorted(places, key=_BY[column], reverse=is_falling)


def as_csv(places: Sequence[PublicPlace], words: Words) -> bytes:
    """As Swedish Excel reads it: BOM, semicolons, decimal commas, and no cell that could run."""
    text = StringIO(newline="")
    out = csv.writer(text, delimiter=";", lineterminator="\r\n")
    out.writerow([words(name) for name in _HEADINGS])
    out.writerows(_line(each) for each in places)
    return text.getvalue().encode("utf-8-sig")


def _line(place: PublicPlace) -> list[str]:
    said = (
        place.name,
        str(place.class_),
        place.label,
        place.size,
        place.when,
        place.what,
        " ".join(place.done),
    )
    return [
        *(guarded(each) for each in said),
        *(f"{degrees:.6f}".replace(".", ",") for degrees in place.middle),
    ]
