"""The journal walked from its first row to its last, beside the plain way: each row by its types."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from bench.surface import measured, row
from geodata.migrations import upgrade
from geodata.tables import JournalEntry
from geodata.tables.chain import BEGINNING, verify
from geodata.tables.chain_rows import canonical
from geodata.tables.engine import make_engine, reading
from tests.journals import write_long_chain


def rows(n: int) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="tryggkarta-bench-") as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'journal.gpkg'}")
        upgrade(engine)
        write_long_chain(engine, n)
        ours = measured(lambda: _whole(engine), 3)
        plain = measured(lambda: _plainly_whole(engine), 1)
        engine.dispose()
    return [row("journal verify", n, ours, plain, "SQLAlchemy's rows, json.dumps, SHA-256")]


def _whole(engine: Engine) -> None:
    with reading(engine) as session:
        assert verify(session).is_whole


def _plainly_whole(engine: Engine) -> None:
    """Every row through its column types and the JSON encoder, as it is defined."""
    prev = BEGINNING
    with reading(engine) as session:
        walk = select(*JournalEntry.__table__.c).order_by(JournalEntry.seq)
        for each in session.execute(walk, execution_options={"yield_per": 5_000}).mappings():
            assert each["prev"] == prev
            assert hashlib.sha256(canonical(dict(each))).hexdigest() == each["hash"]
            prev = each["hash"]
