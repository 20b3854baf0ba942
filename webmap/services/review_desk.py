"""All that lies before a reviewer: one report with its surroundings, or the queue."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.analysis.likeness import FARTHEST_M, LONGEST_APART_DAYS, likeness
from geodata.errors import NotFound
from geodata.hours import today
from geodata.queries.municipalities import Home, home
from geodata.queries.past_acts import PastAct, act_reports, past_acts
from geodata.queries.review_case import (
    NearReport,
    ReviewedReport,
    holder_of,
    near_reports,
    reviewed_report,
)
from geodata.queries.review_queue import QueueFilter, QueueRow, queue, waiting
from geodata.tables.engine import reading
from geodata.vocabulary import State
from webmap.services import photos
from webmap.services.photos import PhotoView
from webmap.services.review_effects import UNDO_SHOWN
from webmap.services.reviewing import now

NEAR_M, NEAR_DAYS = 50.0, 14
ROWS_A_PAGE = 50
_MAP_M = 1_700.0
_YEAR = timedelta(days=365)
_LEAST_LIKE = 0.3
_MOST_ALIKE = 6
_MOST_SCREENED = 2_000
"""So many texts are screened for one page of a list; the next goes on from there."""


@dataclass(frozen=True)
class Alike:
    """A report that may tell of the same thing. score: 0 to 1. days_apart: between what they tell of."""

    report: NearReport
    score: float
    days_apart: int


@dataclass(frozen=True)
class Case:
    """A report under review. holder: account, name and until when, of whoever has it; None where nobody.

    around: accepted reports of the last year, for the map. alike: the likeliest first. close: how many lie
    within 50 m and 14 days.
    """

    report: ReviewedReport
    home: Home
    acts: list[PastAct]
    holder: tuple[int, str, datetime] | None
    around: list[NearReport]
    alike: list[Alike]
    close: int
    photos: list[PhotoView]


@dataclass(frozen=True)
class Queue:
    """A page of a list. cursor: key to go on from, None after the last. waiting: how many, since oldest."""

    rows: list[QueueRow]
    cursor: int | None
    waiting: int
    oldest: datetime | None


@dataclass(frozen=True)
class RecentAct:
    """An act that its doer can still undo. seconds_left: that the page offers it."""

    uid: UUID
    action: str
    reason: str | None
    reports: tuple[UUID, ...]
    seconds_left: int


def _seen(session: Session, uid: UUID, codes: Collection[str]) -> ReviewedReport:
    found = reviewed_report(session, uid)
    if found.municipality not in codes:
        raise NotFound("report.unknown", "uid")
    return found


def case_of(engine: Engine, uid: UUID, codes: Collection[str]) -> Case:
    """Everything about a report in one of these municipalities. Raises NotFound."""
    with reading(engine) as session:
        found = _seen(session, uid, codes)
        around = near_reports(session, found, _MAP_M, today() - _YEAR, (State.ACCEPTED,))
        others = _others(session, found)
        return Case(
            found,
            home(session, found.municipality),
            past_acts(session, found.id),
            holder_of(session, found.id, now()),
            around,
            [each for each in others if each.score >= _LEAST_LIKE][:_MOST_ALIKE],
            sum(each.report.distance_m <= NEAR_M and each.days_apart <= NEAR_DAYS for each in others),
            photos.of_report(session, found.id),
        )


def _others(session: Session, seen: ReviewedReport) -> list[Alike]:
    """Reports that are near in place and time and may be kept instead, the most alike first."""
    told_on = seen.day or seen.created_at.date()
    since = told_on - timedelta(days=LONGEST_APART_DAYS)
    near = near_reports(session, seen, FARTHEST_M, since, (State.NEW, State.ACCEPTED))
    found = [_alike(seen, each, abs((each.told_on - told_on).days)) for each in near]
    kept = [each for each in found if each.days_apart <= LONGEST_APART_DAYS]
    return sorted(kept, key=lambda each: -each.score)


def _alike(seen: ReviewedReport, other: NearReport, days_apart: int) -> Alike:
    score = likeness(other.distance_m, days_apart, seen.categories, other.categories)
    return Alike(other, score if other.polarity == seen.polarity else 0.0, days_apart)


def queue_page(
    engine: Engine,
    there: Home,
    chosen: QueueFilter,
    after: int = 0,
    is_wanted: Callable[[QueueRow], bool] | None = None,
) -> Queue:
    """A page of a municipality's reports, the oldest first.

    is_wanted: what the database cannot tell of a report, asked of at most 2,000 of them.
    """
    with reading(engine) as session:
        rows, cursor = _page(queue(session, there, chosen, now(), after), is_wanted)
        count, oldest = waiting(session, there.id)
        return Queue(rows, cursor, count, oldest)


def _page(
    found: Iterator[QueueRow], is_wanted: Callable[[QueueRow], bool] | None
) -> tuple[list[QueueRow], int | None]:
    rows: list[QueueRow] = []
    last = looked_at = 0
    for row in found:
        if len(rows) == ROWS_A_PAGE or looked_at == _MOST_SCREENED:
            return rows, last
        last, looked_at = row.key, looked_at + 1
        if is_wanted is None or is_wanted(row):
            rows.append(row)
    return rows, None


def left_to_review(engine: Engine, municipality_id: int) -> tuple[int, datetime | None]:
    """How many reports wait, and since when the oldest does."""
    with reading(engine) as session:
        return waiting(session, municipality_id)


def recent_act(engine: Engine, act: UUID, user_id: int) -> RecentAct | None:
    """An act, as long as the page offers this account to undo it."""
    with reading(engine) as session:
        found = act_reports(session, act)
    if not found or any(each.user_id != user_id or each.undone_at for _, each in found):
        return None
    first = found[0][1]
    left = (first.at + UNDO_SHOWN - now()).total_seconds()
    if left <= 0:
        return None
    return RecentAct(act, first.action, first.reason, tuple(uid for uid, _ in found), max(1, round(left)))
