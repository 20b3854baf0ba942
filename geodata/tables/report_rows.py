"""Drafts into rows, many at a time, and what is already there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any, cast
from uuid import UUID

import numpy as np
import shapely
from psycopg.errors import UniqueViolation
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, Table, bindparam, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geodata.crs import SRID_METRES
from geodata.drafts import ReportDraft
from geodata.errors import Conflict
from geodata.hours import to_day_number
from geodata.tables import geopackage
from geodata.tables.columns import utc_text
from geodata.tables.place import ewkb_hex
from geodata.tables.reports import Report
from geodata.vocabulary import Owner, bits

_ROWS_AT_ONCE = 5_000
_LINE = 1
"""Shapely's number for lines."""
_NOTHING = np.array(None, dtype=object)

# The + keeps SQLite from walking the whole municipality instead of looking the keys up.
# One parameter for all the keys: a statement with thousands of marks is slow to prepare.
_FIND = "SELECT uid, digest FROM report WHERE +municipality_id = :municipality_id AND uid"
_FIND_ON_SQLITE = text(f"{_FIND} IN (SELECT value FROM json_each(:uids))")  # noqa: S608 - parameters as marks
_FIND_ON_POSTGRESQL = text(f"{_FIND} = ANY(CAST(:uids AS uuid[]))")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What rows written together share. change_seq: from `changes.next_change`, in the same transaction.

    journal_key: for a report that is journalled by itself; those of an import share their batch's key.
    owner: whose they are, where that is not for each draft to say.
    """

    municipality_id: int
    change_seq: int
    created_at: datetime
    import_id: int | None = None
    journal_key: bytes | None = None
    owner: Owner | None = None


@dataclass(frozen=True, slots=True)
class _Form:
    """How a driver takes what the two databases keep differently."""

    uid: Callable[[UUID], str]
    moment: Callable[[datetime], Any]
    places: Callable[[Sequence[BaseGeometry | None]], Sequence[Any]]


_ON_SQLITE = _Form(str, utc_text, lambda places: geopackage.written(places, SRID_METRES))
_ON_POSTGRESQL = _Form(str, utc_text, ewkb_hex)


def insert_reports(
    session: Session,
    drafts: Sequence[ReportDraft],
    stamp: Stamp,
    progress: Callable[[float], None] = lambda part: None,
) -> int:
    """Store drafts as new reports and return how many. Some 148,000 take seconds on either database.

    progress is told the part done after every few thousand; what it raises ends the transaction.
    Raises Conflict `report.already_there`, and the transaction is lost, if an id is taken: ask `existing`.
    """
    session.flush()
    connection = session.connection()
    write = _insert_on_sqlite if connection.dialect.name == "sqlite" else _copy_to_postgresql
    left = iter(drafts)
    try:
        for done in range(0, len(drafts), _ROWS_AT_ONCE):
            write(connection, list(islice(left, _ROWS_AT_ONCE)), stamp)
            progress(min(1.0, (done + _ROWS_AT_ONCE) / len(drafts)))
    except (IntegrityError, UniqueViolation) as fault:
        if not _is_taken(fault):
            raise
        raise Conflict("report.already_there", "id") from fault
    return len(drafts)


def _is_taken(fault: Exception) -> bool:
    """Whether a row was refused since its id is taken."""
    return "unique" in str(fault).lower()


def insert_report(session: Session, draft: ReportDraft, stamp: Stamp) -> int:
    """Store one draft as a new report and return its key. Raises Conflict as `insert_reports` does."""
    session.flush()
    connection = session.connection()
    is_sqlite = connection.dialect.name == "sqlite"
    (row,) = _rows([draft], stamp, _ON_SQLITE if is_sqlite else _ON_POSTGRESQL)
    statement = f"{_inserting(row, '?' if is_sqlite else '%s')} RETURNING id"
    try:
        return int(connection.exec_driver_sql(statement, tuple(row.values())).scalar_one())
    except IntegrityError as fault:
        if not _is_taken(fault):
            raise
        raise Conflict("report.already_there", "id") from fault


def update_reports(session: Session, drafts: Sequence[ReportDraft], stamp: Stamp) -> int:
    """Give reports that are there already, by their uid, the content of these drafts; return how many.

    What review has made of them (state, public text, duplicate_of) and when they came stays.
    """
    if not drafts:
        return 0
    session.flush()
    points = standing_points([draft.place for draft in drafts])
    rows = [
        _said(draft, at)
        | {"of": draft.uid, "geometry": draft.place, "digest": draft.digest, "change_seq": stamp.change_seq}
        for draft, at in zip(drafts, points, strict=True)
    ]
    table = cast(Table, Report.__table__)
    changed: dict[str, Any] = {
        name: bindparam(name, type_=table.c[name].type) for name in rows[0] if name != "of"
    }
    changed["version"] = table.c.version + 1
    statement = update(table).where(table.c.uid == bindparam("of", type_=table.c.uid.type)).values(changed)
    session.connection().execute(statement, rows)
    return len(rows)


def existing(session: Session, municipality_id: int, uids: Iterable[UUID]) -> dict[UUID, str]:
    """Those of `uids` that are stored in the municipality, each with the digest of its content."""
    connection = session.connection()
    is_sqlite = connection.dialect.name == "sqlite"
    found: dict[UUID, str] = {}
    wanted = iter(uids)
    while part := list(islice(wanted, _ROWS_AT_ONCE)):
        keys = [str(uid) for uid in part]
        asked = {"municipality_id": municipality_id, "uids": json.dumps(keys) if is_sqlite else keys}
        rows = connection.execute(_FIND_ON_SQLITE if is_sqlite else _FIND_ON_POSTGRESQL, asked)
        found.update((uid if isinstance(uid, UUID) else UUID(uid), digest.hex()) for uid, digest in rows)
    return found


def owned_otherwise(session: Session, uids: Iterable[UUID], owner: Owner) -> bool:
    """Whether any of the stored reports with these ids is another authority's."""
    wanted = iter(uids)
    while part := list(islice(wanted, _ROWS_AT_ONCE)):
        asked = select(Report.id).where(Report.uid.in_(part), Report.owner != owner).limit(1)
        if session.scalar(asked) is not None:
            return True
    return False


