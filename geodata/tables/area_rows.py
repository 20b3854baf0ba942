"""Context layers into rows, many at a time, and out again."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from sqlalchemy import delete
from sqlalchemy.orm import Session

from geodata.crs import SRID_METRES
from geodata.drafts import AreaDraft
from geodata.tables import geopackage
from geodata.tables.areas import Area
from geodata.tables.place import ewkb_hex
from geodata.vocabulary import AreaKind

_ROWS_AT_ONCE = 5_000
_NAMES = ("municipality_id", "kind", "name", "geometry", "radius_m", "source")
_ON_SQLITE = f"INSERT INTO area ({', '.join(_NAMES)}) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608 - own names
_ON_POSTGRESQL = f"COPY area ({', '.join(_NAMES)}) FROM STDIN"

Row = tuple[object, ...]


def insert_areas(session: Session, municipality_id: int, drafts: Sequence[AreaDraft], source: str) -> int:
    """Store drafts as areas of a municipality and return how many."""
    session.flush()
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    left = iter(drafts)
    while part := list(islice(left, _ROWS_AT_ONCE)):
        rows = _rows(part, municipality_id, source, is_sqlite=is_sqlite)
        if is_sqlite:
            session.connection().exec_driver_sql(_ON_SQLITE, rows)
        else:
            _copy(session, rows)
    return len(drafts)


def _rows(drafts: Sequence[AreaDraft], municipality_id: int, source: str, *, is_sqlite: bool) -> list[Row]:
    shapes = [draft.place for draft in drafts]
    places = geopackage.written(shapes, SRID_METRES) if is_sqlite else ewkb_hex(shapes)
    return [
        (municipality_id, draft.kind.value, draft.name, place, draft.radius_m, source)
        for draft, place in zip(drafts, places, strict=True)
    ]


def _copy(session: Session, rows: list[Row]) -> None:
    cursor = session.connection().connection.cursor()
    with cursor.copy(_ON_POSTGRESQL) as copy:
        for row in rows:
            copy.write_row(row)


def remove_areas(session: Session, municipality_id: int, kind: AreaKind) -> int:
    """Take every area of a kind away from a municipality and return how many there were."""
    taken = delete(Area).where(Area.municipality_id == municipality_id, Area.kind == kind.value)
    return int(session.execute(taken).rowcount)  # type: ignore[attr-defined]
