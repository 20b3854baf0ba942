"""What is destroyed is nowhere any more: in no table, in no file, in no log beside a file."""

from __future__ import annotations

import os
import struct
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy import MetaData, inspect, literal_column, select, update
from sqlalchemy import Table as SqlTable
from sqlalchemy.orm import Session

from geodata.errors import Conflict
from geodata.queries.keeping import EMPTY, Term
from geodata.tables import Photo, Report
from geodata.tables.chain import verify
from geodata.tables.disclosures import SecrecyMark
from geodata.tables.engine import make_engine, reading, writing
from geodata.tables.receipts import Confirmation, Contact, Reply
from geodata.tables.reports import Removed
from geodata.tables.reviews import ReviewAct
from geodata.vocabulary import RecordClass, Stage, Trigger, Verdict
from tests import factories
from tests.geodata.exchange.pictures import picture, told
from tests.places import place_at
from tests.webmap.reviews import SECRET, reviewer
from webmap.services import (
    contacts,
    follow_acts,
    holding,
    photos,
    retention,
    retention_rules,
    retention_run,
    upkeep,
)
from webmap.services.photo_files import PhotoFiles
from webmap.services.receiving import Arrival, receive
from webmap.services.report_spool import ReportSpool, Waiting
from webmap.services.retention_rules import RuleDraft
from webmap.services.review_moves import Action
from webmap.services.reviewing import Deed, act
from webmap.services.sayings import Saying, draft_of
from webmap.services.situation import SituationRoom
from webmap.settings import Settings

CANARY = "kanariefagel"
EAST, NORTH = 401_234.567_89, 6_459_876.543_21
OLD = datetime(2015, 3, 10, tzinfo=UTC)


@pytest.fixture
def town(engine, tmp_path):
    """A municipality, its folder, and the two people it takes."""
    with writing(engine) as session:
        there = factories.municipality(session)
        factories.store(session, there, [factories.draft(source_id=f"stays-{n}") for n in range(3)])
    people = [reviewer(engine, f"{name}@vara.example") for name in ("samordnare", "admin")]
    settings = Settings(data_dir=str(tmp_path / "data"))
    return SimpleNamespace(engine=engine, there=there, settings=settings, people=people, folder=tmp_path)


def marked(town):
    """A report with the mark in every field, in every row and file that hangs on it; its uid."""
    engine, there, uid = town.engine, town.there, uuid4()
    arrival = Arrival(draft_of(there, Saying(uid, text=CANARY)), f"{CANARY}@example.se")
    receive(engine, there, arrival, SECRET)
    photo = photo_of(town, uid)
    edited = {"public_text": f"{CANARY} två", "place_text": f"{CANARY} tre"}
    act(engine, there, town.people[0], Deed(uid, 1, Action.EDIT, changes=edited, note=f"{CANARY} fyra"))
    act(engine, there, town.people[0], Deed(uid, 2, Action.ACCEPT))
    with writing(engine) as session:
        report = session.scalars(select(Report).where(Report.uid == uid)).one()
        for name in ("voice", "source", "source_id", "source_category", "private_text"):
            setattr(report, name, f"{CANARY}-{name}")
        report.geometry, report.east, report.north = place_at(0, 0), EAST, NORTH
        report.created_at, report.journal_key = OLD, CANARY.encode()[:16]
        session.add(Reply(uid=uuid4(), report_id=report.id, stage=Stage.DONE, text=CANARY, at=OLD))
        session.add(
            Confirmation(uid=uuid4(), report_id=report.id, verdict=Verdict.SAME, voice=CANARY, at=OLD)
        )
        mark(session, there, "report", uid)
        mark(session, there, "photo", photo)
    spooled(town, arrival)
    SituationRoom(engine, town.settings.columns_folder).now(there.code)
    return uid


def photo_of(town, report):
    uid, folder = uuid4(), town.settings.photos_folder
    photos.store(town.engine, folder, uid, told(picture()))
    assert photos.attach(town.engine, uid, report)
    for path in folder.rglob("*.jpg"):
        path.write_bytes(path.read_bytes() + CANARY.encode())
    return uid


def mark(session, there, object_type, uid):
    said = {"object_type": object_type, "object_id": str(uid), "field": "text", "provision": "OSL 21:1"}
    session.add(SecrecyMark(uid=uuid4(), municipality_id=there.id, reason=CANARY, set_at=OLD, **said))


def spooled(town, arrival):
    """A copy that was never taken away, and one that was set aside."""
    spool = ReportSpool(town.settings.data_folder)
    spool.keep(Waiting(arrival, OLD))
    spool.set_aside(arrival.draft.uid, "test")
    spool.keep(Waiting(arrival, OLD))


def destroy(town, record=RecordClass.REPORT, after=Trigger.RECEIVED):
    proposer, approver = town.people
    retention_rules.create(
        town.engine, town.there, RuleDraft(Term(record, after, 5, 0), "KS 2026/114"), proposer
    )
    uid = retention.propose(town.engine, town.there, proposer)
    run = retention.one(town.engine, town.there, uid)
    retention.approve(town.engine, town.there, (uid, 1), run.digest, approver)
    assert retention_run.carry_out(town.engine, town.settings, (town.there, uid), proposer).is_done
    return uid


