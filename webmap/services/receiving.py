"""Taking reports in from people: once each, with a receipt, a journal row and what is to be sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from geodata.drafts import ReportDraft
from geodata.errors import Conflict
from geodata.queries.municipalities import Home
from geodata.tables.chain import Entry, append, new_key, payload_mac
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.photos import Photo
from geodata.tables.receipts import Contact, OutgoingMail, Receipt
from geodata.tables.report_rows import Stamp, insert_reports
from geodata.tables.reports import Report
from geodata.vocabulary import State
from webmap.services import receipts, scales
from webmap.services.actors import Actor
from webmap.services.registering import register, report_record

PUBLIC = Actor(None, "public")
"""Whoever sends a report from outside."""
LONGEST_CONTACT = timedelta(days=365)
"""How long an address is kept where a report is never closed."""


@dataclass(frozen=True)
class Arrival:
    """A report on its way in. email: where to answer, or "". photos: uids of photos sent before."""

    draft: ReportDraft
    email: str = ""
    language: str = "sv"
    photos: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Received:
    """A report that is stored. is_new: it was not there before. code: its receipt, twelve letters."""

    uid: UUID
    is_new: bool
    code: str
    at: datetime


def receive(engine: Engine, home: Home, arrival: Arrival, secret: str, actor: Actor = PUBLIC) -> Received:
    """Store one report, or find that it is stored already. See `receive_all`."""
    return receive_all(engine, home, [arrival], secret, actor)[0]


def receive_all(
    engine: Engine, home: Home, arrivals: Sequence[Arrival], secret: str, actor: Actor = PUBLIC
) -> list[Received]:
    """Store reports of one municipality, all or none; what is there already is left as it is.

    Durable when it returns. secret: the server's, for the receipts. Raises Conflict `report.other_content`
    for an id that is stored with another content, here or elsewhere.
    """
    for arrival in arrivals:  # reckoned now, and not while others wait for the write
        receipts.digest_of(receipts.code_of(secret, arrival.draft.uid))
    try:
        with writing(engine) as session:
            received = _store(session, home, arrivals, secret, actor)
    except Conflict as fault:
        if fault.code != "report.already_there":
            raise
        # Another process was first, between our look and our write: now it can be seen.
        with writing(engine) as session:
            received = _store(session, home, arrivals, secret, actor)
    if any(arrival.draft.state == State.ACCEPTED for arrival in arrivals):
        scales.refresh(engine, home, actor)
    return received


def replayed(engine: Engine, draft: ReportDraft, secret: str) -> Received | None:
    """The report, if it is stored already; None if not. Takes no lock. Raises Conflict as `receive` does."""
    with reading(engine) as session:
        return _known(session, [draft], secret).get(draft.uid)


def _store(
    session: Session, home: Home, arrivals: Sequence[Arrival], secret: str, actor: Actor
) -> list[Received]:
    known = _known(session, [arrival.draft for arrival in arrivals], secret)
    new = [arrival for arrival in arrivals if arrival.draft.uid not in known]
    if new:
        change, now = next_change(session, home.id), _now()
        for arrival in new:
            key = new_key()
            insert_reports(session, [arrival.draft], Stamp(home.id, change, now, journal_key=key))
            code = receipts.code_of(secret, arrival.draft.uid)
            _accompany(session, arrival, code, now)
            told = report_record(str(arrival.draft.uid), arrival.draft.source, arrival.draft.polarity)
            register(session, home, told, now)
            append(session, _entry(home, arrival.draft, actor, key))
            known[arrival.draft.uid] = Received(arrival.draft.uid, True, code, now)
    return [known[arrival.draft.uid] for arrival in arrivals]


def _now() -> datetime:
    """In whole milliseconds, as it is stored: a replay answers with the same moment."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1_000 * 1_000)


def _known(session: Session, drafts: Sequence[ReportDraft], secret: str) -> dict[UUID, Received]:
    stored = select(Report.uid, Report.digest, Report.created_at, Receipt.code_digest).outerjoin(
        Receipt, Receipt.report_id == Report.id
    )
    found = session.execute(stored.where(Report.uid.in_([draft.uid for draft in drafts]))).all()
    said = {draft.uid: draft.digest for draft in drafts}
    if any(said[uid] != digest for uid, digest, _, _ in found):
        raise Conflict("report.other_content", "id")
    return {uid: Received(uid, False, _shown(secret, uid, kept), at) for uid, _, at, kept in found}


def _shown(secret: str, uid: UUID, kept: str | None) -> str:
    """The code again, where it is still the one that was given."""
    code = receipts.code_of(secret, uid)
    return code if kept is not None and receipts.digest_of(code) == kept else ""


def _accompany(session: Session, arrival: Arrival, code: str, now: datetime) -> None:
    """What belongs to a new report: its receipt, the address for the answer, its photos."""
    report_id = session.scalars(select(Report.id).where(Report.uid == arrival.draft.uid)).one()
    session.add(Receipt(report_id=report_id, code_digest=receipts.digest_of(code)))
    if arrival.email:
        kept = {"email": arrival.email, "language": arrival.language, "created_at": now}
        session.add(Contact(report_id=report_id, **kept, delete_after=now + LONGEST_CONTACT))
        session.add(
            OutgoingMail(
                report_id=report_id, kind="receipt", created_at=now, not_before=now, attempts=0, fault=""
            )
        )
    if arrival.photos:
        unattached = (Photo.uid.in_(arrival.photos), Photo.report_id.is_(None))
        session.execute(update(Photo).where(*unattached).values(report_id=report_id))


def _entry(home: Home, draft: ReportDraft, actor: Actor, key: bytes) -> Entry:
    return Entry(
        actor.role,
        "report.receive",
        "report",
        str(draft.uid),
        home.code,
        actor.user_id,
        object_rev=1,
        payload_mac=payload_mac(draft.content, key),
    )
