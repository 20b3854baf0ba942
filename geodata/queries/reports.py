"""Reports as frames, for files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import geopandas
import numpy as np
import pandas
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select as select_rows
from sqlalchemy.orm import Session

from geodata import crs
from geodata.geometry import point_at
from geodata.hours import from_day_number
from geodata.queries.columns import Columns, read_columns
from geodata.queries.municipalities import Home
from geodata.queries.selection import Selection, one_of, select
from geodata.queries.sight import EVERYTHING, Sight, in_middle, seen
from geodata.queries.window import Window
from geodata.tables.reports import Report
from geodata.vocabulary import Kind, Owner, State, codes

_IDS_AT_ONCE = 10_000
_PLAIN = (
    Report.kind,
    Report.origin,
    Report.polarity,
    Report.severity,
    Report.light,
    Report.source,
    Report.source_id,
    Report.source_category,
    Report.accuracy_m,
    Report.state,
    Report.week_a,
    Report.week_b,
    Report.week_c,
    Report.first_hour,
    Report.last_hour,
    Report.minutes_before_first,
    Report.minutes_after_last,
)
_KIND = 0
_NAMES = ("uid", "categories", "day", "text", *(column.key for column in _PLAIN), "share")


def exported_window(window: Window) -> Window:
    """The window of a file: accepted reports, unless other states are asked for."""
    return replace(window, states=window.states or frozenset({State.ACCEPTED}))


def export_frame(
    session: Session,
    home: Home,
    window: Window,
    columns: Columns | None = None,
    sight: Sight = EVERYTHING,
) -> geopandas.GeoDataFrame:
    """The reports of the window as they are seen, the oldest first, one row each whatever its share of the
    hours: `frame_of` what is `exported`.
    """
    return frame_of(session, exported(session, home, window, columns, sight), sight)


def exported(
    session: Session,
    home: Home,
    window: Window,
    columns: Columns | None = None,
    sight: Sight = EVERYTHING,
) -> Selection:
    """The reports that a file of a window holds. columns: the municipality's, where they are in memory."""
    columns = read_columns(session, home.id) if columns is None else columns
    return select(seen(columns, sight), exported_window(window), home.ground(window.area))


def owned_by(chosen: Selection, owner: Owner, kinds: Iterable[Kind]) -> int:
    """How many of the reports are this authority's and of these kinds."""
    columns, rows = chosen.columns, chosen.rows
    return int((one_of(Owner, [owner], columns.owner) & one_of(Kind, kinds, columns.kind))[rows].sum())


def frame_of(session: Session, chosen: Selection, sight: Sight = EVERYTHING) -> geopandas.GeoDataFrame:
    """Some reports as they are seen, the oldest first.

    Columns: uid (text), categories (codes joined by "|"), day (ISO text or ""), text (public, else as
    written; of another authority's only public, and none of those moved), kind, origin, polarity, severity,
    light, source, source_id (none of those moved), source_category, accuracy_m, state, the seven of the
    hours, share (what counts in n: NaN without position). Geometry EPSG:3006, None without position. An
    empty result keeps its columns.
    """
    records = list(_records(session, _counted(chosen), sight))
    frame = pandas.DataFrame.from_records([said for said, _ in records], columns=list(_NAMES))
    return geopandas.GeoDataFrame(frame, geometry=[place for _, place in records], crs=crs.METRES)


def _counted(chosen: Selection) -> dict[int, float]:
    """Key of each report → what it counts for, the oldest first."""
    columns, rows = chosen.columns, chosen.rows
    share = np.where(np.isfinite(columns.east[rows]), chosen.share, np.nan)
    order = np.argsort(columns.row_id[rows])
    return dict(zip(columns.row_id[rows][order].tolist(), share[order].tolist(), strict=True))


def _records(
    session: Session, counted: dict[int, float], sight: Sight
) -> Iterator[tuple[tuple[Any, ...], Any]]:
    asked = (Report.id, Report.uid, Report.categories, Report.day, Report.private_text, Report.public_text)
    ids = list(counted)
    for start in range(0, len(ids), _IDS_AT_ONCE):
        part = ids[start : start + _IDS_AT_ONCE]
        rows = session.execute(
            select_rows(Report.owner, Report.geometry, *asked, *_PLAIN)
            .where(Report.id.between(part[0], part[-1]), Report.id.in_(part))
            .order_by(Report.id)
        )
        for owner, place, key, uid, bit_set, day, private, public, *plain in rows:
            side_m = sight.precision(owner, plain[_KIND])
            if side_m is None:
                continue  # become another's since the columns were read
            said = "|".join(sorted(codes(bit_set)))
            when = "" if day is None else from_day_number(day).isoformat()
            text = public or (private if sight.reads_text(owner, plain[_KIND]) else "")
            if side_m:
                place, text, plain = _coarse(place, side_m), "", _vague(plain, side_m)
            yield (str(uid), said, when, text, *plain, counted[key]), place


def _coarse(place: BaseGeometry | None, side_m: int) -> BaseGeometry | None:
    if place is None:
        return None
    middle = place.centroid
    return point_at(in_middle(middle.x, side_m), in_middle(middle.y, side_m))


def _vague(plain: list[Any], side_m: int) -> list[Any]:
    """The same values, with no number of a register's and an accuracy as coarse as the position."""
    changed = {"source_id": None, "accuracy_m": float(side_m)}
    return [changed.get(column.key, value) for column, value in zip(_PLAIN, plain, strict=True)]


def uids_of(session: Session, ids: Sequence[int]) -> dict[int, UUID]:
    """The uid of each report that is still there, by its key; for a page of them, not for all."""
    found = session.execute(select_rows(Report.id, Report.uid).where(Report.id.in_(ids)))
    return {key: uid for key, uid in found}
