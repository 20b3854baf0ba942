"""What could not be taken in from a walk, kept beside it until somebody has looked at it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql import insert as insert_in_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_in_sqlite
from sqlalchemy.orm import Session

from geodata.errors import Conflict
from geodata.queries.walk_entries import KeptAside, kept_aside
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import writing
from geodata.tables.findings import Quarantine
from geodata.vocabulary import QuarantineReason
from webmap.services.kept_text import kept_text
from webmap.services.receiving import PUBLIC
from webmap.services.walk_body import Sent
from webmap.services.walk_tokens import Known
from webmap.services.walking import now_stored, touch_device


@dataclass(frozen=True)
class Unused:
    """Something to keep aside. uid: of the entry, or of the change where it is one."""

    uid: UUID
    sent: Sent
    reason: QuarantineReason


def keep(engine: Engine, asker: Known, unused: Unused) -> KeptAside:
    """Keep it, or find that it is kept. Durable when it returns. Raises Conflict `finding.content_differs`
    where another walk has sent the same.
    """
    walk = asker.walk
    with writing(engine) as session:
        next_change(session, walk.municipality_id)
        if _insert(session, asker, unused):
            touch_device(session, asker.device, now_stored())
            append(session, Entry(PUBLIC.role, "finding.aside", "finding", str(unused.uid), walk.code))
        kept = kept_aside(session, unused.uid, unused.sent.sha256)
    if kept is None or kept.walk_id != walk.id:
        raise Conflict("finding.content_differs", "id")
    return kept


def _insert(session: Session, asker: Known, unused: Unused) -> bool:
    """Whether it is there only now."""
    row = {
        "uid": unused.uid,
        "walk_id": asker.walk.id,
        "walk_device_id": asker.device.id,
        "reason": unused.reason,
        "sha256": unused.sent.sha256,
        "body": kept_text(unused.sent),
        "received_at": now_stored(),
    }
    insert = insert_in_sqlite if session.get_bind().dialect.name == "sqlite" else insert_in_postgresql
    new = insert(Quarantine).values(row).on_conflict_do_nothing().returning(Quarantine.id)
    return session.scalar(new) is not None
