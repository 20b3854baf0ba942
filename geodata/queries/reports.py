"""Reports as frames, for files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import geopandas
import pandas
from sqlalchemy import select as select_rows
from sqlalchemy.orm import Session

from geodata import crs
from geodata.hours import from_day_number
from geodata.queries.columns import read_columns
from geodata.queries.municipalities import Home
from geodata.queries.selection import select
from geodata.queries.window import Window
from geodata.tables.reports import Report
from geodata.vocabulary import State, codes

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
_NAMES = ("uid", "categories", "day", "text", *(column.key for column in _PLAIN))


def exported_window(window: Window) -> Window:
    """The window of a file: accepted reports, unless other states are asked for."""
    return replace(window, states=window.states or frozenset({State.ACCEPTED}))


def export_frame(session: Session, home: Home, window: Window) -> geopandas.GeoDataFrame:
    """The reports of the window, the oldest first, one row each whatever its share of the hours.

    Columns: uid (text), categories (codes joined by "|"), day (ISO text or ""), text (public, else as
    written), kind, origin, polarity, severity, light, source, source_id, source_category, accuracy_m, state,
    the seven of the hours. Geometry EPSG:3006, None without position. An empty result keeps its columns.
    """
    columns = read_columns(session, home.id)
    chosen = select(columns, exported_window(window), home.ground(window.area))
    records = list(_records(session, sorted(columns.row_id[chosen.rows].tolist())))
    frame = pandas.DataFrame.from_records([said for said, _ in records], columns=list(_NAMES))
    return geopandas.GeoDataFrame(frame, geometry=[place for _, place in records], crs=crs.METRES)


def _records(session: Session, ids: list[int]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    asked = (Report.uid, Report.categories, Report.day, Report.private_text, Report.public_text)
    for start in range(0, len(ids), _IDS_AT_ONCE):
        part = ids[start : start + _IDS_AT_ONCE]
        rows = session.execute(
            select_rows(Report.geometry, *asked, *_PLAIN)
            .where(Report.id.between(part[0], part[-1]), Report.id.in_(part))
            .order_by(Report.id)
        )
        for place, uid, bit_set, day, private, public, *plain in rows:
            said = "|".join(sorted(codes(bit_set)))
            when = "" if day is None else from_day_number(day).isoformat()
            yield (str(uid), said, when, public or private, *plain), place
