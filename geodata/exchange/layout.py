"""Which column holds what: guessed from the headers, told by the one who imports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geodata import crs
from geodata.errors import FileFault, InvalidValue
from geodata.exchange.instructions import Instructions
from geodata.exchange.reading import Table, evened

HEADERS: dict[str, tuple[str, ...]] = {
    "id": ("id", "ärende", "ärendenr", "dnr"),
    "date": ("datum", "date"),
    "start": ("från", "start", "tid", "tidpunkt", "time"),
    "end": ("till", "slut", "end"),
    "east": ("e", "öst", "x", "easting"),
    "north": ("n", "nord", "y", "northing"),
    "lon": ("lon", "lng", "long", "longitude"),
    "lat": ("lat", "latitude"),
    "category": ("typ", "kategori", "category", "brottstyp"),
    "text": ("text", "beskrivning", "kommentar", "description", "beskrivnin", "descriptio"),
    "polarity": ("polarity",),
    "severity": ("severity",),
    "voice": ("voice",),
    "kind": ("kind",),
    "origin": ("origin",),
    "light": ("light",),
    "accuracy_m": ("accuracy_m",),
    "wkt": ("wkt",),
}
"""Field → headers it is recognised by, case-blind; a Shapefile cuts them after ten letters."""

OWN_HEADERS: dict[str, tuple[str, ...]] = {
    "uid": ("uid",),
    "id": ("source_id",),
    "date": ("day",),
    "hours": ("hours",),
    "category": ("categories",),
    "source": ("source",),
    "source_category": ("source_category",),
    "wkt": ("wkt",),
    "east": ("sweref99_e",),
    "north": ("sweref99_n",),
}
"""What an export of this program adds; recognised only in a file that has both `uid` and `hours`."""

FIELDS = tuple(dict.fromkeys((*HEADERS, *OWN_HEADERS)))
_POSITION = ("wkt", "east", "north", "lon", "lat")
_TIME = ("date", "start", "end", "hours")
_SAYING = (*_POSITION, *_TIME, "category", "source_category", "text")
"""A file without any of these says nothing of a place."""
_ALWAYS_WRITTEN = ("id", "uid", *_POSITION, *_TIME)
"""A row that ends before one of these is a torn one, and not one whose last cells are empty."""
_HEADERS_NAMED = 10


@dataclass(frozen=True)
class Layout:
    """A table's columns understood. fields: field → place of its column. system: of the position columns."""

    headers: tuple[str, ...]
    fields: Mapping[str, int]
    system: str = ""

    def column(self, *fields: str) -> str:
        """The headers of these fields, as a person sees them in the file."""
        return "/".join(self.headers[self.fields[field]] for field in fields if field in self.fields)

    @property
    def shortest(self) -> int:
        """How many cells a row must have for all of its id, position and time to be there."""
        places = (self.fields[field] for field in _ALWAYS_WRITTEN if field in self.fields)
        return max(places, default=0) + 1

    @property
    def names(self) -> dict[str, str]:
        """Field → header."""
        return {field: self.headers[place] for field, place in self.fields.items()}

    @property
    def ignored(self) -> tuple[str, ...]:
        """Headers that mean nothing here."""
        used = set(self.fields.values())
        return tuple(name for place, name in enumerate(self.headers) if name and place not in used)

    @property
    def pair(self) -> tuple[str, str] | None:
        """The two fields that hold the position."""
        return next((each for each in (("east", "north"), ("lon", "lat")) if each[0] in self.fields), None)


