"""What a phone remembers: through kills, a full or failing memory, or none at all; and the ways out of it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import random
import signal
import socket
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from geodata.tables.engine import writing
from geodata.tables.walks import Walk
from tests.browser.conftest import QUIET, path_of
from tests.browser.door import Door, hang_up, wait_until
from tests.browser.phone import FINDINGS, PHOTOS, RECEIPTS, SMALL, Phone, Town, bundle
from tests.browser.site import free_port

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

KILLS = 100 if os.environ.get("FULL") == "1" else 20
QUOTA_BYTES = 5_000_000
_ONE_ROUND = "(walk) => APP.rounds.round(store, walk, { force: 'all' })"
_KEEP = "([walk, text]) => store.keep(walk, { polarity: 'unsafe', categories: [], text })"
_FILE = """
async (walk) => {
  const bytes = new Uint8Array(await (await APP.escape.exportFile(store, walk)).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
"""
_SAVING = """
(walk) => {
  const save = async (n) => {
    const id = await store.keep(walk, { polarity: "unsafe", categories: ["lighting"], text: `Lampa ${n}` });
    console.log(`saved ${id}`);
    save(n + 1);
  };
  save(0);
}
"""
_UNTIL_FULL = """
async (walk) => {
  let faults = 0;
  for (const size of [400_000, 40_000, 4_000, 400]) {
    const noise = new Uint8Array(size);
    for (let n = 0; n < 40; n += 1) {
      for (let at = 0; at < size; at += 65536) crypto.getRandomValues(noise.subarray(at, at + 65536));
      const id = await store.keep(walk, { polarity: "unsafe", categories: [], text: "full" });
      try {
        await store.addPhoto(id, new Blob([noise], { type: "image/jpeg" }));
      } catch (fault) {
        if (fault.name !== "PhoneFull") throw fault;
        faults += 1;
        break;
      }
    }
  }
  return faults;
}
"""
_FAILING = """
window.real = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = () => { throw new DOMException("no", "InvalidStateError"); };
0
"""
_ALONE = """
async (walk) => {
  store = await APP.store.openStore({ inMemory: true });
  await store.keep(walk, {});
  return store.health();
}
"""
SAFARI = """
delete window.SyncManager;
delete window.BroadcastChannel;
Object.defineProperty(Navigator.prototype, "locks", { value: undefined });
StorageManager.prototype.persist = async () => false;
StorageManager.prototype.persisted = async () => false;
"""


class TestKilled:
    """OF-06."""

    def test_everything_shown_as_saved_is_there(
        self, chromium: Browser, walk_town: tuple[Town, Door], town: Town, tmp_path: Path
    ) -> None:
        address, chance = f"{walk_town[1].address}/w/{town.walk.join_code}", random.Random(6)
        shown: set[str] = set()
        for _ in range(KILLS):
            with _browser_to_kill(chromium, tmp_path, address) as page:
                assert shown <= _kept(page, town)
                shown |= _saved_within(page, town, chance.uniform(50, 400))
        with _browser_to_kill(chromium, tmp_path, address) as page:
            kept = _kept(page, town)
        print(f"\nOF-06: kills={KILLS} shown as saved={len(shown)} lost={len(shown - kept)}")
        assert shown <= kept
        assert len(shown) > KILLS


@contextmanager
def _browser_to_kill(chromium: Browser, folder: Path, address: str) -> Iterator[Page]:
    """A browser with a memory on the disk, killed at the end."""
    port, path = free_port(), path_of(chromium.browser_type)
    words = [f"--remote-debugging-port={port}", f"--user-data-dir={folder / 'profile'}", "--headless=new"]
    process = subprocess.Popen(
        [str(path), *QUIET, *words, "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_until(lambda: _listens(port), 20)
        context = chromium.browser_type.connect_over_cdp(f"http://127.0.0.1:{port}").contexts[0]
        context.add_init_script(bundle())
        page = context.new_page()
        page.goto(address)
        page.evaluate("opened")
        yield page
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _kept(page: Page, town: Town) -> set[str]:
    ids = page.evaluate("async (walk) => (await store.all(walk)).map((each) => each.id)", str(town.walk.uid))
    return set(ids)


def _saved_within(page: Page, town: Town, ms: float) -> set[str]:
    shown: set[str] = set()
    page.on("console", lambda message: shown.add(message.text.removeprefix("saved ")))
    page.evaluate(_SAVING, str(town.walk.uid))
    page.wait_for_timeout(ms)
    return shown


class TestFull:
    """OF-15."""

    def test_no_text_is_lost_and_it_is_said(
        self, chromium: Browser, walk_town: tuple[Town, Door], town: Town
    ) -> None:
        phone = full_phone(chromium, walk_town[1], town)
        before = phone.counts()["saved"]
        for n in range(20):
            phone.page.evaluate(_KEEP, [phone.uid, f"text {n} " + "å" * 400])
        assert (phone.counts()["saved"], phone.page.evaluate("store.health()")) == (before + 20, "full")
        phone.page.get_by_role("button", name="Otryggt").click()
        expect(phone.page.locator(".alerts")).to_contain_text("Telefonen är full")
        phone.page.go_back()
        photos = [photo for each in phone.all() for photo in each["photos"]]
        for each in photos[-3:]:
            phone.page.evaluate("(id) => store.dropPhoto(id)", each["id"])
        wait_until(lambda: phone.page.evaluate("store.shelf.flush().then(store.health)") == "kept", 20)
        phone.reload()
        lost = before + 20 - phone.counts()["saved"]
        print(f"\nOF-15: {len(photos)} pictures until the phone was full, then texts=20 lost={lost}")
        assert lost == 0
        phone.leave()


def full_phone(chromium: Browser, door: Door, town: Town) -> Phone:
    """One with a finding, and as many photos to others as there is room for."""
    context = chromium.new_context(viewport=SMALL, locale="sv-SE")
    session = context.new_cdp_session(context.new_page())  # before anything asks how much room there is
    quota = {"origin": f"{door.address}/", "quotaSize": QUOTA_BYTES}
    session.send("Storage.overrideQuotaForOrigin", quota)
    phone = Phone(context, door, town.walk, "/field")
    assert phone.page.evaluate(_UNTIL_FULL, phone.uid) > 0
    return phone


class TestFailing:
    def test_a_memory_that_was_closed_is_opened_again(self, phone: Phone) -> None:
        phone.save(1)
        phone.page.evaluate("store.shelf.close()")
        phone.save(1)
        assert (phone.counts()["saved"], phone.page.evaluate("store.health()")) == (2, "kept")

    def test_what_the_disk_does_not_take_is_kept_afloat_and_sent(self, phone: Phone, town: Town) -> None:
        phone.save(1)
        phone.all()
        phone.page.evaluate(_FAILING)
        phone.save(2)
        assert (phone.counts()["saved"], phone.page.evaluate("store.health()")) == (3, "afloat")
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        assert (phone.counts()["received"], len(town.entries())) == (3, 3)

    def test_what_was_afloat_is_on_the_disk_as_soon_as_it_takes_it(self, phone: Phone) -> None:
        phone.all()
        phone.page.evaluate(_FAILING)
        saved = phone.save(2)
        phone.page.evaluate("IDBDatabase.prototype.transaction = real; 0")
        phone.page.evaluate("store.shelf.flush()")
        assert phone.page.evaluate("store.health()") == "kept"
        phone.page.reload()
        phone.page.evaluate("opened")
        assert set(phone.states()) == set(saved)

    def test_a_browser_without_a_memory_says_so(self, phone: Phone, town: Town) -> None:
        without = "delete Window.prototype.indexedDB; delete window.indexedDB"
        phone.page.evaluate(f"Object.defineProperty(self, 'indexedDB', {{ value: undefined }}); {without}")
        name = "APP.store.openStore().then(() => '', (fault) => fault.name)"
        assert phone.page.evaluate(name) == "StoreMissing"
        assert phone.page.evaluate(_ALONE, phone.uid) == "memory"


class TestSafari:
    def test_without_what_only_chromium_has_all_arrives_once(
        self, chromium: Browser, walk_town: tuple[Town, Door], town: Town
    ) -> None:
        context = chromium.new_context(viewport=SMALL, locale="sv-SE")
        context.add_init_script(SAFARI)
        phone = Phone(context, walk_town[1], town.walk)
        phone.join()
        other = phone.open()
        phone.save(6, photos=2)
        phone.send()
        phone.send(other)
        phone.page.evaluate("store.shelf.close()")
        wait_until(lambda: phone.counts()["received"] == 6 and not phone.counts()["photosWaiting"], 15)
        puts = Counter(each.path for each in phone.door.sent(FINDINGS))
        phone.leave()
        assert set(puts.values()) == {1}
        assert (len(town.entries()), town.photo_count()) == (6, 2)


class TestDrafts:
    def test_it_is_there_after_a_reload_and_gone_when_it_was_saved(self, phone: Phone) -> None:
        _draft(phone, "finding", {"step": "place"})
        phone.reload()
        assert _drafts(phone) == {"finding": {"step": "place"}}
        phone.save(1)
        assert _drafts(phone) == {}

    def test_none_takes_the_place_of_another(self, phone: Phone) -> None:
        (saved,) = phone.save(1)
        kept: dict[str, dict[str, Any]] = {
            "finding": {"step": "place"},
            f"one/{saved}": {"text": "mer"},
            "check/a": {"answers": {}},
        }
        for key, draft in kept.items():
            _draft(phone, key, draft)
        assert _drafts(phone) == kept
        phone.page.evaluate(
            "(id) => store.change(id, { polarity: 'safe', categories: [], text: 'mer' })", saved
        )
        assert _drafts(phone).keys() == {"finding", "check/a"}
        check = "([walk]) => store.keep(walk, { stop: 'a', answers: {} }, { kind: 'check' })"
        phone.page.evaluate(check, [phone.uid])
        assert _drafts(phone).keys() == {"finding"}

    @pytest.mark.parametrize(
        ("step", "key"), [("place", "finding"), ("one/a", "one/a"), ("check/b", "check/b")]
    )
    def test_one_from_before_there_could_be_several_is_still_read(
        self, phone: Phone, step: str, key: str
    ) -> None:
        old = "store.shelf.write(['drafts'], (t) => t.put('drafts', { walk, draft: { step }, saved_at: 1 }))"
        phone.page.evaluate(f"([walk, step]) => {old}", [phone.uid, step])
        assert _drafts(phone) == {key: {"step": step}}
        _draft(phone, key, {"step": step, "text": "ny"})
        assert _drafts(phone) == {key: {"step": step, "text": "ny"}}


def _draft(phone: Phone, key: str, draft: dict[str, Any]) -> None:
    phone.page.evaluate("([walk, key, draft]) => store.saveDraft(walk, key, draft)", [phone.uid, key, draft])


def _drafts(phone: Phone) -> dict[str, Any]:
    kept = phone.page.evaluate("(walk) => store.drafts(walk)", phone.uid)
    return {each["key"]: each["draft"] for each in kept}


class TestReceipts:
    def test_content_leaves_the_phone_when_a_checked_backup_has_it(self, phone: Phone, town: Town) -> None:
        phone.save(2)
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        assert all(each["content"] for each in phone.all())
        with writing(town.engine) as session:
            session.execute(update(Walk).where(Walk.id == town.walk.id).values(safe_seq=2))
        phone.save(1)
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        shown = phone.all()
        assert [each["content"] is None for each in shown] == [False, True, True]
        assert phone.counts()["received"] == 3

    def test_after_three_days_it_leaves_in_any_case(self, phone: Phone) -> None:
        phone.save(1, photos=1)
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        phone.page.evaluate(
            "(walk) => APP.outbox.purge(store.shelf, walk, 0, null, Date.now() + 73 * 3600000)", phone.uid
        )
        blobs = "store.shelf.read(['blobs'], async (t) => (await t.all('blobs')).length)"
        assert phone.page.evaluate(blobs) == 0
        assert phone.all()[0]["content"] is None

    @pytest.mark.parametrize("late", ["a photo", "a change"])
    def test_what_came_late_stays_three_days_of_its_own(self, phone: Phone, late: str) -> None:
        (saved,) = phone.save(1, photos=1)
        phone.door.rules = {PHOTOS: hang_up}
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        if late == "a change":
            phone.page.evaluate("(photo) => store.dropPhoto(photo)", phone.all()[0]["photos"][0]["id"])
        long_ago = (
            "(id) => APP.outbox.changed(store.shelf, id, (row) => { row.receipt.taken_ms -= 73 * 3600000; })"
        )
        phone.page.evaluate(long_ago, saved)
        phone.door.rules = {}
        for _ in range(2):
            phone.page.evaluate(_ONE_ROUND, phone.uid)
        assert phone.counts()["unsent"] == 0
        assert phone.contents() == {saved}

    def test_a_backup_is_heard_of_although_nothing_new_is_sent(self, phone: Phone, town: Town) -> None:
        phone.save(2)
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        with writing(town.engine) as session:
            session.execute(update(Walk).where(Walk.id == town.walk.id).values(safe_seq=2))
        opening = "(walk) => APP.rounds.round(store, walk, { isOpening: true })"
        phone.page.evaluate(opening, phone.uid)
        assert phone.contents() == set()
        assert (phone.counts()["received"], len(phone.door.sent(RECEIPTS))) == (2, 1)


class TestWaysOut:
    def test_the_file_holds_the_bytes_that_are_sent(self, phone: Phone, town: Town) -> None:
        phone.save(3, photos=2)
        held = zipfile.ZipFile(BytesIO(base64.b64decode(phone.page.evaluate(_FILE, phone.uid))))
        assert held.testzip() is None
        outbox = json.loads(held.read("outbox.json"))
        sums = [hashlib.sha256(each["body"].encode()).hexdigest() for each in outbox["entries"]]
        assert sums == [each["sha256"] for each in outbox["entries"]]
        assert len([name for name in held.namelist() if name.startswith("photos/")]) == 2
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        sent = {hashlib.sha256(each.body).hexdigest() for each in phone.door.sent(FINDINGS)}
        assert (outbox["walk"], sent) == (phone.uid, set(sums))

    def test_the_file_says_which_photos_the_disk_did_not_give(self, phone: Phone) -> None:
        phone.save(2, photos=1)
        phone.all()
        phone.page.evaluate(_FAILING)
        left_out = "(walk) => APP.escape.exportFile(store, walk).then(({ leftOut }) => leftOut)"
        assert phone.page.evaluate(left_out, phone.uid) == 1

    def test_one_cannot_leave_with_anything_unsent(self, phone: Phone) -> None:
        phone.save(1, photos=1)
        phone.door.rules = {r"PUT /api/v1/photos/.*": hang_up}
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        leave = "(walk) => APP.escape.leaveWalk(store, walk).then(() => 'left', (fault) => fault.name)"
        assert phone.page.evaluate(leave, phone.uid) == "StillUnsent"
        phone.door.rules = {}
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        assert phone.page.evaluate(leave, phone.uid) == "left"
        assert phone.all() == []

    def test_what_another_tab_saves_meanwhile_keeps_one_too(self, phone: Phone) -> None:
        """Between the look at what is unsent and the forgetting."""
        phone.page.evaluate(_ONE_ROUND, phone.uid)
        late = """
        async (walk) => {
          const write = store.shelf.write;
          store.shelf.write = async (...said) => {
            store.shelf.write = write;
            await store.keep(walk, { polarity: "safe", categories: [] });
            return write(...said);
          };
          return APP.escape.leaveWalk(store, walk).then(() => "left", (fault) => fault.name);
        }
        """
        assert phone.page.evaluate(late, phone.uid) == "StillUnsent"
        assert phone.counts()["saved"] == 1

    def test_at_full_unsent_photos_give_way_to_texts(
        self, chromium: Browser, walk_town: tuple[Town, Door], town: Town
    ) -> None:
        phone = full_phone(chromium, walk_town[1], town)
        before = phone.counts()["saved"]
        for n in range(5):
            phone.page.evaluate(_KEEP, [phone.uid, f"text {n} " + "å" * 400])
        assert (phone.counts()["afloat"] > 0, phone.page.evaluate("store.health()")) == (True, "full")
        assert phone.page.evaluate("(walk) => store.giveUpPhotos(walk)", phone.uid) > 0
        assert (phone.counts()["afloat"], phone.page.evaluate("store.health()")) == (0, "kept")
        phone.page.close()
        phone.page = phone.open()
        assert phone.counts()["saved"] == before + 5
        phone.leave()
