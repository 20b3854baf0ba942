"""The journal as those see it who may, and what is written in it when somebody reads."""

from __future__ import annotations

import ast
import csv
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from geodata.errors import DatabaseFault
from geodata.tables import JournalEntry
from geodata.tables.chain import Entry, append
from geodata.tables.engine import make_engine, reading, writing
from geodata.vocabulary import State
from tests import factories
from tests.journals import tamper
from tests.webmap.application import ADMIN, COORDINATOR, ELSEWHERE, PLANNER, post
from webmap.access import Role, Viewer
from webmap.services import journal_list, reading_log
from webmap.services.journal_watch import journal_state, keep_watch
from webmap.services.reading_log import note_read
from webmap.words.journal_words import ACTS, THINGS

ROOT = Path(__file__).parents[2]
LIST = "/staff/journal?municipality=1470"
UID = "3f2a91bc-0000-4000-8000-000000000000"


@pytest.fixture
def engine(app):
    return app.extensions["works"].engine


def acts(engine, action: str) -> list[JournalEntry]:
    with reading(engine) as session:
        return list(session.scalars(select(JournalEntry).where(JournalEntry.action == action)))


def write(engine, *entries: Entry) -> None:
    with writing(engine) as session:
        for each in entries:
            append(session, each)


class TestList:
    def test_a_row_says_who_did_what_to_what(self, engine, logged_in):
        write(engine, Entry("coordinator", "review.accept", "report", UID, "1470", 1, 2))
        text = logged_in(ADMIN).get(LIST).text
        assert "godkände rapport 3f2a91bc…" in text
        assert COORDINATOR in text
        assert UID not in text  # an admin reads no reports, and has no way to one

    def test_who_may_look_at_the_thing_has_a_way_to_it(self, engine, logged_in):
        write(engine, Entry("coordinator", "review.accept", "report", UID, "1470", 1, 2))
        assert f'href="/staff/reports/{UID}"' in logged_in(COORDINATOR).get(LIST).text

    def test_it_is_in_english_too(self, engine, logged_in):
        write(engine, Entry("coordinator", "review.accept", "report", UID, "1470", 1, 2))
        assert (
            "accepted report 3f2a91bc…" in logged_in(ADMIN).get(LIST + "&lang=en", follow_redirects=True).text
        )

    def test_what_is_of_another_municipality_is_not_there(self, engine, logged_in):
        write(engine, Entry("coordinator", "review.accept", "report", UID, "1446", 4))
        assert "3f2a91bc" not in logged_in(ADMIN).get(LIST).text
        assert "3f2a91bc" in logged_in(ELSEWHERE).get("/staff/journal").text

    def test_a_log_in_is_seen_where_the_account_has_a_role(self, engine, logged_in):
        with reading(engine) as session:
            numbers = dict(
                session.execute(
                    select(JournalEntry.object_id, JournalEntry.municipality).where(
                        JournalEntry.action == "user.add"
                    )
                ).all()
            )
        theirs = next(int(number) for number, code in numbers.items() if code == "1446")
        write(engine, Entry("user", "session.begin", "user", str(theirs), None, theirs))
        assert 'value="session.begin"' in logged_in(ADMIN).get(LIST).text
        assert ELSEWHERE not in logged_in(ADMIN).get(LIST + "&act=session.begin").text
        assert ELSEWHERE in logged_in(ELSEWHERE).get("/staff/journal?act=session.begin").text

    @pytest.mark.parametrize(
        ("asked", "is_there"),
        [
            ("act=review.accept", True),
            ("act=review.reject", False),
            ("thing=report&number=3f2a", True),
            ("number=4f2a", False),
            ("number=%25", False),
            ("person=1", True),
            ("person=2", False),
            ("day=2026-11-21", True),
            ("day=2026-11-22", False),
        ],
    )
    def test_it_can_be_searched(self, engine, logged_in, asked, is_there):
        write(engine, Entry("coordinator", "review.accept", "report", UID, "1470", 1, 2, at=factories.NOW))
        assert ("3f2a91bc…" in logged_in(ADMIN).get(f"{LIST}&{asked}").text) == is_there

    def test_a_day_that_is_none_is_told_where_it_was_typed(self, logged_in):
        answer = logged_in(ADMIN).get(f"{LIST}&day=igår")
        assert answer.status_code == 422
        assert 'href="#day"' in answer.text

    def test_the_pages_follow_on_each_other(self, engine, logged_in):
        write(engine, *(Entry("public", "report.receive", "report", f"{n:08}-x", "1470") for n in range(120)))
        seen, address, client = [], LIST + "&act=report.receive", logged_in(ADMIN)
        while address:
            text = client.get(address).text
            seen += [n for n in range(120) if f" {n:08}-x" in text]
            _, _, after = text.partition('rel="next" href="')
            address = after.partition('"')[0].replace("&amp;", "&")
        assert sorted(seen) == list(range(120))

    def test_where_nothing_is_found_it_says_so(self, logged_in):
        assert "Inget står i journalen" in logged_in(ADMIN).get(LIST + "&number=finns-inte").text


