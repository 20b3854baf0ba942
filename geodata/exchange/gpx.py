"""Waypoints out of GPX, parsed as plain XML without definitions, entities or references, and without GDAL."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from shapely import Point

from geodata import crs
from geodata.errors import FileFault
from geodata.exchange.figures import parse_number
from geodata.exchange.reading import RowNote, Table, capped
from geodata.exchange.shp import Place
from geodata.exchange.ticker import Ticker

_SPACES = ("", "http://www.topografix.com/GPX/1/0", "http://www.topografix.com/GPX/1/1")
_WAYPOINT = "wpt"
_TRACKS = ("trk", "rte")
_SAID = ("name", "desc", "cmt", "type", "sym", "time")
_TEXTS = ("desc", "cmt", "name")
"""Which of them is the text, the first that any waypoint has."""
_DEEPEST = 50
_PIECE_BYTES = 4 << 20
_LONGEST_SAID = 100_000


def read_gpx(data: bytes, ticker: Ticker) -> Table:
    """One row per waypoint; its line is that of its first tag. Raises FileFault."""
    waypoints = _Waypoints()
    parser = DefusedXMLParser(target=waypoints, forbid_dtd=True)
    waypoints.expat = parser.parser
    try:
        for at in range(0, len(data), _PIECE_BYTES):
            parser.feed(data[at : at + _PIECE_BYTES])
            ticker.tell(at / len(data))
        parser.close()
    except DefusedXmlException as fault:
        raise FileFault("xml.definitions", "file") from fault
    except ParseError as fault:
        line, place = fault.position
        raise FileFault("xml.broken", "file", line=line, place=place + 1) from fault
    except (LookupError, ValueError) as fault:  # an encoding that nobody knows
        raise FileFault("xml.broken", "file", line=1, place=1) from fault
    return _table(waypoints)


class _Waypoints:
    """Hears of tags as they come and keeps what waypoints say."""

    def __init__(self) -> None:
        self.expat: object = None
        self.found: list[dict[str, str]] = []
        self.places: list[Place] = []
        self.lines: list[int] = []
        self.has_tracks = False
        self._path: list[str] = []
        self._words: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        space, _, name = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
        name = name if space in _SPACES else ""
        if not self._path and name != "gpx":
            raise FileFault("file.not_what_it_says", "file", format="gpx")
        self._path.append(name)
        self._words.clear()
        if len(self._path) > _DEEPEST:
            raise FileFault("xml.too_deep", "file")
        if self._path == ["gpx", _WAYPOINT]:
            self.found.append({})
            self.places.append(_place(attributes))
            self.lines.append(getattr(self.expat, "CurrentLineNumber", len(self.found)))
        self.has_tracks = self.has_tracks or name in _TRACKS

    def data(self, words: str) -> None:
        self._words.append(words)

    def end(self, _tag: str) -> None:
        name = self._path.pop()
        if self._path == ["gpx", _WAYPOINT] and name in _SAID:
            self.found[-1][name] = "".join(self._words)[:_LONGEST_SAID].strip()
        self._words.clear()

    def close(self) -> None:
        """Asked for by the parser; everything is kept already."""


def _place(attributes: Mapping[str, str]) -> Place:
    longitude, latitude = (parse_number(attributes.get(name, "")) for name in ("lon", "lat"))
    return "geometry.not_readable" if longitude is None or latitude is None else Point(longitude, latitude)


def _table(waypoints: _Waypoints) -> Table:
    if waypoints.has_tracks and not waypoints.found:
        raise FileFault("gpx.only_tracks", "file")
    columns = tuple(name for name in _SAID if any(name in each for each in waypoints.found))
    rows = [tuple(each.get(name, "") for name in columns) for each in capped(waypoints.found)]
    table = Table(columns, rows, waypoints.lines, waypoints.places, crs.DEGREES)
    text = next((name for name in _TEXTS if name in columns), "")
    table.meaning = {"text": text, "category": "type", "start": "time"}
    if waypoints.has_tracks:
        table.notes.append(RowNote(0, "", "note.tracks_left_out"))
    return table
