"""Following a report by its receipt: how far it has come and what was answered, and nothing of who."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from geodata.errors import NotFound
from geodata.queries.duplicates import root_of
from geodata.queries.municipalities import Home, home
from geodata.tables.engine import reading
from geodata.tables.municipalities import Municipality
from geodata.tables.receipts import Contact, Receipt, Reply
from geodata.tables.reports import Report
from geodata.tables.reviews import ReviewAct
from geodata.vocabulary import Stage, State
from webmap.services import receipts

_FRESH_DIGEST = receipts.fresh_digest_of
"""Never from memory: what somebody types is looked up in the same time, whatever it is."""
_OF_STATE = {State.NEW: Stage.RECEIVED, State.REJECTED: Stage.CLOSED, State.WITHDRAWN: Stage.CLOSED}


@dataclass(frozen=True)
class PublicReply:
    """An answer that whoever has the receipt may read."""

    stage: Stage
    text: str
    at: datetime


@dataclass(frozen=True)
class Followed:
    """A report as whoever has its receipt sees it.

    state: its own. stage, reason, replies: of the report that is kept, where this one repeats it. reason: a
    word of `vocabulary.Refusal`, or "". has_contact: an address is kept.
    """

    uid: UUID
    version: int
    home: Home
    received_at: datetime
    state: State
    stage: Stage
    reason: str
    replies: tuple[PublicReply, ...]
    is_duplicate: bool
    has_contact: bool

    @property
    def is_open(self) -> bool:
        """Whether more may happen with it."""
        return self.state != State.WITHDRAWN and self.stage not in (Stage.CLOSED, Stage.DONE)

    @property
    def can_confirm(self) -> bool:
        """Whether it is of use to say that it is still so, or better: once it is let through."""
        return self.state in (State.ACCEPTED, State.DUPLICATE) and not self.reason


def stage_of(state: State, replies: Sequence[PublicReply]) -> Stage:
    """How far a report has come. replies: the oldest first; the last one says it once it is reviewed."""
    if state in _OF_STATE:
        return _OF_STATE[state]
    return replies[-1].stage if replies else Stage.UNDER_REVIEW


def code_typed(engine: Engine, text: str) -> str:
    """The code that was typed, if there is a report with it, else ""; always in the same time."""
    code = receipts.typed(text)
    with reading(engine) as session:
        found = session.scalar(select(Receipt.report_id).where(Receipt.code_digest == _FRESH_DIGEST(code)))
    return code if found is not None else ""


def followed(engine: Engine, code: str) -> Followed:
    """The report with this code. Raises NotFound `receipt.unknown`."""
    with reading(engine) as session:
        report, municipality = found_by(session, code)
        root_id = root_of(session, report.id)
        state = session.scalars(select(Report.state).where(Report.id == root_id)).one()
        replies = _replies(session, root_id)
        return Followed(
            report.uid,
            report.version,
            home(session, municipality),
            report.created_at,
            report.state,
            _stage(report.state, state, replies),
            _reason(session, root_id) if state == State.REJECTED else "",
            replies,
            root_id != report.id,
            session.get(Contact, report.id) is not None,
        )


def found_by(session: Session, code: str) -> tuple[Report, str]:
    """The report with this code and its municipality's. Raises NotFound `receipt.unknown`."""
    asked = (
        select(Report, Municipality.code)
        .join(Receipt, Receipt.report_id == Report.id)
        .join(Municipality, Municipality.id == Report.municipality_id)
        .where(Receipt.code_digest == receipts.digest_of(code))
    )
    found = session.execute(asked).one_or_none()
    if found is None:
        raise NotFound("receipt.unknown", "code")
    return found[0], found[1]


def _stage(own: State, kept: State, replies: Sequence[PublicReply]) -> Stage:
    """Of the one that is kept. That its own writer takes that one back closes nobody else's."""
    if own != State.WITHDRAWN and kept == State.WITHDRAWN:
        return stage_of(State.ACCEPTED, replies)
    return stage_of(own if own == State.WITHDRAWN else kept, replies)


def _replies(session: Session, report_id: int) -> tuple[PublicReply, ...]:
    given = select(Reply.stage, Reply.text, Reply.at).where(Reply.report_id == report_id)
    return tuple(PublicReply(*row) for row in session.execute(given.order_by(Reply.at, Reply.id)))


def _reason(session: Session, report_id: int) -> str:
    acts = select(ReviewAct.reason).where(
        ReviewAct.report_id == report_id, ReviewAct.reason.is_not(None), ReviewAct.undone_at.is_(None)
    )
    return session.scalar(acts.order_by(ReviewAct.id.desc()).limit(1)) or ""
