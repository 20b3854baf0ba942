"""What is left of a finding that was destroyed: that there was one, so that no phone can bring it back, and
what staff wrote of it for the minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from geodata.queries.minutes import is_told_now
from geodata.tables.findings import ExpectedPhoto, FindingRevision, FollowUp, Quarantine, WalkEntry
from geodata.tables.reports import Report
from geodata.vocabulary import FindingState, LandOwner

DESTROYED = "destroyed"


def bury(session: Session, report_ids: Sequence[int], uids: Sequence[UUID]) -> None:
    """Leave of the entries of these reports their ids, numbers and stops, and of those that minutes tell what
    staff wrote; to be called before the reports go. uids: of the same reports.
    """
    entries = select(WalkEntry.id).where(WalkEntry.report_id.in_(report_ids))
    ids = list(session.scalars(entries))
    if not ids:
        return
    of_entries = FindingRevision.walk_entry_id.in_(ids)
    changes = list(session.scalars(select(FindingRevision.uid).where(of_entries)))
    told = _keep_told(session, ids)
    for statement in (
        update(Quarantine).where(Quarantine.uid.in_([*uids, *changes])).values(body=""),
        update(FindingRevision).where(of_entries).values(body=""),
        delete(ExpectedPhoto).where(ExpectedPhoto.walk_entry_id.in_(ids)),
        delete(FollowUp).where(FollowUp.walk_entry_id.in_(ids), FollowUp.walk_entry_id.not_in(told)),
        update(WalkEntry)
        .where(WalkEntry.id.in_(ids))
        .values(
            answers="",
            deleted_at=func.coalesce(WalkEntry.deleted_at, datetime.now(UTC)),
            deleted_reason=DESTROYED,
        ),
    ):
        session.execute(statement.execution_options(synchronize_session=False))


def _keep_told(session: Session, ids: Sequence[int]) -> list[int]:
    """Those of the entries that minutes tell, each with a follow-up to tell it by.

    A good place needs no decision: that it was let through is then all that is kept of it.
    """
    asked = (
        select(WalkEntry.id, WalkEntry.received_at)
        .join(Report, Report.id == WalkEntry.report_id)
        .outerjoin(FollowUp, FollowUp.walk_entry_id == WalkEntry.id)
        .where(WalkEntry.id.in_(ids), is_told_now())
    )
    told = session.execute(asked).all()
    decided = set(session.scalars(select(FollowUp.walk_entry_id).where(FollowUp.walk_entry_id.in_(ids))))
    session.add_all(_let_through(key, came) for key, came in told if key not in decided)
    session.flush()
    return [key for key, _ in told]


def _let_through(entry_id: int, at: datetime) -> FollowUp:
    said: dict[str, Any] = dict.fromkeys(("words", "unit", "action", "reason"), "")
    said |= {"state": FindingState.REVIEWED, "land_owner": LandOwner.UNKNOWN, "version": 1}
    return FollowUp(walk_entry_id=entry_id, changed_at=at, **said)