def in_files(folder: Path, *needles: bytes) -> set[str]:
    """Names of all files that hold one of these."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path) for path in files if any(needle in path.read_bytes() for needle in needles)}


def in_tables(engine, needle: str) -> set[str]:
    """Names of all tables of which some row, every column read as text, holds it."""
    with reading(engine) as session:
        return {name for name in inspect(engine).get_table_names() if holds(session, name, needle)}


def holds(session: Session, table: str, needle: str) -> bool:
    if session.get_bind().dialect.name == "postgresql":
        row = literal_column("kept::text")
        asked = select(row).select_from(SqlTable(table, MetaData()).alias("kept")).where(row.contains(needle))
        return session.execute(asked.limit(1)).first() is not None
    everything = select(literal_column("*")).select_from(SqlTable(table, MetaData()))
    return any(needle in repr(tuple(row)) for row in session.execute(everything))


def needles() -> tuple[bytes, ...]:
    return CANARY.encode(), struct.pack("<d", EAST), struct.pack("<d", NORTH), struct.pack(">d", EAST)


class TestReach:
    def test_a_report_is_gone_from_every_table_and_file(self, town):
        uid = marked(town)
        assert len(in_tables(town.engine, CANARY)) >= 6
        assert len(in_files(town.folder, *needles())) >= 5
        destroy(town)
        assert in_tables(town.engine, CANARY) == set()
        assert in_files(town.folder, *needles()) == set()
        with reading(town.engine) as session:
            assert verify(session).is_whole
            assert session.scalars(select(Removed.uid)).all() == [uid]
        assert factories.rows(town.engine, Report, Photo) == {"report": 3, "photo": 0}

    def test_whoever_has_its_columns_in_memory_loses_it_at_the_next_look(self, town):
        room = SituationRoom(town.engine, town.settings.columns_folder)
        marked(town)
        assert EAST in room.now(town.there.code).columns.east
        destroy(town)
        assert len(room.now(town.there.code).columns) == 3
        assert in_files(town.folder, *needles()) == set()

    def test_originals_go_and_what_was_done_stays(self, town):
        uid = marked(town)
        with writing(town.engine) as session:
            session.execute(update(ReviewAct).values(at=OLD))
        destroy(town, RecordClass.REVIEW_ACT, Trigger.DECIDED)
        with reading(town.engine) as session:
            acts = session.execute(select(ReviewAct.action, ReviewAct.before, ReviewAct.after)).all()
            assert [tuple(each) for each in acts] == [("edit", EMPTY, EMPTY), ("accept", EMPTY, EMPTY)]
            assert session.scalar(select(Report.public_text).where(Report.uid == uid)) == f"{CANARY} två"
        assert in_files(town.folder, f"{CANARY} fyra".encode()) == set()

    def test_photos_go_and_their_report_stays(self, town):
        marked(town)
        with writing(town.engine) as session:
            session.execute(update(Photo).values(created_at=OLD))
        destroy(town, RecordClass.PHOTO)
        assert list(PhotoFiles(town.settings.photos_folder).addresses()) == []
        assert factories.rows(town.engine, Report, Photo) == {"report": 4, "photo": 0}

    def test_files_left_by_a_kill_are_swept(self, town, monkeypatch):
        marked(town)
        for path in town.settings.photos_folder.glob("*"):
            os.utime(path, (0, 0))
        monkeypatch.setattr(retention_run, "_take_away", lambda *_: None)
        destroy(town)
        assert in_files(town.folder, *needles()) == set()


class TestBusy:
    def test_a_database_that_is_read_for_long_is_rewritten_later(self, town, monkeypatch):
        if town.engine.dialect.name != "sqlite":
            return  # PostgreSQL waits for no reader
        marked(town)
        other = make_engine(str(town.engine.url))
        real = retention_run.settle
        monkeypatch.setattr(retention_run, "settle", lambda *said: False)
        with pytest.raises(AssertionError):
            destroy(town)
        monkeypatch.setattr(retention_run, "settle", real)
        assert in_tables(town.engine, CANARY) == set()
        monkeypatch.setattr("geodata.tables.engine.BUSY_TIMEOUT_MS", 200)
        short = make_engine(str(town.engine.url))
        with reading(other) as session:
            session.scalar(select(Report.id).limit(1))
            assert retention_run.settle_left(short, town.settings) == 0
        other.dispose()
        assert upkeep.keep_up(short, town.settings).settled == 1
        assert in_files(town.folder, *needles()) == set()
        assert retention.runs(town.engine, town.there)[0].state == "done"
        short.dispose()


class TestWithdrawn:
    def test_it_stays_as_a_record_until_its_own_rule(self, engine, town):
        uid = uuid4()
        said = Arrival(draft_of(town.there, Saying(uid, text="Mörkt")))
        code = receive(engine, town.there, said, SECRET).code
        act(engine, town.there, town.people[0], Deed(uid, 1, Action.ACCEPT))
        follow_acts.withdraw(engine, code)
        with writing(engine) as session:
            session.execute(update(Report).where(Report.uid == uid).values(created_at=OLD))
            session.execute(update(ReviewAct).where(ReviewAct.action == "withdraw").values(at=OLD))
        draft = RuleDraft(Term(RecordClass.REPORT, Trigger.RECEIVED, 5, 0), "KS 2026/114")
        retention_rules.create(engine, town.there, draft, town.people[0])
        with pytest.raises(Conflict, match="nothing_due"):
            retention.propose(engine, town.there, town.people[0])
        destroy(town, RecordClass.WITHDRAWN_REPORT, Trigger.WITHDRAWN)
        with reading(engine) as session:
            assert session.scalar(select(Report.id).where(Report.uid == uid)) is None


class TestContacts:
    def test_an_address_of_a_held_report_stays_past_its_day(self, engine, town):
        uid = uuid4()
        receive(engine, town.there, Arrival(draft_of(town.there, Saying(uid)), "asa@example.se"), SECRET)
        hold = holding.hold(engine, town.there, ("report", str(uid)), "överklagande", town.people[0])
        with writing(engine) as session:
            session.execute(update(Contact).values(delete_after=OLD))
        assert contacts.expire(engine) == 0
        holding.lift(engine, town.there, hold, town.people[0])
        assert contacts.expire(engine) == 1
