"""Reads of what was done to reports in their review."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.queries.review_queue import name_of
from geodata.tables.reports import Report
from geodata.tables.reviews import ReviewAct
from geodata.tables.users import User


@dataclass(frozen=True)
class PastAct:
    """Something that was done to a report. who: name, or "". before, after: as the table has them."""

    uid: UUID
    user_id: int | None
    who: str
    role: str
    action: str
    reason: str | None
    before: str
    after: str
    version: int
    at: datetime
    undone_at: datetime | None

    @property
    def note(self) -> str:
        """What was written for colleagues, or ""."""
        return str(json.loads(self.after).get("note", ""))


def past_acts(session: Session, report_id: int) -> list[PastAct]:
    """What was done to a report, the oldest first."""
    asked = (
        select(ReviewAct, name_of(User))
        .outerjoin(User, User.id == ReviewAct.user_account_id)
        .where(ReviewAct.report_id == report_id)
        .order_by(ReviewAct.id)
    )
    return [
        PastAct(
            act.uid,
            act.user_account_id,
            name or "",
            act.role,
            act.action,
            act.reason,
            act.before,
            act.after,
            act.version,
            act.at,
            act.undone_at,
        )
        for act, name in session.execute(asked)
    ]


def act_reports(session: Session, act: UUID) -> list[tuple[UUID, PastAct]]:
    """The reports an act was on, each with what was done."""
    asked = select(Report.uid, Report.id).join(ReviewAct, ReviewAct.report_id == Report.id)
    rows = session.execute(asked.where(ReviewAct.uid == act).order_by(ReviewAct.id)).all()
    return [
        (uid, next(each for each in past_acts(session, report_id) if each.uid == act))
        for uid, report_id in rows
    ]
