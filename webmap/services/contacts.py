"""The addresses people leave for an answer, deleted on a clock of their own."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from geodata.hours import today
from geodata.queries.holds import held_in
from geodata.queries.keeping import DueObject
from geodata.tables.chain import Entry, append
from geodata.tables.engine import reading, writing
from geodata.tables.municipalities import Municipality
from geodata.tables.receipts import Contact
from geodata.tables.reports import Report
from geodata.vocabulary import RecordClass

_ROLE = "system"
_ACTION = "contact.expire"


def expire(engine: Engine) -> int:
    """Delete every address whose day has come and that is not held, each with a journal row; how many."""
    over = Contact.delete_after <= datetime.now(UTC)
    with reading(engine) as session:
        if session.scalar(select(Contact.report_id).where(over).limit(1)) is None:
            return 0
    with writing(engine) as session:
        is_over = (over, Contact.report_id.not_in(_held(session)))
        gone = session.scalars(delete(Contact).where(*is_over).returning(Contact.report_id)).all()
        for entry in _entries(session, sorted(gone)):
            append(session, entry)
    return len(gone)


def _held(session: Session) -> list[int]:
    """Reports whose addresses stay past their day: held back, or asked for by somebody."""
    over = select(Report.id, Report.uid, Report.municipality_id).join(Contact, Contact.report_id == Report.id)
    waiting = session.execute(over.where(Contact.delete_after <= datetime.now(UTC))).all()
    held = {home: held_in(session, home) for home in {each.municipality_id for each in waiting}}
    return [
        each.id
        for each in waiting
        if held[each.municipality_id].holds(
            RecordClass.CONTACT, DueObject(each.id, "", today(), str(each.uid))
        )
    ]


def _entries(session: Session, report_ids: list[int]) -> list[Entry]:
    whose = (
        select(Report.uid, Municipality.code)
        .join(Municipality, Municipality.id == Report.municipality_id)
        .where(Report.id.in_(report_ids))
        .order_by(Report.id)
    )
    return [Entry(_ROLE, _ACTION, "report", str(uid), code) for uid, code in session.execute(whose)]
