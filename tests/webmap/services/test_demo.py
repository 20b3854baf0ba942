"""The demo: the same every time, marked as invented, and never mixed with what is real."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import delete

from geodata import sweden
from geodata.errors import Conflict
from geodata.geometry import ServedArea
from geodata.hours import HourFilter
from geodata.queries.municipalities import homes, mark
from geodata.tables.chain import verify
from geodata.tables.engine import reading, writing
from geodata.tables.reports import Report
from geodata.tables.scales import Scale
from geodata.vocabulary import Kind, Origin
from tests import factories
from webmap.services import accounts, demo, editions, municipalities
from webmap.services.reception import DEMO_MARK, demo_logins

VARA = ServedArea("Vara", sweden.municipality(demo.VARA).boundary, sweden.TOLERANCE_M)
FRIDAY_NIGHT = HourFilter(("fri",), (20, 3)).words


@pytest.fixture(scope="module")
def drafts():
    return demo.invent(VARA)


class TestWhatIsInvented:
    def test_it_is_the_same_every_time(self, drafts):
        again = demo.invent(VARA)
        assert [(each.uid, each.digest) for each in again] == [(each.uid, each.digest) for each in drafts]
        assert len({each.uid for each in drafts}) == len(drafts)

    def test_a_thousand_perceptions_and_eighty_of_a_friday_night(self, drafts):
        perceptions = [each for each in drafts if each.kind == Kind.PERCEPTION]
        assert len(perceptions) >= 1_000
        assert sum(each.hours.share(FRIDAY_NIGHT) > 0 for each in perceptions) >= 80

    def test_all_kinds_and_origins_are_there(self, drafts):
        assert {each.kind for each in drafts} == set(Kind)
        assert {each.origin for each in drafts} == set(Origin)

    def test_it_takes_three_years(self, drafts):
        days = [each.day for each in drafts if each.day]
        assert timedelta(days=3 * 365 - 30) <= max(days) - min(days) <= timedelta(days=3 * 366)

    @pytest.mark.parametrize("year", [2027, 2031, 2040])
    def test_whoever_looks_years_later_sees_the_last_three_of_them(self, drafts, year):
        day = date(year, 6, 15)
        later = demo.invent(VARA, demo.usual_first_day(day))
        days = [each.day for each in later if each.day]
        assert timedelta(0) < day - max(days) < timedelta(days=366 + 14)
        assert [each.hours.words for each in later] == [each.hours.words for each in drafts]

    def test_evenings_and_weekends_are_the_heavier(self, drafts):
        evening = HourFilter((), (18, 3)).words
        weekend = HourFilter(("fri", "sat"), (18, 3)).words
        shares = [(each.hours.share(evening), each.hours.share(weekend)) for each in drafts]
        late, at_weekends = (sum(column) / len(drafts) for column in zip(*shares, strict=True))
        assert late > 9 / 24 * 1.3
        assert at_weekends > 18 / 168 * 1.5


class TestFilling:
    def test_it_is_marked_and_has_a_login_for_each_role(self, demo_engine):
        with reading(demo_engine) as session:
            assert mark(session, DEMO_MARK)
            assert verify(session).is_whole
        assert demo_logins(demo_engine) == sorted((email, str(role)) for email, role in demo.LOGINS)

    def test_a_filled_one_is_left_as_it_is(self, demo_engine):
        before = factories.rows(demo_engine, Report, Scale)
        assert demo.fill(demo_engine, "ett annat lösenord") is False
        assert factories.rows(demo_engine, Report, Scale) == before

    def test_one_that_was_stopped_before_its_scales_gets_them(self, demo_engine):
        with writing(demo_engine) as session:
            session.execute(delete(Scale))
        demo.fill(demo_engine, "ett annat lösenord")
        assert factories.rows(demo_engine, Scale)["scale"] > 0

    def test_a_database_with_other_reports_is_refused(self, sqlite_engine):
        with writing(sqlite_engine) as session:
            there, _ = municipalities.ensure(session, demo.VARA)
            factories.store(session, there, [factories.draft()])
        with pytest.raises(Conflict, match="demo.not_empty"):
            demo.fill(sqlite_engine, "ett lösenord som duger")
        assert factories.rows(sqlite_engine, Report)["report"] == 1

    def test_it_fills_postgresql_the_same(self, postgresql_engine, demo_engine):
        demo.fill(postgresql_engine, "ett lösenord som duger")
        stored = []
        for engine in (postgresql_engine, demo_engine):
            with reading(engine) as session:
                assert [home.name for home in homes(session)] == ["Vara"]
                stored.append(sorted(session.query(Report.uid, Report.digest).all()))
        assert [tuple(row) for row in stored[0]] == [tuple(row) for row in stored[1]]
        assert factories.rows(postgresql_engine, Scale) == factories.rows(demo_engine, Scale)

    def test_the_password_opens(self, demo_engine):
        assert accounts.log_in(demo_engine, demo.LOGINS[0][0], "ett lösenord för exemplet", "nyckel")


def test_years_later_it_is_filled_and_published_too(sqlite_engine):
    with time_machine.travel(datetime(2031, 1, 15, 12, tzinfo=UTC)):
        assert demo.fill(sqlite_engine, factories.PASSWORD)
        assert len(editions.all_of(sqlite_engine, demo.VARA)) == 1
