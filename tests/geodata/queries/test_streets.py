"""Streets to follow, marks made beforehand, and routes that were walked, on either database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from shapely import LineString
from sqlalchemy import delete

from geodata.drafts import AreaDraft
from geodata.hours import to_day_number
from geodata.queries.premap import mark_counts, marks_of
from geodata.queries.streets import streets_in
from geodata.queries.walked import published_grounds, walked_grounds, walked_hours
from geodata.tables.area_rows import insert_areas
from geodata.tables.engine import reading, writing
from geodata.tables.walks import HeadCount, Walk, WalkMark, WalkStop
from geodata.vocabulary import AreaKind, Polarity, WalkRole, WalkState, bits
from tests import walks
from tests.places import place_at


def line(*places):
    return LineString([place_at(*each) for each in places])


def box(reach_m):
    south_west, north_east = place_at(-reach_m, -reach_m), place_at(reach_m, reach_m)
    return south_west.x, south_west.y, north_east.x, north_east.y


@pytest.fixture
def streets(engine, there):
    drafts = [
        AreaDraft(AreaKind.STREET, "Storgatan", line((-50, 0), (50, 0))),
        AreaDraft(AreaKind.PATH, "", line((0, 0), (0, 300))),
        AreaDraft(AreaKind.STREET, "Långt bort", line((5_000, 0), (5_100, 0))),
        AreaDraft(AreaKind.WATER, "Ån", line((0, -50), (0, 50))),
    ]
    with writing(engine) as session:
        insert_areas(session, there.id, drafts, "test")


class TestStreetsIn:
    def test_it_gives_streets_and_paths_in_the_box_only(self, engine, there, streets):
        with reading(engine) as session:
            found = streets_in(session, there.id, box(400))
        assert [street.length for street in found] == pytest.approx([100, 300])


class TestMarks:
    def put(self, engine, walk, voice, polarity=Polarity.UNSAFE):
        mark = WalkMark(
            uid=uuid4(),
            walk_id=walk.id,
            geometry=place_at(10, 20),
            polarity=polarity,
            categories=bits({"lighting"}),
            text="Mörkt",
            voice=voice,
            created_at=datetime.now(UTC),
        )
        with writing(engine) as session:
            session.add(mark)

    def test_they_are_read_as_they_were_made_and_by_voice(self, engine, there):
        walk = walks.walk(engine, there.code)
        for voice in ("a", "b", "a"):
            self.put(engine, walk, voice)
        with reading(engine) as session:
            every, own = marks_of(session, walk.id), marks_of(session, walk.id, "a")
            counts = mark_counts(session, walk.id, "a")
        assert (len(every), len(own), counts) == (3, 2, (3, 2))
        assert every[0].categories == {"lighting"}
        assert every[0].place.equals(place_at(10, 20))


class TestWalked:
    @pytest.fixture
    def made(self, engine, there):
        began = datetime(2026, 10, 2, 16, 30, tzinfo=UTC)
        walked = walks.walk(
            engine,
            there.code,
            state=WalkState.PUBLISHED,
            day=to_day_number(date(2026, 10, 2)),
            walked_from=began,
            walked_until=began + timedelta(hours=2),
        )
        with writing(engine) as session:
            session.add(HeadCount(walk_id=walked.id, group_number=1, role=WalkRole.RESIDENT, count=7))
            session.add(HeadCount(walk_id=walked.id, group_number=1, role=WalkRole.POLICE, count=2))
        walks.walk(engine, there.code, state=WalkState.PLANNED)
        blank = walks.walk(engine, there.code, state=WalkState.CLOSED, geometry=None)
        with writing(engine) as session:
            session.execute(delete(WalkStop).where(WalkStop.walk_id == blank.id))
        return walked

    def test_only_what_was_walked_counts(self, engine, there, made):
        with reading(engine) as session:
            found = walked_grounds(session, there.id)
        assert [(each.uid, each.heads) for each in found] == [(made.uid, 9)]
        assert (found[0].starts, found[0].ends) == (
            datetime(2026, 10, 2, 18, 30),
            datetime(2026, 10, 2, 20, 30),
        )

    @pytest.mark.parametrize(("since", "until", "count"), [(2, 2, 1), (3, 9, 0), (1, 1, 0), (None, 2, 1)])
    def test_days_are_inclusive(self, engine, there, made, since, until, count):
        first = None if since is None else date(2026, 10, since)
        with reading(engine) as session:
            assert len(walked_grounds(session, there.id, first, date(2026, 10, until))) == count

    def test_of_published_walks_there_is_route_and_stops(self, engine, there, made):
        with reading(engine) as session:
            (public,) = published_grounds(session, there.id)
        assert public.route.length == pytest.approx(500)
        assert len(public.stops) == 4

    def test_who_rode_between_the_stops_has_seen_the_stops(self, engine, there, made):
        with writing(engine) as session:
            session.get_one(Walk, made.id).is_ridden = True
        with reading(engine) as session:
            (public,) = published_grounds(session, there.id)
        assert (public.route, len(public.stops)) == (None, 4)

    def test_a_rough_stop_or_none_was_not_looked_at(self, engine, there, made):
        with writing(engine) as session:
            for number, stop in enumerate(walks.stops(engine, made)):
                row = session.get_one(WalkStop, stop.id)
                row.is_rough, row.geometry = number > 1, None if number == 1 else row.geometry
        with reading(engine) as session:
            assert len(published_grounds(session, there.id)[0].stops) == 1


PLAN = datetime(2026, 10, 2, 18, 30)


class TestHours:
    @pytest.mark.parametrize(
        ("opened", "ended", "hours"),
        [
            (None, None, (PLAN, PLAN + timedelta(hours=2))),
            ((2, 16, 40), None, (datetime(2026, 10, 2, 18, 40), datetime(2026, 10, 2, 20, 40))),
            ((3, 7, 0), None, (PLAN, PLAN + timedelta(hours=2))),
            ((2, 16, 40), (2, 18, 0), (datetime(2026, 10, 2, 18, 40), datetime(2026, 10, 2, 20, 0))),
        ],
    )
    def test_what_is_not_known_is_the_plan_and_two_hours(self, opened, ended, hours):
        told = [None if each is None else datetime(2026, 10, *each, tzinfo=UTC) for each in (opened, ended)]
        assert walked_hours(PLAN, *told) == hours
