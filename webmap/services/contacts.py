"""The addresses people leave for an answer, deleted on a clock of their own."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from geodata.tables.chain import Entry, append
from geodata.tables.engine import reading, writing
from geodata.tables.municipalities import Municipality
from geodata.tables.receipts import Contact
from geodata.tables.reports import Report

_ROLE = "system"
_ACTION = "contact.expire"


def expire(engine: Engine) -> int:
    """Delete every address whose day has come, each with a row in the journal; how many."""
    over = Contact.delete_after <= datetime.now(UTC)
    with reading(engine) as session:
        if session.scalar(select(Contact.report_id).where(over).limit(1)) is None:
            return 0
    with writing(engine) as session:
        gone = session.scalars(delete(Contact).where(over).returning(Contact.report_id)).all()
        for entry in _entries(session, sorted(gone)):
            append(session, entry)
    return len(gone)


def _entries(session: Session, report_ids: list[int]) -> list[Entry]:
    whose = (
        select(Report.uid, Municipality.code)
        .join(Municipality, Municipality.id == Report.municipality_id)
        .where(Report.id.in_(report_ids))
        .order_by(Report.id)
    )
    return [Entry(_ROLE, _ACTION, "report", str(uid), code) for uid, code in session.execute(whose)]
