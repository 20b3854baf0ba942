"""Adding municipalities, on both databases."""

from __future__ import annotations

import pytest

from geodata import sweden
from geodata.errors import NotFound
from geodata.queries.municipalities import homes
from geodata.tables.areas import Area
from geodata.tables.engine import reading, writing
from geodata.tables.journal import JournalEntry
from tests import factories
from tests.places import SQUARE
from webmap.services import municipalities
from webmap.services.municipalities import Wanted


def add(engine, *wanted):
    with writing(engine) as session:
        return municipalities.add(session, Wanted(*wanted))


class TestAdding:
    def test_a_code_is_enough(self, engine):
        made = add(engine, "1470")
        assert (made.name, made.is_exact, made.tolerance_m) == ("Vara", False, 500.0)
        assert made.boundary.area / 1e6 == pytest.approx(700, rel=0.05)

    def test_its_localities_come_with_it(self, engine):
        named = {place.name for place in add(engine, "1470").places}
        assert {"Vara", "Kvänum"} <= named

    def test_a_code_nobody_has_is_refused(self, engine):
        with pytest.raises(NotFound, match="municipality.unknown"):
            add(engine, "0000")
        with reading(engine) as session:
            assert homes(session) == []

    def test_a_boundary_of_ones_own_is_exact(self, engine):
        add(engine, "1470")
        exact = add(engine, "1470", "Vara kommun", SQUARE)
        assert (exact.name, exact.is_exact, exact.tolerance_m) == ("Vara kommun", True, 0.0)
        assert exact.boundary.equals(SQUARE)
        assert factories.rows(engine, Area)["area"] == len(exact.places)

    def test_adding_and_changing_are_told_apart_in_the_journal(self, engine):
        add(engine, "1470")
        add(engine, "1470", "Vara kommun")
        with reading(engine) as session:
            said = [entry.action for entry in session.query(JournalEntry).order_by(JournalEntry.seq)]
        assert said == ["municipality.add", "municipality.change"]


class TestEnsuring:
    def test_it_is_added_once(self, engine):
        with writing(engine) as session:
            first, was_added = municipalities.ensure(session, "1470")
            second, was_added_again = municipalities.ensure(session, "1470")
        assert (was_added, was_added_again) == (True, False)
        assert first.id == second.id


def test_every_municipality_of_the_country_can_be_had():
    assert sweden.municipality("0180").name == "Stockholm"
