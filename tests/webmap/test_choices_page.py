"""The municipality's own settings, on the page and from the command line."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from geodata.tables.choices import Choice
from geodata.tables.engine import reading
from geodata.tables.journal import JournalEntry
from tests.webmap.application import ADMIN, COORDINATOR, post
from webmap.cli import main

PAGE = "/admin/settings?municipality=1470"


@pytest.fixture
def engine(app):
    return app.extensions["works"].engine


@pytest.fixture
def admin(logged_in):
    return logged_in(ADMIN)


def version_in(page):
    return re.search(r'name="version" value="(\w+)"', page)[1]


def send(client, version="", **said):
    shown = version or version_in(client.get(PAGE).text)
    all_of = dict(
        re.findall(r'<input class="in[^>]* id="(\w+)" name="\1" value="([^"]*)"', client.get(PAGE).text)
    )
    return post(client, "/admin/settings", municipality="1470", version=shown, **(sizes() | all_of | said))


def sizes():
    return {"publish_fine_m": "250", "publish_coarse_m": "1000", "publish_by_itself": "no"}


def stored(engine):
    with reading(engine) as session:
        return {row.key: row.value for row in session.scalars(select(Choice))}


class TestPage:
    def test_what_is_chosen_is_kept_and_said(self, admin, engine):
        sent = send(admin, contact_email="trygg@vara.example", publish_k="8")
        assert sent.status_code == 303
        assert stored(engine) == {"contact_email": "trygg@vara.example", "publish_k": "8"}
        page = admin.get(sent.headers["Location"]).text
        assert "Sparat." in page
        assert 'value="trygg@vara.example"' in page

    def test_what_is_missing_on_the_pages_is_named(self, admin):
        assert "Dataskyddsombudets e-post" in admin.get(PAGE).text.split("Det här saknas")[1].split("</p>")[0]

    @pytest.mark.parametrize(
        ("key", "text", "says"),
        [
            ("publish_k", "3", "från 4 till 50"),
            ("publish_fine_m", "100", "250, 500, 1000"),
            ("publish_coarse_m", "250", "1000, 2000, 4000"),
            ("publish_days_between", "7", "från 30 till 366"),
            ("publish_by_itself", "kanske", "ja eller nej"),
            ("contact_email", "trygg", "inte en e-postadress"),
            ("feedback_url", "http://vara.example", "https://"),
        ],
    )
    def test_limits_are_said_at_the_field_and_what_was_typed_stays(self, admin, engine, key, text, says):
        sent = send(admin, organisation_number="212000-1637", **{key: text})
        assert sent.status_code == 422
        assert "<title>Fel: " in sent.text
        problem = re.search(rf'id="{key}-problem">(.*?)</div>', sent.text, re.DOTALL)[1]
        assert says in problem.replace("\N{NO-BREAK SPACE}", " ")
        assert 'value="212000-1637"' in sent.text
        assert stored(engine) == {}

    def test_whoever_comes_second_sees_both_and_loses_nothing(self, admin, logged_in, engine):
        seen = version_in(admin.get(PAGE).text)
        send(logged_in(ADMIN), contact_phone="0512-310 00")
        sent = send(admin, seen, contact_phone="0512-319 99")
        assert sent.status_code == 409
        assert "<td>0512-310 00</td><td>0512-319 99</td>" in sent.text
        assert stored(engine)["contact_phone"] == "0512-310 00"
        assert send(admin, version_in(sent.text), contact_phone="0512-319 99").status_code == 303

    def test_the_journal_names_keys_and_no_values(self, admin, engine):
        send(admin, data_officer_email="dso@vara.example")
        with reading(engine) as session:
            last = session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc())).first()
        assert (last.action, last.object_id, last.role) == ("choice.make", "data_officer_email", "admin")
        assert "dso@" not in str(vars(last))

    def test_nobody_else_gets_at_it(self, logged_in):
        assert logged_in(COORDINATOR).get(PAGE).status_code == 403

    def test_it_is_in_english_too(self, admin):
        page = admin.get(f"{PAGE}&lang=en").text
        assert all(word in page for word in ("Data controller", "Fewest voices", "Save"))


class TestCommand:
    @pytest.fixture
    def command(self, app, monkeypatch):
        settings = app.extensions["works"].settings
        monkeypatch.setenv("TRYGGKARTA_DATABASE_URL", settings.database_url)
        return lambda *words: CliRunner().invoke(main, list(words))

    def test_it_chooses_and_shows(self, command):
        done = command("choose", "publish_k", "8", "--municipality", "1470", "--json")
        assert json.loads(done.stdout) == {"publish_k": "8"}
        shown = json.loads(command("choices", "--municipality", "1470", "--json").stdout)
        assert (shown["publish_k"], shown["publish_days_between"]) == ("8", "30")
        assert command("choose", "publish_k", "", "--municipality", "1470").stdout == "publish_k  5\n"

    @pytest.mark.parametrize(
        ("words", "code"),
        [(("publish_k", "3"), 1), (("publish_kk", "8"), 2), (("contact_email", "trygg"), 1)],
    )
    def test_what_does_not_go_is_refused_in_a_line(self, command, words, code):
        done = command("choose", *words, "--municipality", "1470")
        assert (done.exit_code, done.stdout) == (code, "")
        assert len(done.stderr.splitlines()) == 1
