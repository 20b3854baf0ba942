"""Travelling in time: each class of records is due on the right day, and not on the day before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from geodata.hours import ZONE
from geodata.queries.keeping import EMPTY, Term, due_objects
from geodata.tables.disclosures import Disclosure
from geodata.tables.engine import reading, writing
from geodata.tables.findings import Quarantine
from geodata.tables.imports import ImportBatch
from geodata.tables.measures import Measure
from geodata.tables.occasions import Occasion
from geodata.tables.photos import Photo
from geodata.tables.receipts import Confirmation, OutgoingMail, Reply
from geodata.tables.reports import Report
from geodata.tables.reviews import ReviewAct
from geodata.tables.walks import WalkDevice, WalkMark
from geodata.vocabulary import (
    MeasureState,
    Origin,
    PhotoState,
    Polarity,
    QuarantineReason,
    RecordClass,
    Stage,
    State,
    Trigger,
    Verdict,
    WalkState,
)
from geodata.vocabulary.keeping import TRIGGERS, due_day, last_day_due
from tests import factories, walks
from tests.places import place_at

RECENT, LONG = datetime(2039, 1, 1, tzinfo=UTC), timedelta(days=900)
days = st.dates(date(1990, 1, 1), date(2060, 12, 31))
terms = st.tuples(st.sampled_from(Trigger), st.integers(0, 30), st.integers(0, 800))


def report(session, there, state, created_at):
    draft = factories.draft(state=state, source_id=str(uuid4()))
    factories.store(session, there, [draft])
    session.execute(update(Report).where(Report.uid == draft.uid).values(created_at=created_at))
    return session.scalar(select(Report.id).where(Report.uid == draft.uid))


def act(session, report_id, at, action, before=EMPTY):
    said = {"role": "coordinator", "action": action, "before": before, "after": EMPTY, "version": 2}
    session.add(ReviewAct(uid=uuid4(), report_id=report_id, at=at, **said))


def reply(session, report_id, at, stage):
    session.add(Reply(uid=uuid4(), report_id=report_id, stage=stage, text="Klart", at=at))


def one_report(session, there, after, at):
    if after != Trigger.CLOSED:
        report(session, there, State.ACCEPTED, at)
        report(session, there, State.REJECTED, at - LONG)
        return
    its, reopened = (report(session, there, State.ACCEPTED, RECENT) for _ in range(2))
    reply(session, its, at - LONG, Stage.DONE)
    reply(session, its, at, Stage.CLOSED)
    reply(session, reopened, at - LONG, Stage.DONE)
    reply(session, reopened, at, Stage.WITH_RESPONSIBLE)


def one_rejected(session, there, after, at):
    its = report(session, there, State.REJECTED, at - LONG)
    act(session, its, at - LONG, "reject")
    act(session, its, at, "reject")


def one_withdrawn(session, there, after, at):
    act(session, report(session, there, State.WITHDRAWN, at - LONG), at, "withdraw")


def one_photo(session, there, after, at):
    its = report(session, there, State.ACCEPTED, RECENT)
    said = {"width": 1, "height": 1, "size": 1, "digest": "0" * 64, "version": 1, "is_redacted": False}
    for report_id in (its, None):
        photo = Photo(uid=uuid4(), address=uuid4().hex, report_id=report_id, created_at=at, **said)
        photo.state = PhotoState.NEW
        session.add(photo)


def one_original(session, there, after, at):
    its = report(session, there, State.ACCEPTED, RECENT)
    act(session, its, at, "edit", '{"place_text": "Hemligt"}')
    act(session, its, at - LONG, "accept")


def one_reply(session, there, after, at):
    reply(session, report(session, there, State.ACCEPTED, RECENT), at, Stage.DONE)


def one_confirmation(session, there, after, at):
    its = report(session, there, State.ACCEPTED, RECENT)
    session.add(Confirmation(uid=uuid4(), report_id=its, verdict=Verdict.SAME, at=at))


def one_letter(session, there, after, at):
    its = report(session, there, State.ACCEPTED, RECENT)
    said = {"kind": "reply", "created_at": at - LONG, "attempts": 1, "not_before": at, "fault": ""}
    session.add_all([OutgoingMail(report_id=its, sent_at=sent_at, **said) for sent_at in (at, None)])


def one_occasion(session, there, after, at):
    said = {"origin": Origin.WALK, "title": "Kväll", "day": 1, "created_at": at}
    session.add(Occasion(uid=uuid4(), municipality_id=there.id, **said))


def one_import(session, there, after, at):
    its = report(session, there, State.ACCEPTED, RECENT)
    said = {"source": "x", "digest": "0" * 64, "rows": 1, "stored": 1, "journal_key": b"k", "change_seq": 1}
    full, empty = (ImportBatch(municipality_id=there.id, at=at, **said) for _ in range(2))
    session.add_all([full, empty])
    session.flush()
    session.execute(update(Report).where(Report.id == its).values(import_id=full.id))


def one_measure(session, there, after, at):
    said = {"title": "x", "responsible": "", "categories": 0, "reason": "", "is_published": False}
    for state in (MeasureState.DONE, MeasureState.ONGOING):
        measure = Measure(uid=uuid4(), municipality_id=there.id, state=state, created_at=at, **said)
        measure.geometry, measure.version, measure.change_seq = place_at(0, 0), 1, 1
        session.add(measure)


def one_disclosure(session, there, after, at):
    said = {"municipality_id": there.id, "title": "", "chosen": "", "version": 1, "created_at": at - LONG}
    session.add(Disclosure(uid=uuid4(), state="made", made_at=at, **said))
    session.add(Disclosure(uid=uuid4(), state="open", **said))


def one_of_a_walk(part):
    """A part of a walk that is over, beside one of a walk that may be opened still."""

    def made(session, there, after, at):
        for state, ended_at in ((WalkState.CLOSED, at), (WalkState.PLANNED, None)):
            known = walks.put(session, there, state=state, ended_at=ended_at, created_at=at - LONG)
            session.add(part(known.id))

    return made


def mark_of(walk_id):
    said = {"polarity": Polarity.UNSAFE, "categories": 0, "text": "", "created_at": RECENT}
    return WalkMark(uid=uuid4(), walk_id=walk_id, geometry=place_at(0, 0), **said)


def phone_of(walk_id):
    said = {"group_number": 1, "unsent_entries": 0, "unsent_photos": 0, "created_at": RECENT}
    return WalkDevice(uid=uuid4(), walk_id=walk_id, token_digest=uuid4().hex * 2, expires_at=RECENT, **said)


def aside_of(walk_id):
    said = {"reason": QuarantineReason.WALK_CLOSED, "sha256": "0" * 64, "body": "{}", "received_at": RECENT}
    return Quarantine(uid=uuid4(), walk_id=walk_id, **said)


ONE = {
    RecordClass.REPORT: one_report,
    RecordClass.REJECTED_REPORT: one_rejected,
    RecordClass.WITHDRAWN_REPORT: one_withdrawn,
    RecordClass.PHOTO: one_photo,
    RecordClass.REVIEW_ACT: one_original,
    RecordClass.REPLY: one_reply,
    RecordClass.CONFIRMATION: one_confirmation,
    RecordClass.OUTGOING_MAIL: one_letter,
    RecordClass.OCCASION: one_occasion,
    RecordClass.IMPORT_BATCH: one_import,
    RecordClass.MEASURE: one_measure,
    RecordClass.DISCLOSURE: one_disclosure,
    RecordClass.WALK_MARK: one_of_a_walk(mark_of),
    RecordClass.WALK_PHONE: one_of_a_walk(phone_of),
    RecordClass.WALK_ASIDE: one_of_a_walk(aside_of),
}
"""How to make one of a class whose time runs from a moment, beside some whose time does not."""


def due(engine, there, term, today):
    with reading(engine) as session:
        return due_objects(session, there.id, term, today)


class TestDays:
    @pytest.mark.parametrize(
        ("happened", "after", "years", "days_", "first"),
        [
            (date(2021, 3, 10), Trigger.RECEIVED, 5, 0, date(2026, 3, 11)),
            (date(2024, 2, 29), Trigger.RECEIVED, 1, 0, date(2025, 3, 1)),
            (date(2024, 2, 29), Trigger.DECIDED, 4, 0, date(2028, 3, 1)),
            (date(2023, 2, 28), Trigger.CLOSED, 1, 0, date(2024, 2, 29)),
            (date(2026, 11, 1), Trigger.CLOSED, 0, 30, date(2026, 12, 2)),
            (date(2021, 1, 1), Trigger.YEAR_END, 5, 0, date(2027, 1, 1)),
            (date(2021, 12, 31), Trigger.YEAR_END, 5, 0, date(2027, 1, 1)),
            (date(2021, 3, 10), Trigger.RECEIVED, 1, 30, date(2022, 4, 10)),
        ],
    )
    def test_time_is_out_the_day_after_the_last(self, happened, after, years, days_, first):
        assert due_day(happened, after, years, days_) == first

    @given(days, terms)
    def test_the_last_day_due_is_the_last_one(self, today, term):
        last = last_day_due(today, *term)
        assert last is None or due_day(last, *term) <= today
        assert due_day((last or date(1969, 12, 31)) + timedelta(days=1), *term) > today

    @given(days, terms)
    def test_nothing_goes_before_its_years_and_days(self, happened, term):
        kept = (due_day(happened, *term) - happened).days
        assert kept > term[1] * 365 + term[2]

    def test_years_before_the_first_have_nothing_due(self):
        assert last_day_due(date(2026, 1, 1), Trigger.RECEIVED, 100, 0) is None


class TestEveryClass:
    def test_it_is_due_on_its_day(self, engine):
        """Five years from a March day: 4 y 364 d and 5 y 0 d are kept, 5 y 1 d is listed."""
        at = datetime(2031, 3, 10, 23, 59, 59, tzinfo=ZONE).astimezone(UTC)
        every = [(record, after) for record, triggers in TRIGGERS.items() for after in triggers]
        for number, (record, after) in enumerate(every):
            with writing(engine) as session:
                there = factories.municipality(session, f"{1400 + number}", record)
                ONE[record](session, there, after, at)
            term = Term(record, after, 5, 0)
            first = date(2037, 1, 1) if after == Trigger.YEAR_END else date(2036, 3, 11)
            found = [due(engine, there, term, first + timedelta(days=days_)) for days_ in (-2, -1, 0)]
            assert [[each.due_on for each in some] for some in found] == [[], [], [first]], (record, after)

    def test_none_is_forgotten(self):
        assert set(TRIGGERS) == set(RecordClass) - {RecordClass.CONTACT}

    @pytest.mark.parametrize(("hour", "day"), [(22, 10), (23, 11)])
    def test_the_day_is_that_of_sweden(self, engine, hour, day):
        with writing(engine) as session:
            there = factories.municipality(session)
            report(session, there, State.ACCEPTED, datetime(2031, 3, 10, hour, 30, tzinfo=UTC))
        term = Term(RecordClass.REPORT, Trigger.RECEIVED, 5, 0)
        assert due(engine, there, term, date(2036, 3, day)) == []
        assert len(due(engine, there, term, date(2036, 3, day + 1))) == 1

    def test_another_municipality_has_its_own(self, engine):
        with writing(engine) as session:
            there = factories.municipality(session)
            elsewhere = factories.municipality(session, "1446", "Karlsborg")
            report(session, there, State.ACCEPTED, datetime(2021, 3, 10, tzinfo=UTC))
        term = Term(RecordClass.REPORT, Trigger.RECEIVED, 5, 0)
        assert due(engine, elsewhere, term, date(2036, 1, 1)) == []
