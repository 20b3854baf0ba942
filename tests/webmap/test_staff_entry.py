"""Staff write down what others say: one at a time, or a whole evening that is stored all or not at all."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from geodata.tables.engine import reading
from geodata.tables.occasions import Occasion
from geodata.tables.reports import Report
from geodata.vocabulary import Channel, Origin, State
from tests.webmap.application import REPORTER, token_in
from webmap.services import receipts

NEW, BATCH = "/staff/reports/new", "/staff/reports/batch"
EVENING = {"title": "Dialogkväll i Kvänum", "held_on": "2025-10-14", "head_count": "18"}


def stored(app, table=Report):
    with reading(app.extensions["works"].engine) as session:
        return session.scalars(select(table).order_by(table.id)).all()


def fresh(app, before):
    return [each for each in stored(app) if each.id not in {row.id for row in before}]


@pytest.fixture
def before(app):
    return stored(app)


@pytest.fixture
def entering(app, logged_in):
    client = logged_in()

    def send(path, **said):
        page = client.get(f"{path}?municipality=1470")
        uid = re.search(r'name="uid" value="([^"]+)"', page.text)
        fixed = {"csrf_token": token_in(page), "municipality": "1470", "uid": uid[1] if uid else ""}
        return client.post(path, data=fixed | said, follow_redirects=False)

    send.client = client
    return send


PHONE = {
    "channel": "phone",
    "origin": "public",
    "polarity": "unsafe",
    "categories": ["lighting"],
    "way": "unknown",
    "unsure": "Vid kyrkan",
    "when": "often",
    "weekdays": ["fri"],
    "often_clock": "20",
    "often_end_clock": "03",
}


class TestOneReport:
    def test_it_waits_for_review_and_the_code_is_read_out(self, app, entering, before):
        answer = entering(NEW, **PHONE)
        assert answer.status_code == 303, answer.text
        (report,) = fresh(app, before)
        assert (report.state, report.source, report.place_text) == (State.NEW, Channel.PHONE, "Vid kyrkan")
        code = receipts.code_of(app.extensions["works"].settings.secret(), report.uid)
        assert receipts.spelled(code) in entering.client.get(answer.headers["Location"]).text

    def test_it_can_be_let_through_at_once(self, app, entering, before):
        entering(NEW, **PHONE, accepted="1")
        assert fresh(app, before)[0].state == State.ACCEPTED

    def test_who_does_not_review_lets_nothing_through(self, app, logged_in, before):
        client = logged_in(REPORTER)
        page = client.get(f"{NEW}?municipality=1470&accepted=1")
        assert 'name="accepted"' not in page.text
        uid = re.search(r'name="uid" value="([^"]+)"', page.text)[1]
        said = {"csrf_token": token_in(page), "municipality": "1470", "uid": uid, "accepted": "1"}
        assert client.post(NEW, data=PHONE | said).status_code == 303
        assert [each.state for each in fresh(app, before)] == [State.NEW]

    def test_what_is_wrong_is_told_together_and_what_was_typed_stays(self, app, entering, before):
        wrong = {"categories": [], "when": "day", "day_day": "x", "text": "Lampan är trasig"}
        answer = entering(NEW, **PHONE | wrong)
        assert answer.status_code == 422
        assert "Välj minst en sak" in answer.text
        assert 'href="#day_day"' in answer.text
        assert "Lampan är trasig" in answer.text
        assert fresh(app, before) == []

    def test_a_name_is_asked_about_and_kept_only_on_purpose(self, app, entering, before):
        said = PHONE | {"text": "Ring Anna Svensson, 070-123 45 67"}
        assert entering(NEW, **said).status_code == 422
        assert entering(NEW, **said, anyway="1").status_code == 303
        assert len(fresh(app, before)) == 1


def rows(*places, **more):
    said = {"rows": str(len(places)), **EVENING, **more}
    for number, place in enumerate(places):
        said |= {f"place_{number}": place, f"polarity_{number}": "unsafe"}
        said |= {f"category_{number}": "lighting" if place else "", f"habit_{number}": "weekend"}
    return said


class TestAnEvening:
    def test_all_rows_are_one_voice_of_one_occasion(self, app, entering, before):
        answer = entering(BATCH, **rows("Bakom skolan", "", "Vid ån"))
        assert answer.status_code == 303, answer.text
        (occasion,) = stored(app, Occasion)
        reports = fresh(app, before)
        assert [each.place_text for each in reports] == ["Bakom skolan", "Vid ån"]
        assert {each.voice for each in reports} == {f"occasion-{occasion.uid}"}
        assert {each.origin for each in reports} == {Origin.CITIZEN_DIALOGUE}

    def test_one_bad_row_stores_nothing_and_says_which(self, app, entering, before):
        said = rows("Bakom skolan", "Vid ån") | {"category_1": ""}
        answer = entering(BATCH, **said)
        assert answer.status_code == 422
        assert "Rad 2: " in answer.text
        assert 'value="Bakom skolan"' in answer.text
        assert (fresh(app, before), stored(app, Occasion)) == ([], [])

    def test_more_rows_come_without_anything_being_lost_or_stored(self, app, entering, before):
        answer = entering(BATCH, **rows("Bakom skolan"), do="more")
        assert 'value="Bakom skolan"' in answer.text
        assert answer.text.count("data-row>") == 11
        assert stored(app, Occasion) == []

    def test_receipts_can_be_handed_out(self, app, entering, before):
        answer = entering(BATCH, **rows("Bakom skolan"))
        page = entering.client.get(answer.headers["Location"]).text
        (report,) = fresh(app, before)
        code = receipts.code_of(app.extensions["works"].settings.secret(), report.uid)
        assert receipts.spelled(code) in page

    def test_sent_twice_it_is_stored_once(self, app, entering, before):
        said = rows("Bakom skolan") | {"uid_0": "11111111-1111-4111-8111-111111111111"}
        entering(BATCH, **said)
        occasion = stored(app, Occasion)[0]
        entering(BATCH, **said, occasion=str(occasion.uid))
        assert len(fresh(app, before)) == 1

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [({"title": ""}, "title"), ({"head_count": "-3"}, "head_count"), ({"held_on": "x"}, "held_on")],
    )
    def test_a_meeting_that_cannot_be_is_refused(self, app, entering, before, wrong, field):
        answer = entering(BATCH, **rows("Bakom skolan") | wrong)
        assert answer.status_code == 422
        assert f'href="#{field}"' in answer.text

    def test_its_head_count_can_be_put_right(self, app, entering, before):
        address = entering(BATCH, **rows("Bakom skolan")).headers["Location"]
        page = entering.client.get(address)
        said = EVENING | {"head_count": "25", "municipality": "1470", "csrf_token": token_in(page)}
        assert entering.client.post(address.split("?")[0], data=said).status_code == 303
        assert "25 personer" in entering.client.get(address).text
