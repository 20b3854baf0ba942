"""The planning desk: a form that keeps what was typed, the walk's own page, its stops, heads and phones."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from urllib.parse import unquote

import pytest
import segno

from geodata.drafts import AreaDraft
from geodata.queries.municipalities import home
from geodata.queries.walk_heads import head_sum
from geodata.tables.area_rows import insert_areas
from geodata.tables.engine import reading, writing
from geodata.tables.walks import Walk
from geodata.vocabulary import AreaKind, WalkState
from tests import factories, findings, walks
from tests.pdftext import pages_of, streams_of
from tests.places import LATITUDE, LONGITUDE, place_at
from tests.webmap.application import LEADER, PLANNER, post
from webmap.maps.poster import print_poster, square_picture
from webmap.services import walk_planning
from webmap.services.walk_poster import poster_words
from webmap.words import words_for

LIST = "/staff/walks?municipality=1470"
NEW = {
    "municipality": "1470",
    "title": "Kväll i Vara",
    "locality": "Vara",
    "day": "2026-12-08",
    "starts": "18.30",
    "meeting_place": "Stora torget, vid fontänen",
    "light": "dark",
    "way": "map",
    "lon": f"{LONGITUDE}",
    "lat": f"{LATITUDE}",
    "invited": "resident",
    "themes": "lighting",
    "premap_until": "2026-12-07",
    "follow_up_on": "",
    "follow_up_place": "Kommunhuset",
}


@pytest.fixture
def engine(app):
    made = app.extensions["works"].engine
    with writing(made) as session:
        there = home(session, "1470")
        drafts = [
            AreaDraft(AreaKind.PLACE, name, place_at(away_m, 5_000), 150.0)
            for away_m, name in enumerate(("Badhusparken", "Norra lekplatsen", "Södra lekplatsen"))
        ]
        insert_areas(session, there.id, drafts, "test")
    return made


@pytest.fixture
def leader(logged_in, engine):
    return logged_in(LEADER)


@pytest.fixture
def planned(leader, engine):
    """A walk that is planned by the form."""
    assert post(leader, "/staff/walks/new", **NEW).status_code == 303
    return walk_planning.listed(engine, "1470")[0]


def root(walk):
    return f"/staff/walks/{walk.uid}"


def now(engine, walk):
    return walk_planning.one(engine, walk.uid)


class TestForm:
    def test_a_new_one_is_proposed_three_weeks_ahead(self, leader):
        page = leader.get("/staff/walks/new").text
        assert 'value="18.30"' in page
        assert re.search(r"\d+ \w+\.? \d{4} går solen upp", page.replace("\N{NO-BREAK SPACE}", " "))

    def test_it_is_stored_and_its_page_is_opened(self, leader, engine, planned):
        assert (planned.title, planned.meeting_place) == ("Kväll i Vara", "Stora torget, vid fontänen")
        assert planned.follow_up_on.isoformat() == "2026-12-24"
        page = leader.get(root(planned)).text
        assert all(word in page for word in (planned.join_code, "Planerad", "Bestäm var ni ska stanna."))

    def test_one_may_meet_at_a_name_or_decide_later(self, leader, engine):
        post(leader, "/staff/walks/new", **(NEW | {"way": "words", "words": "Badhusparken"}))
        post(leader, "/staff/walks/new", **(NEW | {"way": "none"}))
        later, named = walk_planning.listed(engine, "1470")
        assert later.meeting is None
        assert named.meeting == pytest.approx((380_000, 6_465_000))

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"title": ""}, "title"),
            ({"day": "snart"}, "day"),
            ({"starts": "25.00"}, "starts"),
            ({"meeting_place": ""}, "meeting_place"),
            ({"follow_up_on": "2026-12-01"}, "follow_up_on"),
            ({"premap_until": "2026-12-20"}, "premap_until"),
            ({"invited": "hacker"}, "invited"),
            ({"themes": "väder"}, "themes"),
            ({"way": "words", "words": "Ingenstans"}, "words"),
            ({"way": "words", "words": ""}, "words"),
            ({"lon": "", "lat": ""}, "map"),
            ({"lon": "18.0", "lat": "59.3"}, "place"),
        ],
    )
    def test_what_is_wrong_is_said_at_the_field_and_all_is_kept(self, leader, engine, said, field):
        sent = post(leader, "/staff/walks/new", **(NEW | said))
        assert (sent.status_code, "<title>Fel: " in sent.text) == (422, True)
        assert re.search(rf'id="{field}-problem">\s*<p class="msg-err">', sent.text)
        assert 'value="Kommunhuset"' in sent.text
        assert factories.rows(engine, Walk) == {"walk": 0}

    def test_a_name_like_several_is_asked_about(self, leader):
        sent = post(leader, "/staff/walks/new", **(NEW | {"way": "words", "words": "lekplatsen"}))
        assert sent.status_code == 422
        assert len(re.findall(r'name="choice" value="(\w+)"', sent.text)) == 2

    def test_one_who_comes_second_sees_both_and_loses_nothing(self, leader, engine, planned):
        post(leader, f"{root(planned)}/edit", **(NEW | {"title": "Den förstas", "version": "1"}))
        said = NEW | {"title": "Den andras", "version": "1", "way": "keep"}
        sent = post(leader, f"{root(planned)}/edit", **said)
        assert sent.status_code == 409
        assert all(each in sent.text for each in (">Den förstas</td>", ">Den andras</td>"))
        assert 'name="version" value="2"' in sent.text
        assert now(engine, planned).title == "Den förstas"

    def test_the_sun_and_a_follow_up_are_told_while_one_writes(self, leader):
        told = leader.get("/staff/walks/sun?day=2026-06-21&starts=20.00&light=dark").json
        assert told["follow_up_on"] == "2026-07-07"
        assert "22.17" in told["sentence"]
        assert told["warning"].startswith("Det är inte mörkt när ni börjar.")
        assert leader.get("/staff/walks/sun?day=x&starts=&light=").json == {"sentence": "", "warning": ""}


class TestList:
    def test_it_says_what_there_is_and_what_to_do_when_there_is_nothing(self, leader, engine):
        assert "Inga vandringar än." in leader.get(LIST).text
        walks.walk(engine, state=WalkState.CLOSED, follow_up_day=20_000, title="Den försenade")
        page = leader.get(LIST).text
        assert all(word in page for word in ("Att följa upp", "Den försenade", "Uppföljningen är försenad"))

    def test_the_file_is_the_list_and_runs_nothing(self, leader, engine):
        walks.walk(engine, title="=HYPERLINK(1)")
        rows = csv.DictReader(
            StringIO(leader.get("/staff/walks.csv").data.decode("utf-8-sig")), delimiter=";"
        )
        row = next(iter(rows))
        assert (row["Vandring"], row["Stopp"], row["Läge"]) == ("'=HYPERLINK(1)", "4", "Pågår")

    def test_it_is_in_english_too(self, leader, planned):
        page = leader.get(f"{LIST}&lang=en").text
        assert all(word in page for word in ("Walks", "To walk", "Plan a walk"))

    def test_others_have_no_such_room(self, logged_in, planned):
        assert logged_in(PLANNER).get(LIST).status_code == 403
        assert logged_in(PLANNER).get(root(planned)).status_code == 403


class TestMovingOn:
    def test_the_buttons_lead_through_the_evening(self, leader, engine, planned):
        for path, state in (("open", "open"), ("close", "closed"), ("open", "open")):
            assert post(leader, f"{root(planned)}/{path}").status_code == 303
            assert now(engine, planned).state == state
        assert post(leader, f"{root(planned)}/cancel").status_code == 409

    def test_what_phones_still_have_is_said_before_it_is_ended(self, leader, engine):
        walk = walks.walk(engine)
        walks.device(engine, walk, unsent_entries=2)
        page = leader.get(root(walk)).text
        assert "Vänta: 2 iakttagelser ligger kvar på telefoner." in page
        assert "Avsluta ändå" in page
        sent = post(leader, f"{root(walk)}/close", entries="1", photos="0")
        assert (sent.status_code, "Telefoner har mer att skicka" in sent.text) == (409, True)
        assert post(leader, f"{root(walk)}/close", entries="2", photos="0").status_code == 303

    def test_an_old_page_does_nothing(self, leader, engine, planned):
        post(leader, f"{root(planned)}/code", version="1")
        assert post(leader, f"{root(planned)}/open", version="1").status_code == 409
        assert now(engine, planned).state == WalkState.PLANNED

    def test_after_the_walk_there_is_no_code_to_scan(self, leader, engine):
        over = walks.walk(engine, state=WalkState.PUBLISHED)
        assert "Så är man med" not in leader.get(root(over)).text

    def test_findings_are_counted(self, leader, engine):
        walk = walks.walk(engine)
        findings.found(engine, walk)
        page = leader.get(root(walk)).text
        assert "1 har kommit in, 1 att granska" in page
        assert f'href="{root(walk)}/findings"' in page


class TestCalledOff:
    def test_it_may_be_planned_again_from_its_page(self, leader, engine, planned):
        assert "De som har bett om mejl får veta det" in leader.get(f"/staff/walks/{planned.uid}").text
        assert post(leader, f"/staff/walks/{planned.uid}/cancel", version="1").status_code == 303
        page = leader.get(f"/staff/walks/{planned.uid}").text
        assert "Planera vandringen igen" in page
        assert post(leader, f"/staff/walks/{planned.uid}/plan-again", version="2").status_code == 303
        page = leader.get(f"/staff/walks/{planned.uid}").text
        assert ("Planera vandringen igen" in page, planned.join_code in page) == (False, True)


class TestAgain:
    def test_it_is_proposed_and_keeps_the_stops(self, leader, engine):
        walk = walks.walk(engine, state=WalkState.PUBLISHED, title="Vara 2026")
        page = leader.get(f"{root(walk)}/again").text
        title = re.search(r'name="title" value="(Vara, \w+ \d{4})"', page)[1]
        sent = post(leader, f"{root(walk)}/again", **(NEW | {"title": title, "way": "keep"}))
        new = next(each for each in walk_planning.listed(engine, "1470") if each.title == title)
        assert sent.location.endswith(f"{new.uid}")
        assert [stop.same_as for stop in walks.stops(engine, new)] == [
            stop.id for stop in walks.stops(engine, walk)
        ]
        assert "Jämför stopp för stopp" in leader.get(root(new)).text


class TestStops:
    def test_the_municipality_s_own_load_by_one_press_and_wait_to_be_placed(self, leader, engine, planned):
        assert "Läs in kommunens 13 orter som stopp" in leader.get(f"{root(planned)}/stops").text
        assert post(leader, f"{root(planned)}/stops/known").status_code == 303
        page = leader.get(f"{root(planned)}/stops").text
        placed = [stop for stop in walks.stops(engine, planned) if stop.place is not None]
        assert page.count("saknar läge</span>") == 13 - len(placed)
        assert "Läs in kommunens" not in page

    def test_one_is_added_moved_renamed_placed_and_taken_away(self, leader, engine, planned):
        stops = f"{root(planned)}/stops"
        post(leader, stops, name="Torget", way="none")
        post(leader, stops, name="Parken", way="words", words="Badhusparken")
        park = walks.stops(engine, planned)[1]
        post(leader, f"{stops}/{park.uid}/move", way="up")
        said = {"name": "Badhusparken", "note": "Vid dammen", "way": "keep"}
        version = f"{now(engine, planned).version}"
        assert post(leader, f"{stops}/{park.uid}", **said, version=version).status_code == 303
        first, second = walks.stops(engine, planned)
        assert (first.name, first.note, first.place.distance(park.place) < 0.2) == (
            "Badhusparken",
            "Vid dammen",
            True,
        )
        post(leader, f"{stops}/{second.uid}/remove")
        assert [stop.name for stop in walks.stops(engine, planned)] == ["Badhusparken"]

    def test_what_is_wrong_is_said_and_kept(self, leader, engine, planned):
        sent = post(leader, f"{root(planned)}/stops", name="", note="Vid dammen", way="words", words="X")
        assert sent.status_code == 422
        assert 'value="Vid dammen"' in sent.text
        assert len(re.findall(r'id="(?:name|words)-problem">\s*<p class="msg-err">', sent.text)) == 2

    def test_the_second_to_change_one_is_told(self, leader, engine, planned):
        post(leader, f"{root(planned)}/stops", name="Torget", way="none")
        stop = walks.stops(engine, planned)[0]
        sent = post(leader, f"{root(planned)}/stops/{stop.uid}", name="Nytt", way="none", version="1")
        assert (sent.status_code, 'value="Nytt"' in sent.text) == (409, True)


class TestHeads:
    def test_more_than_ten_are_split_by_one_press(self, leader, engine, planned):
        heads = f"{root(planned)}/heads"
        post(leader, heads, **{"heads-1-resident": "9", "heads-1-official": "3"})
        page = leader.get(heads).text
        assert "Fler än tio: dela er i 2 grupper." in page
        assert post(leader, f"{root(planned)}/split", groups="2").status_code == 303
        page = leader.get(heads).text
        assert 'name="heads-2-resident" value="4"' in page
        assert "Fler än tio" not in page

    def test_what_is_no_count_is_refused_and_kept(self, leader, planned):
        sent = post(leader, f"{root(planned)}/heads", **{"heads-1-resident": "många", "heads-1-police": "2"})
        assert sent.status_code == 422
        assert 'value="många"' in sent.text
        assert 'name="heads-1-police" value="2"' in sent.text


class TestHeadsThatArePublic:
    def test_they_are_shown_and_not_changed(self, leader, engine):
        walk = walks.walk(engine, state=WalkState.PUBLISHED)
        page = leader.get(f"/staff/walks/{walk.uid}/heads").text
        assert "Antalet går inte att ändra" in page
        assert "Spara antalet" not in page

    @pytest.mark.parametrize("state", [WalkState.PUBLISHED, WalkState.CANCELLED])
    @pytest.mark.parametrize(
        ("room", "said"), [("heads", {"heads-1-resident": "99"}), ("split", {"groups": "2"})]
    )
    def test_a_press_from_an_old_page_changes_nothing(self, leader, engine, state, room, said):
        walk = walks.walk(engine, state=state)
        sent = post(leader, f"/staff/walks/{walk.uid}/{room}", version=str(walk.version), **said)
        assert sent.status_code == 409
        assert "<title>Fel: " in sent.text
        with reading(engine) as session:
            assert head_sum(session, walk.id) == 0


class TestPhones:
    def test_the_page_and_what_its_script_fetches_say_the_same(self, leader, engine):
        walk = walks.walk(engine)
        seen = datetime.now(UTC) - timedelta(minutes=3)
        walks.device(engine, walk, unsent_entries=2, unsent_photos=1, seen_at=seen)
        for path in ("phones", "phones/now"):
            page = leader.get(f"{root(walk)}/{path}").text
            assert all(word in page for word in ("Telefon 1, grupp 1", "2 kvar, 1 foto", "för 3 minuter"))
            assert "Vänta: 2 iakttagelser och 1 foto ligger kvar på telefoner." in page
        assert "<html" not in page

    def test_one_is_shut_out(self, leader, engine):
        walk = walks.walk(engine)
        phone = walks.phone(engine, walk)
        assert post(leader, f"{root(walk)}/phones/{phone.uid}/revoke").status_code == 303
        assert "Avstängd" in leader.get(f"{root(walk)}/phones").text


class TestPoster:
    def test_it_says_when_where_and_what_to_bring(self, leader, planned):
        text = " ".join(pages_of(leader.get(f"{root(planned)}/poster.pdf").data))
        said = text.replace("\N{NO-BREAK SPACE}", " ")
        for word in ("Kväll i Vara", "Tisdag 8 dec. 2026 kl. 18.30", "Stora torget", "Reflex"):
            assert word in said
        assert f"localhost/w/{planned.join_code}" in said

    def test_it_is_one_page_tagged_with_words_for_the_code(self, leader, engine):
        walk = walks.walk(engine, title="Långa vandringen " * 5, meeting_place="Mötesplatsen " * 9)
        post(leader, f"{root(walk)}/stops/known")
        pdf = leader.get(f"{root(walk)}/poster.pdf").data
        assert len(pages_of(pdf)) == 1
        bare = pdf.replace(b" ", b"").replace(b"\n", b"")
        for mark in (b"/StructTreeRoot", b"/Lang(sv", b"/Alt", b"/S/Figure", b"pdfuaid"):
            assert mark in bare, mark

    def test_it_is_in_english_and_what_is_written_stays_text(self, engine):
        walk = walks.walk(engine, title="#eval(1) *x*", meeting_place='$y$ ] } "')
        said = poster_words(walk, [], "https://vara.example/w/ABC234", words_for("en")) | {"demo": ""}
        text = " ".join(pages_of(print_poster(said, "https://vara.example/w/ABC234")))
        assert all(word in text for word in ("Town walk in Vara", "#eval(1) *x*", '$y$ ] } "'))

    def test_the_code_is_the_address_s_own(self):
        address = "https://vara.example/w/ABC234"
        rows = segno.make(address, error="m", micro=False).matrix
        dark = {(y + 4, x + 4) for y, row in enumerate(rows) for x, module in enumerate(row) if module}
        assert modules_of(square_picture(address)) == dark

    def test_the_poster_has_a_picture_of_the_code(self, engine):
        walk = walks.walk(engine)
        said = poster_words(walk, [], "https://vara.example/w/A", words_for("sv")) | {"demo": ""}
        one, other = (print_poster(said, f"https://vara.example/w/{code}") for code in ("A", "B"))
        assert streams_of(one) != streams_of(other)
        assert one == print_poster(said, "https://vara.example/w/A")


def modules_of(picture):
    """The dark and light squares of an SVG that segno drew: runs of one stroked line, from the top down."""
    line = re.search(r"stroke='#000' d='([^']+)'", unquote(picture))[1]
    spots = set()
    x = y = 0
    for step, far, down in re.findall(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", line):
        start = x if step != "M" else 0
        x, y = start + int(far), y + int(float(down or 0))
        spots |= {(y, at) for at in range(start, x)} if step == "h" else set()
    return spots
