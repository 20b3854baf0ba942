"""Seven ways of writing in the journal afterwards, each found, with the first row that is not as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.migrations.append_only import JOURNAL
from geodata.tables.chain import verify
from geodata.tables.engine import reading, writing
from tests.journals import move_tail, put, tamper, true_chain, write_long_chain
from webmap.services import anchors
from webmap.settings import Settings

ROWS, ANCHORED = 60, 50
Manipulate = Callable[[Session], None]
_FOUND: dict[str, list[str]] = {}


def edit(session: Session) -> None:
    tamper(session, "UPDATE journal SET actor_id = 99 WHERE seq = 17")


def delete_in_the_middle(session: Session) -> None:
    tamper(session, "DELETE FROM journal WHERE seq = 30")


def delete_the_tail(session: Session) -> None:
    """The last twenty rows, and the tail with them: what is left is a true chain."""
    tamper(session, "DELETE FROM journal WHERE seq > 40")
    _end_at(session, list(true_chain(40))[-1]["hash"], 40)


def insert_a_row(session: Session) -> None:
    """A row that follows on the one before; those after it are moved one number on."""
    moved = "UPDATE journal SET seq = -1 - seq WHERE seq >= 20"
    tamper(session, moved, "UPDATE journal SET seq = -seq WHERE seq < 0")
    before = list(true_chain(19))[-1]["hash"]
    _past_the_guard(session, list(true_chain(1, before, 20, mark="forged")))
    _end_at(session, list(true_chain(ROWS))[-1]["hash"], ROWS + 1)


def reorder(session: Session) -> None:
    """Two rows change places, each with the number of the other."""
    tamper(
        session,
        "UPDATE journal SET seq = -25 WHERE seq = 25",
        "UPDATE journal SET seq = 25 WHERE seq = 35",
        "UPDATE journal SET seq = 35 WHERE seq = -25",
    )


def swap_ids(session: Session) -> None:
    """The ids of two rows are exchanged: who did what to whom."""
    first, second = (list(true_chain(ROWS))[seq - 1]["object_id"] for seq in (10, 11))
    tamper(
        session,
        f"UPDATE journal SET object_id = '{second}' WHERE seq = 10",  # noqa: S608 - digits of our own
        f"UPDATE journal SET object_id = '{first}' WHERE seq = 11",  # noqa: S608
    )


def replace_the_whole(session: Session) -> None:
    """A wholly new journal, true from its first row to its last, as long as the old one."""
    rows = list(true_chain(ROWS, mark="another past"))
    tamper(session, "DELETE FROM journal")
    _past_the_guard(session, rows)
    _end_at(session, rows[-1]["hash"], ROWS)


def _past_the_guard(session: Session, rows: list[dict[str, object]]) -> None:
    connection = session.connection()
    JOURNAL.take_down(connection)
    put(connection, rows)
    JOURNAL.put_up(connection)


def _end_at(session: Session, digest: str, seq: int) -> None:
    connection = session.connection()
    JOURNAL.take_down(connection)
    move_tail(connection, seq, digest)
    JOURNAL.put_up(connection)


SEVEN: dict[Manipulate, tuple[int, str]] = {
    edit: (17, "hash"),
    delete_in_the_middle: (30, "gap"),
    delete_the_tail: (41, "short"),
    insert_a_row: (21, "prev"),
    reorder: (25, "prev"),
    swap_ids: (10, "hash"),
    replace_the_whole: (1, "other"),
}


@pytest.fixture(scope="module", autouse=True)
def told() -> Iterator[None]:
    yield
    figures = ", ".join(f"{len(names)} of {len(SEVEN)} on {where}" for where, names in _FOUND.items())
    print(f"\nmanipulations found: {figures}")  # noqa: T201 - the figures are the result; -s shows them


@pytest.mark.parametrize("manipulate", SEVEN, ids=lambda each: each.__name__)
def test_it_is_found_with_its_first_row(engine: Engine, tmp_path: Path, manipulate: Manipulate) -> None:
    settings = Settings(data_dir=str(tmp_path))
    write_long_chain(engine, ANCHORED)
    anchors.drop(engine, settings)
    with writing(engine) as session:
        rows = list(true_chain(ROWS))
        _past_the_guard(session, rows[ANCHORED:])
        _end_at(session, rows[-1]["hash"], ROWS)
    assert _how_found(engine, settings) == (None, "")
    with writing(engine) as session:
        manipulate(session)
    assert _how_found(engine, settings) == SEVEN[manipulate]
    _FOUND.setdefault(engine.dialect.name, []).append(manipulate.__name__)


def _how_found(engine: Engine, settings: Settings) -> tuple[int | None, str]:
    """As `tryggkarta journal verify` looks: at the chain, and then at the anchors."""
    with reading(engine) as session:
        verdict = verify(session)
    if not verdict.is_whole:
        return verdict.first_bad_seq, verdict.reason
    held = anchors.held_now(engine, settings)
    return held.first_bad_seq, held.reason
