"""Editions that come by themselves: where it is chosen, when due, and nothing that may not be published."""

from __future__ import annotations

from datetime import date

import time_machine
from sqlalchemy import select

from geodata.tables.editions import Edition as Row
from geodata.tables.engine import reading, writing
from geodata.tables.journal import JournalEntry
from geodata.vocabulary import Origin
from geodata.vocabulary.choices import ChoiceKey
from tests import factories
from tests.places import place_at
from webmap.services import choices, publishing, timely_editions
from webmap.services.actors import COMMAND


def town(engine, voices=12, chosen="yes"):
    with writing(engine) as session:
        there = factories.municipality(session)
        said = {"day": date(2026, 10, 10), "origin": Origin.SURVEY}
        drafts = [factories.draft(place_at(10, 10), **said, voice=f"v{each}") for each in range(voices)]
        factories.store(session, there, drafts)
        choices.choose(session, there, {ChoiceKey.PUBLISH_BY_ITSELF: chosen}, COMMAND)


def due_on(engine, day):
    with time_machine.travel(f"{day}T12:00:00Z"):
        return timely_editions.publish_due(engine)


class TestDue:
    def test_it_comes_on_its_day_and_not_before(self, engine):
        town(engine)
        told = [due_on(engine, day) for day in ("2026-11-22", "2026-11-22", "2026-12-21", "2026-12-22")]
        assert told == [["1470"], [], [], ["1470"]]

    def test_the_journal_says_that_nobody_did_it(self, engine):
        town(engine)
        due_on(engine, "2026-11-22")
        with reading(engine) as session:
            asked = select(JournalEntry).where(JournalEntry.action == "edition.publish")
            entry = session.scalars(asked).one()
        assert (entry.role, entry.actor_id) == ("system", None)

    def test_nowhere_it_is_not_chosen(self, engine):
        town(engine, chosen="no")
        assert due_on(engine, "2026-11-22") == []

    def test_too_few_are_left_alone(self, engine):
        town(engine, voices=4)
        assert due_on(engine, "2026-11-22") == []
        assert factories.rows(engine, Row) == {"edition": 0}

    def test_one_that_fails_its_audit_is_never_stored_nor_tried_twice(self, engine, monkeypatch):
        town(engine)
        tried = []

        def failing(*said):
            tried.append(said)
            return publishing.Audit(1, ("något",), 0.0)

        monkeypatch.setattr(publishing, "audit", failing)
        assert [due_on(engine, "2026-11-22") for _ in range(2)] == [[], []]
        assert len(tried) == 1
        assert due_on(engine, "2026-11-23") == []
        assert (len(tried), factories.rows(engine, Row)) == (2, {"edition": 0})

    def test_nothing_comes_while_one_is_off_the_page(self, engine):
        town(engine)
        due_on(engine, "2026-11-22")
        publishing.hide(engine, "1470", 1, COMMAND)
        assert due_on(engine, "2026-12-30") == []
        publishing.show_again(engine, "1470", COMMAND)
        assert due_on(engine, "2026-12-30") == ["1470"]


class TestDay:
    def test_it_is_told_beforehand(self, engine):
        town(engine)
        with time_machine.travel("2026-11-22T12:00:00Z"):
            assert timely_editions.next_by_itself(engine, "1470") == date(2026, 11, 22)
            timely_editions.publish_due(engine)
            assert timely_editions.next_by_itself(engine, "1470") == date(2026, 12, 22)

    def test_there_is_none_where_it_is_not_chosen(self, engine):
        town(engine, chosen="no")
        assert timely_editions.next_by_itself(engine, "1470") is None
