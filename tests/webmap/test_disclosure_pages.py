"""The pages for handing out records: choosing, deciding, making, fetching; marks of secrecy; the register."""

from __future__ import annotations

import csv
import re
import zipfile
from datetime import timedelta
from io import BytesIO, StringIO
from uuid import UUID

import pytest
from sqlalchemy import select, update

from geodata.hours import to_day_number, today
from geodata.tables.disclosures import Disclosure, DisclosureMask, SecrecyMark
from geodata.tables.engine import reading, writing
from geodata.tables.reports import Report
from geodata.vocabulary import State
from tests import factories
from tests.webmap import reviews
from tests.webmap.application import ELSEWHERE, PLANNER, post

TEXT = "Prata med Gunhild Andersson på 070-123 45 67 eller =1+1"
ATTACK = "<script>alert(1)</script>"


@pytest.fixture
def engine(app):
    return app.extensions["works"].engine


@pytest.fixture
def report(engine) -> UUID:
    return reviews.sent(engine, factories.home_of(engine), TEXT, place_text=f"Bakom ladan {ATTACK}")


@pytest.fixture
def staff(logged_in, report):
    return logged_in()


@pytest.fixture
def package(staff):
    """The address of a package of what is new."""
    sent = post(staff, "/staff/disclosures/new", municipality="1470", title="Begäran i mars", states="new")
    assert sent.status_code == 303
    return sent.headers["Location"]


def uid_of(address: str) -> UUID:
    return UUID(address.rsplit("/", 1)[1])


def masks(engine):
    with reading(engine) as session:
        return session.execute(
            select(DisclosureMask.id, DisclosureMask.why, DisclosureMask.state, DisclosureMask.field)
        ).all()


def version(engine) -> str:
    with reading(engine) as session:
        return str(session.scalars(select(Disclosure.version)).one())


