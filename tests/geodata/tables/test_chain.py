"""The journal: appended by everybody in turn, altered by nobody unseen."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geodata.migrations.append_only import JOURNAL
from geodata.tables import JournalEntry
from geodata.tables.chain import BEGINNING, Entry, append, new_key, payload_mac, verify
from geodata.tables.chain_rows import canonical, quick
from geodata.tables.columns import utc_text
from geodata.tables.engine import reading, writing
from tests.geodata.tables.places import NOW

ENTRY = Entry("coordinator", "accept", "report", "17", municipality="1470", actor_id=3, at=NOW)


def _tampered(session: Session, statement: str) -> None:
    """What someone who can alter the schema could do."""
    connection = session.connection()
    JOURNAL.take_down(connection)
    connection.exec_driver_sql(statement)
    JOURNAL.put_up(connection)


@pytest.fixture
def five(session: Session) -> Session:
    for _ in range(5):
        append(session, ENTRY)
    return session


class TestAppend:
    def test_rows_are_numbered_and_each_holds_the_hash_before(self, five: Session) -> None:
        rows = five.scalars(select(JournalEntry).order_by(JournalEntry.seq)).all()
        assert [row.seq for row in rows] == [1, 2, 3, 4, 5]
        assert [row.prev for row in rows] == [BEGINNING, *(row.hash for row in rows[:-1])]

    def test_it_goes_with_its_transaction(self, engine: Engine) -> None:
        with suppress(RuntimeError), writing(engine) as session:
            append(session, ENTRY)
            raise RuntimeError
        with writing(engine) as session:
            assert append(session, ENTRY) == 1

    def test_writers_at_the_same_time_make_one_chain_without_gaps(self, engine: Engine) -> None:
        def write(_: int) -> int:
            with writing(engine) as session:
                return append(session, ENTRY)

        with ThreadPoolExecutor(6) as writers:
            assert sorted(writers.map(write, range(60))) == list(range(1, 61))
        with reading(engine) as session:
            assert verify(session).is_whole

    def test_the_hash_is_the_same_on_both_databases(self, session: Session) -> None:
        append(session, ENTRY)
        found = session.scalars(select(JournalEntry.hash)).one()
        assert found == "8ba69147d089ef5b9af6a78d40e6a7e3eac9ba2ad65fb49152eb3cce4164709d"


class TestGuard:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE journal SET role = 'admin' WHERE seq = 2",
            "DELETE FROM journal WHERE seq = 5",
            "DELETE FROM journal_tail",
            "UPDATE journal_tail SET seq = 3",
        ],
    )
    def test_a_row_is_neither_changed_nor_taken_away(self, five: Session, statement: str) -> None:
        with pytest.raises(DBAPIError, match="append-only"):
            five.connection().exec_driver_sql(statement)
        five.rollback()

    @pytest.mark.parametrize("table", ["journal", "journal_tail"])
    def test_postgresql_does_not_truncate_it(self, postgresql_engine: Engine, table: str) -> None:
        with pytest.raises(DBAPIError, match="append-only"), writing(postgresql_engine) as session:
            session.connection().exec_driver_sql(f"TRUNCATE {table}")

    @pytest.mark.parametrize("table", ["journal", "journal_tail"])
    def test_sqlite_does_not_replace_a_row(self, sqlite_engine: Engine, table: str) -> None:
        with writing(sqlite_engine) as session:
            append(session, ENTRY)
        with pytest.raises(DBAPIError, match="append-only"), writing(sqlite_engine) as session:
            session.connection().exec_driver_sql(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608


class TestVerify:
    def test_an_empty_journal_is_whole(self, session: Session) -> None:
        assert verify(session).is_whole

    @pytest.mark.parametrize(
        ("statement", "first_bad_seq", "reason"),
        [
            ("UPDATE journal SET role = 'admin' WHERE seq = 2", 2, "hash"),
            ("UPDATE journal SET payload_mac = hash WHERE seq = 4", 4, "hash"),
            ("DELETE FROM journal WHERE seq = 3", 3, "gap"),
            ("DELETE FROM journal WHERE seq = 5", 5, "tail"),
            ("DELETE FROM journal", 1, "tail"),
            ("UPDATE journal SET seq = 6 WHERE seq = 5", 5, "gap"),
            ("UPDATE journal SET prev = hash WHERE seq = 2", 2, "prev"),
            ("UPDATE journal_tail SET seq = 7", 6, "tail"),
            ("DELETE FROM journal_tail", 6, "tail"),
        ],
    )
    def test_it_names_the_first_bad_row(
        self, five: Session, statement: str, first_bad_seq: int, reason: str
    ) -> None:
        _tampered(five, statement)
        verdict = verify(five)
        assert (verdict.first_bad_seq, verdict.reason) == (first_bad_seq, reason)

    def test_two_rows_with_exchanged_content_are_found(self, five: Session) -> None:
        append(five, Entry("admin", "disable", "user", "9", at=NOW))
        _tampered(
            five, "UPDATE journal SET object_id = CASE seq WHEN 5 THEN '9' ELSE '17' END WHERE seq IN (5, 6)"
        )
        assert verify(five).first_bad_seq == 5


class TestPayloadMac:
    def test_it_proves_a_content_only_with_the_key(self) -> None:
        key = new_key()
        assert payload_mac("Mörkt vid bron", key) == payload_mac("Mörkt vid bron", key)
        assert payload_mac("Mörkt vid bron", key) != payload_mac("Mörkt vid bron", new_key())


class TestCanonical:
    def test_it_is_json_that_another_program_can_make(self, session: Session) -> None:
        append(session, ENTRY)
        row = session.execute(select(*JournalEntry.__table__.c)).mappings().one()
        said = json.loads(canonical(dict(row)))
        assert said["at"] == "2026-11-21T22:48:45.905Z"
        assert set(said) == set(JournalEntry.__table__.c.keys()) - {"hash"}


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_DIGESTS = st.binary(min_size=32, max_size=32)
_NUMBERS = st.integers(-(2**63), 2**63 - 1)


class TestQuick:
    """The bytes made by hand are those that are defined, whatever a row holds."""

    @given(
        texts=st.lists(_TEXTS, min_size=4, max_size=4),
        place=st.none() | _TEXTS,
        numbers=st.lists(st.none() | _NUMBERS, min_size=2, max_size=2),
        mac=st.none() | _DIGESTS,
        prev=_DIGESTS,
        seq=_NUMBERS,
        at=st.datetimes(datetime(1970, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC)),
    )
    def test_they_are_the_same_bytes(
        self,
        texts: list[str],
        place: str | None,
        numbers: list[int | None],
        mac: bytes | None,
        prev: bytes,
        seq: int,
        at: datetime,
    ) -> None:
        values = (seq, at, place, numbers[0], *texts, numbers[1], mac and mac.hex(), prev.hex())
        names = [column.name for column in JournalEntry.__table__.c if column.name != "hash"]
        row = dict(zip(names, values, strict=True))
        raw = (seq, utc_text(at), place, numbers[0], *texts, numbers[1], mac, prev, b"")
        assert quick(raw) == canonical(row)

    @pytest.mark.parametrize("sign", ['"', "\\", "\n", "\x00", "\x1f", "\x7f", "\u2028", "å", "🦉"])
    def test_every_sign_that_json_says_otherwise_is_said_so(self, session: Session, sign: str) -> None:
        for each in ("role", "object_id"):
            said = {"role": "x", "object_id": "x", each: f"a{sign}b"}
            if sign == "\x00" and session.connection().dialect.name == "postgresql":
                continue  # PostgreSQL holds no such text
            append(session, Entry(said["role"], "act", "thing", said["object_id"], at=NOW))
        assert verify(session).is_whole

    @pytest.mark.parametrize("value", ["'null'", "x'00'", "17.5"])
    def test_a_value_of_another_type_is_another_value(self, sqlite_engine: Engine, value: str) -> None:
        with writing(sqlite_engine) as session:
            append(session, Entry("public", "act", "thing", "1", at=NOW))
            _tampered(session, f"UPDATE journal SET actor_id = {value}")  # noqa: S608 - ours
        with reading(sqlite_engine) as session:
            assert verify(session).first_bad_seq == 1

    def test_a_moment_without_its_z_means_the_same(self, sqlite_engine: Engine) -> None:
        with writing(sqlite_engine) as session:
            append(session, ENTRY)
            _tampered(session, "UPDATE journal SET at = rtrim(at, 'Z')")
        with reading(sqlite_engine) as session:
            assert verify(session).is_whole
