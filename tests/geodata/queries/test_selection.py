"""What a window lets through, against a slow reckoning of one report at a time."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings

from geodata import crs
from geodata.errors import MixedKinds
from geodata.hours import ANY_HOUR, HourFilter, exact, habit, interval, to_day_number, whole_day
from geodata.hours.darkness import dark_words, mean_dark_share
from geodata.queries.columns import read_columns
from geodata.queries.facets import Choices, open_to_facets
from geodata.queries.selection import (
    SIX_HOUR_WINDOWS,
    Ground,
    Period,
    full_period,
    kinds_present,
    period_of,
    select,
    single_kind,
)
from geodata.queries.window import Window
from geodata.tables.engine import reading, writing
from geodata.vocabulary import BY_CODE, Kind, Light, Origin, Polarity, State
from tests import factories
from tests.geodata.queries.test_window import windows
from tests.places import LATITUDE, LONGITUDE, place_at

AREA = place_at(0, 0).buffer(400)
GROUND = Ground(LONGITUDE, LATITUDE)
DAY = date(2026, 3, 6)
HOURS = (
    exact(datetime(2026, 3, 6, 21, 10)),
    interval(datetime(2026, 3, 6, 19, 20), datetime(2026, 3, 7, 3, 40)),
    interval(datetime(2026, 3, 8, 22, 0), datetime(2026, 3, 9, 7, 30)),
    habit((4, 5), 20, 3),
    whole_day(DAY),
    ANY_HOUR,
)


def many():
    """Drafts of every kind, origin, polarity, state, light and hour, dated or not, some of them nowhere."""
    made = []
    for number in range(120):
        said = {
            "kind": list(Kind)[number % 4],
            "origin": list(Origin)[number % 8],
            "polarity": list(Polarity)[number % 3],
            "state": list(State)[0 if number % 7 == 0 else 1],
            "categories": frozenset(list(BY_CODE)[number % 27 : number % 27 + 2]),
            "hours": HOURS[number % len(HOURS)],
            "day": None if number % 5 == 0 else date.fromordinal(DAY.toordinal() + number * 5),
            "light": [None, Light.DARK, Light.LIGHT][number % 3],
        }
        make = factories.without_position if number % 11 == 0 else factories.draft
        made.append(
            make(**({"place": place_at(number * 10 - 600, number % 13 * 40)} if number % 11 else {}), **said)
        )
    return made


MANY = many()


def light_share(draft, asked, light):
    """The part of a report in the asked hours and the light."""
    if light is None:
        return draft.hours.share(asked)
    if draft.day is not None:
        dark = dark_words(LONGITUDE, LATITUDE, np.array([to_day_number(draft.day)], dtype=np.int32))[
            :, 0
        ].tolist()
        held = [word if light == Light.DARK else ~word for word in dark]
        return draft.hours.share(tuple(one & other for one, other in zip(asked, held, strict=True)))
    share = draft.hours.share(asked)
    if draft.light is not None:
        return share * (draft.light == light)
    mean = mean_dark_share(LONGITUDE, LATITUDE, 2025)
    hours = [
        hour for hour in range(168) if (draft.hours.words[hour // 56] & asked[hour // 56]) >> hour % 56 & 1
    ]
    part = [mean[hour] if light == Light.DARK else 1 - mean[hour] for hour in hours]
    return share * (sum(part) / len(part) if part else 0)


def is_in_box(draft, box):
    if draft.place is None:
        return False
    spot = crs.to_degrees(draft.place)
    return box[0] <= spot.x <= box[2] and box[1] <= spot.y <= box[3]


def passes(draft, window, area=None):
    """Whether a report passes everything but hours and light."""
    sets = ((window.kinds, draft.kind), (window.origins, draft.origin), (window.polarity, draft.polarity))
    return (
        all(not chosen or said in chosen for chosen, said in (*sets, (window.states, draft.state)))
        and (not window.categories or bool(draft.categories & window.categories))
        and (not window.has_dates or draft.day is not None)
        and (window.since is None or draft.day >= window.since)
        and (window.until is None or draft.day <= window.until)
        and (window.bbox is None or is_in_box(draft, window.bbox))
        and (area is None or (draft.place is not None and area.intersects(draft.place)))
    )


def by_hand(window, area=None, drafts=MANY):
    """The share of each report, 0 where it is not let through."""
    asked = window.hours.words
    return [light_share(each, asked, window.light) if passes(each, window, area) else 0.0 for each in drafts]


@pytest.fixture(scope="module")
def columns(tmp_path_factory, migrated_file):
    """The many as columns; what is read is the same on either database, as the tests of columns show."""
    return _columns_of(MANY, tmp_path_factory.mktemp("many") / "many.gpkg", migrated_file)


def _columns_of(drafts, path, template):
    path.write_bytes(template.read_bytes())
    engine = factories.engine_of(path)
    with writing(engine) as session:
        there = factories.municipality(session)
        factories.store(session, there, drafts)
    with reading(engine) as session:
        found = read_columns(session, there.id)
    engine.dispose()
    return found.take(np.argsort(found.row_id))


class TestSelect:
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
    @given(window=windows())
    def test_any_window_is_what_a_hand_would_reckon(self, columns, window):
        assert select(columns, window, GROUND).weights() == pytest.approx(by_hand(window), abs=1e-9)

    @pytest.mark.parametrize(
        "words",
        [
            {},
            {"kinds": "perception"},
            {"polarity": "unsafe,safe"},
            {"states": "new"},
            {"categories": "lighting,drugs"},
            {"since": "2026-06-01", "until": "2026-12-31"},
            {"weekdays": "fri", "hours": "20-03"},
            {"light": "dark"},
            {"light": "light", "weekdays": "fri,sat", "hours": "18-06"},
            {"bbox": "12.945,58.25,12.955,58.27"},
        ],
        ids=lambda words: "&".join(words) or "everything",
    )
    def test_each_word_narrows_as_it_says(self, columns, words):
        window = Window.parse(words)
        assert select(columns, window, GROUND).weights() == pytest.approx(by_hand(window), abs=1e-9)

    def test_an_area_holds_what_lies_in_it_and_nothing_without_position(self, columns):
        chosen = select(columns, Window(), Ground(LONGITUDE, LATITUDE, AREA))
        assert chosen.weights() == pytest.approx(by_hand(Window(), AREA))
        assert 0 < chosen.reports == chosen.placed.reports

    def test_the_days_asked_for_are_inclusive(self, columns):
        day = next(each.day for each in MANY if each.day)
        chosen = select(columns, Window(since=day, until=day), GROUND)
        assert chosen.reports == sum(each.day == day for each in MANY) > 0

    def test_dark_and_light_are_the_whole(self, columns):
        both = [select(columns, Window(light=light), GROUND).weights() for light in Light]
        assert sum(both) == pytest.approx(np.ones(len(MANY)))

    def test_the_six_hour_windows_are_the_week_once(self, columns):
        parts = [select(columns, Window(hours=hours), GROUND).weights() for hours in SIX_HOUR_WINDOWS]
        assert sum(parts) == pytest.approx(np.ones(len(MANY)))


@pytest.mark.usefixtures("noise")
class TestCounting:
    @pytest.fixture
    def chosen(self, engine, there):
        said = [{"voice": "a"}, {"voice": "a"}, {"voice": "b"}, {"voice": None, "hours": HOURS[1]}]
        with writing(engine) as session:
            factories.store(session, there, [factories.draft(**each) for each in said])
        with reading(engine) as session:
            columns = read_columns(session, there.id)
        window = Window.parse({"kinds": "perception", "weekdays": "fri", "hours": "20-03"}).with_defaults()
        return select(columns, window, there.ground()).placed

    def test_n_is_the_sum_of_shares_and_reports_the_rows(self, chosen):
        assert chosen.n == pytest.approx(3 + 420 / 500)
        assert chosen.reports == 4

    def test_voices_are_the_distinct_ones_and_say_when_some_are_missing(self, chosen):
        assert chosen.voices == 2
        assert chosen.has_unmarked_voices

    def test_nobody_who_left_a_mark_is_unknown_and_not_none_at_all(self, engine, there):
        with reading(engine) as session:
            found = select(read_columns(session, there.id), Window(), there.ground())
        assert found.reports > 0
        assert found.voices is None


def counted(columns, window):
    return Choices(select(columns, open_to_facets(window), GROUND), window).facets()


class TestFacets:
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
    @given(window=windows())
    def test_each_count_is_what_choosing_it_would_leave(self, columns, window):
        found = counted(columns, window)
        assert found.kinds == pytest.approx(self.left(window, "kinds", Kind))
        assert found.polarity == pytest.approx(self.left(window, "polarity", Polarity))
        assert found.categories == pytest.approx(self.left(window, "categories", sorted(BY_CODE)))

    @staticmethod
    def left(window, name, codes):
        placed = [each for each in MANY if each.place is not None]
        return {
            str(code): sum(by_hand(Window(**{**vars(window), name: frozenset({code})}), drafts=placed))
            for code in codes
        }

    @pytest.mark.parametrize(
        "words", [{}, {"kinds": "perception"}, {"categories": "lighting"}, {"polarity": "safe"}]
    )
    def test_reports_without_position_are_counted_within_the_choice(self, columns, words):
        window = Window.parse(words)
        expected = sum(passes(each, window) for each in MANY if each.place is None)
        assert counted(columns, window).without_position == expected


class TestPeriod:
    FULL = Period(date(2024, 1, 1), date(2026, 6, 30))

    @pytest.mark.usefixtures("noise")
    def test_the_full_one_is_that_of_the_accepted_of_the_kind(self, engine, there):
        days = [date(2025, 2, 1), date(2025, 8, 1)]
        with writing(engine) as session:
            accepted = [factories.draft(day=day, kind=Kind.OBSERVATION) for day in (*days, None)]
            other = factories.draft(day=date(2020, 1, 1), kind=Kind.OBSERVATION, state=State.REJECTED)
            factories.store(session, there, [*accepted, other])
        with reading(engine) as session:
            columns = read_columns(session, there.id)
        assert full_period(columns, Kind.OBSERVATION, DAY) == Period(*days)

    def test_without_a_dated_report_it_is_today(self, columns):
        assert full_period(columns.take(slice(0, 0)), Kind.PERCEPTION, DAY) == Period(DAY, DAY)

    def test_open_ends_are_those_of_the_full_one(self):
        asked = Window(since=date(2025, 1, 1), hours=HourFilter(("fri",), (20, 3)))
        assert period_of(asked, self.FULL) == Period(date(2025, 1, 1), self.FULL.until)
        assert period_of(Window(), self.FULL) == self.FULL

    @pytest.mark.parametrize(
        ("since", "until", "years"),
        [
            ("2025-01-01", "2025-01-31", 1.0),
            ("2025-01-01", "2025-12-31", 1.0),
            ("2024-01-01", "2025-12-31", 731 / 365.25),
        ],
    )
    def test_densities_are_divided_by_at_least_a_year(self, since, until, years):
        period = Period(date.fromisoformat(since), date.fromisoformat(until))
        assert period.years == pytest.approx(years)
        assert period.is_a_year == (until != "2025-01-31")


class TestKind:
    def test_the_kinds_present_are_those_with_reports(self, columns):
        assert kinds_present(columns) == frozenset(Kind)
        assert kinds_present(columns.take(columns.kind == 0)) == {Kind.PERCEPTION}

    def test_several_are_refused_with_their_names(self, columns):
        with pytest.raises(MixedKinds) as raised:
            single_kind(columns, Window.parse({"kinds": "perception,observation"}))
        assert raised.value.values == {"kinds": "observation, perception"}

    def test_a_page_falls_back_and_a_command_refuses(self, columns):
        assert single_kind(columns, Window(), Kind.PERCEPTION) == Kind.PERCEPTION
        with pytest.raises(MixedKinds):
            single_kind(columns, Window())

    def test_the_only_one_present_needs_no_name(self, columns):
        assert single_kind(columns.take(columns.kind == 2), Window()) == Kind.CRIME_REPORT


def test_a_vertex_without_numbers_is_in_no_area():
    assert not shapely.intersects_xy(AREA, np.nan, np.nan)
