"""The pages of destroying what has been kept long enough: three steps, two people, a protocol at the end."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime
from io import StringIO

import pytest
from sqlalchemy import select, update

from geodata.tables import Report
from geodata.tables.engine import reading, writing
from tests import factories
from tests.pdftext import pages_of
from tests.webmap.application import ADMIN, COORDINATOR, ELSEWHERE, PLANNER, post

PAGE = "/staff/retention"
RULE = {"municipality": "1470", "which": "report:received", "years": "5", "days": ""}
RULE["decision"] = "KS 2026/114"
OLD = datetime(2020, 3, 10, tzinfo=UTC)


@pytest.fixture
def engine(app):
    made = app.extensions["works"].engine
    with writing(made) as session:
        oldest = session.scalars(select(Report.id).order_by(Report.id).limit(3)).all()
        session.execute(update(Report).values(created_at=datetime.now(UTC)))
        session.execute(update(Report).where(Report.id.in_(oldest)).values(created_at=OLD))
    return made


@pytest.fixture
def coordinator(logged_in, engine):
    return logged_in()


@pytest.fixture
def admin(logged_in, engine):
    return logged_in(ADMIN)


def ruled(coordinator, **said):
    return post(coordinator, f"{PAGE}/rules/new", **(RULE | said))


def proposed(coordinator):
    ruled(coordinator)
    sent = post(coordinator, f"{PAGE}/runs", municipality="1470")
    assert sent.status_code == 303
    return sent.headers["Location"]


def approve(admin, run):
    page = admin.get(run).text
    fields = {name: re.search(rf'name="{name}" value="(\w+)"', page)[1] for name in ("version", "digest")}
    return post(admin, f"{run}/approve", **fields)


class TestRules:
    def test_one_is_read_in_words_before_it_is_stored(self, coordinator):
        page = ruled(coordinator, preview="1").text
        assert "Rapporter tas bort 5 år efter att de kom in. Beslut KS 2026/114." in page
        assert "Inga regler än" in coordinator.get(PAGE).text
        assert ruled(coordinator).status_code == 303
        assert "Rapporter tas bort 5 år efter att de kom in." in coordinator.get(PAGE).text

    def test_one_without_a_decision_is_pointed_out(self, coordinator):
        ruled(coordinator, decision="")
        page = coordinator.get(PAGE).text
        assert "1 regel saknar beslutsnummer" in page
        assert "Gallrar ingenting, för beslutsnummer saknas" in page
        assert "Inget har nått sin dag än." in page

    def test_what_is_wrong_is_said_and_what_was_typed_stays(self, coordinator):
        sent = ruled(coordinator, years="fem")
        assert sent.status_code == 422
        assert "<title>Fel: " in sent.text
        assert all(word in sent.text for word in ("Skriv ett helt tal", 'value="fem"', 'value="KS 2026/114"'))

    def test_whoever_comes_second_is_told(self, coordinator):
        ruled(coordinator)
        path = re.search(rf'href="({PAGE}/rules/[-0-9a-f]+)"', coordinator.get(PAGE).text)[1]
        assert post(coordinator, path, **(RULE | {"version": "1", "years": "6"})).status_code == 303
        late = post(coordinator, path, **(RULE | {"version": "1", "years": "7"}))
        assert late.status_code == 409
        assert 'name="version" value="2"' in late.text
        assert 'id="years" name="years" value="6"' in late.text
        assert post(coordinator, f"{path}/stop", version="2").status_code == 303
        assert "Inga regler än" in coordinator.get(PAGE).text


class TestSteps:
    def test_two_people_take_three_steps(self, coordinator, admin, engine):
        run = proposed(coordinator)
        assert "3 saker har nått sin dag." in coordinator.get(PAGE).text
        page = coordinator.get(run).text
        assert "Väntar på en administratör" in page
        assert "keeping-danger" not in page
        assert approve(admin, run).status_code == 303
        page = coordinator.get(run).text
        assert "3 saker tas bort, med allt som hör till dem. Det går inte att ångra." in page
        assert page.count("keeping-danger") == 1
        assert post(coordinator, f"{run}/run").status_code == 303
        assert factories.rows(engine, Report) == {"report": 57}
        assert "Borttaget: 3." in coordinator.get(run).text

    def test_a_coordinator_cannot_approve_nor_an_admin_list_or_carry_out(self, coordinator, admin):
        run = proposed(coordinator)
        assert post(coordinator, f"{run}/approve").status_code == 403
        assert post(admin, f"{run}/run").status_code == 403
        assert post(admin, f"{PAGE}/runs", municipality="1470").status_code == 403
        assert "Läs listan nedan först." in admin.get(run).text

    def test_what_has_changed_is_not_approved(self, coordinator, admin, engine):
        run = proposed(coordinator)
        with writing(engine) as session:
            first = session.scalars(select(Report.uid).order_by(Report.id)).first()
        address = f"https://x.example/staff/reports/{first}"
        held = {"record": "report", "object": address, "reason": "Överklagande"}
        assert post(coordinator, f"{PAGE}/holds", municipality="1470", **held).status_code == 303
        refused = approve(admin, run)
        assert refused.status_code == 409
        assert "Listan stämmer inte längre." in refused.text

    def test_a_list_is_put_aside(self, coordinator):
        run = proposed(coordinator)
        assert post(coordinator, f"{run}/cancel").status_code == 303
        assert "Listan är avbruten." in coordinator.get(run).text
        assert post(coordinator, f"{run}/cancel").status_code == 409

    def test_without_anything_due_there_is_no_list(self, coordinator):
        sent = post(coordinator, f"{PAGE}/runs", municipality="1470")
        assert sent.status_code == 409
        assert "Inget har nått sin dag, så det finns ingen lista att göra." in sent.text

    def test_elsewhere_it_is_not_there(self, coordinator, logged_in):
        run = proposed(coordinator)
        assert logged_in(ELSEWHERE).get(run).status_code == 404
        assert logged_in(PLANNER).get(run).status_code == 403


class TestHolds:
    def test_one_is_set_and_let_go_of(self, coordinator):
        sent = post(coordinator, f"{PAGE}/holds", municipality="1470", record="photo", object="", reason="")
        assert sent.status_code == 422
        assert "Skriv varför det ska hållas kvar." in sent.text
        assert '<option value="photo" selected>' in sent.text
        said = {"record": "photo", "object": "", "reason": "Pågående begäran om utlämnande"}
        assert post(coordinator, f"{PAGE}/holds", municipality="1470", **said).status_code == 303
        page = coordinator.get(PAGE).text
        lift = re.search(rf'action="({PAGE}/holds/[-0-9a-f]+/lift)"', page)[1]
        assert post(coordinator, lift, municipality="1470").status_code == 303
        assert lift not in coordinator.get(PAGE).text

    def test_the_list_offers_it(self, coordinator):
        page = coordinator.get(proposed(coordinator)).text
        link = re.search(r'href="(/staff/retention\?[^"#]+)#holds"', page)[1].replace("&amp;", "&")
        assert '<option value="report" selected>' in coordinator.get(link).text


class TestFiles:
    def test_rules_and_list_are_tables_for_excel(self, coordinator, engine):
        run = proposed(coordinator)
        rules = rows(coordinator.get(f"{PAGE}.csv?municipality=1470"))
        assert (rules[0]["Beslut"], rules[0]["Att ta bort i dag"]) == ("KS 2026/114", "3")
        items = rows(coordinator.get(f"{run}.csv"))
        assert [(row["Vad"], row["Kan tas bort från"], row["Utfall"]) for row in items] == [
            ("Rapporter", "2025-03-11", "Ska tas bort")
        ] * 3

    def test_the_protocol_says_who_what_and_by_which_decision(self, coordinator, admin, engine):
        run = proposed(coordinator)
        assert coordinator.get(f"{run}.pdf").status_code == 404
        with reading(engine) as session:
            uid = str(session.scalars(select(Report.uid).order_by(Report.id)).first())
        approve(admin, run)
        post(coordinator, f"{run}/run")
        said = "".join(pages_of(admin.get(f"{run}.pdf").data))
        for part in ("Gallringsprotokoll", COORDINATOR, ADMIN, "KS 2026/114", uid, "Säkerhetskopior"):
            assert part in said, part

    def test_it_is_all_in_english_too(self, coordinator, admin):
        run = proposed(coordinator)
        for path in (PAGE, run, f"{PAGE}/rules/new"):
            page = coordinator.get(f"{path}?lang=en").text
            assert not re.search(r"<(h1|h2|th|button)[^>]*>[^<]*[åäöÅÄÖ]", page), path


def rows(answer):
    return list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
