"""Public answers to reports: a stage is reached with a sentence, and by no other way."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from geodata.errors import Conflict, InvalidValue, NotFound
from geodata.queries.municipalities import Home
from geodata.tables.chain import Entry, append, payload_mac
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.receipts import Contact, OutgoingMail, Reply
from geodata.tables.reports import Report
from geodata.vocabulary import Owner, Stage, State
from webmap.services.actors import Actor
from webmap.services.following import PublicReply
from webmap.services.review_effects import KEPT_AFTER_CLOSING, UNDO_ALLOWED
from webmap.services.reviewing import now

LONGEST_REPLY = 1_000
MAIL_KIND = "reply"
STAGES: dict[State, tuple[Stage, ...]] = {
    State.ACCEPTED: (Stage.WITH_RESPONSIBLE, Stage.DONE, Stage.CLOSED),
    State.REJECTED: (Stage.CLOSED,),
}
"""What a reviewed report can be answered with: one that waits is decided on first, and of two that are one
the kept is answered.
"""
_ENDS = (Stage.DONE, Stage.CLOSED)


@dataclass(frozen=True)
class Answer:
    """A reply to be. uid: made by the page, so that sending twice is answering once."""

    uid: UUID
    report: UUID
    stage: Stage | None
    text: str


def replies_to(engine: Engine, report_id: int) -> list[PublicReply]:
    """What one report itself was answered, the oldest first."""
    given = select(Reply.stage, Reply.text, Reply.at).where(Reply.report_id == report_id)
    with reading(engine) as session:
        return [PublicReply(*row) for row in session.execute(given.order_by(Reply.at, Reply.id))]


def reply(engine: Engine, home: Home, actor: Actor, answer: Answer) -> bool:
    """Answer a report; whether this was the first time.

    Whoever left an address, also with a report that repeats this one, gets a letter. Raises NotFound,
    InvalidValue for a missing sentence or stage, Conflict for a report that cannot be answered as it is.
    """
    stage = _checked(answer)
    with writing(engine) as session:
        next_change(session, home.id)
        asked = select(Report).where(Report.uid == answer.report, Report.municipality_id == home.id)
        report = session.scalar(asked.where(Report.owner == Owner.MUNICIPALITY))
        if report is None:
            raise NotFound("report.unknown", "uid")
        if _is_known(session, answer, report.id):
            return False
        if stage not in STAGES.get(report.state, ()):
            raise Conflict("reply.not_now", "stage")
        at = now()
        said = {"stage": stage, "text": answer.text, "at": at, "user_account_id": actor.user_id}
        session.add(Reply(uid=answer.uid, report_id=report.id, **said))
        for contact in _contacts(session, report.id):
            mail = OutgoingMail(report_id=contact.report_id, kind=MAIL_KIND, attempts=0, fault="")
            mail.created_at, mail.not_before = at, at + UNDO_ALLOWED
            session.add(mail)
            if stage in _ENDS:
                contact.delete_after = min(contact.delete_after, at + KEPT_AFTER_CLOSING)
        append(session, _entry(home, actor, report, answer))
        return True


def _checked(answer: Answer) -> Stage:
    if not answer.text:
        raise InvalidValue("reply.no_text", "text")
    if len(answer.text) > LONGEST_REPLY:
        raise InvalidValue("text.too_long", "text", count=len(answer.text), most=LONGEST_REPLY)
    if answer.stage is None:
        raise InvalidValue("reply.no_stage", "stage")
    return answer.stage


def _is_known(session: Session, answer: Answer, report_id: int) -> bool:
    known = session.scalar(select(Reply).where(Reply.uid == answer.uid))
    if known is None:
        return False
    if (known.report_id, known.stage, known.text) != (report_id, answer.stage, answer.text):
        raise Conflict("reply.other_content", "uid")
    return True


def _contacts(session: Session, report_id: int) -> list[Contact]:
    """Of the report and of all that repeat it."""
    followers, newest = {report_id}, {report_id}
    while newest:
        repeats = set(session.scalars(select(Report.id).where(Report.duplicate_of.in_(newest))))
        newest = repeats - followers
        followers |= newest
    told = select(Report.id).where(Report.id.in_(followers), Report.state != State.WITHDRAWN)
    return list(session.scalars(select(Contact).where(Contact.report_id.in_(told))))


def _entry(home: Home, actor: Actor, report: Report, answer: Answer) -> Entry:
    mac = payload_mac(answer.text, report.journal_key) if report.journal_key else None
    return Entry(
        actor.role,
        f"report.reply_{answer.stage}",
        "report",
        str(report.uid),
        home.code,
        actor.user_id,
        None,
        mac,
    )
