"""A process that stores one report after another and says each one's id when it is stored, until killed.

Run as `python -m tests.faults.writer URL MUNICIPALITY_ID`. Everything about a report follows from its id, so
that whoever reads it later knows what it has to be.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Engine

from geodata.drafts import ReportDraft
from geodata.hours import interval
from geodata.tables.chain import Entry, append, new_key, payload_mac
from geodata.tables.changes import next_change
from geodata.tables.engine import make_engine, writing
from geodata.tables.report_rows import Stamp, insert_reports
from geodata.vocabulary import Kind, Origin, Polarity
from tests.places import place_at

READY = "ready"
CODE = "1470"
_MONDAY = datetime(2026, 11, 16)


def draft_of(uid: UUID) -> ReportDraft:
    """The one report that can have this id."""
    begins = _MONDAY + timedelta(minutes=uid.int % 10_080)
    return ReportDraft(
        uid,
        CODE,
        place_at(uid.int % 8_000 - 4_000, uid.int // 8_000 % 8_000 - 4_000),
        Kind.PERCEPTION,
        Origin.PUBLIC,
        Polarity.UNSAFE,
        frozenset({"lighting"}),
        interval(begins, begins + timedelta(minutes=1 + uid.int % 600)),
        day=begins.date(),
        text=f"Mörk gångväg, {uid}",
        source="form",
        source_id=str(uid),
    )


def store(engine: Engine, municipality_id: int, draft: ReportDraft) -> None:
    """Change number, row and journal in one transaction, as anything that takes in a report does it."""
    key = new_key()
    with writing(engine) as session:
        change = next_change(session, municipality_id)
        insert_reports(session, [draft], Stamp(municipality_id, change, datetime.now(UTC), None, key))
        mac = payload_mac(draft.content, key)
        append(session, Entry("public", "report.add", "report", str(draft.uid), CODE, None, change, mac))


def _tell(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def write_for_ever(url: str, municipality_id: int) -> None:
    """Store, tell, store, tell: the telling comes after the commit."""
    engine = make_engine(url)
    engine.connect().close()
    _tell(READY)
    while True:
        uid = uuid4()
        store(engine, municipality_id, draft_of(uid))
        _tell(str(uid))


if __name__ == "__main__":
    write_for_ever(sys.argv[1], int(sys.argv[2]))
