"""A million rows: how long it takes to find them whole. -s shows the seconds."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import Engine

from geodata.tables.chain import Verdict, verify
from geodata.tables.engine import reading, writing
from tests.journals import tamper, write_long_chain

pytestmark = pytest.mark.load
_ROWS = 1_000_000
_MOST_SECONDS = 20.0


def test_a_million_rows_are_walked_in_seconds(engine: Engine) -> None:
    write_long_chain(engine, _ROWS)
    told: list[int] = []
    with reading(engine) as session:
        begun = time.perf_counter()
        verdict = verify(session, told.append)
        seconds = time.perf_counter() - begun
    print(f"\n{_ROWS:,} rows on {engine.dialect.name} in {seconds:.1f} s")  # noqa: T201 - the figure is the result
    assert verdict == Verdict(_ROWS, None, "")
    assert told[-1] == _ROWS
    assert seconds <= _MOST_SECONDS
    with writing(engine) as session:
        tamper(session, f"UPDATE journal SET object_rev = 8 WHERE seq = {_ROWS - 1}")  # noqa: S608 - ours
    with reading(engine) as session:
        assert verify(session).first_bad_seq == _ROWS - 1
