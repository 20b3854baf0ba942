"""Reads for the minutes of a walk: all they are made of, whom to write to, and since when they are public."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from geodata.hours import from_day_number
from geodata.queries.checklists import checks_of, tally_of
from geodata.queries.findings import DECIDED, KnownFinding, findings_of, outlived_of
from geodata.queries.walks import KnownStop, KnownWalk, stops_of
from geodata.tables.findings import FollowUp, WalkEntry
from geodata.tables.measures import Measure
from geodata.tables.registry import Registration
from geodata.tables.reports import Report
from geodata.tables.walks import HeadCount, Walk, WalkContact
from geodata.vocabulary import (
    CheckAnswer,
    FindingState,
    Polarity,
    RecordType,
    State,
    Theme,
    WalkRole,
    WalkState,
)


@dataclass(frozen=True)
class WalkRecord:
    """What was planned, found and decided on a walk.

    heads: how many of each role, over all groups. tally: answers by stop key (None: at no stop) and theme.
    first_public_at: when its minutes were first published, or None.
    """

    walk: KnownWalk
    stops: Sequence[KnownStop]
    heads: Mapping[WalkRole, int]
    findings: Sequence[KnownFinding]
    tally: Mapping[tuple[int | None, Theme], Counter[CheckAnswer]]
    first_public_at: datetime | None


def record_of(session: Session, walk: KnownWalk) -> WalkRecord:
    """All that minutes of a walk are made of."""
    return WalkRecord(
        walk,
        stops_of(session, walk.id),
        _heads(session, walk.id),
        [*findings_of(session, walk.id), *outlived_of(session, walk.id)],
        tally_of(checks_of(session, walk.id)),
        _first_public_at(session, walk),
    )


def _heads(session: Session, walk_id: int) -> dict[WalkRole, int]:
    summed = select(HeadCount.role, func.sum(HeadCount.count)).where(HeadCount.walk_id == walk_id)
    return {role: int(count) for role, count in session.execute(summed.group_by(HeadCount.role)) if count}


def _first_public_at(session: Session, walk: KnownWalk) -> datetime | None:
    """The register knows of the first time, also when they were taken back between."""
    asked = select(Registration.at).where(
        Registration.object_type == RecordType.MINUTES.value, Registration.object_id == str(walk.uid)
    )
    return session.scalar(asked) or walk.published_at


def contacts_of(session: Session, walk_id: int) -> list[WalkContact]:
    """Those who asked to hear of a walk, the first first."""
    asked = select(WalkContact).where(WalkContact.walk_id == walk_id)
    return list(session.scalars(asked.order_by(WalkContact.id)))


def contact_count(session: Session, walk_id: int) -> int:
    """How many they are."""
    asked = select(func.count()).select_from(WalkContact).where(WalkContact.walk_id == walk_id)
    return int(session.scalar(asked) or 0)


def walks_with_news(session: Session) -> list[int]:
    """Keys of published walks on which something was done that nobody was told of."""
    asked = (
        select(Walk.id)
        .join(WalkEntry, WalkEntry.walk_id == Walk.id)
        .join(FollowUp, FollowUp.walk_entry_id == WalkEntry.id)
        .where(Walk.state == WalkState.PUBLISHED, WalkEntry.deleted_at.is_(None))
        .where(FollowUp.state == FindingState.DONE, FollowUp.told_at.is_(None))
    )
    return sorted(set(session.scalars(asked)))


def is_told_now() -> ColumnElement[bool]:
    """Of an entry, its report and follow-up: minutes tell it, let through and decided where it has to be."""
    is_settled = or_(
        Report.polarity == Polarity.SAFE, and_(FollowUp.state.in_(DECIDED), FollowUp.words != "")
    )
    return and_(WalkEntry.deleted_at.is_(None), Report.state == State.ACCEPTED, is_settled)


def promises_of(
    session: Session, municipality_id: int
) -> list[tuple[Polarity | None, FindingState | None, date | None]]:
    """Of every finding that published minutes tell: its sign, how far it has come, and when it is due.

    Its sign is None where the report has been destroyed since.
    """
    has_outlived = and_(
        *(WalkEntry.deleted_at.is_not(None), WalkEntry.report_id.is_(None)),
        FollowUp.walk_entry_id.is_not(None),
    )
    asked = (
        select(Report.polarity, FollowUp.state, FollowUp.due_day)
        .select_from(WalkEntry)
        .join(Walk, Walk.id == WalkEntry.walk_id)
        .outerjoin(Report, Report.id == WalkEntry.report_id)
        .outerjoin(FollowUp, FollowUp.walk_entry_id == WalkEntry.id)
        .where(Walk.municipality_id == municipality_id, Walk.state == WalkState.PUBLISHED)
        .where(or_(is_told_now(), has_outlived))
    )
    return [
        (polarity, state if state in DECIDED else None, None if due is None else from_day_number(due))
        for polarity, state, due in session.execute(asked)
    ]


def walks_out_of_step(session: Session) -> list[int]:
    """Keys of walks with a measure that everybody sees, of a finding that the minutes no longer tell.

    What was promised of a report that has been destroyed is told on.
    """
    asked = (
        select(Walk.id)
        .join(WalkEntry, WalkEntry.walk_id == Walk.id)
        .join(FollowUp, FollowUp.walk_entry_id == WalkEntry.id)
        .join(Measure, Measure.id == FollowUp.measure_id)
        .join(Report, Report.id == WalkEntry.report_id)
        .where(Measure.is_published.is_(True))
        .where(or_(WalkEntry.deleted_at.is_not(None), Report.state != State.ACCEPTED))
    )
    return sorted(set(session.scalars(asked)))
