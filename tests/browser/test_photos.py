"""Photos in a browser: sent with scripts and without, looked at, taken away, blacked out by keys alone."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import session
from PIL import Image
from playwright.sync_api import Browser, Page, Request, expect
from sqlalchemy import Engine, select, update

from geodata.tables import Photo, Report
from geodata.tables.engine import make_engine, writing
from geodata.vocabulary import Polarity
from tests.browser.site import House, serving
from tests.browser.visitor import DESKTOP, PHONE, Visitor
from tests.geodata.exchange import pictures
from tests.geodata.exchange.pictures import picture, told
from webmap import create_app
from webmap.pages.report_answers import Answers, PlaceAnswer, WhenAnswer, keep
from webmap.services import photos
from webmap.settings import Settings

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

MOST_KEYS = 60


@pytest.fixture(scope="module")
def house(demo_house: House, tmp_path_factory: pytest.TempPathFactory) -> House:
    """The demo in a house of its own."""
    folder = tmp_path_factory.mktemp("photos")
    own = House(folder, folder / "demo.gpkg")
    shutil.copy(demo_house.database, own.database)
    return own


@pytest.fixture(scope="module")
def settings(house: House) -> Settings:
    """As the server has them."""
    return Settings(data_dir=str(house.folder), database_url=f"sqlite:///{house.database}")


@pytest.fixture(scope="module")
def site(house: House, settings: Settings) -> Iterator[str]:
    with serving(house, workers=1) as address:
        yield address


@pytest.fixture(scope="module")
def engine(settings: Settings) -> Iterator[Engine]:
    made = make_engine(settings.database_url)
    yield made
    made.dispose()


@pytest.fixture
def visit(chromium: Browser, site: str, settings: Settings) -> Iterator[Any]:
    """Makes visitors who have come to the question of photos; each must have met with nothing bad."""
    made: list[Visitor] = []

    def visitor(**how: Any) -> Visitor:
        made.append(Visitor(chromium, site, **how))
        made[-1].context.add_cookies([{"name": "s", "value": _begun(settings), "url": site}])
        return made[-1]

    yield visitor
    for each in made:
        each.leave()


def _begun(settings: Settings) -> str:
    """The session of somebody who has answered what comes before."""
    app = create_app(settings)
    try:
        with app.test_request_context():
            said = {"place": PlaceAnswer("unknown"), "when": WhenAnswer("unknown")}
            keep(Answers(uuid4(), "1470", Polarity.UNSAFE, frozenset({"lighting"}), **said))
            return str(app.session_interface.get_signing_serializer(app).dumps(dict(session)))
    finally:
        app.extensions["works"].engine.dispose()


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Files to choose, by name."""
    sent = {
        "place.jpg": told(picture(3000, 2000), orientation=6, quality=95),
        "other.png": told(picture(500, 500), "PNG"),
        "third.jpg": told(picture(300, 300)),
        "IMG_1.heic": pictures.heic(),
    }
    for name, raw in sent.items():
        (tmp_path / name).write_bytes(raw)
    return {name: str(tmp_path / name) for name in sent}


def assert_open_to_all(page: Page) -> None:
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        found = Axe().run(page).response["violations"]
        nodes = [(each["id"], node["html"][:150]) for each in found for node in each["nodes"]]
        assert nodes == [], f"{page.url} {theme}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def thumbs(page: Page) -> Any:
    return page.get_by_role("img", name="som du skickar med")


def opened(visitor: Visitor, address: str) -> Image.Image:
    answer = visitor.context.request.get(address)
    assert answer.ok, address
    return Image.open(io.BytesIO(answer.body()))


class TestQuestion:
    @pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
    def test_with_scripts_a_photo_is_shrunk_here_and_shown_at_once(self, visit, files, size):
        visitor = visit(viewport=size)
        page, sent = visitor.page, []
        page.on("request", lambda asked: sent.append(_bytes(asked)) if asked.method == "POST" else None)
        page.goto("/report/photo")
        page.get_by_label("Välj en bild").set_input_files([files["place.jpg"], files["IMG_1.heic"]])
        expect(thumbs(page)).to_have_count(1)
        expect(page.locator(".msg-err")).to_contain_text("IMG_1.heic: Bilden är i formatet HEIC")
        assert sent == [pytest.approx(sent[0])]
        assert sent[0] < Path(files["place.jpg"]).stat().st_size
        shown = opened(visitor, thumbs(page).get_attribute("src").replace("small", "large"))
        assert shown.size == (1067, 1600)
        assert_open_to_all(page)
        page.get_by_role("button", name="Fortsätt").click()
        page.wait_for_url("**/report/contact")

    def test_with_scripts_three_are_enough_and_one_can_be_taken_away(self, visit, files):
        page = visit().page
        page.goto("/report/photo")
        page.get_by_label("Välj en bild").set_input_files([files["place.jpg"], files["other.png"]])
        expect(thumbs(page)).to_have_count(2)
        page.get_by_label("Lägg till en bild").set_input_files([files["third.jpg"]])
        expect(thumbs(page)).to_have_count(3)
        expect(page.locator("input[type=file]")).to_have_count(0)
        page.get_by_role("button", name="Ta bort bild 2").click()
        expect(thumbs(page)).to_have_count(2)
        expect(page.locator("input[type=file]")).to_have_count(1)

    def test_without_scripts_it_is_the_same_in_more_steps(self, visit, files):
        visitor = visit(java_script_enabled=False, viewport=PHONE)
        page = visitor.page
        page.goto("/report/photo")
        page.get_by_label("Välj en bild").set_input_files([files["place.jpg"]])
        page.get_by_role("button", name="Lägg till och visa").click()
        expect(thumbs(page)).to_have_count(1)
        assert opened(visitor, thumbs(page).get_attribute("src")).size == (267, 400)
        visitor.record.known_statuses.add(422)
        page.get_by_label("Lägg till en bild").set_input_files([files["IMG_1.heic"], files["other.png"]])
        page.get_by_role("button", name="Fortsätt").click()
        expect(page.get_by_role("alert")).to_contain_text("IMG_1.heic: Bilden är i formatet HEIC")
        expect(thumbs(page)).to_have_count(2)
        page.get_by_role("button", name="Ta bort bild 1").click()
        expect(thumbs(page)).to_have_count(1)
        page.get_by_role("button", name="Fortsätt").click()
        page.wait_for_url("**/report/contact")

    def test_one_that_did_not_get_through_is_told_of_and_can_be_chosen_again(self, visit, files):
        visitor = visit()
        page = visitor.page
        page.goto("/report/photo")
        visitor.context.set_offline(True)
        page.get_by_label("Välj en bild").set_input_files([files["third.jpg"]])
        expect(page.locator(".msg-err")).to_contain_text("third.jpg: Bilden kom inte fram")
        visitor.context.set_offline(False)
        visitor.record.console.clear()  # the browser says that it is offline
        page.get_by_label("Välj en bild").set_input_files([files["third.jpg"]])
        expect(thumbs(page)).to_have_count(1)
        expect(page.locator(".msg-err")).to_have_count(0)


