"""Findings of walks with what is done about them, as a frame for files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import geopandas
import pandas
from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata import crs
from geodata.hours import local
from geodata.queries.findings import KnownFinding, findings_of
from geodata.queries.municipalities import Home
from geodata.queries.reports import exported
from geodata.queries.walks import KnownWalk, walks_of
from geodata.queries.window import Window
from geodata.tables.findings import WalkEntry
from geodata.vocabulary import Kind

COLUMNS = (
    *("uid", "walk", "walk_title", "walk_day", "number", "stop_number", "stop", "said_at", "polarity"),
    *("categories", "severity", "text", "place_text", "accuracy_m", "state", "words", "progress", "unit"),
    *("land_owner", "cost_driving", "action", "due", "overdue", "done", "reason", "photos"),
    "photos_missing",
)


@dataclass(frozen=True)
class Choice:
    """Of which findings. walk: only its own; uids: only these; None: of all."""

    walk: UUID | None = None
    uids: frozenset[UUID] | None = None

    def has(self, finding: KnownFinding) -> bool:
        """Whether the finding is among them, once its walk is."""
        return self.uids is None or finding.uid in self.uids


def findings_frame(
    session: Session, home: Home, window: Window, choice: Choice, today: date
) -> geopandas.GeoDataFrame:
    """The findings of a choice that a window lets through, newest walk first.

    Columns: COLUMNS, plain values, "" or None for what is not there; categories joined by "|". Geometry
    EPSG:3006, None without position. An empty result keeps its columns.
    """
    wanted = _wanted(session, home, window)
    rows = [
        (_record(of, each, today), each.place)
        for of in _walks(session, home, choice.walk)
        for each in findings_of(session, of.id)
        if each.report_id in wanted and choice.has(each)
    ]
    frame = pandas.DataFrame.from_records([record for record, _ in rows], columns=list(COLUMNS))
    return geopandas.GeoDataFrame(frame, geometry=[place for _, place in rows], crs=crs.METRES)


def _walks(session: Session, home: Home, walk: UUID | None) -> Iterator[KnownWalk]:
    return (each for each in walks_of(session, home.id) if walk is None or each.uid == walk)


def _wanted(session: Session, home: Home, window: Window) -> set[int]:
    """Keys of the reports: a finding is one, and the window's words mean for it what they mean for others."""
    chosen = exported(session, home, replace(window, kinds=frozenset({Kind.WALK_FINDING})))
    keys: Sequence[int] = chosen.columns.row_id[chosen.rows].tolist()
    wanted = set(keys)
    return {key for key in session.scalars(select(WalkEntry.report_id)) if key is not None and key in wanted}


def _record(walk: KnownWalk, finding: KnownFinding, today: date) -> tuple[Any, ...]:
    stop, known = finding.stop, finding.follow_up
    decided = (
        ("", finding.progress.value, "", "", None, "", "", False, "", "")
        if known is None
        else (
            known.words,
            known.state.value,
            known.unit,
            known.land_owner.value,
            known.is_cost_driving,
            known.action,
            known.due.isoformat() if known.due else "",
            known.is_overdue(today),
            known.done.isoformat() if known.done else "",
            known.reason,
        )
    )
    return (
        *(str(finding.uid), str(walk.uid), walk.title, walk.day.isoformat(), finding.seq),
        *(stop.number if stop else None, stop.name if stop else ""),
        local(finding.said_at).isoformat(timespec="seconds"),
        *(finding.polarity or "", "|".join(finding.categories), finding.severity),
        *(finding.private_text, finding.place_text, finding.accuracy_m, finding.state or ""),
        *decided,
        *(len(finding.photos) - finding.photos_missing, finding.photos_missing),
    )
