"""Writing the journal, and finding out whether anybody wrote in it afterwards."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from geodata.errors import DatabaseFault, Fault
from geodata.tables.chain_rows import FIELDS, RawRow, canonical, quick, raw_rows, stored_row
from geodata.tables.engine import run
from geodata.tables.journal import JournalEntry, JournalTail

BEGINNING = "0" * 64
"""What the first row has for a row before it."""

_TAIL = cast(Table, JournalTail.__table__)
_LOCK_TAIL = select(_TAIL.c.seq, _TAIL.c.hash).with_for_update()
_WRITE = insert(cast(Table, JournalEntry.__table__))
_MOVE_TAIL = update(_TAIL).values(
    seq=bindparam("last_seq", type_=_TAIL.c.seq.type), hash=bindparam("last_hash", type_=_TAIL.c.hash.type)
)


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


def new_key() -> bytes:
    """A key for `payload_mac`, to be stored with the object and deleted with it."""
    return secrets.token_bytes(16)


def payload_mac(content: str, key: bytes) -> str:
    """HMAC-SHA-256 of what was written, hexadecimal: proof of a content that the journal does not hold."""
    return hmac.new(key, content.encode(), hashlib.sha256).hexdigest()


def append(session: Session, entry: Entry) -> int:
    """Write one row in the session's transaction and return its number.

    Locks the journal's end until commit, so append last. Raises DatabaseFault `journal.no_tail`.
    """
    tail = run(session, _LOCK_TAIL, {}).one_or_none()
    if tail is None:
        raise DatabaseFault("journal.no_tail")
    row = {name: getattr(entry, name) for name in ("municipality", *FIELDS)}
    row |= {"seq": tail.seq + 1, "at": entry.at or datetime.now(UTC), "prev": tail.hash}
    row["hash"] = hashlib.sha256(canonical(row)).hexdigest()
    run(session, _WRITE, row)
    run(session, _MOVE_TAIL, {"last_seq": row["seq"], "last_hash": row["hash"]})
    return int(row["seq"])


def verify(session: Session, progress: Callable[[int], None] = lambda rows: None) -> Verdict:
    """Walk the whole chain from its beginning to its end, some thousands of rows in memory at a time.

    progress: told now and then how many rows have been found whole.
    """
    count, prev = 0, bytes.fromhex(BEGINNING)
    for rows in raw_rows(session):
        for row in rows:
            reason = _fault_of(session, row, count + 1, prev)
            if reason:
                return Verdict(count, count + 1 if reason == "gap" else row[0], reason)
            count, prev = count + 1, row[-1]
        progress(count)
    return _against_tail(session, count, prev.hex())


def _fault_of(session: Session, row: RawRow, expected_seq: int, prev: bytes) -> str:
    if row[0] != expected_seq:
        return "gap"
    if row[-2] != prev:
        return "prev"
    return "" if _is_as_hashed(row) or _means_as_hashed(session, row[0]) else "hash"


def _is_as_hashed(row: RawRow) -> bool:
    try:
        return hashlib.sha256(quick(row)).digest() == row[-1]
    except (TypeError, ValueError, AttributeError):
        return False


def _means_as_hashed(session: Session, seq: int) -> bool:
    """Whether the row says the same in other signs: QGIS may write a moment back without its Z."""
    try:
        row = stored_row(session, seq)
        return hashlib.sha256(canonical(row)).hexdigest() == row["hash"]
    except (TypeError, ValueError, AttributeError, Fault):
        return False


def _against_tail(session: Session, count: int, last: str) -> Verdict:
    tail = session.execute(select(JournalTail.seq, JournalTail.hash)).one_or_none()
    if tail is None or tuple(tail) != (count, last):
        return Verdict(count, count + 1, "tail")
    return Verdict(count, None, "")
