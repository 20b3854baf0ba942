"""Reports as frames, for files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import geopandas
import numpy as np
import pandas
from sqlalchemy import select as select_rows
from sqlalchemy.orm import Session

from geodata import crs
from geodata.hours import from_day_number
from geodata.queries.columns import Columns, read_columns
from geodata.queries.municipalities import Home
from geodata.queries.selection import Selection, select
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
_NAMES = ("uid", "categories", "day", "text", *(column.key for column in _PLAIN), "share")


def exported_window(window: Window) -> Window:
    """The window of a file: accepted reports, unless other states are asked for."""
    return replace(window, states=window.states or frozenset({State.ACCEPTED}))


def export_frame(
    session: Session, home: Home, window: Window, columns: Columns | None = None
) -> geopandas.GeoDataFrame:
    """The reports of the window, the oldest first, one row each whatever its share of the hours.

    columns: the municipality's, where they are already in memory.

    Columns: uid (text), categories (codes joined by "|"), day (ISO text or ""), text (public, else as
    written), kind, origin, polarity, severity, light, source, source_id, source_category, accuracy_m, state,
    the seven of the hours, share (what counts in n: NaN without position). Geometry EPSG:3006, None without
    position. An empty result keeps its columns.
    """
    columns = read_columns(session, home.id) if columns is None else columns
    chosen = select(columns, exported_window(window), home.ground(window.area))
    records = list(_records(session, _counted(chosen)))
    frame = pandas.DataFrame.from_records([said for said, _ in records], columns=list(_NAMES))
    return geopandas.GeoDataFrame(frame, geometry=[place for _, place in records], crs=crs.METRES)


def _counted(chosen: Selection) -> dict[int, float]:
    """Key of each report → what it counts for, the oldest first."""
    columns, rows = chosen.columns, chosen.rows
    share = np.where(np.isfinite(columns.east[rows]), chosen.share, np.nan)
    order = np.argsort(columns.row_id[rows])
    return dict(zip(columns.row_id[rows][order].tolist(), share[order].tolist(), strict=True))


def _records(session: Session, counted: dict[int, float]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    asked = (Report.id, Report.uid, Report.categories, Report.day, Report.private_text, Report.public_text)
    ids = list(counted)
    for start in range(0, len(ids), _IDS_AT_ONCE):
        part = ids[start : start + _IDS_AT_ONCE]
        rows = session.execute(
            select_rows(Report.geometry, *asked, *_PLAIN)
            .where(Report.id.between(part[0], part[-1]), Report.id.in_(part))
            .order_by(Report.id)
        )
        for place, key, uid, bit_set, day, private, public, *plain in rows:
            said = "|".join(sorted(codes(bit_set)))
            when = "" if day is None else from_day_number(day).isoformat()
            yield (str(uid), said, when, public or private, *plain, counted[key]), place


def uids_of(session: Session, ids: Sequence[int]) -> dict[int, UUID]:
    """The uid of each report that is still there, by its key; for a page of them, not for all."""
    found = session.execute(select_rows(Report.id, Report.uid).where(Report.id.in_(ids)))
    return {key: uid for key, uid in found}
