"""Writing the journal, and finding out whether anybody wrote in it afterwards."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.errors import DatabaseFault
from geodata.tables.columns import utc_text
from geodata.tables.journal import JournalEntry, JournalTail

BEGINNING = "0" * 64
"""What the first row has for a row before it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be written. Ids and codes only, never a text, a name or a position.

    payload_mac: from `payload_mac`, when the content has to be provable. at: now, unless told.
    """

    role: str
    action: str
    object_type: str
    object_id: str
    municipality: str | None = None
    actor_id: int | None = None
    object_rev: int | None = None
    payload_mac: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the journal was found. reason: `gap`, `prev`, `hash` or `tail`; "" when it is whole."""

    rows: int
    first_bad_seq: int | None
    reason: str

    @property
    def is_whole(self) -> bool:
        """Whether nothing was changed, put in, moved or taken away."""
        return self.first_bad_seq is None


_FIELDS = ("actor_id", "role", "action", "object_type", "object_id", "object_rev", "payload_mac")
_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
_COLUMNS = ("seq", "at", "municipality", *_FIELDS, "prev", "hash")


def new_key() -> bytes:
    """A key for `payload_mac`, to be stored with the object and deleted with it."""
    return secrets.token_bytes(16)


def payload_mac(content: str, key: bytes) -> str:
    """HMAC-SHA-256 of what was written, hexadecimal: proof of a content that the journal does not hold."""
    return hmac.new(key, content.encode(), hashlib.sha256).hexdigest()


def canonical(row: Mapping[str, Any]) -> bytes:
    """What a row's hash is taken of: its fields but `hash` as JSON, sorted by name, no blanks, UTF-8.

    `at` is text with milliseconds and Z, digests are lower-case hexadecimal.
    """
    said = {name: row[name] for name in _COLUMNS if name != "hash"}
    said["at"] = utc_text(said["at"])
    return _JSON.encode(said).encode()


def append(session: Session, entry: Entry) -> int:
    """Write one row in the session's transaction and return its number.

    Locks the journal's end until commit, so append last. Raises DatabaseFault `journal.no_tail`.
    """
    session.flush()
    tail = session.scalar(select(JournalTail).with_for_update().execution_options(populate_existing=True))
    if tail is None:
        raise DatabaseFault("journal.no_tail")
    row = {name: getattr(entry, name) for name in ("municipality", *_FIELDS)}
    row |= {"seq": tail.seq + 1, "at": entry.at or datetime.now(UTC), "prev": tail.hash}
    row["hash"] = hashlib.sha256(canonical(row)).hexdigest()
    session.add(JournalEntry(**row))
    tail.seq, tail.hash = row["seq"], row["hash"]
    session.flush()
    return int(tail.seq)


def verify(session: Session) -> Verdict:
    """Walk the whole chain from its beginning to its end, a few rows in memory at a time."""
    columns = [JournalEntry.__table__.c[name] for name in _COLUMNS]
    walk = select(*columns).order_by(JournalEntry.seq)
    count, prev = 0, BEGINNING
    with session.execute(walk, execution_options={"yield_per": 5_000}) as rows:
        for values in rows:
            row = dict(zip(_COLUMNS, values, strict=True))
            reason = _fault_of(row, count + 1, prev)
            if reason:
                return Verdict(count, count + 1 if reason == "gap" else row["seq"], reason)
            count, prev = count + 1, row["hash"]
    return _against_tail(session, count, prev)


def _fault_of(row: Mapping[str, Any], expected_seq: int, prev: str) -> str:
    if row["seq"] != expected_seq:
        return "gap"
    if row["prev"] != prev:
        return "prev"
    return "" if hashlib.sha256(canonical(row)).hexdigest() == row["hash"] else "hash"


def _against_tail(session: Session, count: int, last: str) -> Verdict:
    tail = session.execute(select(JournalTail.seq, JournalTail.hash)).one_or_none()
    if tail is None or tuple(tail) != (count, last):
        return Verdict(count, count + 1, "tail")
    return Verdict(count, None, "")
