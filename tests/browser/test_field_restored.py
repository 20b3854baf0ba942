"""After the municipality went back to an older copy, what it had is sent again, and no phone let go of it."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import update

from geodata.tables.engine import writing
from geodata.tables.walks import Walk
from tests.browser import door as doors
from tests.browser.door import Door
from tests.browser.phone import RECEIPTS, Phone, Town

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

_ONE_ROUND = "(walk) => APP.rounds.round(store, walk, { force: 'all' })"
_OPENING = "(walk) => APP.rounds.round(store, walk, { force: 'all', isOpening: true })"


def test_what_the_municipality_has_lost_is_sent_again_as_it_was(
    phone: Phone, town: Town, tmp_path: Path
) -> None:
    older = _copied(town, tmp_path)
    phone.save(3, photos=2)
    phone.page.evaluate(_ONE_ROUND, phone.uid)
    before = {str(entry.uid): entry.sha256 for entry in town.entries()}
    _restored(town, older)
    phone.save(1)
    phone.page.evaluate(_ONE_ROUND, phone.uid)
    again = {str(entry.uid): entry.sha256 for entry in town.entries()}
    assert again.items() >= before.items()
    assert (len(again), town.photo_count()) == (4, 2)


def test_a_number_that_became_anothers_is_no_backup_of_ones_own(
    chromium: Browser, walk_town: tuple[Town, Door], phone: Phone, town: Town, tmp_path: Path
) -> None:
    """The older copy came back while the phone was away; another took the numbers; then a backup was made."""
    older = _copied(town, tmp_path)
    phone.save(3)
    phone.page.evaluate(_ONE_ROUND, phone.uid)
    before = {str(entry.uid): entry.sha256 for entry in town.entries()}
    _restored(town, older)
    other = Phone(chromium.new_context(), walk_town[1], town.walk)
    other.join()
    other.save(4)
    other.page.evaluate(_ONE_ROUND, other.uid)
    _backed_up(town, 4)
    other.leave()
    saved = phone.save(1)
    phone.door.rules = {RECEIPTS: doors.problem(503, "http.503")}
    phone.page.evaluate(_ONE_ROUND, phone.uid)
    assert phone.contents() == {*before, *saved}
    phone.door.rules = {}
    phone.page.evaluate(_ONE_ROUND, phone.uid)
    again = {str(entry.uid): entry.sha256 for entry in town.entries()}
    print(f"\nback to an older copy: kept there={len(again)} of 8, lost={len(before.keys() - again.keys())}")
    assert again.items() >= before.items()
    assert len(again) == 8


def test_what_lies_in_a_backup_leaves_the_phone(phone: Phone, town: Town) -> None:
    first = phone.save(2)
    phone.page.evaluate(_ONE_ROUND, phone.uid)
    _backed_up(town, 2)
    last = phone.save(1)
    phone.page.evaluate(_ONE_ROUND, phone.uid)
    assert phone.contents() == set(last)
    assert phone.states() == dict.fromkeys([*first, *last], "received")


def test_what_was_taken_back_does_not_stand_there_again(phone: Phone, town: Town, tmp_path: Path) -> None:
    (saved,) = phone.save(1)
    phone.page.evaluate(_ONE_ROUND, phone.uid)
    older = _copied(town, tmp_path)
    phone.page.evaluate("(id) => store.withdraw(id)", saved)
    phone.page.evaluate(_ONE_ROUND, phone.uid)
    _restored(town, older, entries=1)
    assert town.entries()[0].deleted_at is None
    phone.page.evaluate(_OPENING, phone.uid)
    assert town.entries()[0].deleted_at is not None
    assert phone.states() == {saved: "withdrawn"}


def test_changes_that_were_lost_are_made_again_in_their_order(
    phone: Phone, town: Town, tmp_path: Path
) -> None:
    (saved,) = phone.save(1)
    phone.page.evaluate(_ONE_ROUND, phone.uid)
    older = _copied(town, tmp_path)
    change = "([id, text]) => store.change(id, { polarity: 'unsafe', categories: ['lighting'], text })"
    for text in ("A", "B"):
        phone.page.evaluate(change, [saved, text])
        phone.page.evaluate(_ONE_ROUND, phone.uid)
    _restored(town, older, entries=1)
    phone.page.evaluate(_OPENING, phone.uid)
    assert town.entries()[0].revision == 3
    assert phone.states() == {saved: "received"}


def _copied(town: Town, folder: Path) -> Path:
    older = folder / "older.gpkg"
    with sqlite3.connect(town.house.database) as database:
        database.execute("VACUUM INTO ?", [str(older)])
    return older


def _restored(town: Town, older: Path, entries: int = 0) -> None:
    town.kill()
    town.engine.dispose()
    for left in town.house.database.parent.glob(f"{town.house.database.name}-*"):
        left.unlink()
    shutil.copy(older, town.house.database)
    town.start()
    assert len(town.entries()) == entries


def _backed_up(town: Town, seq: int) -> None:
    with writing(town.engine) as session:
        session.execute(update(Walk).where(Walk.id == town.walk.id).values(safe_seq=seq))
