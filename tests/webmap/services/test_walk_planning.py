"""Walks are planned and led one at a time, in order, and every act has its row in the journal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from geodata.errors import Conflict, NotFound
from geodata.hours import to_day_number, today
from geodata.queries.register import numbers_of
from geodata.tables.chain import verify
from geodata.tables.engine import reading, writing
from geodata.tables.journal import JournalEntry
from geodata.tables.walks import Walk
from geodata.vocabulary import RecordType, WalkState
from tests import factories, findings, walks
from tests.places import LATITUDE, LONGITUDE, place_at
from webmap.services import stop_removal, walk_planning, walk_stops
from webmap.services.actors import Actor
from webmap.services.sayings import Refused
from webmap.services.walk_leading import Leading
from webmap.services.walk_plan import WalkSaid, draft_of, proposed_follow_up
from webmap.words import words_for

LEADER = Actor(None, "walk_leader")
HERE = {"type": "Point", "coordinates": [LONGITUDE, LATITUDE]}
SAID = WalkSaid(
    title="Kväll i Vara",
    locality="Vara",
    day="2026-12-08",
    starts="18.30",
    meeting_place="Stora torget",
    meeting=HERE,
    invited=frozenset({"resident", "police"}),
    themes=frozenset({"lighting"}),
    premap_until="2026-12-07",
)
SV = words_for("sv")


@pytest.fixture
def home(engine):
    with writing(engine) as session:
        return factories.municipality(session)


@pytest.fixture
def walk(engine, home):
    """A walk that is open, with four stops."""
    return walks.walk(engine)


def planned(engine, home, **said):
    draft = draft_of(home, replace(SAID, **said))
    return walk_planning.one(engine, walk_planning.plan(engine, home, draft, LEADER))


def again(engine, walk):
    return walk_planning.one(engine, walk.uid)


def lead(home, walk, version=None):
    return Leading(home, walk.uid, LEADER, version)


def acts(engine):
    with reading(engine) as session:
        assert verify(session).is_whole
        return [row.action for row in session.scalars(select(JournalEntry).order_by(JournalEntry.seq))]


def refused(home, **said):
    with pytest.raises(Refused) as caught:
        draft_of(home, replace(SAID, **said))
    return {fault.field: fault.code for fault in caught.value.faults}


class TestDraft:
    def test_every_fault_is_told_at_once(self, home):
        assert refused(home, title=" ", day="", starts="sent", meeting_place="", light="grått") == {
            "title": "walk.title_missing",
            "day": "walk.day_missing",
            "starts": "walk.not_a_clock",
            "meeting_place": "walk.meeting_place_missing",
            "light": "light.unknown",
        }

    def test_what_follows_is_after_and_what_is_before_is_not(self, home):
        assert refused(home, follow_up_on="2026-12-08", premap_until="2026-12-09") == {
            "follow_up_on": "walk.follow_up_too_early",
            "premap_until": "walk.premap_too_late",
        }

    def test_it_is_met_within_the_municipality(self, home):
        away = {"type": "Point", "coordinates": [18.0, 59.3]}
        assert refused(home, meeting=away) == {"place": "geometry.outside"}
        assert draft_of(home, replace(SAID, meeting=None)).meeting is None

    @pytest.mark.parametrize("ahead", range(28))
    def test_a_follow_up_is_proposed_on_a_weekday_two_to_three_weeks_after(self, ahead):
        day = date(2026, 12, 1) + timedelta(days=ahead)
        proposed = proposed_follow_up(day)
        assert 14 <= (proposed - day).days <= 21
        assert proposed.weekday() < 5

    def test_a_personal_identity_number_is_never_kept(self, home):
        assert "9876" not in draft_of(home, replace(SAID, title="Ring 19811218-9876")).title


class TestPlan:
    def test_it_is_stored_with_a_code_a_number_and_a_row_in_the_journal(self, engine, home):
        walk = planned(engine, home)
        assert (walk.state, walk.day, walk.starts) == (WalkState.PLANNED, date(2026, 12, 8), time(18, 30))
        assert walk.follow_up_on == proposed_follow_up(walk.day)
        assert set(walk.join_code) <= set(walk_planning.CODE_SIGNS)
        assert acts(engine) == ["walk.plan"]
        with reading(engine) as session:
            assert numbers_of(session, RecordType.WALK, [str(walk.uid)])

    def test_the_second_to_change_it_is_told(self, engine, home):
        walk, draft = planned(engine, home), draft_of(home, replace(SAID, title="Den förstas"))
        walk_planning.change(engine, home, (walk.uid, 1), draft, LEADER)
        with pytest.raises(Conflict, match=r"walk\.changed"):
            walk_planning.change(engine, home, (walk.uid, 1), draft, LEADER)
        assert (again(engine, walk).title, again(engine, walk).version) == ("Den förstas", 2)
        assert acts(engine) == ["walk.plan", "walk.change"]

    def test_what_is_published_stands(self, engine, home):
        walk = walks.walk(engine, state=WalkState.PUBLISHED)
        with pytest.raises(Conflict, match=r"walk\.published"):
            walk_planning.change(engine, home, (walk.uid, 1), draft_of(home, SAID), LEADER)

    def test_codes_are_not_given_twice(self, engine, home):
        codes = {planned(engine, home, title=f"Vandring {n}").join_code for n in range(5)}
        assert len(codes) == 5

    def test_another_municipality_s_walk_is_not_there(self, engine, home):
        with writing(engine) as session:
            other = factories.municipality(session, "1446", "Karlsborg")
        walk = planned(engine, home)
        with pytest.raises(NotFound):
            walk_planning.change(engine, other, (walk.uid, 1), draft_of(home, SAID), LEADER)


class TestAgain:
    def test_stops_know_which_they_were_and_the_route_comes_along(self, engine, home, walk):
        title, day = walk_planning.draft_again(walk, words_for("sv"))
        draft = draft_of(home, replace(SAID, title=title, day=day.isoformat(), premap_until=""))
        new = walk_planning.one(engine, walk_planning.again(engine, home, walk, draft, LEADER))
        earlier, later = walks.stops(engine, walk), walks.stops(engine, new)
        assert [stop.same_as for stop in later] == [stop.id for stop in earlier]
        assert new.route.equals(walk.route)
        assert (new.repeat_of, new.state, new.join_code != walk.join_code) == (walk.id, "planned", True)

    @pytest.mark.parametrize("title", ["Vara", "Vara 2026", "Vara, hösten 2026", "Vara, juni 2026"])
    def test_when_it_is_stands_in_the_title_once(self, engine, home, title):
        walk = walks.walk(engine, title=title, day=to_day_number(today()))
        proposed, day = walk_planning.draft_again(walk, words_for("sv"))
        assert proposed == f"Vara, {words_for('sv').month(day)}"

    @pytest.mark.parametrize(("days_ago", "weeks"), [(0, 13), (14, 13), (7 * 12, 16), (7 * 60, 64)])
    def test_it_is_proposed_some_months_later_on_the_same_day_of_the_week(
        self, engine, home, days_ago, weeks
    ):
        earlier = today() - timedelta(days=days_ago)
        walk = walks.walk(engine, day=to_day_number(earlier))
        _, day = walk_planning.draft_again(walk, words_for("sv"))
        assert day == earlier + timedelta(weeks=weeks)


class TestStops:
    def names(self, engine, walk):
        stops = walks.stops(engine, walk)
        assert [stop.number for stop in stops] == list(range(1, len(stops) + 1))
        return [stop.name for stop in stops]

    def test_the_thirteen_localities_of_vara_load_once(self, engine, home):
        walk = planned(engine, home)
        assert walk_stops.load_known(engine, home, walk.uid, LEADER) == 13
        assert walk_stops.load_known(engine, home, walk.uid, LEADER) == 0
        stops = walks.stops(engine, walk)
        assert [stop.name for stop in stops][::6] == ["Tråvad", "Håkantorp", "Vara"]
        assert {stop.name: stop.note for stop in stops if stop.note} == {
            "Tråvad": "Boulebanan",
            "Kvänum": "Konstverket Draken",
            "Jung": "Busshållsplatsen",
        }
        assert {stop.name for stop in stops if stop.place is not None} == {
            *("Larv", "Vedum", "Kvänum", "Levene", "Vara")
        }

    def test_they_are_moved_and_numbered_anew(self, engine, home, walk):
        third = walks.stops(engine, walk)[2]
        walk_stops.move(engine, home, walk.uid, (third.uid, -1), LEADER)
        assert self.names(engine, walk) == ["Stopp 1", "Stopp 3", "Stopp 2", "Stopp 4"]
        for _ in range(5):
            walk_stops.move(engine, home, walk.uid, (third.uid, 1), LEADER)
        assert self.names(engine, walk)[-1] == "Stopp 3"

    def test_one_is_taken_away_and_put_back_as_it_was(self, engine, home):
        walk = walks.walk(engine, state=WalkState.PLANNED)
        second = walks.stops(engine, walk)[1]
        gone = stop_removal.remove(engine, home, walk.uid, second.uid, LEADER)
        assert self.names(engine, walk) == ["Stopp 1", "Stopp 3", "Stopp 4"]
        for _ in range(2):
            stop_removal.put_back(engine, home, walk.uid, gone, LEADER)
        assert walks.stops(engine, walk)[1] == second
        assert self.names(engine, walk) == ["Stopp 1", "Stopp 2", "Stopp 3", "Stopp 4"]

    def test_after_a_moment_it_stays_away(self, engine, home):
        walk = walks.walk(engine, state=WalkState.PLANNED)
        gone = stop_removal.remove(engine, home, walk.uid, walks.stops(engine, walk)[1].uid, LEADER)
        with pytest.raises(Conflict, match="stop.too_late_to_undo"):
            stop_removal.put_back(engine, home, walk.uid, replace(gone, at=gone.at - 60), LEADER)
        assert len(walks.stops(engine, walk)) == 3

    def test_one_where_something_was_said_stays(self, engine, home):
        walk = walks.walk(engine, state=WalkState.PLANNED)
        stop = walks.stops(engine, walk)[0]
        found = findings.found(engine, walk, stop)
        findings.checked(engine, walk, stop, lighting="good")
        with pytest.raises(Conflict, match="stop.in_use") as refused:
            stop_removal.remove(engine, home, walk.uid, stop.uid, LEADER)
        assert refused.value.values["count"] == 2
        assert findings.again(engine, walk, found.uid).stop == stop

    def test_once_a_walk_has_begun_every_stop_stays(self, engine, home, walk):
        with pytest.raises(Conflict, match="stop.walk_begun"):
            stop_removal.remove(engine, home, walk.uid, walks.stops(engine, walk)[0].uid, LEADER)

    def test_localities_lie_roughly_until_they_are_moved(self, engine, home):
        walk = planned(engine, home)
        walk_stops.load_known(engine, home, walk.uid, LEADER)
        rough = [stop for stop in walks.stops(engine, walk) if stop.is_rough]
        assert {stop.name for stop in rough} == {*("Larv", "Vedum", "Kvänum", "Levene", "Vara")}
        vara = rough[-1]
        for place, is_rough in ((vara.place, True), (place_at(5, 5), False)):
            version = again(engine, walk).version
            draft = walk_stops.stop_draft("Vara", "Torget", place)
            walk_stops.change(engine, home, (walk.uid, version), (vara.uid, draft), LEADER)
            assert walks.stops(engine, walk)[-1].is_rough is is_rough

    def test_one_is_placed_later(self, engine, home):
        walk = planned(engine, home)
        walk_stops.add(engine, home, walk.uid, walk_stops.stop_draft("Öttum", "", None), LEADER)
        stop, version = walks.stops(engine, walk)[0], again(engine, walk).version
        placed = (stop.uid, walk_stops.stop_draft("Öttum", "Vid kyrkan", place_at(5, 5)))
        walk_stops.change(engine, home, (walk.uid, version), placed, LEADER)
        now = walks.stops(engine, walk)[0]
        assert (now.note, now.place.distance(place_at(5, 5)) < 0.001) == ("Vid kyrkan", True)
        with pytest.raises(Conflict, match=r"walk\.changed"):
            walk_stops.change(engine, home, (walk.uid, version), placed, LEADER)

    def test_there_are_not_too_many(self, engine, home):
        walk = planned(engine, home)
        for number in range(walk_stops.MOST_STOPS):
            walk_stops.add(engine, home, walk.uid, walk_stops.stop_draft(f"{number}", "", None), LEADER)
        with pytest.raises(Conflict, match=r"stop\.too_many"):
            walk_stops.add(engine, home, walk.uid, walk_stops.stop_draft("En till", "", None), LEADER)


def test_a_plan_survives_as_it_was_written(engine, home):
    walk = planned(engine, home)
    with reading(engine) as session:
        row = session.scalars(select(Walk).where(Walk.uid == walk.uid)).one()
    assert (row.invited, row.themes, row.premap_until) == ("resident,police", "lighting", 20_794)
    assert walk.meeting == pytest.approx((379_703, 6_459_482), abs=500)
