"""Reads about measures: all of a municipality for its staff, the published ones for everybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from geodata import crs
from geodata.hours import from_day_number
from geodata.tables.findings import FollowUp, WalkEntry
from geodata.tables.measures import Measure
from geodata.tables.walks import Walk
from geodata.vocabulary import MeasureState, codes


@dataclass(frozen=True)
class Promise:
    """Where a measure was promised: a finding of a walk, and the number it has there. title: the walk's."""

    walk: UUID
    title: str
    finding: UUID
    number: int


@dataclass(frozen=True)
class KnownMeasure:
    """A measure as it is stored. place: EPSG:3006. due: the day it should be done by, or None.

    promise: the follow-up of a walk that says what it says, or None where it stands for itself.
    """

    uid: UUID
    place: BaseGeometry
    title: str
    responsible: str
    categories: frozenset[str]
    due: date | None
    state: MeasureState
    reason: str
    is_published: bool
    version: int
    promise: Promise | None = None

    @property
    def position(self) -> tuple[float, float]:
        """Longitude and latitude of a point on it."""
        spot = crs.to_degrees(shapely.point_on_surface(self.place))
        return round(float(shapely.get_x(spot)), 6), round(float(shapely.get_y(spot)), 6)

    @property
    def geojson(self) -> Mapping[str, Any]:
        """The place as GeoJSON in WGS 84."""
        drawn: Mapping[str, Any] = mapping(crs.to_degrees(self.place))
        return drawn


def measures_of(session: Session, municipality_id: int) -> list[KnownMeasure]:
    """Every measure of a municipality, those due first first, those without a day last."""
    return _read(session, _of(municipality_id))


def published_measures(session: Session, municipality_id: int) -> list[KnownMeasure]:
    """The same, only what everybody may see."""
    return _read(session, _of(municipality_id).where(Measure.is_published.is_(True)))


def measure_with(session: Session, municipality_id: int, uid: UUID) -> KnownMeasure | None:
    """One of them."""
    return next(iter(_read(session, _of(municipality_id).where(Measure.uid == uid))), None)


def measured_from(
    measures: Sequence[KnownMeasure], spot: tuple[float, float], within_m: float
) -> list[tuple[KnownMeasure, float]]:
    """Those within a distance of a spot (longitude, latitude), nearest first, each with its metres."""
    here = crs.to_metres(shapely.Point(spot))
    apart_m = shapely.distance(np.array([each.place for each in measures], dtype=object), here)
    found = [(measures[number], float(apart_m[number])) for number in np.argsort(apart_m, kind="stable")]
    return [(each, metres) for each, metres in found if metres <= within_m]


def promised_on_walks() -> Select[int | None]:
    """The keys of measures that a walk's follow-up says. One of a report that has been destroyed is not among
    them: its follow-up can be opened no more.
    """
    asked = select(FollowUp.measure_id).join(WalkEntry, WalkEntry.id == FollowUp.walk_entry_id)
    return asked.where(FollowUp.measure_id.is_not(None), WalkEntry.report_id.is_not(None))


def is_promised(session: Session, measure_id: int) -> bool:
    """Whether a walk's follow-up says what a measure says."""
    asked = promised_on_walks().where(FollowUp.measure_id == measure_id)
    return session.scalar(asked.limit(1)) is not None


def _of(municipality_id: int) -> Select[Measure, UUID, str, UUID, int]:
    has_no_day = Measure.due_day.is_(None)
    is_followed = and_(WalkEntry.id == FollowUp.walk_entry_id, WalkEntry.report_id.is_not(None))
    return (
        select(Measure, Walk.uid, Walk.title, WalkEntry.uid, WalkEntry.seq)
        .outerjoin(FollowUp, FollowUp.measure_id == Measure.id)
        .outerjoin(WalkEntry, is_followed)
        .outerjoin(Walk, Walk.id == WalkEntry.walk_id)
        .where(Measure.municipality_id == municipality_id)
        .order_by(has_no_day, Measure.due_day, Measure.id)
    )


def _read(session: Session, asked: Select[Measure, UUID, str, UUID, int]) -> list[KnownMeasure]:
    return [
        KnownMeasure(
            row.uid,
            row.geometry,
            row.title,
            row.responsible,
            codes(row.categories),
            None if row.due_day is None else from_day_number(row.due_day),
            row.state,
            row.reason,
            row.is_published,
            row.version,
            _promise(walk, title, finding, number),
        )
        for row, walk, title, finding, number in session.execute(asked)
    ]


def _promise(
    walk: UUID | None, title: str | None, finding: UUID | None, number: int | None
) -> Promise | None:
    if walk is None or title is None or finding is None or number is None:
        return None
    return Promise(walk, title, finding, number)
