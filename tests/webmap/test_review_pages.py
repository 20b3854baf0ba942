"""The review as pages: the queue, one report, what is decided on it, and what goes wrong, told."""

from __future__ import annotations

import csv
import re
from io import StringIO
from uuid import UUID

import pytest
from sqlalchemy import select

from geodata.tables import Area, JournalEntry, Report, ReviewAct
from geodata.tables.engine import reading, writing
from geodata.vocabulary import Polarity, Refusal, State
from tests import factories
from tests.places import place_at
from tests.webmap.application import ELSEWHERE, PLANNER, token_in
from tests.webmap.reviews import reviewer
from webmap.services.review_effects import UNDO_ALLOWED
from webmap.services.review_moves import Action
from webmap.services.reviewing import Deed, act

SPOT = (40.0, 30.0)
ATTACK = "<script>alert(1)</script>"


@pytest.fixture
def engine(app):
    return app.extensions["works"].engine


@pytest.fixture
def add(engine):
    """Reports that wait."""

    def added(place=None, **said) -> UUID:
        values = {"state": State.NEW, "text": "Mörkt vid porten", "source": "form", **said}
        draft = factories.draft(place or place_at(*SPOT), **values)
        with writing(engine) as session:
            factories.store(session, factories.home_in(session), [draft])
        return draft.uid

    return added


@pytest.fixture
def client(logged_in):
    return logged_in()


def row_of(engine, uid: UUID) -> Report:
    with reading(engine) as session:
        return session.scalars(select(Report).where(Report.uid == uid)).one()


def send(client, path: str, **said: object):
    token = token_in(client.get("/staff/reports"))
    return client.post(path, data={"csrf_token": token, "municipality": "1470", **said})


def decide(client, uid: UUID, do: str, version: int = 1, **said: object):
    return send(client, f"/staff/reports/{uid}", do=do, version=version, **said)


def edited(**said: object) -> dict[str, object]:
    """The fields of the edit as a browser sends them untouched."""
    untouched = {
        "public_text": "Mörkt vid porten",
        "polarity": "unsafe",
        "severity": "",
        "categories": "lighting",
    }
    return {**untouched, **said}


class TestQueue:
    def test_the_oldest_waits_first_with_its_age(self, client, add):
        first, second = add(), add()
        text = client.get("/staff/reports").text
        assert text.index(str(first)) < text.index(str(second))
        assert "2 rapporter väntar" in text
        assert re.search(r'queue-age tnum">\d+ (dag|timm|minut)', text)

    def test_the_states_have_tabs_with_counts(self, client, add):
        add()
        text = client.get("/staff/reports?state=accepted").text
        assert re.search(r'aria-current="page">Godkända <span class="tnum">60<', text)
        assert text.count('class="queue-words"') == 50

    def test_a_page_leads_on_to_the_next(self, client, add):
        text = client.get("/staff/reports?state=accepted").text
        following = re.search(r'href="([^"]+after=\d+)"', text)[1].replace("&amp;", "&")
        assert client.get(following).text.count('class="queue-words"') == 10

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("category=litter", {"categories": frozenset({"litter"})}),
            ("suspect=1", {"text": "Han heter Kalle Svensson, 070-123 45 67"}),
            ("locality=Levene", {"place": place_at(0, 5_000)}),
        ],
    )
    def test_the_filters_leave_what_was_asked_for(self, client, add, query, said):
        add()
        wanted = add(**said)
        text = client.get(f"/staff/reports?{query}").text
        assert re.findall(r'name="chosen" value="([0-9a-f-]+):', text) == [str(wanted)]

    def test_those_without_a_place_are_found(self, client, engine):
        with writing(engine) as session:
            there = factories.home_in(session)
            factories.store(
                session, there, [factories.without_position(state=State.NEW, place_text="Vid bron")]
            )
        text = client.get("/staff/reports?unplaced=1").text
        assert "”Vid bron”" in text

    def test_an_empty_one_says_what_that_means(self, client):
        assert "Allt är granskat" in client.get("/staff/reports").text
        assert "Inga rapporter stämmer med urvalet" in client.get("/staff/reports?category=litter").text

    @pytest.mark.parametrize("query", ["category=draken", "locality=Atlantis", "after=x", "state=lost"])
    def test_a_made_up_filter_is_no_fault_of_ours(self, client, add, query):
        add()
        assert client.get(f"/staff/reports?{query}").status_code == 200

    def test_the_planner_sees_none_of_it(self, logged_in, add):
        uid = add()
        client = logged_in(PLANNER)
        assert [client.get(path).status_code for path in ("/staff/reports", f"/staff/reports/{uid}")] == [
            403,
            403,
        ]

    def test_the_file_is_the_list(self, client, engine, add):
        add(text="=1+1; Mörkt")
        answer = client.get("/staff/reports/list.csv?municipality=1470")
        rows = list(csv.reader(StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
        assert (len(rows), rows[1][1], rows[1][9]) == (2, "Ny", "'=1+1; Mörkt")
        with reading(engine) as session:
            assert session.scalars(select(JournalEntry.action)).all()[-1] == "report.export"


class TestBulk:
    def test_several_are_accepted_and_undone_at_once(self, client, engine, add):
        uids = [add() for _ in range(3)]
        answer = send(client, "/staff/reports/bulk", do="accept", chosen=[f"{uid}:1" for uid in uids])
        assert (answer.status_code, {row_of(engine, uid).state for uid in uids}) == (303, {State.ACCEPTED})
        text = client.get("/staff/reports").text
        assert "3 rapporter godkända" in text
        act_uid = re.search(r'name="act" value="([^"]+)"', text)[1]
        assert send(client, "/staff/reports/undo", act=act_uid).status_code == 303
        assert {row_of(engine, uid).state for uid in uids} == {State.NEW}

    def test_one_that_changed_stops_them_all_and_is_shown(self, client, engine, add):
        uids = [add(), add()]
        home, other = factories.home_of(engine), reviewer(engine, "bo@vara.example")
        act(engine, home, other, Deed(uids[0], 1, Action.EDIT, changes={"severity": 4}))
        answer = send(client, "/staff/reports/bulk", do="accept", chosen=[f"{uid}:1" for uid in uids])
        assert (answer.status_code, "Nyss ändrad" in answer.text) == (409, True)
        assert row_of(engine, uids[1]).state == State.NEW
        assert answer.text.count("checked") == 2

    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            ({"do": "accept"}, "Välj minst en rapport"),
            ({"do": "reject", "chosen": "{}:1"}, "Välj ett skäl"),
            ({"do": "explode", "chosen": "{}:1"}, "explode"),
        ],
    )
    def test_what_is_missing_is_told(self, client, add, said, sentence):
        uid = add()
        filled = {name: value.format(uid) for name, value in said.items()}
        answer = send(client, "/staff/reports/bulk", **filled)
        assert (answer.status_code, sentence in answer.text) == (422, True)
        assert "<title>Fel:" in answer.text


