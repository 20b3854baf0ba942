"""Dialogue evenings and other occasions: many say something, and it counts as one voice with a head count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from geodata.drafts import checked_text
from geodata.errors import InvalidValue, NotFound
from geodata.hours import from_day_number, to_day_number, today
from geodata.queries.municipalities import Home
from geodata.queries.occasions import VOICE
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.occasions import Occasion
from geodata.tables.reports import Report
from geodata.vocabulary import Origin, RecordType
from webmap.services.actors import Actor
from webmap.services.registering import record_of, register

ORIGINS = (Origin.CITIZEN_DIALOGUE, Origin.STAFF_DIALOGUE, Origin.VEST, Origin.SURVEY)
LONGEST_TITLE = 120
MOST_HEADS = 5_000
_SHOWN = 30


@dataclass(frozen=True)
class OccasionDraft:
    """What is said of an occasion. head_count: how many came, or None where nobody counted."""

    title: str
    day: date
    origin: Origin
    head_count: int | None = None


@dataclass(frozen=True)
class KnownOccasion:
    """An occasion and how many reports came of it."""

    uid: UUID
    title: str
    day: date
    origin: Origin
    head_count: int | None
    report_count: int


def checked(draft: OccasionDraft) -> OccasionDraft:
    """The draft, if it can be kept. Raises InvalidValue."""
    title = checked_text(draft.title, "title")
    if not title:
        raise InvalidValue("occasion.no_title", "title")
    if len(title) > LONGEST_TITLE:
        raise InvalidValue("text.too_long", "title", count=len(title), most=LONGEST_TITLE)
    if draft.day > today():
        raise InvalidValue("time.in_future", "held_on", given=draft.day.isoformat())
    if draft.head_count is not None and not 1 <= draft.head_count <= MOST_HEADS:
        raise InvalidValue("occasion.heads", "head_count", most=MOST_HEADS)
    return OccasionDraft(title, draft.day, draft.origin, draft.head_count)


def voice_of(uid: UUID) -> str:
    """The one voice of an occasion's reports."""
    return f"{VOICE}{uid}"


def create(engine: Engine, there: Home, draft: OccasionDraft, actor: Actor) -> UUID:
    """Store an occasion; its uid. Raises InvalidValue."""
    wanted, uid = checked(draft), uuid4()
    with writing(engine) as session:
        row = Occasion(uid=uid, municipality_id=there.id, user_account_id=actor.user_id)
        row.created_at = datetime.now(UTC)
        _fill(session, row, wanted)
        session.add(row)
        _journal(session, there, actor, "occasion.create", uid)
        register(session, there, record_of(RecordType.OCCASION, str(uid)), row.created_at)
    return uid


def change(engine: Engine, there: Home, uid: UUID, draft: OccasionDraft, actor: Actor) -> None:
    """Let an occasion say something else. Raises InvalidValue and NotFound."""
    wanted = checked(draft)
    with writing(engine) as session:
        row = session.scalar(
            select(Occasion).where(Occasion.uid == uid, Occasion.municipality_id == there.id)
        )
        if row is None:
            raise NotFound("occasion.unknown")
        _fill(session, row, wanted)
        _journal(session, there, actor, "occasion.change", uid)


def _fill(session: Session, row: Occasion, draft: OccasionDraft) -> None:
    row.title, row.origin = draft.title, draft.origin
    row.day, row.head_count = to_day_number(draft.day), draft.head_count


def _journal(session: Session, there: Home, actor: Actor, action: str, uid: UUID) -> None:
    change_seq = next_change(session, there.id)
    append(session, Entry(actor.role, action, "occasion", str(uid), there.code, actor.user_id, change_seq))


def recent(engine: Engine, there: Home, by: int | None = None) -> list[KnownOccasion]:
    """The municipality's latest occasions, the newest first; by: only those this account wrote down."""
    with reading(engine) as session:
        return _known(session, there.id, _latest(session, there.id, by))


def one(engine: Engine, there: Home, uid: UUID, by: int | None = None) -> KnownOccasion:
    """An occasion of the municipality, or of one account's there. Raises NotFound."""
    with reading(engine) as session:
        asked = _written_by(by, select(Occasion)).where(
            Occasion.uid == uid, Occasion.municipality_id == there.id
        )
        found = _known(session, there.id, session.scalars(asked).all())
    if not found:
        raise NotFound("occasion.unknown")
    return found[0]


def reports_of(engine: Engine, there: Home, uid: UUID) -> list[tuple[UUID, str]]:
    """Uid and place in words of every report of an occasion, in the order they were written down."""
    asked = select(Report.uid, Report.place_text).where(
        Report.municipality_id == there.id, Report.voice == voice_of(uid)
    )
    with reading(engine) as session:
        return [(uid, text) for uid, text in session.execute(asked.order_by(Report.id))]


def _written_by(account: int | None, asked: Any) -> Any:
    return asked if account is None else asked.where(Occasion.user_account_id == account)


def _latest(session: Session, municipality_id: int, by: int | None) -> Sequence[Occasion]:
    asked = _written_by(by, select(Occasion)).where(Occasion.municipality_id == municipality_id)
    return session.scalars(asked.order_by(Occasion.day.desc(), Occasion.id.desc()).limit(_SHOWN)).all()


def _known(session: Session, municipality_id: int, rows: Sequence[Occasion]) -> list[KnownOccasion]:
    voices = [voice_of(row.uid) for row in rows]
    asked = select(Report.voice, func.count()).where(
        Report.municipality_id == municipality_id, Report.voice.in_(voices)
    )
    counted = {voice: count for voice, count in session.execute(asked.group_by(Report.voice))}
    return [
        KnownOccasion(
            row.uid,
            row.title,
            from_day_number(row.day),
            row.origin,
            row.head_count,
            counted.get(voice_of(row.uid), 0),
        )
        for row in rows
    ]