def _bytes(request: Request) -> int:
    return len(request.post_data_buffer or b"")


@pytest.fixture
def photo(engine: Engine, settings: Settings) -> UUID:
    """A photo of a report in Vara."""
    uid = uuid4()
    photos.store(engine, settings.photos_folder, uid, told(picture(2000, 1000)))
    with writing(engine) as opened_:
        report = opened_.scalar(select(Report.id).limit(1))
        opened_.execute(update(Photo).where(Photo.uid == uid).values(report_id=report))
    return uid


def press_to(page: Page, is_there: str) -> None:
    """Tab until the focus is on what matches a selector."""
    for _ in range(MOST_KEYS):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", is_there):
            return
    raise AssertionError(f"{MOST_KEYS} tabs and never at {is_there}")


def type_box(page: Page, *sides: str) -> None:
    for side in sides:
        page.keyboard.type(side)
        page.keyboard.press("Tab")


def address(page: Page) -> str:
    return page.locator("svg[role=img] image").get_attribute("href") or ""


class TestRedaction:
    @pytest.mark.parametrize("is_scripted", [True, False], ids=["scripts", "without"])
    def test_by_keys_alone_what_is_typed_is_black_for_good(self, visit, photo, is_scripted):
        visitor = visit(java_script_enabled=is_scripted)
        page = visitor.page
        visitor.log_in(after=f"/staff/photos/{photo}")
        page.wait_for_url("**/staff/photos/*")
        before = address(page)
        _press(page, "left", is_scripted)
        type_box(page, "10", "20", "30", "40")
        if is_scripted:
            expect(page.locator("[data-marks] rect")).to_have_count(1)
        page.get_by_role("button", name="Bränn in rutorna").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".photo-state")).to_contain_text("Maskerad")
        visitor.record.known_statuses.add(404)
        for size in ("large", "small"):
            shown = opened(visitor, address(page).replace("large", size))
            assert max(shown.getpixel((shown.width // 4, int(shown.height * 0.4)))) < 12
            assert visitor.context.request.get(before.replace("large", size)).status == 404

    @pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
    def test_a_box_is_drawn_with_the_pointer_and_taken_away(self, visit, photo, size):
        visitor = visit(viewport=size)
        page = visitor.page
        visitor.log_in(after=f"/staff/photos/{photo}")
        page.wait_for_url("**/staff/photos/*")
        drag(page, (0.5, 0.25), (0.75, 0.75))
        values = [
            page.locator(f"[name={side}]").first.input_value() for side in ("left", "top", "width", "height")
        ]
        assert [float(value) for value in values] == pytest.approx([50, 25, 25, 50], abs=1)
        drag(page, (0.1, 0.1), (0.2, 0.2))
        expect(page.locator("[data-marks] rect")).to_have_count(2)
        assert_open_to_all(page)
        page.get_by_role("button", name="Ta bort ruta 1").click()
        expect(page.locator("[data-marks] rect")).to_have_count(1)
        expect(page.get_by_role("group", name="Ruta 1")).to_be_visible()

    def test_it_is_let_through_and_not_with_what_is_wrong_told(self, visit, photo):
        visitor = visit()
        page = visitor.page
        visitor.log_in(after=f"/staff/photos/{photo}")
        page.wait_for_url("**/staff/photos/*")
        page.get_by_role("button", name="Godkänn").click()
        expect(page.locator(".photo-state")).to_have_text("Godkänd")
        visitor.record.known_statuses.add(422)
        page.get_by_role("button", name="Bränn in rutorna").click()
        expect(page.get_by_role("alert")).to_contain_text("Rita minst en ruta")
        assert_open_to_all(page)


def _press(page: Page, side: str, is_scripted: bool) -> None:
    """To the first field of a box: by tabs where the page can say where the focus is."""
    if is_scripted:
        press_to(page, f"[name={side}]")
    else:
        page.locator(f"[name={side}]").first.focus()


def drag(page: Page, begin: tuple[float, float], end: tuple[float, float]) -> None:
    """Over the photo, from one part of it to another."""
    frame = page.locator("[data-redaction] image").bounding_box()
    assert frame is not None
    for number, (x, y) in enumerate((begin, end)):
        page.mouse.move(frame["x"] + x * frame["width"], frame["y"] + y * frame["height"], steps=4)
        page.mouse.up() if number else page.mouse.down()