class TestCase:
    def test_it_says_the_report_in_words(self, client, add):
        text = client.get(f"/staff/reports/{add(text='Svart bil, ABC 123, vid porten')}").text
        assert "<mark>ABC 123</mark>" in text
        assert "Det ser ut som ett registreringsnummer" in text
        assert re.search(r"<h2 id=\"case-title\">Bristfällig belysning, .*fre 22–23</h2>", text)
        assert 'class="case-pin"' in text

    def test_the_text_can_be_masked_but_nothing_is_kept_by_looking(self, client, engine, add):
        uid = add(text="Svart bil, ABC 123, vid porten")
        text = client.get(f"/staff/reports/{uid}?panel=edit&mask=1").text
        assert "Svart bil, [borttaget], vid porten</textarea>" in text
        assert row_of(engine, uid).public_text is None

    def test_one_without_a_place_says_so(self, client, engine):
        draft = factories.without_position(state=State.NEW, place_text="Vid bron i Levene")
        with writing(engine) as session:
            factories.store(session, factories.home_in(session), [draft])
        text = client.get(f"/staff/reports/{draft.uid}").text
        assert "”Vid bron i Levene”" in text
        assert "Rapporten har ingen plats" in text

    def test_what_people_wrote_is_text(self, client, add):
        uid = add(text=ATTACK, place_text=ATTACK)
        for query in ("", "?panel=edit", "?panel=duplicate", "?panel=place"):
            text = client.get(f"/staff/reports/{uid}{query}").text
            assert (ATTACK in text, "&lt;script&gt;" in text) == (False, True)

    @pytest.mark.parametrize(
        "query", ["?span=99", "?at=x,y", "?at=1e99,1", "?panel=x", "?kept=x", "?east=nan&panel=place"]
    )
    def test_a_made_up_address_shows_the_page(self, client, add, query):
        assert client.get(f"/staff/reports/{add()}{query}").status_code == 200

    def test_looking_changes_nothing_and_is_written_down_once(self, client, engine, add):
        uid = add()
        before, read = factories.rows(engine, ReviewAct), factories.rows(engine, JournalEntry)["journal"]
        for path in ("", "?panel=edit", "?panel=duplicate", "/map?span=400"):
            client.get(f"/staff/reports/{uid}{path}")
        assert factories.rows(engine, ReviewAct) == before
        assert factories.rows(engine, JournalEntry)["journal"] == read + 1
        assert row_of(engine, uid).version == 1

    def test_elsewhere_it_is_not_there(self, logged_in, add):
        uid, client = add(), logged_in(ELSEWHERE)
        assert client.get(f"/staff/reports/{uid}").status_code == 404
        token = token_in(client.get("/account"))
        said = {"csrf_token": token, "do": "accept", "version": 1}
        assert client.post(f"/staff/reports/{uid}", data=said).status_code == 404