class TestFile:
    def test_it_holds_the_rows_and_is_an_act_itself(self, engine, logged_in):
        write(engine, Entry("coordinator", "review.accept", "report", UID, "1470", 1, 2))
        answer = logged_in(ADMIN).get("/staff/journal.csv?municipality=1470&act=review.accept")
        rows = list(csv.reader(StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
        assert [row[7] for row in rows[1:]] == [UID]
        assert [(row.role, row.object_rev) for row in acts(engine, journal_list.EXPORT)] == [("admin", 1)]


class TestCheck:
    def test_it_tells_that_all_is_well_and_the_last_anchor(self, app, engine, logged_in):
        settings = app.extensions["works"].settings
        client = logged_in(ADMIN)
        assert "inte kontrollerad än" in client.get(LIST).text
        assert keep_watch(engine, settings) == ""
        text = client.get(LIST).text
        assert "kedjan är hel" in text
        assert "Senaste ankaret" in text

    def test_it_is_done_now_when_asked_for(self, app, engine, logged_in):
        client = logged_in(ADMIN)
        with writing(engine) as session:
            tamper(session, "UPDATE journal SET role = 'police' WHERE seq = 2")
        assert post(client, "/staff/journal/check", municipality="1470").status_code == 303
        text = client.get(LIST).text
        assert 'role="alert"' in text
        assert "en rad är ändrad. Första felaktiga raden: 2." in text
        assert journal_state(engine, app.extensions["works"].settings).is_broken
        assert len(acts(engine, "journal.check")) == 1

    def test_once_a_minute_is_enough(self, engine, logged_in):
        client = logged_in(ADMIN)
        for _ in range(2):
            post(client, "/staff/journal/check", municipality="1470")
        assert len(acts(engine, "journal.check")) == 1


class TestReading:
    @pytest.fixture
    def waiting(self, engine):
        draft = factories.draft(state=State.NEW)
        with writing(engine) as session:
            factories.store(session, factories.home_in(session), [draft])
        return draft.uid

    def test_who_opens_a_report_is_written_down_once_an_hour(self, engine, logged_in, waiting):
        for _ in range(3):
            assert logged_in().get(f"/staff/reports/{waiting}").status_code == 200
        found = acts(engine, "report.read")
        assert [(row.object_id, row.actor_id, row.role, row.municipality) for row in found] == [
            (str(waiting), 1, "coordinator", "1470")
        ]

    @pytest.mark.parametrize(
        ("path", "action"),
        [
            ("/staff/reports?municipality=1470", "report.read_list"),
            ("/staff/reports/list.csv?municipality=1470", "report.export"),
            ("/staff/map/export/csv?municipality=1470", "report.export"),
            ("/staff/map/export/png?municipality=1470", "map.export"),
            ("/staff/map/export/tif?municipality=1470", "map.export"),
            ("/staff/map/map.pdf?municipality=1470", "map.export"),
            ("/staff/map/list.csv?municipality=1470", "map.export"),
            ("/staff/map/list.xlsx?municipality=1470", "map.export"),
            ("/staff/measures.csv?municipality=1470", "measure.export"),
        ],
    )
    def test_every_restricted_read_is(self, engine, logged_in, path, action):
        assert logged_in().get(path).status_code == 200
        assert [row.actor_id for row in acts(engine, action)] == [1]

    def test_what_one_may_not_see_is_no_read(self, engine, logged_in, waiting):
        for email in (PLANNER, ADMIN, ELSEWHERE):
            assert logged_in(email).get(f"/staff/reports/{waiting}").status_code in (403, 404)
        assert acts(engine, "report.read") == []

    def test_nothing_is_shown_that_cannot_be_written_down(self, engine, logged_in, waiting, monkeypatch):
        monkeypatch.setattr(reading_log, "_PATIENCE_MS", 50)
        client = logged_in()
        other = make_engine(engine.url.render_as_string(hide_password=False))
        with writing(other) as session:
            session.connection()
            answer = client.get(f"/staff/reports/{waiting}")
        other.dispose()
        assert answer.status_code == 503
        assert "anteckna vem som läser" in answer.text
        assert client.get(f"/staff/reports/{waiting}").status_code == 200

    def test_at_most_one_for_each_person_act_thing_and_hour(self, engine):
        viewer = Viewer(1, "", {"1470": frozenset({Role.COORDINATOR})})
        for number in (7, 7, 8):
            note_read(engine, viewer, "1470", "report.read", "report", str(number))
        note_read(engine, Viewer(2, "", {}), "1470", "report.read", "report", "7")
        assert [(row.object_id, row.actor_id, row.role) for row in acts(engine, "report.read")] == [
            ("7", 1, "coordinator"),
            ("8", 1, "coordinator"),
            ("7", 2, "user"),
        ]


def test_on_postgresql_a_read_is_refused_too_where_the_journal_is_locked(postgresql_engine, monkeypatch):
    with writing(postgresql_engine) as session:
        append(session, Entry("public", "report.receive", "report", "1"))
    monkeypatch.setattr(reading_log, "writing", _refusing)
    with pytest.raises(DatabaseFault, match=r"journal\.not_noted"):
        note_read(postgresql_engine, Viewer(1), "1470", "report.read", "report", "1")


def _refusing(*_: object) -> None:
    raise OperationalError("", None, Exception())


def test_every_act_and_thing_in_the_code_has_words():
    """A new act needs a line in `webmap/words/journal_words.py`."""
    unknown = {
        (path.name, word)
        for path in (ROOT / "webmap").rglob("*.py")
        for action, thing in _named_in(path)
        for word, known in ((action, ACTS), (thing, THINGS))
        if word and word not in known
    }
    assert unknown == set()


def _named_in(path: Path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        name = getattr(node, "func", None) and ast.unparse(node.func)
        begin = {"Entry": 1, "note": 1, "note_read": 3}.get(str(name))
        if begin is not None and len(node.args) > begin + 1:
            words = node.args[begin : begin + 2]
            yield tuple(each.value if isinstance(each, ast.Constant) else "" for each in words)
