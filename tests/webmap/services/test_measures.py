"""Measures are written by one at a time, and only what is published is seen outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from geodata.errors import Conflict, NotFound
from geodata.tables.chain import verify
from geodata.tables.changes import last_change
from geodata.tables.engine import reading, writing
from geodata.tables.journal import JournalEntry
from geodata.tables.measures import Measure
from geodata.vocabulary import MeasureState
from tests import factories
from tests.places import LATITUDE, LONGITUDE
from webmap.services import measures
from webmap.services.actors import Actor
from webmap.services.measure_words import is_late, told
from webmap.services.measures import MeasureSaid, PublicMeasure
from webmap.services.sayings import Refused
from webmap.words import words_for

STAFF = Actor(None, "coordinator")
HERE = {"type": "Point", "coordinates": [LONGITUDE, LATITUDE]}
SAID = MeasureSaid(
    "Belysningen lagas", "Gatuenheten", due="2026-12-04", categories=frozenset({"lighting"}), place=HERE
)


@pytest.fixture
def home(engine):
    with writing(engine) as session:
        return factories.municipality(session)


def made(engine, home, said=SAID):
    return measures.create(engine, home, measures.draft_of(home, said), STAFF)


def refused(home, **said):
    with pytest.raises(Refused) as caught:
        measures.draft_of(home, replace(SAID, **said))
    return {fault.field: fault.code for fault in caught.value.faults}


class TestDraft:
    def test_every_fault_is_told_at_once(self, home):
        assert refused(home, title=" ", place=None, due="i morgon") == {
            "title": "measure.title_missing",
            "place": "measure.place_missing",
            "due": "date.not_a_date",
        }

    def test_what_is_not_possible_needs_a_reason(self, home):
        assert refused(home, state="not_possible") == {"reason": "measure.reason_missing"}
        assert measures.draft_of(home, replace(SAID, state="not_possible", reason="Bussarna går här."))

    def test_it_is_in_the_municipality(self, home):
        assert refused(home, place={"type": "Point", "coordinates": [18.0, 59.3]}) == {
            "place": "geometry.outside"
        }

    def test_a_personal_identity_number_is_never_kept(self, home):
        draft = measures.draft_of(home, replace(SAID, title="Ring 19811218-9876 om lampan"))
        assert "9876" not in draft.title


class TestWriting:
    def test_a_new_one_is_stored_unpublished_with_a_journal_row_and_a_change(self, engine, home):
        before = factories.rows(engine, JournalEntry)["journal"]
        uid = made(engine, home)
        known = measures.one(engine, "1470", uid)
        assert (known.title, known.due, known.is_published, known.version) == (
            "Belysningen lagas",
            date(2026, 12, 4),
            False,
            1,
        )
        with reading(engine) as session:
            assert verify(session).rows == before + 1
            assert session.query(Measure).one().change_seq == last_change(session, home.id)

    def test_it_is_changed_by_whoever_has_seen_it_as_it_is(self, engine, home):
        uid = made(engine, home)
        measures.change(
            engine, home, (uid, 1), measures.draft_of(home, replace(SAID, title="Ny lampa")), STAFF
        )
        with pytest.raises(Conflict, match=r"measure\.changed"):
            measures.change(engine, home, (uid, 1), measures.draft_of(home, SAID), STAFF)
        known = measures.one(engine, "1470", uid)
        assert (known.title, known.version) == ("Ny lampa", 2)

    def test_what_is_not_there_is_not_changed(self, engine, home):
        with pytest.raises(NotFound):
            measures.publish(engine, home, (uuid4(), 1), STAFF, is_published=True)

    def test_another_municipality_has_none_of_it(self, engine, home):
        uid = made(engine, home)
        with writing(engine) as session:
            factories.municipality(session, "1446", "Karlsborg")
        with pytest.raises(NotFound):
            measures.one(engine, "1446", uid)
        assert measures.listed(engine, "1446") == []


class TestPublished:
    def test_nobody_outside_sees_it_before(self, engine, home):
        uid = made(engine, home)
        assert measures.published(engine, "1470") == []
        measures.publish(engine, home, (uid, 1), STAFF, is_published=True)
        assert [each.title for each in measures.published(engine, "1470")] == ["Belysningen lagas"]
        measures.publish(engine, home, (uid, 2), STAFF, is_published=False)
        assert measures.published(engine, "1470") == []

    def test_what_is_near_comes_nearest_first_with_its_distance(self, engine, home):
        for name, lon in (("Långt bort", 0.01), ("Nära", 0.001), ("Här", 0.0)):
            place = {"type": "Point", "coordinates": [LONGITUDE + lon, LATITUDE]}
            uid = made(engine, home, replace(SAID, title=name, place=place))
            measures.publish(engine, home, (uid, 1), STAFF, is_published=True)
        found = measures.published_near(engine, "1470", LONGITUDE, LATITUDE)
        assert [(each.title, round(each.distance_m, -1)) for each in found] == [("Här", 0), ("Nära", 60)]


def public(state, due=None, reason=""):
    return PublicMeasure("Lampan", state, due, reason, LONGITUDE, LATITUDE)


class TestWords:
    NOW = date(2026, 11, 21)

    @pytest.mark.parametrize(
        ("measure", "swedish", "english"),
        [
            (public(MeasureState.PLANNED), "Planerat", "Planned"),
            (
                public(MeasureState.ONGOING, date(2026, 12, 4)),
                "Pågår, klart vecka 49",
                "Under way, done in week 49",
            ),
            (
                public(MeasureState.PLANNED, date(2027, 1, 4)),
                "Planerat, klart vecka 1 2027",
                "Planned, done in week 1 of 2027",
            ),
            (public(MeasureState.DONE, date(2026, 1, 1)), "Klart", "Done"),
            (
                public(MeasureState.NOT_POSSIBLE, None, "Bussar."),
                "Inte möjligt: Bussar.",
                "Not possible: Bussar.",
            ),
        ],
    )
    def test_it_is_told_in_both_languages(self, measure, swedish, english):
        assert told(measure, words_for("sv"), self.NOW) == swedish
        assert told(measure, words_for("en"), self.NOW) == english

    def test_a_day_that_has_passed_is_late_the_day_after(self):
        due = date(2026, 11, 20)
        late = told(public(MeasureState.ONGOING, due), words_for("sv"), self.NOW)
        assert late.startswith("Pågår, försenat, skulle vara klart 20")
        assert is_late(due, MeasureState.PLANNED, self.NOW)
        assert not is_late(due, MeasureState.PLANNED, due)
        assert not is_late(due, MeasureState.DONE, self.NOW)
