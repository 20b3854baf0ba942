"""Long journals, written in bulk, and what somebody who can alter the schema could do to one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, insert
from sqlalchemy.orm import Session

from geodata.migrations.append_only import JOURNAL
from geodata.tables import JournalEntry
from geodata.tables.chain import BEGINNING
from geodata.tables.chain_rows import canonical
from geodata.tables.engine import writing

Row = dict[str, Any]
_BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
_ACTS = (
    ("coordinator", "review.accept", "report"),
    ("public", "report.receive", "report"),
    ("police_planner", "report.export", "reports"),
    ("user", "session.begin", "user"),
    ("system", "contact.expire", "report"),
)


def true_chain(count: int, before: str = BEGINNING, first: int = 1, mark: str = "") -> Iterator[Row]:
    """Rows as `append` would have written them. mark: makes them others than without it."""
    prev = before
    for seq in range(first, first + count):
        role, action, object_type = _ACTS[seq % len(_ACTS)]
        digest = hashlib.sha256(f"{mark}{seq}".encode()).hexdigest()
        row = {
            "seq": seq,
            "at": _BEGUN + timedelta(milliseconds=1_234 * seq),
            "municipality": "1470",
            "actor_id": seq % 40 or None,
            "role": role,
            "action": action,
            "object_type": object_type,
            "object_id": f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}",
            "object_rev": seq % 9 or None,
            "payload_mac": digest if seq % 3 else None,
            "prev": prev,
        }
        row["hash"] = prev = hashlib.sha256(canonical(row)).hexdigest()
        yield row


def write_long_chain(engine: Engine, count: int) -> None:
    """Fill an empty journal with a chain that is true to its last row."""
    with writing(engine) as session:
        connection = session.connection()
        JOURNAL.take_down(connection)
        rows = true_chain(count)
        last: Row = {"seq": 0, "hash": BEGINNING}
        while some := list(islice(rows, 50_000)):
            put(connection, some)
            last = some[-1]
        move_tail(connection, last["seq"], last["hash"])
        JOURNAL.put_up(connection)


def put(connection: Connection, rows: Sequence[Row]) -> None:
    """Rows as they are, past all that guards the journal."""
    if connection.dialect.name == "sqlite":
        connection.execute(insert(JournalEntry), list(rows))
        return
    names = list(JournalEntry.__table__.c.keys())
    digests = ("payload_mac", "prev", "hash")
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY journal ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            stored = {**row, **{name: row[name] and bytes.fromhex(row[name]) for name in digests}}
            copy.write_row([stored[name] for name in names])
    cursor.close()


def move_tail(connection: Connection, seq: int, digest: str) -> None:
    """Let the journal end elsewhere. The triggers have to be gone."""
    number = f"x'{digest}'" if connection.dialect.name == "sqlite" else f"'\\x{digest}'::bytea"
    connection.exec_driver_sql(f"UPDATE journal_tail SET seq = {seq}, hash = {number}")  # noqa: S608 - ours


def tamper(session: Session, *statements: str) -> None:
    """What someone who can alter the schema could do."""
    connection = session.connection()
    JOURNAL.take_down(connection)
    for statement in statements:
        connection.exec_driver_sql(statement)
    JOURNAL.put_up(connection)
