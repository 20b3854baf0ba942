"""What is left of a finding that was destroyed: that there was one, so that no phone can bring it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from geodata.tables.findings import ExpectedPhoto, FindingRevision, FollowUp, Quarantine, WalkEntry

DESTROYED = "destroyed"


def bury(session: Session, report_ids: Sequence[int], uids: Sequence[UUID]) -> None:
    """Leave of the entries of these reports nothing but their ids and numbers; to be called before the
    reports go. uids: of the same reports.
    """
    entries = select(WalkEntry.id).where(WalkEntry.report_id.in_(report_ids))
    ids = list(session.scalars(entries))
    if not ids:
        return
    of_entries = FindingRevision.walk_entry_id.in_(ids)
    changes = list(session.scalars(select(FindingRevision.uid).where(of_entries)))
    for statement in (
        update(Quarantine).where(Quarantine.uid.in_([*uids, *changes])).values(body=""),
        update(FindingRevision).where(of_entries).values(body=""),
        delete(ExpectedPhoto).where(ExpectedPhoto.walk_entry_id.in_(ids)),
        delete(FollowUp).where(FollowUp.walk_entry_id.in_(ids)),
        update(WalkEntry)
        .where(WalkEntry.id.in_(ids))
        .values(
            answers="",
            deleted_at=func.coalesce(WalkEntry.deleted_at, datetime.now(UTC)),
            deleted_reason=DESTROYED,
        ),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
