"""What the app says besides: the group one goes in, what another walk left, what does not go by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select, update

from geodata.queries.walks import devices_of
from geodata.tables.engine import reading, writing
from geodata.tables.findings import WalkEntry
from geodata.tables.walks import Walk, WalkDevice
from geodata.vocabulary import WalkState
from tests.browser import door as doors
from tests.browser.door import Door, wait_until
from tests.browser.phone import PHOTOS, SMALL, Phone, Town
from tests.browser.test_field_storage import full_phone
from webmap.services.walk_groups import deal_phones

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

_LOOKED_AT = "document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture
def app(chromium: Browser, walk_town: tuple[Town, Door], town: Town) -> Iterator[Phone]:
    """A phone with the app open."""
    made = opened(chromium, walk_town, town)
    yield made
    made.leave()


def opened(chromium: Browser, walk_town: tuple[Town, Door], town: Town) -> Phone:
    context = chromium.new_context(viewport=SMALL, locale="sv-SE")
    made = Phone(context, walk_town[1], town.walk, "/field")
    expect(made.page.get_by_role("heading", name="Vad ser du här?")).to_be_visible()
    wait_until(lambda: made.page.evaluate("(walk) => store.token(walk).then(Boolean)", made.uid), 10)
    return made


def split(town: Town, groups: int) -> None:
    with writing(town.engine) as session:
        session.execute(update(Walk).where(Walk.id == town.walk.id).values(group_count=groups))
        deal_phones(session, town.walk.id, groups)


def groups_of(town: Town) -> list[int]:
    with reading(town.engine) as session:
        return [each.group_number for each in devices_of(session, town.walk.id)]


class TestGroup:
    def test_who_joined_before_the_split_is_told_and_may_change(
        self, chromium: Browser, walk_town: tuple[Town, Door], town: Town, app: Phone
    ) -> None:
        other = opened(chromium, walk_town, town)
        expect(other.page.get_by_text("Grupp")).to_have_count(0)
        split(town, 2)
        for phone, group in ((app, 1), (other, 2)):
            phone.page.evaluate(_LOOKED_AT)
            expect(phone.page.locator(".start .under")).to_contain_text(f"Grupp {group}")
        other.page.get_by_role("link", name="Mer").click()
        expect(other.page.get_by_label("Grupp 2")).to_be_checked()
        other.page.get_by_label("Grupp 1").check()
        wait_until(lambda: groups_of(town) == [1, 1], 10)
        other.leave()

    def test_a_choice_made_without_network_is_told_later(self, app: Phone, town: Town) -> None:
        split(town, 2)
        app.page.evaluate(_LOOKED_AT)
        expect(app.page.locator(".start .under")).to_contain_text("Grupp 1")
        app.door.rules = {".*": doors.hang_up}
        app.page.get_by_role("link", name="Mer").click()
        app.page.get_by_label("Grupp 2").check()
        app.page.get_by_role("link", name="Tillbaka").click()
        expect(app.page.locator(".start .under")).to_contain_text("Grupp 2")
        assert groups_of(town) == [1]
        app.door.rules = {}
        app.page.evaluate(_LOOKED_AT)
        wait_until(lambda: groups_of(town) == [2], 10)
        expect(app.page.locator(".start .under")).to_contain_text("Grupp 2")


class TestAnotherWalk:
    def test_what_it_left_is_sent_and_shown_until_it_is(self, app: Phone, town: Town) -> None:
        first = town.walk
        app.door.rules = {"PUT .*": doors.hang_up}
        app.tell()
        app.walk = town.new_walk(title="En annan vandring")
        app.page.close()
        app.page = app.open("/field")
        expect(app.page.get_by_text(f"1 ligger kvar från {first.title}")).to_be_visible()
        expect(app.page.locator(".sync-words")).to_contain_text("1 ligger kvar från en annan vandring")
        with app.page.expect_download() as pulled:
            app.page.get_by_role("button", name="Spara som fil").click()
        assert pulled.value.suggested_filename == f"vandring-{first.join_code}.zip"
        app.door.rules = {}
        app.page.evaluate(_LOOKED_AT)
        expect(app.page.locator(".elsewhere")).to_have_count(0)
        with reading(town.engine) as session:
            sent = select(WalkEntry.walk_id).where(WalkEntry.walk_id.in_((first.id, town.walk.id)))
            assert session.scalars(sent).all() == [first.id]


class TestPhotos:
    def test_one_that_is_refused_is_said_to_be_and_may_be_tried_again(self, app: Phone, town: Town) -> None:
        app.door.rules = {PHOTOS: doors.problem(415, "photo.not_a_photo")}
        app.save(1, photos=1)
        app.page.evaluate(_LOOKED_AT)
        expect(app.page.locator(".sync-words")).to_contain_text("1 behöver hjälp")
        app.page.evaluate("location.hash = 'leave'")
        expect(app.page.locator(".outbox li")).to_contain_text("Kommunen tog inte emot fotot.")
        expect(app.page.get_by_role("button", name="Avsluta")).to_have_count(0)
        app.page.locator(".outbox a").click()
        app.door.rules = {}
        app.page.get_by_role("button", name="Försök igen").click()
        expect(app.page.locator(".sync-words")).to_contain_text("Allt är mottaget")
        assert town.photo_count() == 1


class TestOver:
    def test_a_walk_that_takes_in_no_more_says_so_and_offers_the_file(self, app: Phone, town: Town) -> None:
        ended = {"state": WalkState.CLOSED, "ended_at": datetime.now(UTC) - timedelta(hours=73)}
        with writing(town.engine) as session:
            session.execute(update(Walk).where(Walk.id == town.walk.id).values(ended))
            own = update(WalkDevice).where(WalkDevice.walk_id == town.walk.id)
            session.execute(own.values(expires_at=datetime.now(UTC) - timedelta(days=30)))
        app.page.evaluate("location.hash = 'code'")
        app.page.get_by_label("Koden på pappret").fill(town.walk.join_code)
        app.page.get_by_role("button", name="Anslut").click()
        expect(app.page.get_by_role("alert")).to_contain_text("Vandringen tar inte emot mer")
        expect(app.page.get_by_role("button", name="Spara som fil")).to_be_focused()


class TestFull:
    def test_what_is_in_memory_only_is_said_and_photos_may_be_given_up_for_it(
        self, chromium: Browser, walk_town: tuple[Town, Door], town: Town
    ) -> None:
        phone = full_phone(chromium, walk_town[1], town)
        phone.door.rules = {"PUT .*": doors.hang_up}
        page = phone.page
        page.get_by_role("button", name="Otryggt").click()
        page.locator(".tile").first.click()
        page.get_by_role("button", name="Spara", exact=True).click()
        expect(page.get_by_role("heading", name="Bara i minnet, stäng inte appen")).to_be_visible()
        expect(page.locator(".alerts")).to_contain_text("Det senaste ligger bara i minnet")
        page.get_by_role("button", name="Ta bort foton som inte är skickade").click()
        page.get_by_role("button", name="Ja, ta bort").click()
        expect(page.locator(".alerts")).to_be_empty()
        page.close()
        phone.page = phone.open("/field")
        assert [each for each in phone.all() if each["content"]["categories"] == ["lighting"]]
        phone.leave()