def lay_out(table: Table, order: Instructions) -> Layout:
    """What each column holds. Raises FileFault, or InvalidValue where the instructions lack something."""
    _refuse_twins(table.columns)
    fields, is_own = assigned(table, order)
    if table.places is None and not fields.keys() & set(_SAYING):
        named = [name[:40] for name in table.columns if name]
        raise FileFault("columns.none_known", "file", columns=", ".join(named[:_HEADERS_NAMED]))
    for field, given in (("kind", order.kind), ("origin", order.origin), ("source", order.source)):
        if given:
            fields.pop(field, None)
    for field in ("kind", "origin"):
        if table.rows and field not in fields and not getattr(order, field):
            raise InvalidValue("option.missing", f"--{field}", option=f"--{field}")
    if table.places is not None:
        fields = {field: place for field, place in fields.items() if field not in _POSITION}
        found = "" if table.is_system_usual and order.system else table.system
        return Layout(table.columns, fields, _system(found, order, "geometry"))
    return _positioned(Layout(table.columns, fields), order, is_own and not order.columns)


def assigned(table: Table, order: Instructions) -> tuple[dict[str, int], bool]:
    """Field → place of its column, guessed and told; and whether the file is an export of this program."""
    guess, is_own = _guessed(table.columns)
    guess |= {
        name: table.columns.index(each) for name, each in table.meaning.items() if each in table.columns
    }
    return _told(guess, table.columns, order.columns), is_own


def _refuse_twins(headers: tuple[str, ...]) -> None:
    seen: set[str] = set()
    for name in filter(None, headers):
        if name.casefold() in seen:
            raise FileFault("columns.duplicate", "file", column=name[:80])
        seen.add(name.casefold())


def _guessed(headers: tuple[str, ...]) -> tuple[dict[str, int], bool]:
    """Field → column; where two columns could hold a field, the first one does."""
    places = {name.casefold(): place for place, name in reversed(list(enumerate(headers)))}
    is_own = {"uid", "hours"} <= places.keys()
    sources = (OWN_HEADERS, HEADERS) if is_own else (HEADERS,)
    guess: dict[str, int] = {}
    for known in sources:
        for field, names in known.items():
            found = [places[name] for name in names if name in places]
            if found:
                guess.setdefault(field, min(found))
    return guess, is_own


def _told(guess: dict[str, int], headers: tuple[str, ...], said: Mapping[str, str]) -> dict[str, int]:
    """The guess, overruled: a column named for a field is that and nothing else; an empty field drops it."""
    places = {name.casefold(): place for place, name in enumerate(headers)}
    fields = dict(guess)
    for name, field in said.items():
        place = places.get(evened(name).casefold())
        if place is None:
            raise InvalidValue("columns.not_in_file", "--columns", column=name[:80])
        if field and field not in FIELDS:
            raise InvalidValue(
                "columns.no_such_field", "--columns", given=field[:80], known=", ".join(FIELDS)
            )
        fields = {known: at for known, at in fields.items() if at != place}
        if field:
            fields[field] = place
    return fields


def _positioned(layout: Layout, order: Instructions, is_own: bool) -> Layout:
    fields = dict(layout.fields)
    if "east" in fields and "north" in fields and ("lon" not in fields or is_own or order.system):
        fields.pop("lon", None)
        fields.pop("lat", None)
    elif "lon" in fields and "lat" in fields:
        fields.pop("east", None)
        fields.pop("north", None)
    for first, second in (("east", "north"), ("lon", "lat")):
        if (first in fields) != (second in fields):
            lone = layout.headers[fields[first if first in fields else second]]
            raise FileFault("columns.half_position", "file", column=lone[:80])
    found = Layout(layout.headers, fields)
    if found.pair is None and "wkt" not in fields:
        return found
    own_system = crs.METRES if is_own else crs.DEGREES if found.pair == ("lon", "lat") else ""
    return Layout(layout.headers, fields, _system(own_system, order, found.column(*_POSITION)))


def _system(found: str, order: Instructions, columns: str) -> str:
    if not order.system and not found:
        raise InvalidValue("crs.needed", "--crs", columns=columns)
    if order.system and found and order.system != found:
        raise FileFault("crs.contradicts", "crs", given=order.system, found=found)
    return found or order.system