class TestNew:
    def test_it_is_counted_before_it_is_begun(self, staff, engine):
        page = staff.get("/staff/disclosures/new?municipality=1470&states=new&count=1&title=Mars")
        assert "Urvalet är 1 rapport." in page.text
        assert 'value="Mars"' in page.text
        assert factories.rows(engine, Disclosure) == {"disclosure": 0}

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"title": ""}, "title"),
            ({"since": "2030-01-01"}, "since"),
            ({"numbers": "tusen"}, "numbers"),
            ({"area": "Ingenstans"}, "area"),
        ],
    )
    def test_what_is_wrong_is_said_and_all_is_kept(self, staff, engine, said, field):
        whole = {"municipality": "1470", "title": "Min begäran", "until": "2031-01-01", **said}
        sent = post(staff, "/staff/disclosures/new", **whole)
        assert sent.status_code == 422
        assert "<title>Fel: " in sent.text
        assert re.search(rf'id="{field}-problem"><p class="msg-err">', sent.text)
        assert 'value="2031-01-01"' in sent.text
        assert factories.rows(engine, Disclosure) == {"disclosure": 0}

    def test_the_page_asks_nobody_who_they_are(self, staff):
        page = staff.get("/staff/disclosures/new?municipality=1470").text
        assert "får vara anonym" in page
        names = set(re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', page))
        assert names == {
            "csrf_token",
            "municipality",
            "title",
            "since",
            "until",
            "area",
            "category",
            "states",
            "numbers",
        }


class TestDeciding:
    def test_the_report_shows_what_is_proposed_and_runs_nothing(self, staff, package, report):
        page = staff.get(f"{package}/{report}").text
        assert '<mark class="is-proposed is-current" id="current">Gunhild Andersson</mark>' in page
        assert ATTACK not in page
        assert 'data-key="a"' in page

    def test_one_by_one_to_the_end(self, staff, engine, package, report):
        for mask in masks(engine):
            sent = post(
                staff,
                f"{package}/{report}",
                mask=str(mask.id),
                was="proposed",
                do="confirm",
                provision="21:7",
            )
            assert sent.status_code == 303
        assert sent.headers["Location"] == package
        assert "1 av 1 klara" in staff.get(package).text
        made = post(staff, f"{package}/make", version=version(engine))
        assert made.status_code == 303
        found = staff.get(f"{package}/package.zip")
        with zipfile.ZipFile(BytesIO(found.data)) as files:
            rows = files.read("rapporter.csv").decode("utf-8-sig")
        assert "Gunhild" not in rows
        assert "[maskad enligt OSL 21:7]" in rows
        assert staff.get(f"{package}/package.zip").data == found.data

    def test_without_a_provision_nothing_is_masked_and_the_next_offers_the_last(
        self, staff, engine, package, report
    ):
        first = masks(engine)[0]
        said = {"mask": str(first.id), "was": "proposed", "do": "confirm"}
        sent = post(staff, f"{package}/{report}", **said)
        assert sent.status_code == 422
        assert "Välj lagrum." in sent.text
        assert (
            post(staff, f"{package}/{report}", **said, **{"provision-other": "40 kap. 5 §"}).status_code
            == 303
        )
        with reading(engine) as session:
            assert session.get(DisclosureMask, first.id).provision == "40:5"

    def test_who_comes_second_sees_what_the_first_decided(self, staff, engine, package, report):
        first = masks(engine)[0]
        said = {"mask": str(first.id), "was": "proposed"}
        post(staff, f"{package}/{report}", **said, do="keep")
        sent = post(staff, f"{package}/{report}", **said, do="confirm", provision="21:7")
        assert sent.status_code == 409
        assert "Någon annan har redan avgjort det." in sent.text

    def test_all_of_a_kind_and_taking_it_back(self, staff, engine, package, report):
        sent = post(
            staff,
            f"{package}/kind",
            why="phone",
            do="confirm",
            version=version(engine),
            **{"provision-phone": "21:3"},
        )
        assert sent.status_code == 303
        phone = next(each for each in masks(engine) if each.why == "phone")
        assert phone.state == "confirmed"
        post(staff, f"{package}/{report}", mask=str(phone.id), was="confirmed", do="undo")
        assert next(each for each in masks(engine) if each.why == "phone").state == "proposed"

    def test_more_is_masked_by_words_and_by_field(self, staff, engine, package, report):
        said = {"own-words": "ladan", "own-provision": "21:7"}
        assert post(staff, f"{package}/{report}/add", **said).status_code == 303
        assert [each.why for each in masks(engine)].count("own") == 1
        missing = post(staff, f"{package}/{report}/add", **(said | {"own-words": "finns inte"}))
        assert missing.status_code == 422
        assert "står inte i något fält" in missing.text
        whole = {"own-field": "place", "own-provision": "18:8"}
        assert post(staff, f"{package}/{report}/add", **whole).status_code == 303

    def test_nothing_is_made_too_early(self, staff, engine, package):
        sent = post(staff, f"{package}/make", version=version(engine))
        assert sent.status_code == 409
        assert "som inte är avgjorda:" in sent.text
        assert staff.get(f"{package}/package.zip").status_code == 409

    def test_a_changed_report_is_said_and_read_anew(self, staff, engine, package, report):
        with writing(engine) as session:
            session.execute(update(Report).where(Report.uid == report).values(version=9))
        assert "Ändrad sedan den valdes" in staff.get(package).text
        assert "Läs in den på nytt" in staff.get(f"{package}/{report}").text
        assert post(staff, f"{package}/{report}/renew").status_code == 303
        assert "Ändrad sedan" not in staff.get(package).text

    def test_the_place_asks_for_a_provision(self, staff, engine, package):
        said = {"precision": "square", "version": version(engine)}
        assert post(staff, f"{package}/place", **said).status_code == 422
        assert post(staff, f"{package}/place", **said, provision="21:3").status_code == 303
        assert post(staff, f"{package}/place", **said, provision="21:3").status_code == 409

    def test_it_can_be_called_off(self, staff, engine, package):
        assert post(staff, f"{package}/cancel", version=version(engine)).status_code == 303
        assert "Avbrutet" in staff.get("/staff/disclosures?municipality=1470").text

    def test_nobody_else_gets_at_it(self, logged_in, package, report):
        assert logged_in(PLANNER).get(package).status_code == 403
        assert logged_in(ELSEWHERE).get(package).status_code == 404
        assert logged_in(ELSEWHERE).get(f"{package}/{report}").status_code == 404


class TestMarks:
    SAID = {"field": "private_text", "provision": "21:1", "reason": "Om hälsa"}

    def test_one_is_set_seen_in_lists_and_lifted(self, staff, engine, report):
        assert post(staff, f"/staff/reports/{report}/secrecy", **self.SAID).status_code == 303
        page = staff.get(f"/staff/reports/{report}").text
        assert "OSL 21:1" in page
        assert "Om hälsa" in staff.get("/staff/secrecy?municipality=1470").text
        assert "Sekretess" in staff.get("/staff/reports?municipality=1470").text
        with reading(engine) as session:
            uid = session.scalars(select(SecrecyMark.uid)).one()
        assert post(staff, f"/staff/secrecy/{uid}/lift").status_code == 303
        assert "Om hälsa" not in staff.get("/staff/secrecy?municipality=1470").text

    def test_what_is_wrong_is_said_and_kept(self, staff, engine, report):
        sent = post(staff, f"/staff/reports/{report}/secrecy", **(self.SAID | {"provision": ""}))
        assert sent.status_code == 422
        assert "Välj lagrum." in sent.text
        assert ">Om hälsa</textarea>" in sent.text
        assert factories.rows(engine, SecrecyMark) == {"secrecy_mark": 0}

    def test_its_day_is_said_when_it_has_come(self, staff, engine, report):
        tomorrow = today() + timedelta(days=1)
        post(staff, f"/staff/reports/{report}/secrecy", **self.SAID, review_on=tomorrow.isoformat())
        assert "Ska prövas igen" not in staff.get(f"/staff/reports/{report}").text
        with writing(engine) as session:
            session.execute(update(SecrecyMark).values(review_on=to_day_number(today())))
        assert "Ska prövas igen" in staff.get(f"/staff/reports/{report}").text
        assert "Om hälsa" in staff.get("/staff/secrecy?municipality=1470&due=1").text

    def test_it_is_in_a_file(self, staff, report):
        post(staff, f"/staff/reports/{report}/secrecy", **(self.SAID | {"reason": "=1+1"}))
        rows = table(staff.get("/staff/secrecy.csv?municipality=1470"))
        assert (rows[0]["Varför"], rows[0]["Lagrum"]) == ("'=1+1", "OSL 21:1")

    def test_it_shuts_nobody_out(self, staff, report):
        post(staff, f"/staff/reports/{report}/secrecy", **self.SAID)
        assert "Gunhild" in staff.get(f"/staff/reports/{report}").text


def table(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))


