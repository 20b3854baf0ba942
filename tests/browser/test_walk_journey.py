"""A town walk from plan to minutes, as those who hold it: leader, one who walks along, coordinator."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from geodata.hours import today
from tests.browser.conftest import visits
from tests.browser.site import COORDINATOR, House, serving
from tests.browser.walker import PHONE

pytestmark = pytest.mark.browser
LEADER = "vandringsledare@demo.example"
OWN_WORDS = "Lampan vid Anderssons port är sönder"
MINUTES_WORDS = "Lampan vid trappan lyser inte."


@pytest.fixture(scope="module")
def walked_site(demo_house, tmp_path_factory):
    """A demo of its own: what is published here is in nobody else's way."""
    folder = tmp_path_factory.mktemp("journey")
    house = House(folder, folder / "journey.gpkg")
    shutil.copy(demo_house.database, house.database)
    with serving(house, workers=2) as address:
        yield address


@pytest.fixture
def at(chromium, walked_site):
    yield from visits(chromium, walked_site)


@pytest.fixture
def leader(at):
    """Somebody with a phone who leads walks."""
    one = at(viewport={"width": 390, "height": 844})
    one.log_in(LEADER, after="/staff/walks/new")
    return one.page


@pytest.fixture
def coordinator(at):
    one = at()
    one.log_in(COORDINATOR, after="/staff/walks")
    return one.page


@pytest.fixture
def participant(at):
    """Somebody on the walk: no account, a small phone that knows where it is."""
    spot = {"longitude": 12.9545, "latitude": 58.2622, "accuracy": 9}
    one = at(viewport=PHONE, has_touch=True, permissions=["geolocation"], geolocation=spot)
    yield one.page
    # What is asked for without a network fails, and the console says so.
    one.record.console = [said for said in one.record.console if "net::ERR_" not in said]


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def plan(page):
    """The first meeting; the address of the walk's own page and the code to join with."""
    page.get_by_label("Vad heter vandringen?").fill("Mörkerrundan")
    page.get_by_label("Ort", exact=True).fill("Vara")
    page.get_by_label("Dag", exact=True).fill((today() + timedelta(days=1)).isoformat())
    page.get_by_label("Start").fill("18.30")
    page.get_by_label("Mötesplats", exact=True).fill("Stora torget")
    press(page, "Planera vandringen")
    page.wait_for_url(re.compile(r"/staff/walks/[0-9a-f-]{36}$"))
    room = page.url
    page.goto(f"{room}/stops")
    page.get_by_label("Vad heter stoppet?").fill("Trappan")
    press(page, "Lägg till stoppet")
    page.goto(room)
    press(page, "Öppna vandringen")
    return room, page.locator(".planning-sign").inner_text()


def walk_along(page, code):
    """The second meeting: told while there is no network, and received when there is."""
    page.goto(f"/w/{code}")
    page.get_by_role("link", name="Öppna appen").click()
    expect(page.locator(".pol.unsafe")).to_be_visible()
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    page.locator(".pol.unsafe").click()
    page.locator(".tile").first.click()
    press(page, "Spara")
    page.locator(".screen.after textarea").fill(OWN_WORDS)
    press(page, "Klar")
    expect(page.locator(".sync")).to_contain_text("1 sparad på telefonen, 0 mottagna")
    page.context.set_offline(False)
    expect(page.locator(".sync-rest")).to_contain_text("1 mottagen", timeout=30_000)


def close(page, room):
    page.goto(f"{room}/heads")
    page.locator("input[name='heads-1-resident']").fill("7")
    press(page, "Spara antalet")
    page.goto(room)
    press(page, "Avsluta vandringen")
    expect(page.get_by_text("Vandringen är gjord")).to_be_visible()


def decide(page, room):
    """The third meeting: accepted, decided, and published."""
    page.goto(f"{room}/findings")
    expect(page.get_by_text(OWN_WORDS.split(" är")[0][:10]).first).to_be_visible()
    page.get_by_role("button", name="Godkänn alla nya").click()
    page.goto(f"{room}/follow-up")
    page.get_by_label("Ord i protokollet").fill(MINUTES_WORDS)
    page.get_by_label("Planerad", exact=True).check()
    page.get_by_label("Vad görs?").fill("Lampan byts.")
    page.get_by_label("Ansvarig enhet").fill("Gata och park")
    page.get_by_label("Markägare").select_option(label="Kommunen")
    page.get_by_label("Nej", exact=True).check()
    press(page, "Spara och gå till nästa")
    expect(page.get_by_text("Uppföljningen är klar.")).to_be_visible()
    page.goto(f"{room}/minutes")
    page.get_by_label("Sammanfattning").fill("Sju personer gick en kväll.")
    press(page, "Publicera protokollet")
    expect(page.get_by_role("link", name="Läs det som alla ser")).to_be_visible()


def test_a_walk_is_planned_walked_followed_up_and_read_by_everybody(
    leader, participant, coordinator, at
) -> None:
    room, code = plan(leader)
    walk_along(participant, code)
    close(leader, room)
    decide(coordinator, room)
    everybody = at().page
    everybody.goto("/walks")
    everybody.get_by_role("link", name="Mörkerrundan").first.click()
    expect(everybody.get_by_role("heading", level=1)).to_have_text("Mörkerrundan")
    for words in (MINUTES_WORDS, "Lampan byts.", "Gata och park", "Boende 7"):
        expect(everybody.locator("main")).to_contain_text(words)
    assert "Andersson" not in everybody.content()
