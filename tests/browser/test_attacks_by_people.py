"""What people say of a place may be an attack: it stays text on every page that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.browser.attacks import ATTACKS
from tests.browser.conftest import Visitors
from tests.browser.poisoned_people import Poisoned
from tests.browser.site import House
from tests.browser.test_attacks import is_alive
from tests.browser.visitor import Visitor
from webmap import create_app
from webmap.settings import Settings

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SHOWN = ATTACKS[5]
"""One to look for as text."""
_TEXT_FIELDS = ", ".join(
    f"main form[method=post] {kind}"
    for kind in ("textarea", "input[type=text]", "input[type=email]", "input:not([type])")
)
_WRITE = "(fields, said) => fields.forEach((field) => { field.value = said; })"
_NO_PAGE = (
    *(".png", ".js", ".css", ".pdf", ".jpg", ".csv", ".xlsx", ".json", ".txt", ".ico"),
    *("/export/", "/heat/", "/map/"),
)


@pytest.fixture
def staff(hostile_visitors: Visitors, hostile_badge: Any) -> Visitor:
    made = hostile_visitors(storage_state=hostile_badge)
    made.record.known_statuses |= {400, 403, 404, 405, 409, 422, 429}
    return made


@pytest.fixture
def guest(hostile_visitors: Visitors) -> Visitor:
    made = hostile_visitors()
    made.record.known_statuses |= {400, 404, 409, 422, 429}
    return made


def write(page: Page, said: str) -> None:
    """The same in every field that takes text, whatever it is for."""
    page.locator(_TEXT_FIELDS).evaluate_all(_WRITE, said)


def send(page: Page, button: str = "main form[method=post] button.primary") -> None:
    with page.expect_navigation():
        page.locator(button).first.dispatch_event("click")


def pages_of_staff(house: House, poisoned: Poisoned) -> Iterator[str]:
    """The address of every page there is, with the ids of what is attacked in it."""
    app = create_app(Settings(data_dir=str(house.folder), database_url=f"sqlite:///{house.database}"))
    ids = {"measures": poisoned.measure, "batch": poisoned.occasion, "staff_photos": poisoned.photo}
    for rule in app.url_map.iter_rules():
        uid = ids.get(rule.endpoint.partition(".")[0], poisoned.reports[0])
        path = rule.rule.replace("<uuid:uid>", str(uid))
        is_page = "GET" in (rule.methods or ()) and "<" not in path and not path.startswith("/api/")
        if is_page and not any(part in path for part in _NO_PAGE):
            yield path
    app.extensions["works"].engine.dispose()


class TestStored:
    def test_every_page_there_is(self, staff: Visitor, hostile_house: tuple[House, Poisoned]) -> None:
        opened = sorted(pages_of_staff(*hostile_house))
        for path in opened:
            staff.page.goto(f"{path}?{urlencode({'municipality': '1470'})}")
            is_alive(staff)
        print(f"\n{len(opened)} pages among attacks: 0 executions, 0 violations")

    def test_every_report_in_review(self, staff: Visitor, poisoned: Poisoned) -> None:
        for uid, attack in zip(poisoned.reports, ATTACKS, strict=True):
            staff.page.goto(f"/staff/reports/{uid}")
            expect(staff.page.locator("main")).to_contain_text(attack.strip()[:20])
            is_alive(staff)

    @pytest.mark.parametrize("panel", ["edit", "duplicate", "place"])
    def test_every_side_of_a_report(self, staff: Visitor, poisoned: Poisoned, panel: str) -> None:
        for uid in poisoned.reports[1:8]:
            staff.page.goto(f"/staff/reports/{uid}?panel={panel}")
            is_alive(staff)

    def test_what_is_shown_is_the_text_itself(self, staff: Visitor, poisoned: Poisoned) -> None:
        for path in ("/staff/reports", f"/staff/reports/{poisoned.reports[5]}", "/staff/measures"):
            staff.page.goto(path)
            expect(staff.page.get_by_text(SHOWN).first).to_be_attached()
            assert staff.page.locator("main img[src=x]").count() == 0

    def test_every_receipt(self, guest: Visitor, poisoned: Poisoned) -> None:
        for code in list(poisoned.codes.values())[:8]:
            guest.context.clear_cookies()
            guest.page.goto("/follow")
            guest.page.locator("[name=code]").fill(code)
            send(guest.page)
            is_alive(guest)
        expect(guest.page.locator("main")).to_contain_text(ATTACKS[7].strip())

    def test_places_and_measures_on_the_public_map(self, guest: Visitor) -> None:
        begin(guest.page)
        guest.page.goto("/report/where")
        for attack in ("<img", "script", "alert", '"', "javascript"):
            guest.page.locator("#way-words").check(force=True)
            guest.page.locator("[name=words]").press_sequentially(attack)
            guest.page.wait_for_timeout(400)
            is_alive(guest)
            guest.page.locator("[name=words]").fill("")
        guest.page.locator("#way-map").check(force=True)
        guest.page.wait_for_timeout(800)
        is_alive(guest)


def begin(page: Page) -> None:
    page.goto("/report")
    send(page)
    page.locator("[name=polarity][value=unsafe]").check(force=True)
    page.locator("[name=categories][value=lighting]").check(force=True)
    send(page)


class TestTyped:
    @pytest.mark.parametrize("part", [ATTACKS[:11], ATTACKS[11:]])
    def test_in_every_answer_of_a_report(self, guest: Visitor, part: tuple[str, ...]) -> None:
        said, page = " ".join(part), guest.page
        begin(page)
        for step in ("where", "when", "words", "contact"):
            page.goto(f"/report/{step}")
            write(page, said)
            send(page)
            is_alive(guest)
        answer_the_rest(page, said)
        page.goto("/report/check")
        expect(page.locator("main")).to_contain_text(part[5].strip())
        is_alive(guest)
        send(page)
        page.wait_for_url("**/report/done")
        is_alive(guest)

    def test_as_the_name_of_a_photo(self, guest: Visitor) -> None:
        begin(guest.page)
        answer_the_rest(guest.page, "x")
        for attack in ATTACKS[3:10]:
            guest.page.goto("/report/photo")
            file = {"name": f"{attack}.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}
            guest.page.locator("[type=file]").set_input_files(file)
            guest.page.wait_for_timeout(300)
            is_alive(guest)

    @pytest.mark.parametrize("name", [ATTACKS[5], ATTACKS[10]])
    def test_as_a_file_to_import(self, staff: Visitor, name: str) -> None:
        rows = "\n".join(
            f'"{cell}";"{cell}";"{cell}"' for cell in (each.replace('"', '""') for each in ATTACKS)
        )
        staff.page.goto("/staff/import")
        content = f"id;typ;{ATTACKS[5]}\n{rows}".encode()
        file = {"name": f"{name}.csv", "mimeType": "text/csv", "buffer": content}
        staff.page.locator("[type=file]").set_input_files(file)
        staff.page.locator("#origin").select_option("survey")
        staff.page.locator("#source").fill(name)
        send(staff.page)
        expect(staff.page.locator("main")).to_contain_text(ATTACKS[5], timeout=30_000)
        is_alive(staff)

    @pytest.mark.parametrize(
        "path", ["/staff/measures/new", "/staff/reports/new", "/staff/reports/batch", "/follow", "/login"]
    )
    def test_in_every_form_of_staff(self, staff: Visitor, path: str) -> None:
        if path == "/login":
            staff.context.clear_cookies()
        for said in (" ".join(ATTACKS), ATTACKS[5], ATTACKS[8], ATTACKS[10]):
            staff.page.goto(path)
            write(staff.page, said)
            send(staff.page)
            is_alive(staff)

    @pytest.mark.parametrize(
        ("report", "query", "field"), [(1, "?panel=edit", "public_text"), (4, "", "reply-text")]
    )
    def test_in_what_is_written_of_a_report(
        self, staff: Visitor, poisoned: Poisoned, report: int, query: str, field: str
    ) -> None:
        staff.page.goto(f"/staff/reports/{poisoned.reports[report]}{query}")
        written = staff.page.locator(f"#{field}")
        written.evaluate("(field, said) => { field.value = said; }", " ".join(ATTACKS))
        with staff.page.expect_navigation():
            written.evaluate("(field) => field.form.querySelector('button[type=submit]').click()")
        is_alive(staff)


def answer_the_rest(page: Page, said: str) -> None:
    page.goto("/report/where")
    page.locator("#way-unknown").check(force=True)
    page.locator("[name=unsure]").evaluate("(field, said) => { field.value = said; }", said[:200])
    send(page)
    page.goto("/report/when")
    page.locator("[name=when][value=unknown]").check(force=True)
    send(page)
    page.goto("/report/words")
    page.locator("[name=text]").fill(said[:480])
    send(page)
    if page.locator("[name=anyway]").count():
        send(page, "[name=anyway]")
