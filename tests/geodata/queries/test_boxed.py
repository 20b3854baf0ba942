"""What a box of degrees holds is what the same box in a filter lets through."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata import crs
from geodata.queries.boxed import in_box
from geodata.queries.columns import read_columns
from geodata.queries.reports import uids_of
from geodata.queries.selection import select
from geodata.queries.window import Window
from geodata.tables.engine import reading, writing
from tests import factories
from tests.places import LATITUDE, LONGITUDE, place_at

edges = st.floats(-0.03, 0.03) | st.floats(-9.0, 9.0)


@pytest.fixture
def chosen(sqlite_engine):
    """Three hundred reports, and one that nobody knows the place of, cut off as on a map."""
    with writing(sqlite_engine) as session:
        there = factories.municipality(session)
        factories.store(session, there, [*factories.spread(300), factories.without_position()])
    with reading(sqlite_engine) as session:
        columns = read_columns(session, there.id)
    return lambda window: select(columns, window, there.ground()).placed


class TestInBox:
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
    @given(edges, edges, edges, edges)
    def test_it_is_the_filters_own_box(self, chosen, west, east, south, north):
        box = (
            LONGITUDE + min(west, east) - 1e-4,
            LATITUDE + min(south, north) - 1e-4,
            LONGITUDE + max(west, east),
            LATITUDE + max(south, north),
        )
        window = Window.parse({"weekdays": "fri"})
        expected = chosen(replace(window, bbox=box))
        found = in_box(chosen(window), box)
        assert np.array_equal(found.rows, expected.rows)
        assert np.array_equal(found.share, expected.share)

    def test_the_whole_world_holds_all(self, chosen):
        assert in_box(chosen(Window()), (-180.0, -90.0, 180.0, 90.0)).reports == 300

    def test_its_edge_is_inside(self, chosen):
        every = chosen(Window())
        longitude, latitude = crs.to_degrees_xy(
            every.columns.east[every.rows[:1]], every.columns.north[every.rows[:1]]
        )
        x, y = float(longitude[0]), float(latitude[0])
        assert in_box(every, (x, y, x + 1e-9, y + 1e-9)).reports == 1


class TestUidsOf:
    def test_it_names_those_that_are_there(self, engine):
        with writing(engine) as session:
            there = factories.municipality(session)
            drafts = [factories.draft(place_at(each, 0)) for each in range(3)]
            factories.store(session, there, drafts)
        with reading(engine) as session:
            keys = read_columns(session, there.id).row_id.tolist()
            found = uids_of(session, [*keys, 987_654])
        assert set(found) == set(keys)
        assert set(found.values()) == {each.uid for each in drafts}
