"""Publishing: what is stored and written down, what is refused, and what an edition is made from."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from geodata.errors import Conflict, InvalidValue, NotFound
from geodata.tables.editions import Edition as Row
from geodata.tables.engine import reading, writing
from geodata.tables.journal import JournalEntry
from geodata.tables.registry import Registration
from geodata.vocabulary import Channel, Kind, Origin, Owner, State
from geodata.vocabulary.choices import ChoiceKey
from tests import factories
from tests.places import place_at
from webmap.services import choices, editions, publishing
from webmap.services.actors import COMMAND
from webmap.services.edition_material import whole_months
from webmap.services.publishing import Order

DAY = date(2026, 10, 10)


def voices(count, **said):
    """So many reports at one spot, each from somebody else."""
    return [
        factories.draft(
            place_at(10, 10), **({"day": DAY, "voice": f"v{number}", "origin": Origin.SURVEY} | said)
        )
        for number in range(count)
    ]


@pytest.fixture
def home(engine):
    with writing(engine) as session:
        there = factories.municipality(session)
        factories.store(session, there, voices(12))
    return there


@pytest.fixture(autouse=True)
def _november():
    with time_machine.travel("2026-11-22T12:00:00Z", tick=True):
        yield


def squares(engine):
    return publishing.preview(engine, "1470").edition.squares


class TestPublish:
    def test_it_is_stored_journalled_and_registered(self, engine, home):
        made = publishing.publish(engine, "1470", Order("Första kartan"))
        found = editions.newest(engine, "1470")
        assert (found.edition, found.number, found.note) == (made.edition, 1, "Första kartan")
        with reading(engine) as session:
            row = session.scalars(select(Row)).one()
            entry = session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc()).limit(1)).one()
            record = session.scalars(select(Registration).where(Registration.object_type == "edition")).one()
        assert (entry.action, entry.object_id, entry.payload_mac) == (
            "edition.publish",
            str(row.uid),
            made.digest,
        )
        assert record.object_id == str(row.uid)

    def test_a_preview_stores_nothing(self, engine, home):
        publishing.preview(engine, "1470")
        assert factories.rows(engine, Row) == {"edition": 0}

    def test_two_need_thirty_days_between_them(self, engine, home):
        publishing.publish(engine, "1470", Order())
        with pytest.raises(Conflict) as fault:
            publishing.publish(engine, "1470", Order())
        assert fault.value.values == {"day": "2026-12-22"}
        with time_machine.travel("2026-12-22T12:00:00Z"):
            assert publishing.publish(engine, "1470", Order()).edition.number == 2

    def test_what_changed_since_it_was_looked_at_is_not_published(self, engine, home):
        looked_at = publishing.preview(engine, "1470")
        with writing(engine) as session:
            factories.store(session, home, voices(20, categories=frozenset({"litter"})))
        with pytest.raises(Conflict, match="edition.changed"):
            publishing.publish(engine, "1470", Order(digest=looked_at.digest))

    def test_one_that_fails_its_audit_is_never_stored(self, engine, home, monkeypatch):
        narrow = publishing.preview(engine, "1470").audit
        monkeypatch.setattr(publishing, "audit", lambda *said: type(narrow)(1, ("något",), 0.0))
        with pytest.raises(Conflict, match="edition.unsafe"):
            publishing.publish(engine, "1470", Order())
        assert factories.rows(engine, Row) == {"edition": 0}

    def test_one_without_a_square_is_not(self, engine):
        with writing(engine) as session:
            factories.municipality(session)
        with pytest.raises(Conflict, match="edition.empty"):
            publishing.publish(engine, "1470", Order())

    def test_a_note_has_its_length_and_masks_numbers(self, engine, home):
        with pytest.raises(InvalidValue):
            publishing.publish(engine, "1470", Order("x" * 501))
        publishing.publish(engine, "1470", Order("Ring 811228-9874"))
        assert "9874" not in editions.newest(engine, "1470").note

    @pytest.mark.parametrize("act", ["UPDATE edition SET note = 'x'", "DELETE FROM edition"])
    def test_a_row_is_never_altered(self, engine, home, act):
        publishing.publish(engine, "1470", Order())
        with pytest.raises(DatabaseError), writing(engine) as session:
            session.execute(text(act))


class TestHiding:
    def test_it_leaves_the_public_page_and_comes_back(self, engine, home):
        publishing.publish(engine, "1470", Order())
        publishing.hide(engine, "1470", 1, COMMAND)
        assert (editions.newest(engine, "1470"), editions.by_number(engine, "1470", 1)) == (None, None)
        assert editions.all_of(engine, "1470")[0].is_hidden
        publishing.show_again(engine, "1470", COMMAND)
        assert editions.newest(engine, "1470").number == 1

    def test_only_one_there_is(self, engine, home):
        with pytest.raises(NotFound):
            publishing.hide(engine, "1470", 7, COMMAND)


class TestMaterial:
    def test_twelve_voices_make_a_square(self, engine, home):
        assert [square.classes["all"] for square in squares(engine)] == [2]

    @pytest.mark.parametrize(
        "said",
        [
            {"owner": Owner.POLICE},
            {"kind": Kind.CRIME_REPORT, "origin": Origin.STATISTICS},
            {"state": State.NEW},
            {"state": State.REJECTED},
            {"voice": None},
            {"voice": "samma"},
            {"day": date(2026, 11, 3)},
            {"day": date(2020, 1, 1)},
            {"categories": frozenset({"gathering"})},
            {"source": Channel.MACHINE.value},
        ],
    )
    def test_these_make_none(self, engine, said):
        with writing(engine) as session:
            factories.store(session, factories.municipality(session), voices(12, **said))
        assert squares(engine) == ()

    def test_what_is_also_of_a_person_counts_by_the_place(self, engine):
        with writing(engine) as session:
            said = {"categories": frozenset({"lighting", "gathering"})}
            factories.store(session, factories.municipality(session), voices(12, **said))
        assert set(squares(engine)[0].classes) >= {"all", "focus:unsafe_environment"}

    def test_one_day_of_our_own_form_makes_none_however_many(self, engine):
        with writing(engine) as session:
            there = factories.municipality(session)
            days = [DAY - timedelta(days=number) for number in range(28)]
            form = {"origin": Origin.PUBLIC, "source": Channel.FORM.value}
            said = [voices(1, day=day, voice=f"w{day}", **form)[0] for day in days]
            factories.store(session, there, said)
        assert squares(engine) == ()

    def test_the_choices_of_the_municipality_are_used(self, engine, home):
        with writing(engine) as session:
            chosen = {ChoiceKey.PUBLISH_K: "10", ChoiceKey.PUBLISH_COARSE_M: "2000"}
            choices.choose(session, home, chosen, COMMAND)
        made = publishing.preview(engine, "1470").edition
        assert (made.k, made.coarse_m, made.bands[0].last) == (10, 2_000, 21)


class TestPeriod:
    def test_it_is_whole_months_and_three_years_at_most(self):
        assert whole_months(date(2026, 11, 22)) == (date(2023, 11, 1), date(2026, 10, 31))
        assert whole_months(date(2027, 1, 1)) == (date(2024, 1, 1), date(2026, 12, 31))

    def test_it_begins_with_the_first_month_of_k_voices(self, engine, home):
        with writing(engine) as session:
            factories.store(session, home, voices(2, day=date(2025, 2, 3)))
        assert publishing.preview(engine, "1470").edition.period == (date(2026, 10, 1), date(2026, 10, 31))
