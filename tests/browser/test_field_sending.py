"""What is said on a walk arrives once: through bad networks, lost answers, two tabs, wrong clocks."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from geodata.tables.engine import writing
from geodata.tables.walks import Walk, WalkDevice
from tests.browser import door as doors
from tests.browser.door import wait_until
from tests.browser.phone import FINDINGS, PHOTOS, Phone, Town

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PORTALS: dict[str, doors.Act] = {
    "a page, 200": doors.page(200),
    "sent elsewhere, 302": doors.page(302, ("Location", "/w")),
    "log in first, 511": doors.page(511),
    "a handshake that fails": doors.handshake,
    "half of it": doors.halve,
    "cut off": doors.cut,
    "another's answer": doors.json_body(b'{"id": "x", "sha256": "y", "seq": 1}'),
    "an empty object": doors.json_body(b"{}"),
    "refused by a stranger": doors.json_body(b'{"error": "login"}', 401),
    "gone, says a stranger": doors.json_body(b'{"error": "gone"}', 410),
    "no answer": doors.lose,
}
_ONE_ROUND = "(walk) => APP.rounds.round(store, walk, { force: 'all' })"


def test_no_portal_is_taken_for_the_municipality(phone: Phone, town: Town) -> None:
    """OF-07."""
    phone.save(3, photos=1)
    for act in PORTALS.values():
        for where in (r".*", FINDINGS):
            phone.door.rules = {where: act}
            ended = phone.page.evaluate(_ONE_ROUND, phone.uid)
            assert ended in ("offline", "done"), act
            assert phone.counts()["received"] == 0, act
    phone.door.rules = {}
    phone.page.evaluate(_ONE_ROUND, phone.uid)
    figure = f"portals={len(PORTALS)} x 2, false acks=0, then received={phone.counts()['received']}"
    print(f"\nOF-07: {figure}")
    assert phone.counts()["received"] == len(town.entries()) == 3
    assert town.photo_count() == 1


def test_a_photo_counts_only_when_its_own_sum_comes_back(phone: Phone, town: Town) -> None:
    phone.save(1, photos=1)
    for act in PORTALS.values():
        phone.door.rules = {PHOTOS: act}
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        assert phone.counts()["photosWaiting"] == 1
    phone.door.rules = {}
    phone.page.evaluate(_ONE_ROUND, phone.uid)
    assert (phone.counts()["photosWaiting"], town.photo_count()) == (0, 1)


def test_two_tabs_send_each_thing_once(phone: Phone, town: Town) -> None:
    """OF-08."""
    other = phone.open()
    for _ in range(4):
        phone.save(3)
        other.evaluate("([walk]) => store.keep(walk, { polarity: 'safe', categories: [] })", [phone.uid])
    phone.send()
    phone.send(other)
    phone.save(4, photos=2)
    wait_until(lambda: phone.counts()["received"] == 20 and not phone.counts()["photosWaiting"], 20)
    puts = Counter(each.path for each in phone.door.sent(FINDINGS))
    statuses = Counter(each.status for each in phone.door.sent(FINDINGS))
    print(f"\nOF-08: records={len(puts)} sendings={sum(puts.values())} {dict(statuses)}")
    assert set(puts.values()) == {1}
    assert statuses == {201: 20}
    assert len(town.entries()) == 20


@pytest.mark.parametrize("spoiled", ["500", "422", "hangs"])
def test_one_that_fails_holds_nothing_else_up(phone: Phone, town: Town, spoiled: str) -> None:
    """OF-10."""
    first, *_rest = phone.save(9, photos=4)
    over = threading.Event()

    def hang(_passage: doors.Passage, _ask: Any) -> None:
        over.wait(30)

    acts = {"500": doors.problem(500, "http.500"), "422": doors.problem(422, "json.not_json"), "hangs": hang}
    phone.door.rules = {rf"PUT .*/findings/{first}": acts[spoiled]}
    begun = time.monotonic()
    phone.send()
    wait_until(lambda: phone.counts()["received"] == 8, 10)
    took = time.monotonic() - begun
    states = phone.states()
    over.set()
    print(f"\nOF-10, {spoiled}: the other 8 of 9 after {took:.1f} s")
    assert states[first] == {"500": "saved", "422": "needs_help", "hangs": "sending"}[spoiled]
    assert len(town.entries()) == 8


class TestTokens:
    """OF-09."""

    def test_another_secret_of_the_server_is_no_matter(self, phone: Phone, town: Town) -> None:
        phone.save(2)
        town.kill()
        for kept in town.house.folder.glob("*secret*"):
            kept.write_bytes(b"0" * len(kept.read_bytes()))
        town.start()
        assert phone.page.evaluate(_ONE_ROUND, phone.uid) == "done"
        assert (phone.counts()["received"], len(town.entries())) == (2, 2)

    def test_one_that_just_ran_out_is_kept_aside(self, phone: Phone, town: Town) -> None:
        phone.save(2)
        _expire(town, hours=1)
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        assert set(phone.states().values()) == {"aside"}
        assert phone.counts()["received"] == 2

    def test_one_that_is_worth_nothing_loses_nothing_and_asks_for_the_code(
        self, phone: Phone, town: Town
    ) -> None:
        phone.save(3, photos=1)
        _expire(town, hours=100)
        phone.send()
        wait_until(lambda: phone.last_phase() == "needs_code", 10)
        assert phone.counts()["waiting"] == 3
        phone.join()
        wait_until(lambda: phone.counts()["received"] == 3 and not phone.counts()["photosWaiting"], 10)
        print("\nOF-09: saved=3 lost=0, the code was asked for")
        assert (len(town.entries()), town.photo_count()) == (3, 1)


class TestChanges:
    def test_before_it_was_sent_it_is_made_in_place(self, phone: Phone, town: Town) -> None:
        (saved,) = phone.save(1)
        _change(phone, saved, "ändrad")
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        assert phone.door.sent(rf"PUT .*/findings/{saved}/revisions/.*") == []
        assert town.entries()[0].revision == 1
        assert "ändrad".encode() in phone.door.sent(rf"PUT .*/findings/{saved}")[0].body

    def test_after_a_lost_answer_it_is_a_message_of_its_own(self, phone: Phone, town: Town) -> None:
        (saved,) = phone.save(1)
        phone.door.rules = {FINDINGS: doors.lose}
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        _change(phone, saved, "ändrad")
        phone.door.rules = {}
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        bodies = {each.body for each in phone.door.sent(rf"PUT .*/findings/{saved}")}
        assert (len(bodies), town.entries()[0].revision) == (1, 2)
        assert phone.states() == {saved: "received"}

    def test_taken_back_before_it_was_sent_it_never_leaves_the_phone(self, phone: Phone, town: Town) -> None:
        (saved,) = phone.save(1, photos=1)
        phone.page.evaluate("(id) => store.withdraw(id)", saved)
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        assert town.entries() == []
        assert phone.states() == {saved: "withdrawn"}

    def test_taken_back_afterwards_it_is_a_tombstone(self, phone: Phone, town: Town) -> None:
        (saved,) = phone.save(1)
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        phone.page.evaluate("(id) => store.withdraw(id)", saved)
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        assert town.entries()[0].deleted_at is not None
        assert phone.states() == {saved: "withdrawn"}

    def test_held_back_it_waits_until_it_is_let_go(self, phone: Phone, town: Town) -> None:
        keep = "([walk]) => store.keep(walk, { polarity: 'safe', categories: [] }, { holdMs: 60000 })"
        saved = phone.page.evaluate(keep, [phone.uid])
        phone.send()
        phone.page.wait_for_timeout(500)
        assert town.entries() == []
        phone.page.evaluate("(id) => store.release(id)", saved)
        wait_until(lambda: phone.states()[saved] == "received", 5)


class TestPhotos:
    def test_one_that_is_too_large_is_made_smaller_twice_and_then_said_to_be(
        self, phone: Phone, town: Town
    ) -> None:
        (saved,) = phone.save(1)
        phone.page.evaluate("async (id) => store.addPhoto(id, await picture(1, 2000))", saved)
        phone.door.rules = {PHOTOS: doors.page(413)}
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        lengths = [len(each.body) for each in phone.door.sent(PHOTOS)]
        assert lengths == sorted(lengths, reverse=True)
        assert len(lengths) == 3
        assert phone.all()[0]["photos"][0]["state"] == "too_big"
        assert phone.states() == {saved: "needs_help"}

    def test_one_that_was_spoilt_on_the_way_is_sent_again_later(self, phone: Phone, town: Town) -> None:
        phone.save(1, photos=1)
        phone.door.rules = {PHOTOS: _spoilt}
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        (told,) = phone.all()[0]["photos"]
        assert (told["state"], told["lastError"]) == ("saved", "photo.damaged")
        phone.page.evaluate("(walk) => APP.rounds.round(store, walk)", phone.uid)
        assert len(phone.door.sent(PHOTOS, 400)) == 1
        phone.door.rules = {}
        phone.send()
        wait_until(lambda: not phone.counts()["photosWaiting"], 10)
        assert town.photo_count() == 1

    def test_texts_go_before_any_picture(self, phone: Phone) -> None:
        phone.save(4, photos=3)
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        kinds = [
            "photo" if "photos" in each.path else "text"
            for each in phone.door.sent(r"PUT .*(findings|photos)/.*")
        ]
        assert kinds == ["text"] * 4 + ["photo"] * 3


def _spoilt(passage: doors.Passage, ask: Callable[[], doors.Answer]) -> doors.Answer:
    """One byte of the body is another when it arrives."""
    passage.body = passage.body[:-3] + bytes([passage.body[-3] ^ 1]) + passage.body[-2:]
    return ask()


def _change(phone: Phone, saved: str, text: str) -> None:
    change = "([id, text]) => store.change(id, { polarity: 'unsafe', categories: ['lighting'], text })"
    phone.page.evaluate(change, [saved, text])


def _expire(town: Town, hours: int) -> None:
    """The walk was long ago, and the phone was good for longer than it."""
    passed = datetime.now(UTC) - timedelta(hours=hours)
    with writing(town.engine) as session:
        long_ago = {"day": int(passed.timestamp()) // 86_400 - 30}
        session.execute(update(Walk).where(Walk.id == town.walk.id).values(long_ago))
        of_walk = update(WalkDevice).where(WalkDevice.walk_id == town.walk.id)
        session.execute(of_walk.values(expires_at=passed))
