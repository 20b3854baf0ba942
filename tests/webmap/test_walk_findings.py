"""The room of a walk's findings: read by its leader, reviewed by the coordinator, and taken back."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from werkzeug.datastructures import MultiDict

from geodata.queries.findings import findings_of, tombstones_of
from geodata.tables.engine import reading
from geodata.vocabulary import Kind, Polarity, State
from tests import findings, walks
from tests.webmap.application import LEADER, PLANNER, post
from webmap.pages.map_form import MapForm
from webmap.words import words_for


@pytest.fixture
def engine(app):
    return app.extensions["works"].engine


@pytest.fixture
def walk(engine):
    return walks.walk(engine)


@pytest.fixture
def made(engine, walk):
    """Three findings: one at each of two stops, one between."""
    stops = walks.stops(engine, walk)
    said = (
        {"text": "Lampan är trasig"},
        {"polarity": Polarity.SAFE, "text": ""},
        {"text": "Ring Anna på 070-123 45 67"},
    )
    return [
        findings.found(engine, walk, stop, **each)
        for stop, each in zip((*stops[:2], None), said, strict=True)
    ]


@pytest.fixture
def staff(logged_in):
    return logged_in()


def room(walk):
    return f"/staff/walks/{walk.uid}/findings"


def states(engine, walk):
    with reading(engine) as session:
        return [each.state for each in findings_of(session, walk.id)]


def chosen(finding):
    return f"{finding.report_uid}:{finding.report_version}"


class TestPage:
    def test_findings_stand_under_their_stops(self, staff, walk, made):
        page = staff.get(room(walk)).text
        told = [
            page.index(word)
            for word in ("Stopp 1</h2>", "Lampan är trasig", "Stopp 2</h2>", "Mellan stoppen</h2>")
        ]
        assert told == sorted(told)
        assert "3 väntar på granskning" in page

    def test_what_may_point_at_a_person_is_marked(self, staff, walk, made):
        page = staff.get(room(walk)).text
        assert "<mark>070-123 45 67</mark>" in page
        assert "Det ser ut som ett telefonnummer." in page

    def test_photos_that_have_not_come_are_told(self, staff, engine, walk):
        found = findings.found(engine, walk, photos=2)
        findings.photo_came(engine, found, found.photos[0].uid)
        page = staff.get(room(walk)).text
        assert "1 bild har kommit, 1 bild ligger kvar på telefonen" in page

    def test_a_photo_leads_back_to_the_finding_it_was_taken_of(self, staff, engine, walk):
        found = findings.found(engine, walk, photos=1)
        photo = findings.photo_came(engine, found, found.photos[0].uid)
        page = staff.get(f"/staff/photos/{photo}").text
        assert f'href="{room(walk)}#finding-{found.seq}">Till vandringens iakttagelser</a>' in page

    def test_checklists_are_summed_at_their_stop(self, staff, engine, walk):
        for answer in ("good", "poor", "poor"):
            findings.checked(engine, walk, walks.stops(engine, walk)[2], lighting=answer)
        page = staff.get(room(walk)).text
        assert "Stopp 3</h2>" in page
        assert "<dt>Belysning</dt><dd>bra 1, <b>mindre bra 2</b></dd>" in page

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("", 3),
            ("stop=1", 1),
            ("stop=none", 1),
            ("sign=safe", 1),
            ("state=accepted", 0),
            ("order=time", 3),
        ],
    )
    def test_it_can_be_narrowed_and_ordered(self, staff, walk, made, query, count):
        page = staff.get(f"{room(walk)}?{query}").text
        assert page.count('class="find-head"') == count

    def test_every_number_on_the_map_stands_in_the_list(self, staff, walk, made):
        page = staff.get(room(walk)).text
        drawing = page[page.index('<figure class="find-map">') : page.index("</figure>")]
        assert all(f"<title>Nummer {each.seq}</title>" in drawing for each in made)
        assert all(f'id="finding-{each.seq}"' in page for each in made)

    def test_the_leader_reads_but_decides_nothing(self, logged_in, walk, made):
        leader = logged_in(LEADER)
        page = leader.get(room(walk)).text
        assert "Lampan är trasig" in page
        assert "Godkänn" not in page
        assert post(leader, room(walk), do="accept", chosen=chosen(made[0])).status_code == 403

    def test_nobody_else_gets_in(self, logged_in, walk, client):
        assert logged_in(PLANNER).get(room(walk)).status_code == 403
        assert client.get(room(walk)).status_code == 302

    def test_a_walk_that_is_not_there_is_not_found(self, staff, made):
        assert staff.get(f"/staff/walks/{made[0].uid}/findings").status_code == 404

    def test_it_is_in_english_too(self, staff, walk, made):
        page = staff.get(f"{room(walk)}?lang=en").text
        assert all(word in page for word in ("Observations", "Accept all new", "Between the stops"))


class TestReview:
    def test_all_are_accepted_at_once_and_undone_as_one(self, staff, engine, walk, made):
        answer = post(staff, room(walk), do="accept_all", every=[chosen(each) for each in made])
        assert answer.status_code == 303
        assert states(engine, walk) == [State.ACCEPTED] * 3
        act = staff.get(room(walk)).text.split('name="act" value="')[1].split('"')[0]
        assert post(staff, f"{room(walk)}/undo", act=act).status_code == 303
        assert states(engine, walk) == [State.NEW] * 3

    def test_one_is_accepted_alone(self, staff, engine, walk, made):
        assert post(staff, room(walk), only=f"accept {chosen(made[1])}").status_code == 303
        assert states(engine, walk) == [State.NEW, State.ACCEPTED, State.NEW]

    def test_one_is_left_out_with_a_reason_and_not_without(self, staff, engine, walk, made):
        assert post(staff, room(walk), do="reject", chosen=chosen(made[0])).status_code == 422
        sent = post(staff, room(walk), do="reject", chosen=chosen(made[0]), reason="not_a_place")
        assert sent.status_code == 303
        assert states(engine, walk)[0] == State.REJECTED

    def test_nothing_is_done_where_one_was_changed_meanwhile(self, staff, engine, walk, made):
        post(staff, room(walk), only=f"accept {chosen(made[0])}")
        sent = post(staff, room(walk), do="accept_all", every=[chosen(each) for each in made])
        assert sent.status_code == 409
        assert "Nyss ändrad" in sent.text
        assert states(engine, walk) == [State.ACCEPTED, State.NEW, State.NEW]

    def test_those_accepted_join_the_map_as_a_kind_of_their_own(self, app, staff, engine, walk, made):
        room_of = app.extensions["works"].room
        form = MapForm.parse(MultiDict({"kinds": "walk_finding"}), "1470", words_for("sv"))
        post(staff, room(walk), do="accept", chosen=[chosen(each) for each in (made[0], made[2])])
        heat = room_of.heat("1470", form.window, form.look, Kind.PERCEPTION)
        assert (heat.kind, heat.selection.n) == (Kind.WALK_FINDING, 2)
        assert staff.get("/staff/map?municipality=1470&kinds=walk_finding").status_code == 200


class TestWithdrawing:
    def test_it_becomes_a_tombstone_with_its_reason(self, staff, engine, walk, made):
        path = f"{room(walk)}/{made[0].uid}/withdraw"
        assert post(staff, path, revision="1", why="Samma sak sagd två gånger").status_code == 303
        with reading(engine) as session:
            (gone,) = tombstones_of(session, walk.id)
        assert (gone.uid, gone.deleted_reason, gone.state) == (
            made[0].uid,
            "Samma sak sagd två gånger",
            State.WITHDRAWN,
        )

    @pytest.mark.parametrize(
        ("said", "status"), [({"why": " "}, 422), ({"why": "Dubbel", "revision": "7"}, 409)]
    )
    def test_not_without_a_reason_nor_over_somebody_elses_change(
        self, staff, engine, walk, made, said, status
    ):
        sent = post(staff, f"{room(walk)}/{made[0].uid}/withdraw", **({"revision": "1"} | said))
        assert sent.status_code == status
        assert "<title>Fel: " in sent.text
        assert len(states(engine, walk)) == 3


class TestFile:
    def test_it_is_the_list_and_runs_nothing(self, staff, engine, walk):
        findings.found(engine, walk, walks.stops(engine, walk)[0], text="=HYPERLINK(1)")
        answer = staff.get(f"/staff/walks/{walk.uid}/findings.csv?stop=1")
        (row,) = csv.DictReader(StringIO(answer.data.decode("utf-8-sig")), delimiter=";")
        assert (row["Text"], row["Stopp"], row["Tecken"]) == ("'=HYPERLINK(1)", "1", "Otryggt")
        assert row["Longitud"].startswith("12,9")

    @pytest.mark.parametrize(
        "query", ["", "stop=1", "stop=none", "sign=safe", "state=new", "state=rejected", "state=late"]
    )
    def test_every_file_holds_what_the_page_shows(self, staff, engine, walk, made, query):
        findings.found(engine, walk, state=State.REJECTED)
        root = f"/staff/walks/{walk.uid}/findings"
        listed = csv.DictReader(
            StringIO(staff.get(f"{root}.csv?{query}").data.decode("utf-8-sig")), delimiter=";"
        )
        drawn = staff.get(f"{root}/export/geojson?{query}").get_json(force=True)
        numbers = sorted(each["properties"]["number"] for each in drawn["features"])
        assert numbers == sorted(int(row["Nummer"]) for row in listed)
        assert all(
            f"{name}={drawn['filter'].get(name)}" == query for name, _, _ in [query.partition("=")] if name
        )
        assert f"{root}/export/gpkg?{query}" in staff.get(f"{root}?{query}").text or not query