class TestRegister:
    def test_it_has_the_report_and_the_package_with_their_numbers(self, staff, package, report):
        page = staff.get("/staff/registry?municipality=1470").text
        year = today().year
        assert f"/staff/reports/{report}" in page
        assert f"TK {year}-000001" in page
        assert f"TK {year}-000001" in staff.get(f"/staff/reports/{report}").text
        rows = table(staff.get("/staff/registry.csv?municipality=1470"))
        assert [row["Typ"] for row in rows] == ["Utlämnande", "Rapport"]
        assert rows[1]["Från eller till"] == "Anonym"

    def test_it_is_searched_by_year_type_and_number(self, staff, package):
        for asked, count in (
            ("type=report", 1),
            (f"number=TK+{today().year}-000002", 1),
            ("number=000001", 1),
            ("year=2001", 0),
        ):
            assert len(table(staff.get(f"/staff/registry.csv?municipality=1470&{asked}"))) == count, asked
        assert staff.get("/staff/registry?municipality=1470&number=abc").status_code == 422

    def test_it_is_in_english_too(self, staff, package):
        for path in ("registry", "disclosures", "secrecy", "disclosures/new"):
            assert 'lang="en"' in staff.get(f"/staff/{path}?municipality=1470&lang=en").text


def test_the_refusal_says_how_to_appeal(staff):
    page = staff.get("/staff/disclosures/refusal?municipality=1470").text
    assert "kammarrätten" in page
    assert "tre veckor" in page


def test_fifty_reports_take_few_steps(logged_in, engine):
    home = factories.home_of(engine)
    for number in range(50):
        reviews.sent(engine, home, f"Nummer {number}: ring Gunhild Andersson, 070-123 45 {number:02d}")
    staff = logged_in()
    sent = post(staff, "/staff/disclosures/new", municipality="1470", title="Femtio", states=State.NEW.value)
    package, steps = sent.headers["Location"], 0
    for why in ("name", "phone"):
        said = {"why": why, "do": "confirm", "version": version(engine), f"provision-{why}": "21:7"}
        assert post(staff, f"{package}/kind", **said).status_code == 303
        steps += 1
    assert "50 av 50 klara" in staff.get(package).text
    assert post(staff, f"{package}/make", version=version(engine)).status_code == 303
    assert steps == 2
