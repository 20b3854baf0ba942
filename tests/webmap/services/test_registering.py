"""The register: a number for each record, none left out and none given twice."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select

from geodata.queries.register import RegisterFilter, number_name, registered, years_in
from geodata.tables.engine import reading, writing
from geodata.tables.imports import ImportBatch
from geodata.tables.registry import Registration, RegistrationCounter
from geodata.tables.report_rows import Stamp, insert_reports
from geodata.vocabulary import Origin, Polarity
from tests import factories
from tests.webmap import reviews
from webmap.services import occasions
from webmap.services.actors import COMMAND
from webmap.services.occasions import OccasionDraft
from webmap.services.receiving import Arrival, receive
from webmap.services.registering import register, register_missing, report_record
from webmap.services.sayings import Saying, draft_of
from webmap.words import words_for

YEAR_END = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
"""Half past midnight here, on the first day of 2027."""


@pytest.fixture
def home(engine):
    with writing(engine) as session:
        return factories.municipality(session)


def numbers(engine, **chosen):
    with reading(engine) as session:
        home = factories.home_in(session)
        return [(each.year, each.number) for each in registered(session, home.id, RegisterFilter(**chosen))]


def all_registered(engine):
    with reading(engine) as session:
        return registered(session, factories.home_in(session).id, RegisterFilter())


def test_fifty_that_come_at_once_get_one_to_fifty(engine, home):
    arrivals = [Arrival(draft_of(home, Saying(uuid4(), text=f"Mörkt {each}"))) for each in range(50)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda each: receive(engine, home, each, reviews.SECRET), arrivals))
    assert sorted(number for _, number in numbers(engine)) == list(range(1, 51))


def test_a_record_that_is_not_stored_takes_no_number(engine, home):
    reviews.sent(engine, home)
    with suppress(RuntimeError), writing(engine) as session:
        register(session, home, report_record("x", "form", "unsafe"))
        raise RuntimeError
    reviews.sent(engine, home)
    assert [number for _, number in numbers(engine)] == [2, 1]


def test_a_report_sent_twice_is_registered_once(engine, home):
    arrival = Arrival(draft_of(home, Saying(uuid4(), text="Mörkt")))
    for _ in range(2):
        receive(engine, home, arrival, reviews.SECRET)
    assert len(numbers(engine)) == 1


def test_each_year_and_municipality_counts_from_one(engine, home):
    with writing(engine) as session:
        other = factories.municipality(session, "1446", "Karlsborg")
        summer = YEAR_END - timedelta(days=180)
        said = [register(session, home, report_record(f"{n}", "form", "unsafe"), summer) for n in range(2)]
        said.append(register(session, home, report_record("ny", "form", "unsafe"), YEAR_END))
        said.append(register(session, other, report_record("där", "form", "unsafe"), YEAR_END))
    assert said[2:] == ["TK 2027-000001", "TK 2027-000001"]
    assert [name[-6:] for name in said[:2]] == ["000001", "000002"]
    with reading(engine) as session:
        assert years_in(session, home.id)[0] == 2027


def test_what_is_registered_says_nothing_of_anybody(engine, home):
    reviews.sent(engine, home, "Anna Andersson bor här", "anna@exempel.se", polarity=Polarity.IMPROVEMENT)
    known = all_registered(engine)[0]
    assert (known.direction, known.counterpart, known.subject) == ("in", "anonymous", "Förslag om en plats")
    with reading(engine) as session:
        row = session.execute(select(Registration.__table__)).one()
    assert "nna" not in " ".join(map(str, row))


def test_an_occasion_is_registered_too(engine, home):
    occasions.create(
        engine, home, OccasionDraft("Kväll i Kvänum", date(2026, 3, 1), Origin.CITIZEN_DIALOGUE), COMMAND
    )
    assert [each.object_type for each in all_registered(engine)] == ["occasion"]


class TestWhatCameBefore:
    def test_it_is_numbered_once_by_the_day_it_came(self, engine, home):
        with writing(engine) as session:
            factories.store(session, home, factories.spread(5))
        assert register_missing(engine) == 5
        assert register_missing(engine) == 0
        assert [number for _, number in numbers(engine, year=2026)] == [5, 4, 3, 2, 1]
        with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC)):
            reviews.sent(engine, home)
        assert numbers(engine)[0] == (2026, 6)

    def test_an_import_is_one_record_and_its_rows_are_none(self, engine, home):
        with writing(engine) as session:
            batch = ImportBatch(municipality_id=home.id, at=factories.NOW, source="test", rows=3, stored=3)
            batch.digest, batch.journal_key, batch.change_seq = "0" * 64, b"k", 1
            session.add(batch)
            session.flush()
            insert_reports(session, factories.spread(3), Stamp(home.id, 1, factories.NOW, batch.id))
        assert register_missing(engine) == 1
        assert [each.object_type for each in all_registered(engine)] == ["import_batch"]

    def test_the_counter_stands_where_the_last_number_does(self, engine, home):
        with writing(engine) as session:
            factories.store(session, home, factories.spread(3))
        register_missing(engine)
        with reading(engine) as session:
            assert session.scalars(select(RegistrationCounter.number)).all() == [3]


def test_its_sentences_are_in_english_too(engine, home):
    reviews.sent(engine, home)
    subject = all_registered(engine)[0].subject
    assert words_for("en")(subject) != subject


def test_a_number_is_as_in_a_register():
    assert re.fullmatch(r"TK 2026-000123", number_name(2026, 123))
