"""The week of a filter, against a reckoning of one report and one minute at a time."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.hours import interval, to_day_number
from geodata.hours.darkness import dark_words, mean_dark_share
from geodata.queries.window import Window
from geodata.tables.engine import writing
from geodata.vocabulary import Kind, Light
from tests import factories
from tests.geodata.queries.test_selection import many, passes
from tests.geodata.queries.test_window import windows
from tests.places import place_at
from webmap.services.heat import Look
from webmap.services.heat_room import HeatRoom
from webmap.services.week import week_of

NIGHT = interval(datetime(2026, 3, 6, 21, 40), datetime(2026, 3, 7, 2, 10))
DRAFTS = [
    *many(),
    *(factories.draft(place_at(number, 0), hours=NIGHT, day=None) for number in range(3)),
    *(factories.draft(place_at(0, number), hours=NIGHT, light=Light.DARK, day=None) for number in range(3)),
]


@st.composite
def filters(drawn):
    """Windows that pass something: dates where the reports are, one kind, no area of their own."""
    asked = drawn(windows())
    since, until = sorted(drawn(st.tuples(*[st.dates(date(2026, 1, 1), date(2027, 12, 31))] * 2)))
    said = {"kinds": drawn(st.sampled_from(list(Kind))).value, "area": "", "bbox": ""}
    if drawn(st.booleans()):
        said |= {"since": since.isoformat(), "until": until.isoformat()}
    words = {name: value for name, value in asked.as_words().items() if name not in ("since", "until")}
    return Window.parse(words | said)


@pytest.fixture(scope="module")
def room(tmp_path_factory, migrated_file):
    path = tmp_path_factory.mktemp("week") / "week.gpkg"
    path.write_bytes(migrated_file.read_bytes())
    engine = factories.engine_of(path)
    with writing(engine) as session:
        factories.store(session, factories.municipality(session), DRAFTS)
    yield HeatRoom(engine)
    engine.dispose()


def minutes_of(hours):
    """How many of a report's minutes lie in each hour of the week."""
    found = Counter()
    for hour in range(168):
        for minute in range(60 if hours.words[hour // 56] >> hour % 56 & 1 else 0):
            is_before = hour == hours.first_hour and minute < hours.minutes_before_first
            is_after = hour == hours.last_hour and minute >= 60 - hours.minutes_after_last
            found[hour] += not (is_before or is_after)
    return found


MINUTES = {draft.uid: minutes_of(draft.hours) for draft in DRAFTS}


def in_light(draft, light, home):
    """The part of each hour of the week that is in the light asked for, as this report sees it."""
    if light is None:
        return np.ones(168)
    if draft.day is None and draft.light is not None:
        return np.full(168, draft.light == light)
    if draft.day is None:
        dark = mean_dark_share(*home.middle, 2025)
    else:
        words = dark_words(*home.middle, np.array([to_day_number(draft.day)], dtype=np.int32))[:, 0]
        dark = np.array([int(words[hour // 56]) >> hour % 56 & 1 for hour in range(168)])
    return dark if light == Light.DARK else 1 - dark


def by_the_minute(heat):
    week = np.zeros(168)
    for draft in DRAFTS:
        if draft.place is None or not passes(draft, heat.window):
            continue
        light, span = in_light(draft, heat.window.light, heat.home), MINUTES[draft.uid].total()
        for hour, minutes in MINUTES[draft.uid].items():
            week[hour] += minutes * light[hour] / span
    return week.reshape(7, 24)


class TestWeek:
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
    @given(window=filters())
    def test_the_chosen_hours_sum_up_to_the_n_of_the_map(self, room, window):
        heat = room.heat("1470", window, Look())
        week = week_of(heat)
        assert week.sums[week.chosen].sum() == pytest.approx(heat.selection.n, abs=1e-9)
        assert week.n == heat.selection.n

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
    @given(window=filters())
    def test_every_hour_is_what_a_slow_reckoning_finds(self, room, window):
        heat = room.heat("1470", window, Look())
        np.testing.assert_allclose(week_of(heat).sums, by_the_minute(heat), atol=1e-9)

    @pytest.mark.parametrize("light", ["", "dark", "light"])
    def test_other_hours_chosen_move_no_figure(self, room, light):
        weeks = [
            week_of(room.heat("1470", Window.parse({"kinds": "perception", "light": light, **hours}), Look()))
            for hours in ({}, {"weekdays": "fri", "hours": "20-03"}, {"hours": "07-09"})
        ]
        for week in weeks[1:]:
            np.testing.assert_allclose(week.sums, weeks[0].sums, atol=1e-9)
        assert weeks[0].is_whole
        assert weeks[0].n == pytest.approx(weeks[1].n_week)

    def test_a_night_is_chosen_as_the_hours_it_lasts(self, room):
        words = {"kinds": "perception", "weekdays": "sun", "hours": "22-02"}
        week = week_of(room.heat("1470", Window.parse(words), Look()))
        assert [tuple(each) for each in np.argwhere(week.chosen)] == [(0, 0), (0, 1), (6, 22), (6, 23)]
        assert not week.is_whole

    def test_what_has_no_position_is_not_counted(self, room):
        heat = room.heat("1470", Window.parse({"kinds": "perception"}), Look())
        placed = [each for each in DRAFTS if each.place is not None and passes(each, heat.window)]
        assert week_of(heat).n_week == pytest.approx(len(placed))

    def test_an_empty_filter_is_an_empty_week(self, room):
        words = {"since": "2001-01-01", "until": "2001-01-02", "light": "dark"}
        heat = room.heat("1470", Window.parse(words), Look(), Kind.PERCEPTION)
        assert week_of(heat).n_week == 0
