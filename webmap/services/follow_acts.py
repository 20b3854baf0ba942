"""What whoever has the receipt may do: take the report back, say how it is now, and where to write."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from geodata.errors import Conflict
from geodata.queries.duplicates import root_of
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import writing
from geodata.tables.receipts import Confirmation, Contact, Reply
from geodata.tables.reports import Report
from geodata.vocabulary import Stage, State, Verdict
from webmap.access import Permission
from webmap.services.following import followed, found_by
from webmap.services.receiving import LONGEST_CONTACT, PUBLIC
from webmap.services.review_effects import KEPT_AFTER_CLOSING
from webmap.services.review_moves import Action
from webmap.services.reviewing import Deed, Stale, act, now

_TRIES = 5
_ENDED = (Stage.DONE, Stage.CLOSED)


def withdraw(engine: Engine, code: str) -> None:
    """Take the report back; doing it twice is doing it once. Raises NotFound.

    It stays, as a public record must, but is on no map, in no count and no answer. A review that comes
    between is no reason to refuse: it is tried again on what came of it.
    """
    for attempt in range(_TRIES):
        seen = followed(engine, code)
        if seen.state == State.WITHDRAWN:
            return
        deed = Deed(seen.uid, seen.version, Action.WITHDRAW, permission=Permission.FOLLOW_REPORT)
        try:
            act(engine, seen.home, PUBLIC, deed)
        except Stale:
            if attempt == _TRIES - 1:
                raise
        else:
            return


def confirm(engine: Engine, code: str, uid: UUID, verdict: Verdict) -> bool:
    """Note that it is still so, or better now; whether this was the first time. Raises NotFound, Conflict.

    uid: made by the page, so that sending twice is saying it once. The voice is the report's own.
    """
    with writing(engine) as session:
        report, municipality = _locked(session, code)
        if session.scalar(select(Confirmation.id).where(Confirmation.uid == uid)) is not None:
            return False
        if report.state not in (State.ACCEPTED, State.DUPLICATE):
            raise Conflict("follow.not_open")
        root = root_of(session, report.id)
        session.add(Confirmation(uid=uid, report_id=root, verdict=verdict, voice=report.voice, at=now()))
        append(session, _entry(report, municipality, f"report.confirm_{verdict}"))
        return True


def write_to(engine: Engine, code: str, email: str, language: str) -> None:
    """Send answers to this address from now on, or with "" to none. Raises NotFound, Conflict."""
    with writing(engine) as session:
        report, municipality = _locked(session, code)
        kept = session.get(Contact, report.id)
        if not email:
            if kept is not None:
                session.delete(kept)
                append(session, _entry(report, municipality, "contact.remove"))
            return
        if report.state == State.WITHDRAWN:
            raise Conflict("follow.not_open")
        if kept is not None:
            kept.email, kept.language = email, language
        else:
            session.add(_contact(session, report, email, language))
        append(session, _entry(report, municipality, "contact.change"))


def _locked(session: Session, code: str) -> tuple[Report, str]:
    """The report, after waiting for everybody else who changes something there."""
    report, municipality = found_by(session, code)
    next_change(session, report.municipality_id)
    session.refresh(report)
    return report, municipality


def _contact(session: Session, report: Report, email: str, language: str) -> Contact:
    at = now()
    last = select(Reply.stage).where(Reply.report_id == root_of(session, report.id))
    stage = session.scalar(last.order_by(Reply.at.desc(), Reply.id.desc()).limit(1))
    has_ended = report.state == State.REJECTED or stage in _ENDED
    until = at + (KEPT_AFTER_CLOSING if has_ended else LONGEST_CONTACT)
    return Contact(report_id=report.id, email=email, language=language, created_at=at, delete_after=until)


def _entry(report: Report, municipality: str, action: str) -> Entry:
    return Entry(PUBLIC.role, action, "report", str(report.uid), municipality)