class TestDeciding:
    def test_a_decision_leads_on_to_the_next_that_waits(self, client, engine, add):
        first, second = add(), add()
        answer = decide(client, first, "accept")
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/staff/reports/{second}")
        assert row_of(engine, first).state == State.ACCEPTED
        text = client.get(f"/staff/reports/{second}").text
        assert "Förra rapporten godkänd" in text
        assert "Du har tagit den här rapporten" in text

    def test_after_the_last_comes_the_list(self, client, add):
        assert decide(client, add(), "accept").headers["Location"] == "/staff/reports?municipality=1470"

    def test_rejecting_needs_a_reason_and_keeps_the_note(self, client, add):
        uid = add()
        answer = decide(client, uid, "reject", note="Ringt")
        assert (answer.status_code, "Välj ett skäl" in answer.text) == (422, True)
        assert ">Ringt</textarea>" in answer.text

    def test_undo_brings_it_back_before_its_time_and_not_after(self, client, engine, add):
        uid = add()
        decide(client, uid, "reject", reason=Refusal.NOT_SERIOUS.value)
        said = re.search(r'name="act" value="([^"]+)"', client.get("/staff/reports").text)[1]
        answer = send(client, "/staff/reports/undo", act=said)
        assert answer.headers["Location"].startswith(f"/staff/reports/{uid}")
        assert (row_of(engine, uid).state, row_of(engine, uid).version) == (State.NEW, 3)
        decide(client, uid, "accept", version=3)
        with writing(engine) as session:
            late = session.scalars(select(ReviewAct).order_by(ReviewAct.id.desc())).first()
            late.at -= UNDO_ALLOWED * 2
        answer = send(client, "/staff/reports/undo", act=late.uid)
        assert (answer.status_code, "för sent att ångra" in answer.text) == (409, True)

    def test_skipping_leaves_it_waiting(self, client, engine, add):
        first, second = add(), add()
        answer = send(client, f"/staff/reports/{first}/skip")
        assert answer.headers["Location"] == f"/staff/reports/{second}"
        assert row_of(engine, first).state == State.NEW

    def test_taking_one_is_told_to_others(self, client, logged_in, add, engine):
        uid = add()
        send(client, f"/staff/reports/{uid}/claim")
        factories.user(engine, "eva@vara.example")
        text = logged_in("eva@vara.example").get(f"/staff/reports/{uid}").text
        assert "samordnare@vara.example har tagit den här rapporten" in text


