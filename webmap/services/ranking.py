"""The brightest places of a surface, ranked, with what is known of each: the map as a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from geodata import crs
from geodata.analysis.interval import chance_of_as_uneven
from geodata.analysis.peaks import Peak, summits
from geodata.analysis.scale import LEAST_REPORTS
from geodata.hours import HOURS, HourFilter, shares
from geodata.hours.slot import busiest_slot, week_of
from geodata.queries.selection import Period, Selection, select
from geodata.queries.whereabouts import Whereabouts, whereabouts
from webmap.services.comparison import days_before
from webmap.services.heat import Heat, Value, value_at, within
from webmap.services.heat_room import HeatRoom

MOST_PLACES = 20
MOST_UNRANKED = 5
SLOT_HOURS = 4
"""Reports that are few or come at all hours have no busiest hours: half must come in so many on end."""
_NAMED_WITHIN_BANDWIDTHS = 2.0
_NAMED_WITHIN_M = 300.0
_SURE_BELOW = 0.05
_DECIMALS = 6
"""Of degrees: a place is where its coordinates say, so that whoever asks there is told the same figures."""
_BUCKETS = 1 << 16

Spot = tuple[float, float]


class Change(StrEnum):
    """What a place became since the period before, by an exact binomial test."""

    UP = "up"
    DOWN = "down"
    UNSURE = "unsure"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class RankedPlace:
    """A summit of the surface. rank: from 1; 0 where too few reports lie near to rank it.

    east, north: EPSG:3006; longitude, latitude: the same in degrees. density, class_, n_near, interval and
    voices are those of `value_at` there; reports_near: rows touched. n_before: the same sum in the period
    before, None where nothing is known of it. busiest: the few hours in which half of them come, or None.
    """

    rank: int
    where: Whereabouts
    east: float
    north: float
    longitude: float
    latitude: float
    density: float
    class_: int | None
    n_near: float
    reports_near: int
    interval: tuple[float, float]
    voices: int | None
    has_unmarked_voices: bool
    n_before: float | None
    change: Change
    busiest: HourFilter | None

    @property
    def name(self) -> str:
        """The name it is told by, without direction; `place_words.name_of` says the whole."""
        return self.where.name


@dataclass(frozen=True)
class Ranking:
    """places: ranked, brightest first. unranked: with too few near, brightest first.

    before: the equally long period that they are compared with, None where the reports do not reach back.
    """

    places: tuple[RankedPlace, ...]
    unranked: tuple[RankedPlace, ...]
    before: Period | None


def ranking_of(room: HeatRoom, heat: Heat, most: int = MOST_PLACES) -> Ranking:
    """The brightest places of a surface, at most so many; kept with it."""
    return room.finding((heat.token, "ranking", most), lambda: _made(heat, most))


def _made(heat: Heat, most: int) -> Ranking:
    found = summits(heat.field, most, LEAST_REPORTS)
    spots = _spots((*found.crowded, *found.sparse[:MOST_UNRANKED]))
    near = _Near(heat, spots)
    places = sorted((near.place(spot) for spot in spots), key=lambda each: (-each.density, *_xy(each)))
    ranked = [each for each in places if _is_ranked(each, heat)]
    rest = [each for each in places if not _is_ranked(each, heat)]
    numbered = [replace(each, rank=rank) for rank, each in enumerate(ranked, 1)]
    named = _named(heat, [*numbered, *rest])
    return Ranking(tuple(named[: len(ranked)]), tuple(named[len(ranked) :][:MOST_UNRANKED]), near.before)


def _xy(place: RankedPlace) -> Spot:
    return place.east, place.north


def _is_ranked(place: RankedPlace, heat: Heat) -> bool:
    """Where it has a class; before there is a scale nothing has, and enough reports are enough."""
    is_enough = round(place.n_near, 5) >= LEAST_REPORTS
    return is_enough and (heat.limits is None or place.class_ is not None)


def _spots(peaks: Sequence[Peak]) -> list[tuple[Spot, Spot]]:
    """Of each summit its place in metres and in degrees, the one exactly what the other says."""
    if not peaks:
        return []
    longitude, latitude = crs.to_degrees_xy([peak.east_m for peak in peaks], [peak.north_m for peak in peaks])
    degrees = np.round([longitude, latitude], _DECIMALS)
    east, north = crs.to_metres_xy(*degrees)
    metres = zip(east.tolist(), north.tolist(), strict=True)
    return list(zip(metres, zip(*degrees.tolist(), strict=True), strict=True))


def _named(heat: Heat, places: list[RankedPlace]) -> list[RankedPlace]:
    reach_m = max(_NAMED_WITHIN_M, _NAMED_WITHIN_BANDWIDTHS * heat.look.kernel.bandwidth_m)
    names = whereabouts(heat.home, [_xy(each) for each in places], reach_m)
    return [replace(each, where=where) for each, where in zip(places, names, strict=True)]


class _Near:
    """The reports near any of some places, now and in the period before."""

    def __init__(self, heat: Heat, spots: Sequence[tuple[Spot, Spot]]) -> None:
        self._heat = heat
        self._radius_m = heat.look.kernel.bandwidth_m
        middles = np.array([metres for metres, _ in spots]).reshape(-1, 2)
        self._now = _around(heat.selection, middles, self._radius_m)
        self.before = _period_before(heat)
        earlier = _selection_in(heat, self.before) if self.before and spots else None
        self._earlier = _around(earlier, middles, self._radius_m) if earlier else None

    def place(self, spot: tuple[Spot, Spot]) -> RankedPlace:
        """What is known of a place, but its rank and its name."""
        (east, north), (longitude, latitude) = spot
        value = value_at(self._heat, east, north, self._now)
        near = within(self._now, east, north, self._radius_m)
        before = within(self._earlier, east, north, self._radius_m).n if self._earlier else None
        return RankedPlace(
            rank=0,
            where=Whereabouts(),
            east=east,
            north=north,
            longitude=longitude,
            latitude=latitude,
            density=value.density,
            class_=value.class_,
            n_near=value.n_near,
            reports_near=near.reports,
            interval=value.interval,
            voices=value.voices,
            has_unmarked_voices=near.has_unmarked_voices,
            n_before=before,
            change=_change(value, before),
            busiest=_busiest(self._heat, near),
        )


def _around(chosen: Selection, middles: NDArray[np.float64], radius_m: float) -> Selection:
    """Those that may lie within the radius of any of the middles, in the same order; rather some too many.

    Squares as wide as the radius are looked up by a number that few others have.
    """
    wanted = np.zeros(_BUCKETS, dtype=bool)
    square = np.floor(middles / radius_m).astype(np.int64)
    for east in (-1, 0, 1):
        for north in (-1, 0, 1):
            wanted[_bucket(square[:, 0] + east, square[:, 1] + north)] = True
    columns, rows = chosen.columns, chosen.rows
    east_of = np.floor(columns.east[rows] / radius_m).astype(np.int64)
    held = wanted[_bucket(east_of, np.floor(columns.north[rows] / radius_m).astype(np.int64))]
    return Selection(columns, rows[held], chosen.share[held])


def _bucket(column: NDArray[np.int64], row: NDArray[np.int64]) -> NDArray[np.int64]:
    return (column * 251 + row) & (_BUCKETS - 1)


def _period_before(heat: Heat) -> Period | None:
    """The equally long period just before, where the reports of the kind reach back over it."""
    since, until = days_before(heat.period)
    return Period(since, until) if heat.full.since <= since else None


def _selection_in(heat: Heat, period: Period) -> Selection:
    window = replace(heat.window, since=period.since, until=period.until)
    return select(heat.selection.columns, window, heat.home.ground(window.area)).placed


def _change(value: Value, before: float | None) -> Change:
    if before is None:
        return Change.UNKNOWN
    now, then = round(value.n_near), round(before)
    if chance_of_as_uneven(now, then) >= _SURE_BELOW:
        return Change.UNSURE
    return Change.UP if now > then else Change.DOWN


def _busiest(heat: Heat, near: Selection) -> HourFilter | None:
    """The few hours that hold half of what is near; None where the filter itself is no longer."""
    asked = heat.window.hours
    if asked.count <= SLOT_HOURS or not near.reports:
        return None
    hours = near.columns.hours.take(near.rows)
    of_hours = shares(hours, asked.words)
    weight = np.divide(near.share, of_hours, out=np.zeros_like(near.share), where=of_hours > 0)
    held = np.array([asked.words[hour // 56] >> hour % 56 & 1 for hour in range(HOURS)])
    return busiest_slot(week_of(hours, weight) * held, SLOT_HOURS)
