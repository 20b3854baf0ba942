"""One geometry column type for two databases, and questions to it that use the spatial index of both.

SQLite: a GeoPackage blob with an R*Tree beside it. PostgreSQL: geometry(GEOMETRY,3006) with GiST.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import shapely
import sqlalchemy as sa
from shapely.geometry.base import BaseGeometry
from sqlalchemy.dialects.postgresql.base import ischema_names as postgresql_names
from sqlalchemy.dialects.sqlite.base import ischema_names as sqlite_names
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import UserDefinedType

from geodata.crs import SRID_METRES
from geodata.tables import geopackage


def ewkb_hex(places: Sequence[BaseGeometry | None]) -> list[str | None]:
    """Geometries as PostGIS reads them in text: hexadecimal EWKB that says its coordinate system."""
    known = shapely.set_srid(np.asarray(places, dtype=object), SRID_METRES)
    return list(shapely.to_wkb(known, hex=True, include_srid=True))


class _Questions(UserDefinedType.Comparator[BaseGeometry]):
    def intersects(self, place: BaseGeometry) -> ColumnElement[bool]:
        """Whether the stored geometry shares a point with `place` (EPSG:3006)."""
        exact = sa.func.ST_Intersects(self.expr, sa.literal(place, self.expr.type), type_=sa.Boolean())
        return sa.and_(self.in_box(place.bounds), exact)

    def within_m(self, place: BaseGeometry, distance_m: float) -> ColumnElement[bool]:
        """Whether the stored geometry is at most `distance_m` metres from `place` (EPSG:3006)."""
        west, south, east, north = place.bounds
        near = (west - distance_m, south - distance_m, east + distance_m, north + distance_m)
        asked: tuple[ColumnElement[Any], ...] = (
            self.expr,
            sa.literal(place, self.expr.type),
            sa.literal(float(distance_m), sa.Double()),
        )
        return sa.and_(self.in_box(near), sa.func.ST_DWithin(*asked, type_=sa.Boolean()))

    def in_box(self, bounds_m: tuple[float, float, float, float]) -> ColumnElement[bool]:
        """Whether the stored geometry's box meets west, south, east, north (metres): the index alone."""
        return _InBox(self.expr, *(sa.literal(float(side), sa.Double()) for side in bounds_m))


class Geometry(UserDefinedType[BaseGeometry]):
    """Any shapely geometry in EPSG:3006, 2-D. One such column per table, beside an integer key."""

    cache_ok = True
    comparator_factory = _Questions

    def __init__(self, *_reflected: object) -> None:
        """Reflection hands over a type and a number that are always the same here."""

    def get_col_spec(self, **_: Any) -> str:
        """GEOMETRY; on PostgreSQL with its coordinate system."""
        return "GEOMETRY"

    def bind_processor(self, dialect: Dialect) -> Callable[[BaseGeometry | None], Any]:
        """Blob or EWKB from shapely."""
        if dialect.name == "sqlite":
            return lambda place: geopackage.written([place], SRID_METRES)[0]
        return lambda place: ewkb_hex([place])[0]

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], BaseGeometry | None]:
        """Shapely from blob or EWKB."""
        if dialect.name == "sqlite":
            return lambda value: None if value is None else geopackage.read(value)
        return lambda value: None if value is None else shapely.from_wkb(value)


@compiles(Geometry, "postgresql")
def _named_in_postgresql(_kind: Geometry, _compiler: object, **_: Any) -> str:
    return f"geometry(GEOMETRY,{SRID_METRES})"


# Reflection would warn of an unknown type, and a comparison of schemas could not see it.
postgresql_names["geometry"] = Geometry
sqlite_names["GEOMETRY"] = Geometry


class _InBox(FunctionElement[bool]):
    """Box against box, through the index."""

    type = sa.Boolean()
    inherit_cache = True
    name = "in_box"
    # Otherwise SQLAlchemy writes `= 1` after it on SQLite.
    _is_implicitly_boolean = True


@compiles(_InBox, "postgresql")
def _box_in_postgresql(element: _InBox, compiler: SQLCompiler, **options: Any) -> str:
    column, *sides = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({column} && ST_MakeEnvelope({', '.join(sides)}, {SRID_METRES}))"


@compiles(_InBox, "sqlite")
def _box_in_sqlite(element: _InBox, compiler: SQLCompiler, **options: Any) -> str:
    column, *bounds = element.clauses
    named = compiler.process(column, **options)
    table = getattr(column.table, "element", column.table).name
    owner = named.rsplit(".", 1)[0] + "." if "." in named else ""
    west, south, east, north = (compiler.process(side, **options) for side in bounds)
    return (
        f'{owner}rowid IN (SELECT id FROM "rtree_{table}_{column.name}"'  # noqa: S608 - parameters as marks
        f" WHERE minx <= {east} AND maxx >= {west} AND miny <= {north} AND maxy >= {south})"
    )
