"""Holding things back from being destroyed, and letting go of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import Engine, select

from geodata.drafts import checked_text
from geodata.errors import InvalidValue, NotFound
from geodata.privacy import mask_identity_numbers
from geodata.queries.holds import KnownHold, is_there, known_holds
from geodata.queries.municipalities import Home
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.retention import Hold
from geodata.vocabulary import RecordClass
from webmap.services.actors import Actor

LONGEST_REASON = 200
_UID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBERED = (RecordClass.REVIEW_ACT, RecordClass.OUTGOING_MAIL, RecordClass.IMPORT_BATCH)


def hold(engine: Engine, home: Home, held: tuple[str, str], reason: str, actor: Actor) -> UUID:
    """Hold something back until somebody lets go of it.

    held: a class, and the id of one of it, the address of its page, or "" for the whole class. Raises
    InvalidValue `hold.which_missing`, `hold.object_bad`, `hold.object_unknown`, `hold.reason_missing`,
    `text.too_long`.
    """
    record, object_id = _record(held[0]), _object(held)
    row = Hold(uid=uuid4(), municipality_id=home.id, record=record, object_id=object_id)
    row.reason, row.user_account_id, row.set_at = _reason(reason), actor.user_id, datetime.now(UTC)
    with writing(engine) as session:
        next_change(session, home.id)
        if object_id and not is_there(session, home.id, record, object_id):
            raise InvalidValue("hold.object_unknown", "object")
        session.add(row)
        entry = Entry(actor.role, "hold.set", "hold", str(row.uid), home.code, actor.user_id)
        append(session, entry)
        return row.uid


def lift(engine: Engine, home: Home, uid: UUID, actor: Actor) -> None:
    """Let go; twice is once. Raises NotFound `hold.unknown`."""
    with writing(engine) as session:
        next_change(session, home.id)
        row = session.scalar(select(Hold).where(Hold.uid == uid, Hold.municipality_id == home.id))
        if row is None:
            raise NotFound("hold.unknown", "hold")
        if row.lifted_at is None:
            row.lifted_at = datetime.now(UTC)
            append(session, Entry(actor.role, "hold.lift", "hold", str(uid), home.code, actor.user_id))


def listed(engine: Engine, home: Home) -> list[KnownHold]:
    """All holds of a municipality, the newest first."""
    with reading(engine) as session:
        return known_holds(session, home.id)


def _record(said: str) -> RecordClass:
    try:
        return RecordClass(said)
    except ValueError as fault:
        raise InvalidValue("hold.which_missing", "record") from fault


def _object(held: tuple[str, str]) -> str:
    said = held[1].strip().lower()
    if not said:
        return ""
    if held[0] in _NUMBERED and said.isascii() and said.isdigit() and len(said) < 19:
        return str(int(said))
    found = _UID.search(said)
    if found is None:
        raise InvalidValue("hold.object_bad", "object")
    return found[0]


def _reason(said: str) -> str:
    clean = " ".join(checked_text(said, "reason").split())
    if not clean:
        raise InvalidValue("hold.reason_missing", "reason")
    if len(clean) > LONGEST_REASON:
        raise InvalidValue("text.too_long", "reason", count=len(clean), most=LONGEST_REASON)
    return mask_identity_numbers(clean)[0]