class TestEditing:
    def test_it_keeps_the_original_and_comes_back_to_the_page(self, client, engine, add):
        uid = add()
        said = edited(public_text="Mörkt", is_public="1", severity="3", categories=["lighting", "deserted"])
        answer = decide(client, uid, "edit", **said)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/staff/reports/{uid}")
        row = row_of(engine, uid)
        assert (row.private_text, row.public_text, row.severity) == ("Mörkt vid porten", "Mörkt", 3)
        assert "Offentlig text: från inget till ”Mörkt”" in client.get(f"/staff/reports/{uid}").text

    def test_a_text_is_not_published_by_accident(self, client, engine, add):
        uid = add()
        answer = decide(client, uid, "edit", **edited(public_text="Något annat"))
        assert (answer.status_code, "Kryssa i att den får visas" in answer.text) == (422, True)
        decide(client, uid, "edit", **edited(severity="2"))
        assert row_of(engine, uid).public_text is None

    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            ({"categories": []}, "Välj minst en kategori"),
            ({"categories": "draken"}, "draken"),
            ({"polarity": "sideways"}, "sideways"),
            ({"severity": "9"}, "9"),
            ({}, "Inget är ändrat"),
        ],
    )
    def test_what_is_wrong_is_told_at_the_field(self, client, add, said, sentence):
        answer = decide(client, add(), "edit", **edited(**said))
        assert (answer.status_code, sentence in answer.text) == (422, True)

    def test_an_identity_number_is_not_published(self, client, engine, add):
        uid = add()
        decide(client, uid, "edit", **edited(public_text="Det var 19811228-9874", is_public="1"))
        assert "9874" not in row_of(engine, uid).public_text

    def test_what_came_between_is_shown_beside_what_was_typed(self, client, engine, add):
        uid = add()
        home, other = factories.home_of(engine), reviewer(engine, "bo@vara.example")
        act(
            engine, home, other, Deed(uid, 1, Action.EDIT, changes={"severity": 5, "polarity": Polarity.SAFE})
        )
        answer = decide(client, uid, "edit", **edited(public_text="Min text", is_public="1", severity="2"))
        assert (answer.status_code, row_of(engine, uid).public_text) == (409, None)
        assert "<title>Fel:" in answer.text
        row = re.search(r'<th scope="row">Allvar</th><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td>', answer.text)
        assert row.groups() == ("inget", "5", "2")
        assert "Min text</textarea>" in answer.text
        again = decide(client, uid, "edit", 2, **edited(public_text="Min text", is_public="1", severity="2"))
        assert (again.status_code, row_of(engine, uid).severity) == (303, 2)

    def test_a_decision_on_what_changed_is_not_made(self, client, engine, add):
        uid = add()
        home, other = factories.home_of(engine), reviewer(engine, "bo@vara.example")
        act(engine, home, other, Deed(uid, 1, Action.REJECT, Refusal.NOT_HERE))
        answer = decide(client, uid, "accept")
        assert (answer.status_code, row_of(engine, uid).state) == (409, State.REJECTED)
        assert "Avvisade rapporten: ligger inte i kommunen" in answer.text


class TestMoving:
    def test_a_point_is_set_and_told_in_the_history(self, client, engine, add):
        uid = add()
        spot = place_at(100, -50)
        answer = decide(client, uid, "move", east=f"{spot.x}", north=f"{spot.y}".replace(".", ","))
        assert answer.status_code == 303
        row = row_of(engine, uid)
        assert (row.east, row.north, row.geometry.equals(spot), row.accuracy_m) == (
            spot.x,
            spot.y,
            True,
            None,
        )

    @pytest.mark.parametrize(
        ("east", "north", "sentence"),
        [
            ("x", "1", "som tal"),
            ("1000", "1000", "utanför"),
            ("nan", "inf", "inte ett tal"),
            ("", "", "som tal"),
        ],
    )
    def test_elsewhere_and_nowhere_are_refused(self, client, engine, add, east, north, sentence):
        uid = add()
        answer = decide(client, uid, "move", east=east, north=north)
        assert (answer.status_code, sentence in answer.text) == (422, True)
        assert row_of(engine, uid).version == 1

    def test_a_name_is_found_and_chosen(self, client, engine, add):
        with writing(engine) as session:
            there = factories.home_in(session)
            values = {"name": "Kvarnen", "geometry": place_at(700, 700), "radius_m": 150.0, "source": "test"}
            session.add(Area(municipality_id=there.id, kind="place", **values))
        uid = add()
        text = client.get(f"/staff/reports/{uid}?panel=place&search=kvarnen").text
        key = re.search(r'name="place" value="([^"]+)"', text)[1]
        assert decide(client, uid, "move", place=key).status_code == 303
        assert row_of(engine, uid).east == pytest.approx(place_at(700, 700).x, abs=0.01)


class TestDuplicate:
    def test_one_near_by_is_offered_and_kept(self, client, engine, add):
        kept, uid = add(text="Släckta lampor"), add()
        text = client.get(f"/staff/reports/{uid}?panel=duplicate").text
        assert "Släckta lampor" in text
        answer = decide(client, uid, "duplicate", kept=str(kept))
        assert answer.headers["Location"] == f"/staff/reports/{kept}"
        assert (row_of(engine, uid).state, row_of(engine, uid).duplicate_of) == (
            State.DUPLICATE,
            row_of(engine, kept).id,
        )
        assert f'href="/staff/reports/{kept}"' in client.get(f"/staff/reports/{uid}").text

    def test_any_other_is_named_by_its_address(self, client, engine, add):
        kept, uid = add(place_at(5_000, 0)), add()
        decide(client, uid, "duplicate", kept=f"http://localhost/staff/reports/{kept}?x=1")
        assert row_of(engine, uid).state == State.DUPLICATE

    @pytest.mark.parametrize("kept", ["", "x", "00000000-0000-4000-8000-000000000000"])
    def test_none_is_told(self, client, add, kept):
        answer = decide(client, add(), "duplicate", kept=kept)
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text
