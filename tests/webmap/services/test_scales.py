"""Fixed scales: made by the write that passes thirty, never by looking, remade only by the act."""

from __future__ import annotations

import pytest

from geodata.analysis.kernels import BANDWIDTHS_M, KERNELS
from geodata.queries.scales import kinds_with_scales, stored_scales
from geodata.queries.window import Window
from geodata.tables.engine import reading, writing
from geodata.tables.journal import JournalEntry
from geodata.tables.scales import Scale
from geodata.vocabulary import Kind, Polarity, State
from tests import factories
from webmap.services import scales
from webmap.services.actors import Actor
from webmap.services.heat import Look
from webmap.services.heat_room import HeatRoom

ACTOR = Actor(None, "coordinator")


@pytest.fixture
def there(engine):
    with writing(engine) as session:
        return factories.municipality(session)


def put(engine, there, drafts):
    with writing(engine) as session:
        factories.store(session, there, drafts)
    return scales.refresh(engine, there)


class TestMaking:
    def test_twenty_nine_make_none_and_thirty_do(self, engine, there):
        assert put(engine, there, factories.spread(29)) == []
        assert put(engine, there, [factories.draft()]) == [Kind.PERCEPTION]
        assert factories.rows(engine, Scale)["scale"] == len(BANDWIDTHS_M) * len(KERNELS)

    def test_what_is_not_on_the_map_does_not_count(self, engine, there):
        others = [
            factories.without_position(),
            factories.draft(state=State.NEW),
            factories.draft(polarity=Polarity.SAFE),
        ]
        assert put(engine, there, [*factories.spread(29), *others]) == []

    def test_another_kind_gets_its_own(self, engine, there):
        put(engine, there, factories.spread(30))
        assert put(engine, there, factories.spread(30, kind=Kind.OBSERVATION)) == [Kind.OBSERVATION]
        with reading(engine) as session:
            assert kinds_with_scales(session, there.id) == {Kind.PERCEPTION, Kind.OBSERVATION}

    def test_more_reports_change_nothing(self, engine, there):
        put(engine, there, factories.spread(40))
        before = kept(engine, there)
        assert put(engine, there, factories.spread(400, seed=2)) == []
        assert kept(engine, there) == before

    def test_it_is_written_in_the_journal(self, engine, there):
        put(engine, there, factories.spread(30))
        with reading(engine) as session:
            last = session.query(JournalEntry).order_by(JournalEntry.seq.desc()).first()
            assert (last.action, last.object_id, last.municipality) == ("scale.make", "perception", "1470")


class TestLooking:
    def test_a_surface_makes_none(self, engine, there):
        with writing(engine) as session:
            factories.store(session, there, factories.spread(40))
        heat = HeatRoom(engine).heat(there.code, Window(), Look())
        assert heat.scale is None
        assert factories.rows(engine, Scale)["scale"] == 0


class TestRemaking:
    def test_the_act_makes_them_from_what_is_there_now(self, engine, there):
        put(engine, there, factories.spread(40))
        put(engine, there, factories.spread(120, seed=2))
        assert HeatRoom(engine).heat(there.code, Window(), Look()).needs_new_scale()
        assert scales.remake(engine, there, Kind.PERCEPTION, ACTOR)
        assert kept(engine, there)[0] == 160
        assert not HeatRoom(engine).heat(there.code, Window(), Look()).needs_new_scale()

    def test_too_few_leave_what_there_was(self, engine, there):
        assert not scales.remake(engine, there, Kind.PERCEPTION, ACTOR)
        assert factories.rows(engine, Scale)["scale"] == 0

    def test_under_four_times_as_many_nothing_is_proposed(self, engine, there):
        put(engine, there, factories.spread(40))
        put(engine, there, factories.spread(119, seed=2))
        assert not HeatRoom(engine).heat(there.code, Window(), Look()).needs_new_scale()


def kept(engine, there):
    with reading(engine) as session:
        found = stored_scales(session, there.id)[Kind.PERCEPTION, "quartic", 300]
        return found.n, found.whole_top, found.part_top, found.made_at
