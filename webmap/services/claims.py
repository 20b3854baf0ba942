"""Who has which report before them, so that two do not review the same one."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, delete, select
from sqlalchemy.dialects.postgresql import insert as insert_in_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_in_sqlite
from sqlalchemy.orm import Session

from geodata.errors import NotFound
from geodata.queries.review_queue import next_waiting
from geodata.tables.engine import writing
from geodata.tables.reports import Report
from geodata.tables.reviews import Claim
from geodata.vocabulary import Owner
from webmap.services.reviewing import now

LASTS = timedelta(minutes=10)


def take_next(engine: Engine, municipality_id: int, user_id: int, after: UUID | None = None) -> UUID | None:
    """Claim the oldest waiting report that nobody else has, and let go of what the user had before.

    after: the report just left: the one that came in next after it, or the oldest of all where there is none;
    never itself. None where nothing is left.
    """
    with writing(engine) as session:
        at = now()
        left = session.scalar(select(Report.id).where(Report.uid == after)) if after else None
        found = next_waiting(session, municipality_id, user_id, at, left)
        session.execute(delete(Claim).where(Claim.user_account_id == user_id))
        if found is None:
            return None
        _claim(session, found[0], user_id, at)
        return found[1]


def take(engine: Engine, municipality_id: int, user_id: int, uid: UUID) -> None:
    """Claim this one report, also from somebody else who had it. Raises NotFound."""
    with writing(engine) as session:
        found = session.scalar(
            select(Report.id).where(
                Report.uid == uid,
                Report.municipality_id == municipality_id,
                Report.owner == Owner.MUNICIPALITY,
            )
        )
        if found is None:
            raise NotFound("report.unknown", "uid")
        session.execute(delete(Claim).where(Claim.user_account_id == user_id))
        _claim(session, found, user_id, now())


def _claim(session: Session, report_id: int, user_id: int, at: datetime) -> None:
    insert = insert_in_sqlite if session.get_bind().dialect.name == "sqlite" else insert_in_postgresql
    values = {"user_account_id": user_id, "until": at + LASTS}
    claimed = insert(Claim).values(report_id=report_id, **values)
    session.execute(claimed.on_conflict_do_update(index_elements=[Claim.report_id], set_=values))
