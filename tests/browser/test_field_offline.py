"""The app of a walk without network and without server: it opens, keeps everything, sends it later."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.browser import door as doors
from tests.browser.door import Answer, Door, Passage, wait_until
from tests.browser.phone import FINDINGS, PHOTOS, SMALL, Phone, Town

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

_VERSION = re.compile(rb'FIELD_VERSION = "\w+"')
_RUNS = "self.appVersion ?? 'first'"
_CACHES = "async () => (await caches.keys()).filter((name) => name.startsWith('field-v-')).length"
_WAITING = "async () => Boolean((await navigator.serviceWorker.getRegistration('/w/')).waiting)"
_PLAN = "(code) => caches.match(`/w/${code}/walk.json`).then((kept) => kept.json())"
_SETTLED = """
async () => {
  const { installing, waiting, active } = await navigator.serviceWorker.getRegistration("/w/");
  return !installing && !waiting && active.state === "activated";
}
"""
_UPDATE = "async () => { await (await navigator.serviceWorker.getRegistration('/w/')).update(); }"


@pytest.fixture
def app(chromium: Browser, walk_town: tuple[Town, Door], town: Town) -> Iterator[Phone]:
    """A phone with the app open and kept."""
    made = Phone(chromium.new_context(viewport=SMALL, locale="sv-SE"), walk_town[1], town.walk, "/field")
    expect(made.page.get_by_role("heading", name="Vad ser du här?")).to_be_visible()
    assert made.install()["isKept"]
    yield made
    made.leave()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A photo with more in it than its pixels."""
    made = Image.effect_noise((1200, 900), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "Telefonen AB"
    made.save(tmp_path / "photo.jpg", exif=exif)
    return tmp_path / "photo.jpg"


def test_a_whole_walk_without_network_arrives_once(app: Phone, town: Town, picture: Path) -> None:
    """OF-01."""
    town.kill()
    app.context.set_offline(True)
    for _ in range(5):
        for number in range(6):
            app.tell(picture if number < 4 else None)
        app.reload()
    counts = app.counts()
    assert (counts["saved"], counts["photosWaiting"], counts["received"]) == (30, 20, 0)
    expect(app.page.locator(".sync-rest")).to_contain_text("30 sparade på telefonen")
    town.start()
    app.context.set_offline(False)
    wait_until(lambda: app.counts()["received"] == 30 and not app.counts()["photosWaiting"], 40)
    stored = {str(entry.uid) for entry in town.entries()}
    sendings = Counter(each.path for each in app.door.sent(FINDINGS))
    figures = f"findings={len(stored)}/30 photos={town.photo_count()}/20 sendings={sum(sendings.values())}"
    print(f"\nOF-01: {figures} duplicates={len(town.entries()) - len(stored)}")
    assert (len(stored), len(town.entries()), town.photo_count()) == (30, 30, 20)
    assert stored == {each["id"] for each in app.all()}
    assert not any(b"Telefonen AB" in each.body for each in app.door.sent(PHOTOS))


class TestWorker:
    def test_a_dead_server_and_a_stranger_in_its_place_still_open_the_app(
        self, app: Phone, town: Town
    ) -> None:
        for act in (doors.hang_up, doors.page(200), doors.page(302, ("Location", "/w"))):
            app.door.rules = {".*": act}
            app.reload()
            expect(app.page.get_by_role("heading", name="Vad ser du här?")).to_be_visible()
        assert app.page.evaluate(_PLAN, town.walk.join_code)["title"] == town.walk.title

    def test_the_page_of_the_walk_leads_into_the_app(self, app: Phone, town: Town) -> None:
        app.door.rules = {".*": doors.hang_up}
        app.page.goto(f"{app.door.address}/w/{town.walk.join_code}")
        expect(app.page).to_have_url(re.compile("/field"))

    def test_what_is_kept_is_forgotten_when_one_leaves(self, app: Phone, town: Town) -> None:
        app.page.evaluate("(code) => APP.install.forgetApp(code)", town.walk.join_code)
        kept = "(code) => caches.match(`/w/${code}/field`).then(Boolean)"
        assert not app.page.evaluate(kept, town.walk.join_code)

    def test_the_browser_sends_when_no_page_is_open(self, app: Phone, town: Town) -> None:
        app.door.rules = {"PUT .*": doors.hang_up}
        app.tell()
        blank = app.context.new_page()
        session = app.context.new_cdp_session(blank)
        registered: list[dict[str, str]] = []
        told = "ServiceWorker.workerRegistrationUpdated"
        session.on(told, lambda said: registered.extend(said["registrations"]))
        session.send("ServiceWorker.enable")
        app.page.close()
        blank.wait_for_timeout(500)
        app.door.rules = {}
        sync = {"registrationId": registered[0]["registrationId"], "tag": "trygg-send", "lastChance": False}
        session.send("ServiceWorker.dispatchSyncEvent", sync | {"origin": f"{app.door.address}/"})
        wait_until(town.entries, 10)
        assert app.door.sent(FINDINGS)[-1].status == 201


class TestNewVersion:
    """OF-11."""

    def test_it_waits_until_nothing_is_unsent_and_the_app_opens_all_the_while(
        self, app: Phone, town: Town
    ) -> None:
        app.door.rules = {"(PUT|POST) .*": doors.hang_up}
        for _ in range(3):
            app.tell()
        app.door.rules |= {"GET /w/sw.js": _newer, "GET /static/js/together-field.js": _marked}
        app.page.evaluate(_UPDATE)
        wait_until(lambda: app.page.evaluate(_WAITING), 10)
        app.page.wait_for_timeout(3_000)
        assert app.page.evaluate(_WAITING), "the new version came in with something unsent"
        app.door.is_shut = True
        app.reload()
        assert (app.page.evaluate(_RUNS), app.counts()["saved"]) == ("first", 3)
        opens = _opens_anew(app)
        app.door.is_shut = False
        app.door.rules = {key: act for key, act in app.door.rules.items() if key.startswith("GET")}
        wait_until(lambda: app.counts()["received"] == 3, 20)
        wait_until(lambda: app.page.evaluate(_SETTLED), 15)
        app.reload()
        wait_until(lambda: app.page.evaluate(_CACHES) == 1, 10)
        print(f"\nOF-11: unsent=3 lost={3 - len(town.entries())} opened offline={opens}")
        assert app.page.evaluate(_RUNS) == "second"
        assert len(town.entries()) == 3

    def test_it_comes_in_at_once_where_nothing_is_unsent(self, app: Phone) -> None:
        app.door.rules = {"GET /w/sw.js": _newer, "GET /static/js/together-field.js": _marked}
        app.page.evaluate(_UPDATE)
        wait_until(lambda: app.page.evaluate(_CACHES) == 2 and app.page.evaluate(_SETTLED), 15)
        app.reload()
        assert app.page.evaluate(_RUNS) == "second"
        wait_until(lambda: app.page.evaluate(_CACHES) == 1, 10)

    def test_a_reload_with_the_network_there_takes_nothing_from_the_one_that_waits(
        self, app: Phone, town: Town
    ) -> None:
        app.door.rules = {"(PUT|POST) .*": doors.hang_up}
        app.tell()
        _newer_waits(app)
        app.reload()
        app.page.wait_for_timeout(2_000)
        assert (app.page.evaluate(_CACHES), app.page.evaluate(_WAITING)) == (2, True)
        app.door.is_shut = True
        app.page.close()
        app.page = app.open("/field")
        expect(app.page.get_by_role("heading", name="Vad ser du här?")).to_be_visible()
        assert app.page.evaluate(_RUNS) == "second"

    def test_a_code_that_was_renewed_still_opens_the_app_with_what_is_unsent(
        self, app: Phone, town: Town
    ) -> None:
        app.door.rules = {"(PUT|POST) .*": doors.hang_up}
        app.tell()
        app.door.rules |= {f"GET /w/{town.walk.join_code}/.*": doors.problem(404, "http.404")}
        _newer_waits(app)
        app.page.close()
        blank = app.context.new_page()
        blank.wait_for_timeout(500)
        app.page = app.open("/field")
        expect(app.page.get_by_role("heading", name="Vad ser du här?")).to_be_visible()
        assert (app.page.evaluate(_RUNS), app.counts()["unsent"]) == ("first", 1)


def _newer_waits(app: Phone) -> None:
    app.door.rules |= {"GET /w/sw.js": _newer, "GET /static/js/together-field.js": _marked}
    app.page.evaluate(_UPDATE)
    wait_until(lambda: app.page.evaluate(_WAITING), 10)


def _opens_anew(app: Phone) -> bool:
    """Closed and opened again without a server: then the new version is the one that opens."""
    app.page.close()
    app.page = app.open("/field")
    expect(app.page.get_by_role("heading", name="Vad ser du här?")).to_be_visible()
    return app.counts()["saved"] == 3


def _newer(_passage: Passage, ask: Callable[[], Answer]) -> Any:
    given = ask()
    return dataclasses.replace(given, body=_VERSION.sub(b'FIELD_VERSION = "second"', given.body))


def _marked(_passage: Passage, ask: Callable[[], Answer]) -> Any:
    given = ask()
    return dataclasses.replace(given, body=given.body + b'\nself.appVersion = "second";\n')
