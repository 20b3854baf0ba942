"""When people walked is set once, by opening and ending; else whoever led is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from geodata.errors import Conflict
from geodata.hours import ZONE
from geodata.queries.walked import walked_grounds
from geodata.tables.engine import reading, writing
from geodata.vocabulary import WalkState
from tests import factories, walks
from webmap.services import walk_leading, walk_planning
from webmap.services.actors import Actor
from webmap.services.sayings import Refused
from webmap.services.walk_hours import HoursSaid, hours_draft, hours_of, is_unsure, said_of, set_hours
from webmap.services.walk_leading import Leading
from webmap.services.walk_steps import next_act, progress_of
from webmap.words import words_for

LEADER = Actor(None, "walk_leader")
EVENING = datetime(2026, 11, 20, 17, 35, tzinfo=UTC)
LATER = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def home(engine):
    with writing(engine) as session:
        return factories.municipality(session)


@pytest.fixture
def walk(engine, home):
    """A walk planned for half past six in the evening."""
    with time_machine.travel(EVENING, tick=False):
        return walks.walk(engine, state=WalkState.PLANNED)


def led(engine, home, walk, *steps):
    """Opened and ended by turns, so many hours after half past six."""
    for number, hours in enumerate(steps):
        with time_machine.travel(EVENING + timedelta(hours=hours), tick=False):
            (walk_leading.close_walk if number % 2 else walk_leading.open_walk)(
                engine, Leading(home, walk.uid, LEADER)
            )
    return walk_planning.one(engine, walk.uid)


class TestOpenedAndEnded:
    def test_opening_again_moves_nothing(self, engine, home, walk):
        now = led(engine, home, walk, 0, 2, 40, 41)
        assert (now.walked_from, now.walked_until) == (EVENING, EVENING + timedelta(hours=2))
        assert now.ended_at == EVENING + timedelta(hours=41)
        with reading(engine) as session:
            (ground,) = walked_grounds(session, home.id)
        assert (ground.starts, ground.ends) == (
            datetime(2026, 11, 20, 18, 35),
            datetime(2026, 11, 20, 20, 35),
        )

    @pytest.mark.parametrize(("opened", "ended"), [(0, 14), (0, 0.1), (15, 15.1)])
    def test_what_cannot_be_is_asked_about_and_two_hours_proposed(self, engine, home, walk, opened, ended):
        now = led(engine, home, walk, opened, ended)
        assert is_unsure(now)
        starts, ends = hours_of(now)
        assert (starts.date().isoformat(), ends - starts) == ("2026-11-20", timedelta(hours=2))
        assert next_act(now, progress_of(engine, now), words_for("sv")).link == "hours"

    def test_a_walk_of_two_hours_is_not_asked_about(self, engine, home, walk):
        assert not is_unsure(led(engine, home, walk, 0, 2))


class TestSet:
    @time_machine.travel(LATER)
    def test_whoever_led_on_paper_writes_when_it_was(self, engine, home, walk):
        led(engine, home, walk, 15, 15.02)
        set_hours(
            engine, Leading(home, walk.uid, LEADER), hours_draft(HoursSaid("2026-11-20", "22.30", "0.15"))
        )
        now = walk_planning.one(engine, walk.uid)
        assert now.walked_from == datetime(2026, 11, 20, 22, 30, tzinfo=ZONE)
        assert now.walked_until == datetime(2026, 11, 21, 0, 15, tzinfo=ZONE)
        assert said_of(now) == HoursSaid("2026-11-20", "22.30", "00.15")
        assert not is_unsure(now)

    @time_machine.travel(LATER)
    def test_what_was_set_stays_when_it_is_ended(self, engine, home, walk):
        led(engine, home, walk, 0)
        set_hours(
            engine, Leading(home, walk.uid, LEADER), hours_draft(HoursSaid("2026-11-20", "18.30", "19.30"))
        )
        walk_leading.close_walk(engine, Leading(home, walk.uid, LEADER))
        assert said_of(walk_planning.one(engine, walk.uid)).ends == "19.30"

    def test_a_walk_that_has_not_begun_has_no_hours(self, engine, home, walk):
        with pytest.raises(Conflict, match=r"walk\.no_such_step"):
            set_hours(
                engine,
                Leading(home, walk.uid, LEADER),
                hours_draft(HoursSaid("2025-11-20", "18.00", "19.30")),
            )

    @pytest.mark.parametrize(
        ("said", "codes"),
        [
            (HoursSaid("", "halv sju", ""), ["date.not_a_date", "walk.not_a_clock", "walk.not_a_clock"]),
            (HoursSaid("2025-11-20", "18.30", "18.00"), ["walk.hours_too_long"]),
            (HoursSaid("2099-11-20", "18.30", "20.00"), ["walk.hours_ahead"]),
            (HoursSaid("9999-12-31", "18.30", "8.00"), ["date.not_a_date"]),
        ],
    )
    def test_what_cannot_be_is_refused(self, said, codes):
        with pytest.raises(Refused) as refused:
            hours_draft(said)
        assert [fault.code for fault in refused.value.faults] == codes
