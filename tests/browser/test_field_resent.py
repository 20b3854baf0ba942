"""What stands in the way of a message clears by itself: nothing is sent twice, nothing waits for ever."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from geodata.tables.engine import reading, writing
from geodata.tables.findings import FindingRevision, Quarantine, WalkEntry
from geodata.tables.reports import Report
from geodata.tables.walks import WalkDevice
from tests.browser import door as doors
from tests.browser.door import Answer, Passage
from tests.browser.phone import FINDINGS, PHOTOS, Phone, Town

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

_ONE_ROUND = "(walk) => APP.rounds.round(store, walk, { force: 'all' })"
_BEGIN_ROUND = "(walk) => { window.ended = APP.rounds.round(store, walk, { force: 'all' }); 0 }"
_OPENING = "(walk) => APP.rounds.round(store, walk, { force: 'all', isOpening: true })"
_CHANGE = "([id, text]) => store.change(id, { polarity: 'unsafe', categories: ['lighting'], text })"
_WITHDRAW = "(id) => store.withdraw(id)"
_LEAVE = "(walk) => APP.escape.leaveWalk(store, walk).then(() => 'left', (fault) => fault.name)"
_EXPORT = "async (walk) => { await APP.escape.exportFile(store, walk); }"
_BLOBS = "store.shelf.read(['blobs'], async (t) => (await t.all('blobs')).length)"
_ADD = "async ([id, n]) => store.addPhoto(id, await picture(n))"
_HASH_SLOWLY = """
const real = crypto.subtle.digest.bind(crypto.subtle);
crypto.subtle.digest = async (...said) => {
  await new Promise((done) => setTimeout(done, 400));
  return real(...said);
};
0
"""
_FAILING = """
window.real = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = () => { throw new DOMException("no", "InvalidStateError"); };
0
"""
_IMPATIENT = """
window.patient = setTimeout;
window.setTimeout = (work, ms) => patient(work, ms > 20000 ? 800 : ms);
0
"""
REVISIONS = r"PUT .*/revisions/.*"


class TestTakenBack:
    def test_while_it_waits_its_turn_it_is_not_sent(self, phone: Phone, town: Town) -> None:
        saved = phone.save(6)
        phone.door.rules = {FINDINGS: _slowly}
        phone.page.evaluate(_BEGIN_ROUND, phone.uid)
        phone.page.wait_for_timeout(300)
        phone.page.evaluate(_WITHDRAW, saved[-1])
        phone.page.evaluate("ended")
        assert (phone.states()[saved[-1]], len(town.entries()), _aside(town)) == ("withdrawn", 5, [])

    def test_while_it_is_hashed_it_is_not_sent(self, phone: Phone, town: Town) -> None:
        (saved,) = phone.save(1)
        phone.page.evaluate(_HASH_SLOWLY)
        phone.page.evaluate(_BEGIN_ROUND, phone.uid)
        phone.page.wait_for_timeout(200)
        phone.page.evaluate(_WITHDRAW, saved)
        phone.page.evaluate("ended")
        assert (phone.states()[saved], town.entries()) == ("withdrawn", [])

    def test_before_its_photo_went_the_photo_holds_nobody_back(self, phone: Phone, town: Town) -> None:
        (saved,) = phone.save(1, photos=1)
        phone.door.rules = {PHOTOS: doors.hang_up}
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        phone.page.evaluate(_WITHDRAW, saved)
        phone.door.rules = {}
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        assert (phone.states()[saved], _unsent(town), phone.page.evaluate(_BLOBS)) == ("withdrawn", (0, 0), 0)
        assert phone.counts()["unsent"] == 0
        assert phone.page.evaluate(_LEAVE, phone.uid) == "left"

    def test_it_goes_before_a_change_that_was_refused(self, phone: Phone, town: Town) -> None:
        (saved,) = phone.save(1)
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        _refuse_a_change(phone, saved)
        phone.page.evaluate(_WITHDRAW, saved)
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        assert (phone.states()[saved], town.entries()[0].deleted_at is not None) == ("withdrawn", True)

    def test_an_edit_of_another_tab_does_not_bring_it_back(self, phone: Phone, town: Town) -> None:
        (saved,) = phone.save(1)
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        phone.page.evaluate(_WITHDRAW, saved)
        phone.page.evaluate(_CHANGE, [saved, "ändrad"])
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        assert town.entries()[0].deleted_at is not None


class TestChanges:
    def test_one_that_was_refused_holds_no_later_one_up(self, phone: Phone, town: Town) -> None:
        (saved,) = phone.save(1)
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        _refuse_a_change(phone, saved)
        phone.page.evaluate(_CHANGE, [saved, "rättad"])
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        assert (phone.states()[saved], town.entries()[0].revision) == ("received", 2)
        assert phone.counts()["unsent"] == 0

    def test_two_with_a_file_written_between_do_not_clash(self, phone: Phone, town: Town) -> None:
        (saved,) = phone.save(1)
        phone.page.evaluate(_EXPORT, phone.uid)
        for text in ("A", "B"):
            phone.page.evaluate(_CHANGE, [saved, text])
            phone.page.evaluate(_EXPORT, phone.uid)
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        with reading(town.engine) as session:
            of_walk = select(FindingRevision).join(WalkEntry).where(WalkEntry.walk_id == town.walk.id)
            applied = [(each.base_revision, each.state.value) for each in session.scalars(of_walk)]
        assert (phone.states()[saved], applied) == ("received", [(1, "applied"), (2, "applied")])

    def test_a_refusal_that_was_not_true_is_asked_again(self, phone: Phone, town: Town) -> None:
        (saved,) = phone.save(1)
        phone.door.rules = {FINDINGS: doors.problem(409, "finding.content_differs")}
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        phone.door.rules = {}
        phone.page.evaluate(_OPENING, phone.uid)
        assert (phone.states()[saved], len(town.entries())) == ("received", 1)


class TestPhotos:
    def test_a_disk_that_does_not_answer_loses_none(self, phone: Phone, town: Town) -> None:
        phone.save(1, photos=1)
        phone.all()
        phone.page.evaluate(_FAILING)
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        phone.page.evaluate("IDBDatabase.prototype.transaction = real; store.shelf.flush()")
        assert phone.all()[0]["photos"][0]["state"] == "saved"
        phone.reload()
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        assert (town.photo_count(), phone.counts()["unsent"]) == (1, 0)

    def test_one_the_municipality_refuses_keeps_one_from_leaving(self, phone: Phone, town: Town) -> None:
        (saved,) = phone.save(1, photos=1)
        phone.door.rules = {PHOTOS: doors.problem(422, "photo.unreadable")}
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        (shown,) = phone.all()
        assert (shown["state"], shown["lastError"], _unsent(town)) == (
            "needs_help",
            "photo.unreadable",
            (0, 1),
        )
        assert phone.page.evaluate(_LEAVE, phone.uid) == "StillUnsent"
        phone.door.rules = {}
        phone.page.evaluate("(photo) => store.tryPhotoAgain(photo)", shown["photos"][0]["id"])
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        assert (phone.states()[saved], _unsent(town), town.photo_count()) == ("received", (0, 0), 1)

    def test_no_finding_has_a_fourth(self, phone: Phone, town: Town) -> None:
        (saved,) = phone.save(1, photos=1)
        for n in (2, 3):
            phone.page.evaluate(_ADD, [saved, n])
        fourth = f"(said) => ({_ADD})(said).then(() => '', (fault) => fault.name)"
        assert phone.page.evaluate(fourth, [saved, 4]) == "PhotosEnough"
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        assert (phone.states()[saved], town.photo_count()) == ("received", 3)

    def test_one_that_is_tied_to_nothing_there_does_not_count_as_received(
        self, phone: Phone, town: Town
    ) -> None:
        """Three lie there already, and that one was exchanged for another is not known yet."""
        (saved,) = phone.save(1)
        for n in (1, 2, 3):
            phone.page.evaluate(_ADD, [saved, n])
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        phone.page.evaluate("(photo) => store.dropPhoto(photo)", phone.all()[0]["photos"][0]["id"])
        phone.page.evaluate(_ADD, [saved, 9])
        phone.door.rules = {REVISIONS: doors.problem(500, "http.500")}
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        assert phone.all()[0]["photos"][-1]["state"] == "saved"
        phone.door.rules = {}
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        assert (phone.states()[saved], town.photo_count()) == ("received", 3)

    def test_one_of_a_change_that_waits_for_the_leader_is_sent_once(self, phone: Phone, town: Town) -> None:
        (saved,) = phone.save(1)
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        _review(town)
        phone.page.evaluate(_ADD, [saved, 1])
        for _ in range(4):
            phone.page.evaluate(_OPENING, phone.uid)
        assert (phone.states()[saved], len(phone.door.sent(PHOTOS))) == ("aside", 1)

    def test_on_a_slow_line_one_arrives(self, phone: Phone, town: Town) -> None:
        (saved,) = phone.save(1)
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        phone.page.evaluate("async (id) => store.addPhoto(id, await picture(1, 2400))", saved)
        blob = "store.shelf.read(['blobs'], async (t) => (await t.all('blobs'))[0].blob.byteLength)"
        size = phone.page.evaluate(blob)
        session = phone.context.new_cdp_session(phone.page)
        session.send("Network.enable")
        slow = {"offline": False, "latency": 400, "downloadThroughput": 15_000}
        session.send("Network.emulateNetworkConditions", slow | {"uploadThroughput": size / 24})
        begun = time.monotonic()
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        took = time.monotonic() - begun
        print(f"\nslow line: {size} bytes in {took:.0f} s")
        assert (town.photo_count(), took > 20) == (1, True)

    def test_one_that_is_late_twice_is_made_smaller(self, phone: Phone) -> None:
        (saved,) = phone.save(1)
        phone.page.evaluate("async (id) => store.addPhoto(id, await picture(1, 2000))", saved)
        phone.door.rules = {PHOTOS: doors.hang_up}
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        phone.door.rules = {PHOTOS: _slowly}
        phone.page.evaluate(_IMPATIENT)
        for count in (1, 2, 3):
            phone.page.evaluate(_ONE_ROUND, phone.uid)
            _await_lengths(phone, count)
        first, second, third = _lengths(phone)
        assert first == second > third


class TestLeader:
    def test_what_does_not_get_through_is_told(self, phone: Phone, town: Town) -> None:
        phone.save(3, photos=1)
        phone.door.rules = {FINDINGS: doors.hang_up, PHOTOS: doors.hang_up}
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        assert _unsent(town) == (3, 1)
        phone.door.rules = {PHOTOS: doors.hang_up}
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        assert _unsent(town) == (0, 1)

    def test_what_is_held_back_goes_when_the_phone_is_put_away(self, phone: Phone, town: Town) -> None:
        keep = "([walk]) => store.keep(walk, { polarity: 'safe', categories: [] }, { holdMs: 60000 })"
        saved = phone.page.evaluate(keep, [phone.uid])
        phone.send()
        doors.wait_until(lambda: _unsent(town) == (1, 0), 10)
        assert town.entries() == []
        phone.page.evaluate(
            "Object.defineProperty(document, 'visibilityState', { value: 'hidden' });"
            "document.dispatchEvent(new Event('visibilitychange')); 0"
        )
        doors.wait_until(lambda: phone.states()[saved] == "received" and _unsent(town) == (0, 0), 10)


def _refuse_a_change(phone: Phone, saved: str) -> None:
    """One change is refused, and only that one from then on."""
    phone.page.evaluate(_CHANGE, [saved, "A"])
    phone.door.rules = {REVISIONS: doors.problem(422, "json.not_json")}
    phone.page.evaluate(_ONE_ROUND, phone.uid)
    refused = re.escape(f"PUT {phone.door.sent(REVISIONS)[-1].path}")
    phone.door.rules = {refused: doors.problem(422, "json.not_json")}
    assert phone.states()[saved] == "needs_help"


def _await_lengths(phone: Phone, count: int) -> None:
    doors.wait_until(lambda: len(_lengths(phone)) == count, 10)


def _lengths(phone: Phone) -> list[int]:
    return [len(each.body) for each in phone.door.sent(PHOTOS) if each.body][1:]


def _slowly(_passage: Passage, ask: Callable[[], Answer]) -> Answer:
    time.sleep(1.2)
    return ask()


def _review(town: Town) -> None:
    with writing(town.engine) as session:
        of_entry = update(Report).where(Report.id == town.entries()[0].report_id)
        session.execute(of_entry.values(state="accepted", version=2))


def _aside(town: Town) -> list[Any]:
    with reading(town.engine) as session:
        return list(session.scalars(select(Quarantine.uid).where(Quarantine.walk_id == town.walk.id)))


def _unsent(town: Town) -> tuple[int, int]:
    """What the phone has last said that it still holds."""
    with reading(town.engine) as session:
        device = session.scalars(select(WalkDevice).where(WalkDevice.walk_id == town.walk.id)).one()
        return device.unsent_entries, device.unsent_photos
