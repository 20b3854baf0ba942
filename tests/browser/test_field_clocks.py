"""The clock of a phone is wrong, or is set while something waits: what was said has its time, and goes."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser
from sqlalchemy import update

from geodata.tables.engine import writing
from geodata.tables.walks import Walk
from tests.browser import door as doors
from tests.browser.door import Door
from tests.browser.phone import FINDINGS, Phone, Town

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

_DAY_S = 86_400
_ONE_ROUND = "(walk) => APP.rounds.round(store, walk, { force: 'all' })"
_SHIFTED = """
const Real = Date;
globalThis.Date = class extends Real {
  constructor(...said) { if (said.length) super(...said); else super(Real.now() + SHIFT_MS); }
  static now() { return Real.now() + SHIFT_MS; }
};
"""


@pytest.fixture
def town(town: Town) -> Town:
    """The walk was planned long ago: no moment is before it."""
    with writing(town.engine) as session:
        planned = datetime.now(UTC) - timedelta(days=20)
        session.execute(update(Walk).where(Walk.id == town.walk.id).values(created_at=planned))
    return town


@pytest.mark.parametrize("days", [-3, 3])
def test_one_that_is_wrong_says_the_right_time(
    chromium: Browser, walk_town: tuple[Town, Door], town: Town, days: int
) -> None:
    """OF-13."""
    context = chromium.new_context()
    context.add_init_script(_SHIFTED.replace("SHIFT_MS", str(days * 86_400_000)))
    phone = Phone(context, walk_town[1], town.walk)
    phone.join()
    saved = [phone.save(1)[0] for _ in range(3)]
    assert abs(phone.page.evaluate("Date.now()") / 1000 - time.time()) > 200_000
    phone.page.evaluate(_ONE_ROUND, phone.uid)
    phone.leave()
    entries = sorted(town.entries(), key=lambda entry: (entry.said_at, entry.device_seq))
    worst = max(abs(entry.said_at - datetime.now(UTC)) for entry in entries)
    print(f"\nOF-13, {days:+d} days: off by {worst.total_seconds():.1f} s, in order")
    assert [str(entry.uid) for entry in entries] == saved
    assert worst < timedelta(minutes=1)


def test_one_set_back_before_the_first_sending_says_the_right_time(phone: Phone, town: Town) -> None:
    _shift(phone, 3600)
    phone.save(1)
    _shift(phone, 0)
    phone.page.evaluate(_ONE_ROUND, phone.uid)
    (entry,) = town.entries()
    assert abs(entry.said_at - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize("days", [-3, 3])
@pytest.mark.parametrize("is_anew", [False, True])
def test_one_set_right_just_before_the_sending_says_the_right_time(
    phone: Phone, town: Town, days: int, is_anew: bool
) -> None:
    """It was wrong when the server was last heard, and when the thing was saved."""
    _shift(phone, days * _DAY_S)
    phone.page.evaluate(_ONE_ROUND, phone.uid)
    phone.save(1)
    if is_anew:
        phone.reload()
    _shift(phone, 0)
    phone.page.evaluate(_ONE_ROUND, phone.uid)
    assert _off(town) < timedelta(minutes=1)


def test_one_set_back_while_the_thing_was_said_says_the_right_time(phone: Phone, town: Town) -> None:
    """It was right when the server was last heard."""
    phone.page.evaluate(_ONE_ROUND, phone.uid)
    _shift(phone, -3 * _DAY_S)
    phone.save(1)
    _shift(phone, 0)
    phone.page.evaluate(_ONE_ROUND, phone.uid)
    assert _off(town) < timedelta(minutes=1)


def test_a_wait_that_was_told_is_over_when_the_clock_goes_back(phone: Phone, town: Town) -> None:
    phone.save(1)
    phone.door.rules = {FINDINGS: doors.problem(503, "http.503", ("Retry-After", "30"))}
    _shift(phone, _DAY_S)
    phone.page.evaluate(_ONE_ROUND, phone.uid)
    phone.door.rules = {}
    _shift(phone, 0)
    phone.page.evaluate("(walk) => APP.rounds.round(store, walk)", phone.uid)
    assert (phone.counts()["received"], len(town.entries())) == (1, 1)


def test_what_is_held_back_goes_when_the_clock_goes_back(phone: Phone, town: Town) -> None:
    _shift(phone, _DAY_S)
    keep = "([walk]) => store.keep(walk, { polarity: 'safe', categories: [] }, { holdMs: 60000 })"
    phone.page.evaluate(keep, [phone.uid])
    _shift(phone, 0)
    phone.page.evaluate("(walk) => APP.rounds.round(store, walk)", phone.uid)
    assert len(town.entries()) == 1


def test_one_that_leaps_ahead_takes_nothing_off_the_phone(phone: Phone) -> None:
    saved = phone.save(1, photos=1)
    phone.page.evaluate(_ONE_ROUND, phone.uid)
    _shift(phone, 4 * _DAY_S)
    phone.page.evaluate(_ONE_ROUND, phone.uid)
    assert phone.contents() == set(saved)


def _off(town: Town) -> timedelta:
    (entry,) = town.entries()
    return abs(entry.said_at - datetime.now(UTC))


def _shift(phone: Phone, seconds: int) -> None:
    """Set the phone's clock, on the page that is open."""
    shifted = _SHIFTED.replace("const Real = Date", "const Real = (window.RealDate ??= Date)")
    phone.page.evaluate(f"() => {{ {shifted.replace('SHIFT_MS', str(1000 * seconds))} }}")
