"""Rules of how long what is kept. One for each class of records; without a decision it destroys nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from geodata.drafts import checked_text
from geodata.errors import Conflict, Fault, InvalidValue, NotFound
from geodata.privacy import mask_identity_numbers
from geodata.queries.keeping import Term
from geodata.queries.municipalities import Home
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.retention import RetentionRule
from geodata.vocabulary import RecordClass, Trigger
from geodata.vocabulary.keeping import LONGEST_DAYS, LONGEST_YEARS, TRIGGERS
from webmap.services.actors import Actor
from webmap.services.sayings import Refused

T = TypeVar("T")

LONGEST_DECISION = 60


@dataclass(frozen=True)
class RuleSaid:
    """A rule as it came from a form. which: class and trigger, `rejected_report:decided`."""

    which: str = ""
    years: str = ""
    days: str = ""
    decision: str = ""


@dataclass(frozen=True)
class RuleDraft:
    """A rule that may be stored. decision: number of the decision, or "" while there is none."""

    term: Term
    decision: str


@dataclass(frozen=True)
class KnownRule:
    """A rule that is in force."""

    id: int
    uid: UUID
    term: Term
    decision: str
    version: int
    created_at: datetime

    @property
    def acts(self) -> bool:
        """Whether anything is destroyed by it."""
        return bool(self.decision)


def draft_of(said: RuleSaid) -> RuleDraft:
    """What was said as a draft. Raises Refused with every fault at once."""
    faults: list[Fault] = []

    def checked(check: Callable[[], T], otherwise: T) -> T:
        try:
            return check()
        except Fault as fault:
            faults.append(fault)
            return otherwise

    record, after = checked(lambda: _which(said.which), (RecordClass.REPORT, Trigger.RECEIVED))
    years = checked(lambda: _count(said.years, "years", LONGEST_YEARS), 0)
    days = checked(lambda: _count(said.days, "days", LONGEST_DAYS), 0)
    decision = checked(lambda: _decision(said.decision), "")
    if not faults and not years and not days:
        faults.append(InvalidValue("rule.no_time", "years"))
    if faults:
        raise Refused(faults)
    return RuleDraft(Term(record, after, years, days), decision)


def _which(said: str) -> tuple[RecordClass, Trigger]:
    for record, triggers in TRIGGERS.items():
        for after in triggers:
            if said == f"{record}:{after}":
                return record, after
    raise InvalidValue("rule.which_missing", "which")


def _count(said: str, field: str, most: int) -> int:
    text = said.strip() or "0"
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and int(text) <= most):
        raise InvalidValue("rule.not_a_number", field, most=most)
    return int(text)


def _decision(said: str) -> str:
    clean = " ".join(checked_text(said, "decision").split())
    if len(clean) > LONGEST_DECISION:
        raise InvalidValue("text.too_long", "decision", count=len(clean), most=LONGEST_DECISION)
    return mask_identity_numbers(clean)[0]


def rules_of(session: Session, municipality_id: int) -> list[KnownRule]:
    """The rules in force, in the order of the classes."""
    own = (RetentionRule.municipality_id == municipality_id, RetentionRule.is_active)
    found = [_known(row) for row in session.scalars(select(RetentionRule).where(*own))]
    order = list(TRIGGERS)
    return sorted(found, key=lambda rule: order.index(rule.term.record))


def _known(row: RetentionRule) -> KnownRule:
    term = Term(RecordClass(row.record), Trigger(row.after), row.years, row.days)
    return KnownRule(row.id, row.uid, term, row.decision, row.version, row.created_at)


def listed(engine: Engine, home: Home) -> list[KnownRule]:
    """The rules in force in a municipality."""
    with reading(engine) as session:
        return rules_of(session, home.id)


def one(engine: Engine, home: Home, uid: UUID) -> KnownRule:
    """A rule in force. Raises NotFound."""
    for rule in listed(engine, home):
        if rule.uid == uid:
            return rule
    raise NotFound("rule.unknown", "rule")


def create(engine: Engine, home: Home, draft: RuleDraft, actor: Actor) -> UUID:
    """Store a new rule. Raises Conflict `rule.exists` where the class has one."""
    now = datetime.now(UTC)
    with writing(engine) as session:
        next_change(session, home.id)
        _only(session, home, draft.term.record)
        row = RetentionRule(uid=uuid4(), municipality_id=home.id, is_active=True, version=1, created_at=now)
        row.user_account_id = actor.user_id
        _fill(row, draft)
        session.add(row)
        _note(session, home, row, actor, "retention_rule.create")
        return row.uid


def change(engine: Engine, home: Home, known: tuple[UUID, int], draft: RuleDraft, actor: Actor) -> None:
    """Let a rule say something else. known: its uid, and the version that was looked at.

    Raises NotFound, Conflict `rule.changed` where somebody else was first, and as `create`.
    """
    with writing(engine) as session:
        row = _locked(session, home, known)
        if row.record != draft.term.record:
            _only(session, home, draft.term.record)
        _fill(row, draft)
        _note(session, home, row, actor, "retention_rule.change")


def stop(engine: Engine, home: Home, known: tuple[UUID, int], actor: Actor) -> None:
    """Let a rule destroy nothing any more; it stays for the protocols that name it. Raises as `change`."""
    with writing(engine) as session:
        row = _locked(session, home, known)
        row.is_active = False
        _note(session, home, row, actor, "retention_rule.stop")


def _only(session: Session, home: Home, record: RecordClass) -> None:
    if any(rule.term.record == record for rule in rules_of(session, home.id)):
        raise Conflict("rule.exists", "which")


def _locked(session: Session, home: Home, known: tuple[UUID, int]) -> RetentionRule:
    uid, version = known
    next_change(session, home.id)
    chosen = select(RetentionRule).where(
        RetentionRule.uid == uid, RetentionRule.municipality_id == home.id, RetentionRule.is_active
    )
    row = session.scalar(chosen)
    if row is None:
        raise NotFound("rule.unknown", "rule")
    if row.version != version:
        raise Conflict("rule.changed", "version")
    row.version = version + 1
    return row


def _fill(row: RetentionRule, draft: RuleDraft) -> None:
    term = draft.term
    row.record, row.after, row.years, row.days = term.record, term.after, term.years, term.days
    row.decision = draft.decision


def _note(session: Session, home: Home, row: RetentionRule, actor: Actor, action: str) -> None:
    said = Entry(actor.role, action, "retention_rule", str(row.uid), home.code, actor.user_id, row.version)
    append(session, said)