def standing_points(places: Sequence[BaseGeometry | None]) -> list[tuple[float | None, float | None]]:
    """The east and north that stand for each place: itself, a line's middle, a point inside a polygon."""
    known = np.asarray(places, dtype=object)
    is_line = shapely.get_type_id(known) == _LINE
    points = shapely.point_on_surface(np.where(is_line, _NOTHING, known))
    points[is_line] = shapely.line_interpolate_point(known[is_line], 0.5, normalized=True)
    pairs = zip(shapely.get_x(points).tolist(), shapely.get_y(points).tolist(), strict=True)
    return [(None, None) if place is None else pair for place, pair in zip(places, pairs, strict=True)]


@lru_cache(maxsize=1_024)
def _bits(categories: frozenset[str]) -> int:
    return bits(categories)


def _said(draft: ReportDraft, at: tuple[float | None, float | None]) -> dict[str, Any]:
    """What a draft says, as plain values of the columns; keys and geometry are written per database."""
    hours = draft.hours
    return {
        "east": at[0],
        "north": at[1],
        "accuracy_m": draft.accuracy_m,
        "position_source": draft.position_source,
        "kind": draft.kind.value,
        "origin": draft.origin.value,
        "polarity": draft.polarity.value,
        "severity": draft.severity,
        "categories": _bits(draft.categories),
        "week_a": hours.words[0],
        "week_b": hours.words[1],
        "week_c": hours.words[2],
        "first_hour": hours.first_hour,
        "last_hour": hours.last_hour,
        "minutes_before_first": hours.minutes_before_first,
        "minutes_after_last": hours.minutes_after_last,
        "day": None if draft.day is None else to_day_number(draft.day),
        "light": draft.light,
        "place_text": draft.place_text,
        "private_text": draft.text,
        "voice": draft.voice,
        "source": draft.source,
        "source_id": draft.source_id or None,
        "source_category": draft.source_category,
    }


def _kept(draft: ReportDraft, stamp: Stamp) -> dict[str, Any]:
    """What a row gets when it comes and keeps when its content is updated."""
    return {
        "municipality_id": stamp.municipality_id,
        "owner": (stamp.owner or draft.owner).value,
        "state": draft.state.value,
        "import_id": stamp.import_id,
        "journal_key": stamp.journal_key,
    }


def _rows(drafts: Sequence[ReportDraft], stamp: Stamp, form: _Form) -> list[dict[str, Any]]:
    """Rows as a driver takes them: SQLAlchemy would take each of five million values by the hand."""
    places = [draft.place for draft in drafts]
    created_at = form.moment(stamp.created_at)
    return [
        _said(draft, at)
        | _kept(draft, stamp)
        | {
            "uid": form.uid(draft.uid),
            "geometry": geometry,
            "digest": bytes.fromhex(draft.digest),
            "created_at": created_at,
            "change_seq": stamp.change_seq,
        }
        for draft, at, geometry in zip(drafts, standing_points(places), form.places(places), strict=True)
    ]


def _insert_on_sqlite(connection: Connection, drafts: Sequence[ReportDraft], stamp: Stamp) -> None:
    rows = _rows(drafts, stamp, _ON_SQLITE)
    connection.exec_driver_sql(_inserting(rows[0], "?"), [tuple(row.values()) for row in rows])


def _inserting(row: Mapping[str, Any], mark: str) -> str:
    """The statement that stores such a row. mark: what the driver takes for a value to come."""
    marks = ", ".join([mark] * len(row))
    return f"INSERT INTO report ({', '.join(row)}) VALUES ({marks})"  # noqa: S608 - names of this module's own


def _copy_to_postgresql(connection: Connection, drafts: Sequence[ReportDraft], stamp: Stamp) -> None:
    rows = _rows(drafts, stamp, _ON_POSTGRESQL)
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY report ({', '.join(rows[0])}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(tuple(row.values()))
