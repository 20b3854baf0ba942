"""The positions of a table's rows, through the door in as few calls as can be."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from geodata.errors import Fault
from geodata.exchange.figures import parse_number
from geodata.exchange.findings import Findings
from geodata.exchange.instructions import Instructions
from geodata.exchange.layout import Layout
from geodata.exchange.reading import Table
from geodata.geometry import admit, positions, single, without_height

Places = NDArray[np.object_]
_GEOMETRY = "geometry"


def find_places(table: Table, layout: Layout, order: Instructions, findings: Findings) -> tuple[Places, int]:
    """(n,) geometries in EPSG:3006, None for rows without a position and rows at fault.

    And how many of them lost a height.
    """
    finder = _Finder(len(table.rows), layout, order, findings)
    if table.places is not None:
        return finder.found, finder.take_geometries(table.places)
    if layout.pair is not None:
        finder.take_numbers(table, layout.pair)
    if "wkt" in layout.fields:
        finder.take_wkt(table)
    return finder.found, 0


class _Finder:
    """Collects places row by row."""

    def __init__(self, count: int, layout: Layout, order: Instructions, findings: Findings) -> None:
        self.found: Places = np.full(count, None, dtype=object)
        self._layout, self._order, self._findings = layout, order, findings

    def take_numbers(self, table: Table, pair: tuple[str, str]) -> None:
        """Points whose two coordinates are columns."""
        first, second = self._layout.fields[pair[0]], self._layout.fields[pair[1]]
        rows: list[int] = []
        pairs: list[tuple[float, float]] = []
        for row, cells in enumerate(table.rows):
            x, y = parse_number(cells[first]), parse_number(cells[second])
            if x is not None and y is not None:
                rows.append(row)
                pairs.append((x, y))
            else:
                self._explain(row, pair, (cells[first].strip(), cells[second].strip()))
        self._admit_points(rows, np.array(pairs).reshape(-1, 2), self._layout.column(*pair))

    def _explain(self, row: int, pair: tuple[str, str], cells: tuple[str, str]) -> None:
        """Why two cells are no position; both empty are none on purpose."""
        named = list(zip(pair, cells, strict=True))
        wrong = [(field, cell) for field, cell in named if cell and parse_number(cell) is None]
        for field, cell in wrong:
            self._findings.fault(row, self._layout.column(field), "number.not_a_number", given=cell[:40])
        if any(cells) and not wrong:
            self._findings.fault(row, self._layout.column(*pair), "position.half")

    def take_geometries(self, given: list[BaseGeometry | str | None]) -> int:
        """Geometries as they stood in the file, or the fault of reading them; how many had a height."""
        points: list[int] = []
        flat: list[BaseGeometry] = []
        dropped = 0
        for row, place in enumerate(given):
            if isinstance(place, str):
                self._findings.fault(row, _GEOMETRY, place)
            elif place is not None and not place.is_empty:
                place, had_height = without_height(single(place))
                dropped += had_height
                if place.geom_type == "Point":
                    points.append(row)
                    flat.append(place)
                else:
                    self._admit(row, place, _GEOMETRY)
        self._admit_points(points, shapely.get_coordinates(flat).reshape(-1, 2), _GEOMETRY)
        return dropped

    def take_wkt(self, table: Table) -> None:
        """Lines and areas, which an export writes beside the point that stands for them."""
        at, column = self._layout.fields["wkt"], self._layout.column("wkt")
        for row, cells in enumerate(table.rows):
            if not cells[at].strip():
                continue
            try:
                place = shapely.from_wkt(cells[at])
            except ShapelyError:
                self._findings.fault(row, column, "geometry.not_readable")
            else:
                self._admit(row, place, column)

    def _admit_points(self, rows: list[int], xy: NDArray[np.float64], column: str) -> None:
        checked = positions(xy[:, 0], xy[:, 1], self._layout.system, self._order.area)
        good = checked.codes == ""
        points = shapely.points(checked.east[good], checked.north[good])
        self.found[np.array(rows, dtype=int)[good]] = points
        for place in np.flatnonzero(~good):
            if fault := checked.fault(int(place), self._order.area, column):
                self._findings.caught(rows[place], fault)

    def _admit(self, row: int, place: BaseGeometry, column: str) -> None:
        try:
            self.found[row] = admit(place, self._layout.system, self._order.area, column)
        except Fault as fault:
            self._findings.caught(row, fault)
