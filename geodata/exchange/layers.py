"""Ground and names understood: shapes checked, cut to the municipality, made no finer than needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata import crs
from geodata.drafts import AreaDraft
from geodata.errors import FileFault, InvalidValue
from geodata.exchange.layer_order import LayerOrder, LayerReading
from geodata.exchange.reading import RowFault, Table
from geodata.geometry import ServedArea, crossing
from geodata.vocabulary import AreaKind

MOST_VERTICES = 50_000
"""Of one shape."""
MOST_VERTICES_IN_ALL = 5_000_000
LONGEST_NAME = 120
_GEOMETRY = "geometry"
_NAMES = (
    *("name", "namn", "tatort", "tätort", "tatortsnamn", "ortnamn", "ort", "gatunamn", "vägnamn", "vagnamn"),
    *("skolnamn", "platsnamn", "objektnamn", "benamning", "benämning", "namn1"),
)
_DIMENSION = {"Point": 0, "LineString": 1, "Polygon": 2, "MultiLineString": 1, "MultiPolygon": 2}
Shapes = NDArray[np.object_]
_POINT, _LINE, _AREA = 0, 1, 2
"""Dimensions, as Shapely numbers them."""


@dataclass(frozen=True)
class _Form:
    """What a kind may be. finest_m: how far a vertex left out may lie from the line. radius_m: of a point."""

    dimensions: tuple[int, ...]
    finest_m: float
    radius_m: float | None = None

    @property
    def is_named(self) -> bool:
        """Whether it is nothing without a name."""
        return self.radius_m is not None


_FORMS = {
    AreaKind.LOCALITY: _Form((_POINT, _AREA), 5.0, 1_000.0),
    AreaKind.PLACE: _Form((_POINT, _AREA), 1.0, 150.0),
    AreaKind.SCHOOL: _Form((_POINT, _AREA), 1.0, 150.0),
    AreaKind.STREET: _Form((_LINE,), 1.0),
    AreaKind.PATH: _Form((_LINE,), 1.0),
    AreaKind.RAILWAY: _Form((_LINE,), 1.0),
    AreaKind.BUILDING: _Form((_AREA,), 0.5),
    AreaKind.WATER: _Form((_LINE, _AREA), 2.0),
    AreaKind.GREEN: _Form((_AREA,), 2.0),
}


def understand_layer(table: Table, kind: AreaKind, order: LayerOrder, reading: LayerReading) -> None:
    """Put what a table holds of a kind into a reading: drafts, and what is wrong with the rest.

    Raises FileFault where nothing of it lies in the municipality or it is too much, InvalidValue where the
    order lacks a column or a coordinate system.
    """
    layer = _Layer(table, kind, reading)
    names = layer.names(order.name_column)
    places = layer.moved(_system(table.system, order.system))
    layer.refuse_faulty(places, names)
    layer.cut(places, order)
    form = _FORMS[kind]
    for row in np.flatnonzero(~layer.left_out):
        is_point = places[row].geom_type == "Point"
        draft = AreaDraft(kind, names[row], places[row], form.radius_m if is_point else None)
        reading.drafts.append(draft)
    reading.rows += len(table.rows)
    reading.faults += table.faults


def _system(found: str, told: str) -> str:
    if not told and not found:
        raise InvalidValue("crs.needed", "crs", columns=_GEOMETRY)
    if told and found and told != found:
        raise FileFault("crs.contradicts", "crs", given=told, found=found)
    return found or told


class _Layer:
    """One table on its way. left_out: rows that are faulty, outside, or have no shape."""

    def __init__(self, table: Table, kind: AreaKind, reading: LayerReading) -> None:
        self._table, self._kind, self._form, self._reading = table, kind, _FORMS[kind], reading
        self.left_out = np.zeros(len(table.rows), dtype=bool)

    def names(self, column: str) -> list[str]:
        """What each row is called; "" where it is not."""
        headers = {header.casefold(): header for header in self._table.columns}
        if column and column.casefold() not in headers:
            raise InvalidValue("columns.not_in_file", "--name-column", column=column[:80])
        chosen = headers.get(column.casefold()) or next((headers[n] for n in _NAMES if n in headers), "")
        if not chosen and self._form.is_named:
            raise FileFault("layer.no_names", "file", columns=", ".join(self._table.columns)[:200])
        self._reading.name_column = chosen
        at = self._table.columns.index(chosen) if chosen else -1
        return [_clean(row[at]) if chosen else "" for row in self._table.rows]

    def moved(self, system: str) -> Shapes:
        """The shapes in EPSG:3006, two-dimensional; None where there is none that can be read."""
        places = np.full(len(self._table.rows), None, dtype=object)
        for row, place in enumerate(self._table.places or []):
            if isinstance(place, str):
                self._refuse(row, place)
            elif place is None or place.is_empty:
                self._refuse(row, "geometry.empty")
            else:
                places[row] = place
        self._refuse_heavy(places)
        flat = shapely.force_2d(places)
        xy, owners = shapely.get_coordinates(flat, return_index=True)
        east, north = crs.transform_xy(xy[:, 0], xy[:, 1], system, crs.METRES)
        lost = ~(np.isfinite(xy).all(axis=1) & np.isfinite(east) & np.isfinite(north))
        for row in np.unique(owners[lost]):
            self._refuse(int(row), "geometry.not_finite")
        east[lost] = north[lost] = 0.0
        return shapely.set_coordinates(flat, np.column_stack((east, north)))

    def _refuse_heavy(self, places: Shapes) -> None:
        """Leave shapes of too many vertices out before anything is reckoned with them."""
        counts = shapely.get_num_coordinates(places)
        for row in np.flatnonzero(counts > MOST_VERTICES):
            self._refuse(int(row), "geometry.too_many_vertices", count=int(counts[row]), most=MOST_VERTICES)
            places[row] = None
        if counts[counts <= MOST_VERTICES].sum() > MOST_VERTICES_IN_ALL:
            raise FileFault("layer.too_many_vertices", "file", most=MOST_VERTICES_IN_ALL)

    def refuse_faulty(self, places: Shapes, names: list[str]) -> None:
        """Rows of another form than the kind has, shapes that cross themselves, names that are missing."""
        is_valid = shapely.is_valid(places)
        for row in np.flatnonzero(~self.left_out):
            place = places[row]
            if _DIMENSION.get(place.geom_type) not in self._form.dimensions:
                self._refuse(int(row), "layer.wrong_form", given=place.geom_type)
            elif not is_valid[row]:
                fault = crossing(place, _GEOMETRY)
                self._refuse(int(row), fault.code, **fault.values)
            elif self._form.is_named and not names[row]:
                self._refuse(int(row), "layer.no_name")
            elif len(names[row]) > LONGEST_NAME:
                self._refuse(int(row), "text.too_long", count=len(names[row]), most=LONGEST_NAME)

    def cut(self, places: Shapes, order: LayerOrder) -> None:
        """Leave out what lies outside, cut what crosses the border, and drop vertices nobody would miss."""
        area = order.area
        reach = area.boundary.buffer(area.tolerance_m) if area.tolerance_m else area.boundary
        shapely.prepare(reach)
        rows = np.flatnonzero(~self.left_out)
        is_near = shapely.intersects(reach, places[rows])
        self._reading.outside += int((~is_near).sum())
        self.left_out[rows[~is_near]] = True
        if len(rows) and not is_near.any() and len(order.kinds) == 1:
            raise _nowhere(places[rows], reach, area)
        rows = rows[is_near]
        crossed = rows[~shapely.covers(reach, places[rows])]
        places[crossed] = [_like(place, self._form) for place in shapely.intersection(places[crossed], reach)]
        places[rows] = shapely.simplify(places[rows], self._form.finest_m, preserve_topology=True)
        self.left_out[rows[shapely.is_empty(places[rows])]] = True

    def _refuse(self, row: int, code: str, **values: Any) -> None:
        column = self._reading.name_column if code == "layer.no_name" else _GEOMETRY
        self._reading.faults.append(RowFault(self._table.lines[row], column, code, values))
        self.left_out[row] = True


def _clean(name: str) -> str:
    """A name on one line, without signs that are not seen."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())


def _like(cut: BaseGeometry, form: _Form) -> BaseGeometry:
    """What is left of a shape at the border, without the points and lines where it only touched."""
    parts = [part for part in shapely.get_parts(cut) if _DIMENSION.get(part.geom_type) in form.dimensions]
    if not parts:
        return shapely.Polygon()
    highest = max(_DIMENSION[part.geom_type] for part in parts)
    kept = [part for part in parts if _DIMENSION[part.geom_type] == highest]
    if len(kept) == 1:
        return kept[0]
    return (shapely.multilinestrings if highest == _LINE else shapely.multipolygons)(kept)


def _nowhere(places: Shapes, reach: BaseGeometry, area: ServedArea) -> FileFault:
    """Why nothing lies in the municipality: most often east and north have changed places."""
    swapped = shapely.transform(places, lambda xy: xy[:, ::-1])
    code = "geometry.axes_swapped" if shapely.intersects(reach, swapped).any() else "layer.none_inside"
    return FileFault(code, "file", municipality=area.name)
