"""What programs give themselves away by: they are thanked like anybody else, and count as nobody."""

from __future__ import annotations

import re

import pytest
import time_machine
from sqlalchemy import select

from geodata.tables import Report
from geodata.tables.engine import reading
from tests.webmap.application import COORDINATOR, application, closed
from tests.webmap.teller import PLAIN, Teller
from tests.webmap.test_limits import NOW


@pytest.fixture
def quick(app, tmp_path):
    """The application as it is served: three seconds are the least."""
    url = app.extensions["works"].settings.database_url
    made = application(url, tmp_path, quickest_report_s="3")
    yield made
    closed(made)


def stored(app):
    with reading(app.extensions["works"].engine) as session:
        newest = select(Report.source, Report.voice).order_by(Report.id.desc()).limit(1)
        return session.execute(newest).one()


def sent(teller, at="/report/send", **said):
    teller.answer(**({"contact": said} if at != "/report/send" else {}))
    return teller.post("/report/send", **(said if at == "/report/send" else {}))


class TestTrap:
    @pytest.mark.parametrize("at", ["/report/send", "/report/contact"])
    def test_what_is_filled_in_there_is_thanked_and_held_to_be_a_program(self, app, client, at):
        answer = sent(Teller(client), at, homepage="https://spam.example")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/report/done")
        assert "Tack" in client.get("/report/done").text
        assert stored(app) == ("machine", None)

    @pytest.mark.parametrize("said", [{}, {"homepage": ""}, {"homepage": "  "}])
    def test_who_leaves_it_empty_is_a_voice(self, app, client, said):
        sent(Teller(client), **said)
        source, voice = stored(app)
        assert source == "form"
        assert re.fullmatch("[0-9a-f]{32}", voice)

    @pytest.mark.parametrize("path", ["/report/contact", "/report/check"])
    def test_nobody_meets_it(self, client, path):
        """Not by keyboard, not by a screen reader, not by what a browser fills in; and its label tells."""
        Teller(client).answer()
        text = client.get(path).text
        field = re.search(r'<input id="homepage"[^>]*>', text)[0]
        assert 'tabindex="-1"' in field
        assert 'autocomplete="off"' in field
        assert 'value=""' in field
        assert re.search(r'<div class="report-trap" aria-hidden="true">\s*<label for="homepage">Lämna', text)
        assert "report-trap" in client.get("/static/css/report.css").text

    def test_a_reviewer_sees_what_it_is_held_to_be(self, app, client, logged_in):
        sent(Teller(client), homepage="x")
        engine = app.extensions["works"].engine
        with reading(engine) as session:
            uid = session.scalars(select(Report.uid).order_by(Report.id.desc()).limit(1)).one()
        assert "kanske ifyllt av ett program" in logged_in(COORDINATOR).get(f"/staff/reports/{uid}").text


class TestTime:
    def test_all_of_it_in_two_seconds_is_a_program(self, quick):
        with time_machine.travel(NOW, tick=False) as clock:
            teller = Teller(quick.test_client())
            teller.answer()
            clock.shift(2)
            assert teller.post("/report/send").status_code == 303
        assert stored(quick) == ("machine", None)

    def test_in_three_it_may_be_somebody(self, quick):
        with time_machine.travel(NOW, tick=False) as clock:
            teller = Teller(quick.test_client())
            teller.answer()
            clock.shift(3)
            teller.post("/report/send")
        assert stored(quick)[0] == "form"

    def test_the_clock_is_not_begun_anew_by_an_answer(self, quick):
        with time_machine.travel(NOW, tick=False) as clock:
            teller = Teller(quick.test_client())
            teller.begin()
            clock.shift(60)
            for name in PLAIN:
                teller.post(f"/report/{name}", **PLAIN[name])
            teller.post("/report/send")
        assert stored(quick)[0] == "form"
