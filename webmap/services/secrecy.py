"""Marks of secrecy: a warning on one field of a report. They shut nobody out; each request is judged anew."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from sqlalchemy import Engine, select

from geodata.drafts import checked_text
from geodata.errors import Conflict, Fault, InvalidValue, NotFound
from geodata.hours import from_day_number, to_day_number, today
from geodata.queries.disclosures import ActiveMark
from geodata.queries.municipalities import Home, home
from geodata.queries.register import numbers_of
from geodata.queries.review_queue import name_of
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.disclosures import SecrecyMark
from geodata.tables.engine import reading, writing
from geodata.tables.users import User
from geodata.vocabulary import RecordType, ReportField
from webmap.services.actors import Actor
from webmap.services.mask_proposals import propose_mark
from webmap.services.sayings import Refused

LONGEST_REASON = 500
_PROVISION = re.compile(
    r"(?:osl)?\s*(\d{1,2})\s*(?::|kap\.?)\s*(\d{1,3})\s*([a-z]?)\s*(?:§)?", re.IGNORECASE | re.ASCII
)


@dataclass(frozen=True)
class MarkDraft:
    """A mark as it came from a form. review_on: 2027-03-01 or ""."""

    field: str = ""
    provision: str = ""
    reason: str = ""
    review_on: str = ""


@dataclass(frozen=True)
class KnownMark:
    """A mark that is set. number: the report's in the register. who: name of whoever set it, or ""."""

    uid: UUID
    report: UUID
    number: str
    field: ReportField
    provision: str
    reason: str
    who: str
    set_at: datetime
    review_on: date | None

    @property
    def is_due(self) -> bool:
        """Whether it is to be looked at anew."""
        return self.review_on is not None and self.review_on <= today()


def checked_provision(text: str, field: str = "provision") -> str:
    """A provision as 21:7, from that or from 21 kap. 7 §. Raises InvalidValue."""
    if not text.strip():
        raise InvalidValue("provision.missing", field)
    found = _PROVISION.fullmatch(text.strip())
    if found is None or not int(found[1]) or not int(found[2]):
        raise InvalidValue("provision.bad", field, given=text.strip()[:20])
    return f"{int(found[1])}:{int(found[2])}{found[3].lower()}"


def put(engine: Engine, there: Home, report: UUID, draft: MarkDraft, actor: Actor) -> UUID:
    """Set a mark on a field of a report; its uid. Raises Refused with every fault at once.

    Packages with the report that are not made yet have to decide on it.
    """
    row = _row(draft)
    row.uid, row.municipality_id, row.user_account_id = uuid4(), there.id, actor.user_id
    row.object_type, row.object_id, row.set_at = RecordType.REPORT.value, str(report), datetime.now(UTC)
    with writing(engine) as session:
        next_change(session, there.id)
        session.add(row)
        propose_mark(session, there, ActiveMark(report, row.field, row.provision))
        append(session, _entry(there, actor, "secrecy.set", row.uid))
        return row.uid


def _row(draft: MarkDraft) -> SecrecyMark:
    row, faults = SecrecyMark(), []
    for check in (_field, _provision, _reason, _review_on):
        try:
            check(row, draft)
        except Fault as fault:
            faults.append(fault)
    if faults:
        raise Refused(faults)
    return row


def _field(row: SecrecyMark, draft: MarkDraft) -> None:
    if draft.field not in list(ReportField):
        raise InvalidValue("secrecy.field", "mark-field")
    row.field = draft.field


def _provision(row: SecrecyMark, draft: MarkDraft) -> None:
    row.provision = checked_provision(draft.provision, "mark-provision")


def _reason(row: SecrecyMark, draft: MarkDraft) -> None:
    reason = " ".join(checked_text(draft.reason, "mark-reason").split())
    if not reason:
        raise InvalidValue("secrecy.no_reason", "mark-reason")
    if len(reason) > LONGEST_REASON:
        raise InvalidValue("text.too_long", "mark-reason", count=len(reason), most=LONGEST_REASON)
    row.reason = reason


def _review_on(row: SecrecyMark, draft: MarkDraft) -> None:
    given = draft.review_on.strip()
    row.review_on = None
    if not given:
        return
    try:
        day = date.fromisoformat(given)
    except ValueError as fault:
        raise InvalidValue("date.not_a_date", "mark-review-on", given=given[:20]) from fault
    if not today() < day < date(2100, 1, 1):
        raise InvalidValue("secrecy.review_on", "mark-review-on")
    row.review_on = to_day_number(day)


def lift(engine: Engine, there: Home, uid: UUID, actor: Actor) -> UUID:
    """Take a mark away; the uid of the report it was on. Raises NotFound, Conflict where somebody has."""
    with writing(engine) as session:
        next_change(session, there.id)
        row = session.scalar(
            select(SecrecyMark).where(SecrecyMark.uid == uid, SecrecyMark.municipality_id == there.id)
        )
        if row is None:
            raise NotFound("secrecy.unknown", "mark")
        if row.lifted_at is not None:
            raise Conflict("secrecy.lifted", "mark")
        row.lifted_at = datetime.now(UTC)
        append(session, _entry(there, actor, "secrecy.lift", uid))
        return UUID(row.object_id)


def _entry(there: Home, actor: Actor, action: str, uid: UUID) -> Entry:
    return Entry(actor.role, action, "secrecy_mark", str(uid), there.code, actor.user_id)


def of_report(engine: Engine, code: str, report: UUID) -> list[KnownMark]:
    """The marks on a report, the oldest first. Raises NotFound for the municipality."""
    return _listed(engine, code, str(report))


def listed(engine: Engine, code: str, *, only_due: bool = False) -> list[KnownMark]:
    """All marks of a municipality; only those to be looked at anew, where that is asked for."""
    return [each for each in _listed(engine, code) if each.is_due or not only_due]


def _listed(engine: Engine, code: str, report: str = "") -> list[KnownMark]:
    with reading(engine) as session:
        there = home(session, code)
        asked = (
            select(SecrecyMark, name_of(User))
            .outerjoin(User, User.id == SecrecyMark.user_account_id)
            .where(SecrecyMark.municipality_id == there.id, SecrecyMark.lifted_at.is_(None))
            .order_by(SecrecyMark.id)
        )
        if report:
            asked = asked.where(
                SecrecyMark.object_type == RecordType.REPORT.value, SecrecyMark.object_id == report
            )
        rows = session.execute(asked).all()
        names = numbers_of(session, RecordType.REPORT.value, [row.object_id for row, _ in rows])
        return [_known(row, who or "", names.get(row.object_id, "")) for row, who in rows]


def _known(row: SecrecyMark, who: str, number: str) -> KnownMark:
    return KnownMark(
        row.uid,
        UUID(row.object_id),
        number,
        ReportField(row.field),
        row.provision,
        row.reason,
        who,
        row.set_at,
        None if row.review_on is None else from_day_number(row.review_on),
    )


def marked(engine: Engine, there: Home) -> set[UUID]:
    """The reports of a municipality with a mark that is not lifted, for lists."""
    asked = select(SecrecyMark.object_id).where(
        SecrecyMark.municipality_id == there.id,
        SecrecyMark.object_type == RecordType.REPORT.value,
        SecrecyMark.lifted_at.is_(None),
    )
    with reading(engine) as session:
        return {UUID(key) for key in session.scalars(asked)}
