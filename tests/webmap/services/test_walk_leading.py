"""A walk is led one step at a time; heads, phones and what is next are told as they are."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from geodata.errors import Conflict, InvalidValue, NotFound
from geodata.hours import to_day_number
from geodata.queries.walk_heads import heads_of
from geodata.queries.walk_phones import walk_waits
from geodata.tables.chain import verify
from geodata.tables.engine import reading, writing
from geodata.tables.journal import JournalEntry
from geodata.vocabulary import FindingState, Light, WalkRole, WalkState
from tests import factories, findings, minutes, walks
from webmap.errors import Gone
from webmap.services import stop_removal, walk_leading, walk_planning, walk_stops
from webmap.services.actors import Actor
from webmap.services.field_walk import with_code
from webmap.services.walk_leading import Leading
from webmap.services.walk_light import sun_told
from webmap.services.walk_phones import phones_of
from webmap.services.walk_steps import next_act, progress_of, step_of
from webmap.words import words_for

LEADER = Actor(None, "walk_leader")
SV = words_for("sv")


@pytest.fixture
def home(engine):
    with writing(engine) as session:
        return factories.municipality(session)


@pytest.fixture
def walk(engine, home):
    """A walk that is open, with four stops."""
    return walks.walk(engine)


def planned(engine):
    return walks.walk(engine, state=WalkState.PLANNED)


def again(engine, walk):
    return walk_planning.one(engine, walk.uid)


def lead(home, walk, version=None):
    return Leading(home, walk.uid, LEADER, version)


def acts(engine):
    with reading(engine) as session:
        assert verify(session).is_whole
        return [row.action for row in session.scalars(select(JournalEntry).order_by(JournalEntry.seq))]


class TestStates:
    def test_it_is_opened_ended_and_opened_again(self, engine, home):
        walk = planned(engine)
        walk_leading.open_walk(engine, lead(home, walk))
        started = again(engine, walk).started_at
        walk_leading.close_walk(engine, lead(home, walk))
        closed = again(engine, walk)
        walk_leading.open_walk(engine, lead(home, walk))
        now = again(engine, walk)
        assert (closed.state, closed.ended_at is not None) == (WalkState.CLOSED, True)
        assert (now.state, now.started_at, now.ended_at) == (WalkState.OPEN, started, None)
        assert acts(engine) == ["walk.open", "walk.close", "walk.open"]

    def test_after_three_days_it_stays_ended(self, engine, home):
        long_ago = datetime.now(UTC) - timedelta(hours=73)
        walk = walks.walk(engine, state=WalkState.CLOSED, ended_at=long_ago)
        with pytest.raises(Conflict, match=r"walk\.too_late_to_open"):
            walk_leading.open_walk(engine, lead(home, walk))

    def test_only_what_has_not_begun_is_called_off(self, engine, home, walk):
        with pytest.raises(Conflict, match=r"walk\.no_such_step"):
            walk_leading.cancel(engine, lead(home, walk))
        coming = planned(engine)
        walk_leading.cancel(engine, lead(home, coming))
        assert again(engine, coming).state == WalkState.CANCELLED
        with pytest.raises(Conflict):
            walk_leading.open_walk(engine, lead(home, coming))

    def test_what_was_called_off_may_be_planned_again(self, engine, home, walk):
        with pytest.raises(Conflict, match=r"walk\.no_such_step"):
            walk_leading.plan_again(engine, lead(home, walk))
        coming = planned(engine)
        walk_leading.cancel(engine, lead(home, coming))
        walk_leading.plan_again(engine, lead(home, coming))
        now = again(engine, coming)
        assert (now.state, now.join_code) == (WalkState.PLANNED, coming.join_code)
        assert acts(engine)[-2:] == ["walk.cancel", "walk.plan_again"]

    def test_it_is_not_ended_over_what_phones_still_have(self, engine, home, walk):
        walks.device(engine, walk, unsent_entries=2, unsent_photos=1)
        with pytest.raises(Conflict, match=r"walk\.still_unsent"):
            walk_leading.close_walk(engine, lead(home, walk), (1, 1))
        assert again(engine, walk).state == WalkState.OPEN
        walk_leading.close_walk(engine, lead(home, walk), (2, 1))
        assert again(engine, walk).state == WalkState.CLOSED

    def test_nor_over_a_photo_that_a_finding_lacks_and_no_phone_speaks_of(self, engine, home, walk):
        phone = walks.phone(engine, walk, seen_at=datetime.now(UTC))
        findings.found(engine, walk, walks.stops(engine, walk)[0], walk_device_id=phone.id, photos=1)
        assert phones_of(engine, walk, SV).photos == 1
        with pytest.raises(Conflict, match=r"walk\.still_unsent"):
            walk_leading.close_walk(engine, lead(home, walk))
        walk_leading.close_walk(engine, lead(home, walk), (0, 1))

    def test_two_who_press_at_once_do_it_once(self, engine, home):
        walk = planned(engine)
        walk_leading.open_walk(engine, lead(home, walk, 1))
        with pytest.raises(Conflict, match=r"walk\.changed"):
            walk_leading.open_walk(engine, lead(home, walk, 1))


class TestHeads:
    def heads(self, engine, walk):
        with reading(engine) as session:
            return heads_of(session, walk.id)

    def test_more_than_ten_are_dealt_out_evenly(self, engine, home, walk):
        came = {(1, WalkRole.RESIDENT): 12, (1, WalkRole.POLICE): 1, (1, WalkRole.YOUTH): 0}
        walk_leading.count_heads(engine, lead(home, walk), came)
        assert walk_leading.groups_for(13) == 2
        walk_leading.split(engine, lead(home, walk), 2)
        by_group = Counter()
        for (group, _), count in self.heads(engine, walk).items():
            by_group[group] += count
        assert sorted(by_group.values()) == [6, 7]
        assert again(engine, walk).group_count == 2

    def test_they_come_together_again(self, engine, home, walk):
        walk_leading.count_heads(engine, lead(home, walk), {(1, WalkRole.RESIDENT): 11})
        walk_leading.split(engine, lead(home, walk), 3)
        walk_leading.split(engine, lead(home, walk), 1)
        assert self.heads(engine, walk) == {(1, WalkRole.RESIDENT): 11}

    @pytest.mark.parametrize("count", [-1, 501])
    def test_a_count_is_a_count(self, engine, home, walk, count):
        with pytest.raises(InvalidValue, match=r"walk\.heads"):
            walk_leading.count_heads(engine, lead(home, walk), {(1, WalkRole.RESIDENT): count})

    @pytest.mark.parametrize("state", [WalkState.PUBLISHED, WalkState.CANCELLED])
    def test_they_stay_as_everybody_has_read_them(self, engine, home, state):
        walk = walks.walk(engine, state=state)
        for change in (
            lambda by: walk_leading.count_heads(engine, by, {(1, WalkRole.RESIDENT): 99}),
            lambda by: walk_leading.split(engine, by, 2),
        ):
            with pytest.raises(Conflict, match=r"walk\.(heads_public|cancelled)"):
                change(lead(home, walk))
        assert (self.heads(engine, walk), again(engine, walk).group_count) == ({}, 1)

    def test_ten_go_together(self):
        assert [walk_leading.groups_for(count) for count in (0, 10, 11, 20, 21)] == [1, 1, 2, 2, 3]


class TestPhones:
    def test_what_came_and_what_is_left_is_told_by_phone(self, engine, home, walk):
        phone = walks.phone(engine, walk, unsent_entries=2, unsent_photos=1, seen_at=datetime.now(UTC))
        quiet = walks.phone(engine, walk, group_number=2)
        stop = walks.stops(engine, walk)[0]
        findings.found(engine, walk, stop, walk_device_id=phone.id, photos=2)
        findings.found(engine, walk, stop, walk_device_id=phone.id)
        told = phones_of(engine, walk, SV)
        first, second = told.rows
        assert (first.uid, first.received, first.photos_missing, first.heard) == (phone.uid, 2, 2, "nyss")
        assert (second.uid, second.name, second.has_unsent) == (quiet.uid, "Telefon 2, grupp 2", False)
        assert told.left_words(SV) == "Vänta: 2 iakttagelser och 2 foton ligger kvar på telefoner."

    def test_a_phone_that_is_shut_out_is_not_waited_for(self, engine, home, walk):
        phone = walks.phone(engine, walk, unsent_entries=2)
        walk_leading.revoke(engine, lead(home, walk), phone.uid)
        told = phones_of(engine, walk, SV)
        assert (told.rows[0].is_revoked, told.entries, told.left_words(SV)) == (True, 0, "")
        walk_leading.close_walk(engine, lead(home, walk))

    def test_one_that_has_something_and_is_silent_is_marked(self, engine, walk):
        long_ago = datetime.now(UTC) - timedelta(minutes=11)
        walks.device(engine, walk, unsent_entries=1, seen_at=long_ago)
        row = phones_of(engine, walk, SV).rows[0]
        assert (row.is_silent, row.heard) == (True, "för 11 minuter sedan")

    def test_of_one_that_has_been_silent_nobody_says_that_all_is_sent(self, engine, walk):
        now = datetime.now(UTC)
        walks.device(engine, walk, seen_at=now - timedelta(minutes=11))
        walks.device(engine, walk, seen_at=now)
        told = phones_of(engine, walk, SV)
        assert [row.is_silent for row in told.rows] == [True, False]
        assert told.silent_words(SV).startswith("1 telefon har inte hörts av")

    def test_one_that_was_heard_of_when_the_walk_was_over_has_said_all(self, engine, home):
        ended = datetime.now(UTC) - timedelta(days=2)
        walk = walks.walk(engine, state=WalkState.CLOSED, ended_at=ended)
        for minutes_off in (-1, 1):
            walks.device(engine, walk, seen_at=ended + timedelta(minutes=minutes_off))
        assert [row.is_silent for row in phones_of(engine, walk, SV).rows] == [True, False]

    def test_a_new_code_leaves_phones_alone(self, engine, home, walk):
        phone = walks.phone(engine, walk)
        code = walk_leading.renew_code(engine, lead(home, walk))
        assert (again(engine, walk).join_code, code != walk.join_code) == (code, True)
        assert phones_of(engine, walk, SV).rows[0].uid == phone.uid
        assert acts(engine)[-1] == "walk.code"

    def test_who_shows_an_earlier_code_is_told_that_there_is_another(self, engine, home, walk):
        first = walk.join_code
        second = walk_leading.renew_code(engine, lead(home, walk))
        third = walk_leading.renew_code(engine, lead(home, walk))
        for code in (first, second.lower()):
            with pytest.raises(Gone, match=r"walk_code\.renewed"):
                with_code(engine, code)
        assert with_code(engine, third).walk.uid == walk.uid
        with pytest.raises(NotFound, match=r"walk_code\.unknown"):
            with_code(engine, "ZZZZZZ")

    def test_another_walk_s_phone_is_not_there(self, engine, home, walk):
        other = walks.phone(engine, walks.walk(engine))
        with pytest.raises(NotFound):
            walk_leading.revoke(engine, lead(home, walk), other.uid)


class TestWhatIsNext:
    def said(self, engine, walk, day=None):
        act = next_act(walk, progress_of(engine, walk), SV, day)
        return act.link if act else None

    def test_it_leads_from_the_plan_to_the_next_walk(self, engine, home):
        walk = planned(engine)
        for stop in walks.stops(engine, walk):
            stop_removal.remove(engine, home, walk.uid, stop.uid, LEADER)
        assert (self.said(engine, walk), step_of(walk)) == ("stops", 1)
        walk_stops.load_known(engine, home, walk.uid, LEADER)
        assert self.said(engine, walk) == "stops"
        ready = walks.walk(engine, state=WalkState.PLANNED, geometry=None)
        assert self.said(engine, ready) == "map"
        ready = walks.walk(engine, state=WalkState.PLANNED, geometry=None, is_ridden=True)
        assert self.said(engine, ready, ready.day - timedelta(days=1)) == "poster.pdf"
        assert self.said(engine, ready, ready.day) == ""

    @pytest.mark.parametrize(
        ("state", "link"), [("open", "heads"), ("closed", "follow-up"), ("followed_up", "minutes")]
    )
    def test_later_it_is_said_too(self, engine, home, state, link):
        assert self.said(engine, walks.walk(engine, state=WalkState(state))) == link

    def test_what_nobody_has_read_comes_first(self, engine, home):
        walk = walks.walk(engine, state=WalkState.CLOSED)
        findings.found(engine, walk)
        assert self.said(engine, walk) == "findings"

    def test_what_was_called_off_has_no_next(self, engine, home):
        assert self.said(engine, walks.walk(engine, state=WalkState.CANCELLED)) is None


class TestWhatWaits:
    def test_walks_of_the_day_meetings_and_findings_are_counted(self, engine, home, walk):
        late = walks.walk(engine, state=WalkState.CLOSED, follow_up_day=to_day_number(walk.day) - 1)
        findings.found(engine, late)
        with reading(engine) as session:
            found = walk_waits(session, home.id, walk.day)
        assert found.today == [(str(walk.uid), walk.title)]
        assert found.due_meetings == [(str(late.uid), late.title)]
        assert (found.findings_to_review, found.late_findings) == (1, 0)

    def test_a_decision_past_its_day_is_late_until_it_is_done(self, engine, home, walk):
        found = findings.found(engine, walk)
        findings.decided(engine, found, due=walk.day - timedelta(days=1))
        findings.accept(engine, found)
        with reading(engine) as session:
            assert walk_waits(session, home.id, walk.day - timedelta(days=1)).late_findings == 0
            assert walk_waits(session, home.id, walk.day).late_findings == 1
        minutes.follow(engine, walk, found.seq, state=FindingState.DONE)
        with reading(engine) as session:
            assert walk_waits(session, home.id, walk.day).late_findings == 0


class TestLight:
    def told(self, day, starts, light):
        return sun_told((12.95, 58.26), (day, starts), light, SV)

    def test_the_sun_is_told(self):
        told = self.told(date(2026, 12, 8), time(18, 30), Light.DARK)
        assert told.sentence.replace("\N{NO-BREAK SPACE}", " ").startswith("8 dec. 2026 går solen upp 08.4")
        assert told.warning == ""

    @pytest.mark.parametrize(
        ("month", "starts", "light", "is_warned"),
        [
            (6, time(20, 0), Light.DARK, True),
            (6, time(23, 55), Light.DARK, False),
            (6, time(18, 0), Light.LIGHT, False),
            (12, time(15, 0), Light.LIGHT, True),
            (12, time(16, 30), Light.DARK, False),
        ],
    )
    def test_the_wrong_light_is_warned_of(self, month, starts, light, is_warned):
        assert bool(self.told(date(2026, month, 21), starts, light).warning) is is_warned
