"""One of every thing that a route can name, in a municipality."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, select, update

from geodata.queries.keeping import Term
from geodata.tables.engine import writing
from geodata.tables.imports import ImportBatch
from geodata.tables.photos import Photo
from geodata.tables.reports import Report
from geodata.vocabulary import MeasureState, Origin, Owner, RecordClass, State, Trigger
from tests import factories, findings, walks
from tests.geodata.exchange.pictures import picture, told
from tests.places import place_at
from tests.webmap.imports import HEADER, row
from webmap.access import Role
from webmap.services import (
    disclosing,
    holding,
    import_jobs,
    jobs,
    measures,
    occasions,
    photos,
    retention,
    retention_rules,
    reviewing,
    secrecy,
)
from webmap.services.actors import Actor
from webmap.services.disclosing import Choosing
from webmap.services.jobs import NewJob
from webmap.services.measures import MeasureDraft
from webmap.services.occasions import OccasionDraft
from webmap.services.retention_rules import RuleDraft
from webmap.services.review_moves import Action
from webmap.services.reviewing import Deed
from webmap.services.secrecy import MarkDraft
from webmap.services.spool import Spool


def furnish(engine: Engine, folder: Path, photos_folder: Path, code: str) -> dict[str, Any]:
    """One of every thing a route can name, in a municipality; key → how an address names it."""
    by, there = Actor(None, Role.COORDINATOR), factories.home_of(engine, code)
    made: dict[str, Any] = _reports(engine, code) | _photo(engine, photos_folder, code)
    made["unknown"] = uuid4()
    done = made.pop("reviewed")
    made["act"] = reviewing.act(engine, there, by, Deed(done, 1, Action.ACCEPT)).uid
    draft = MeasureDraft("Ny belysning", "", "", MeasureState.PLANNED, None, frozenset(), place_at(0, 0))
    made["measure"] = measures.create(engine, there, draft, by)
    said = OccasionDraft("Dialogkväll", date(2026, 11, 14), Origin.CITIZEN_DIALOGUE, 12)
    made["occasion"] = occasions.create(engine, there, said, by)
    marked = MarkDraft("private_text", "21:7", "Kan peka ut någon")
    made["mark"] = secrecy.put(engine, there, made["report"], marked, by)
    made["package"] = disclosing.begin(engine, there, "Begäran", Choosing(states=("new",)), by)
    chosen = import_jobs.blank("perception", "survey", "") | {"system": "EPSG:3006"}
    made["job"] = jobs.prepare(engine, NewJob(code, by, "sv", chosen))
    Spool(folder).keep(made["job"], ".csv", BytesIO((HEADER + row(1)).encode()))
    return made | _kept(engine, code) | _walk(engine, code)


def _kept(engine: Engine, code: str) -> dict[str, Any]:
    """What belongs to retention."""
    by, there = Actor(None, Role.COORDINATOR), factories.home_of(engine, code)
    with writing(engine) as session:
        old = factories.draft(municipality=code, source_id=f"old {code}")
        factories.store(session, factories.home_in(session, code), [old])
        long_ago = datetime(2015, 3, 10, 12, tzinfo=UTC)
        session.execute(update(Report).where(Report.uid == old.uid).values(created_at=long_ago))
    term = Term(RecordClass.REPORT, Trigger.RECEIVED, 5, 0)
    return {
        "rule": retention_rules.create(engine, there, RuleDraft(term, "KS 2026/1"), by),
        "run": retention.propose(engine, there, by),
        "hold": holding.hold(engine, there, (RecordClass.PHOTO, ""), "Någon vill läsa dem", by),
    }


def _walk(engine: Engine, code: str) -> dict[str, Any]:
    """A walk with a stop and a finding."""
    made = walks.walk(engine, code)
    stop = walks.stops(engine, made)[0]
    finding = findings.found(engine, made, stop, municipality=code, state=State.ACCEPTED)
    named = {"walk": made.uid, "walk_code": made.join_code, "stop": stop.uid, "finding": finding.uid}
    return named | {"phone": walks.phone(engine, made).uid}


def _reports(engine: Engine, code: str) -> dict[str, Any]:
    with writing(engine) as session:
        there = factories.home_in(session, code)
        drafts = [factories.draft(municipality=code, state=State.NEW) for _ in range(2)]
        change = factories.store(session, there, drafts)
        batch = ImportBatch(municipality_id=there.id, source="enkät", digest="0" * 64, rows=1, stored=1)
        batch.at, batch.journal_key, batch.change_seq = factories.NOW, b"k" * 16, change
        session.add(batch)
        shared = factories.share(session, there, Owner.MUNICIPALITY, 500)
        session.flush()
        return {"report": drafts[0].uid, "reviewed": drafts[1].uid, "import": batch.id, "sharing": shared}


def _photo(engine: Engine, folder: Path, code: str) -> dict[str, Any]:
    uid = uuid4()
    photos.store(engine, folder, uid, told(picture()))
    with writing(engine) as session:
        sent = factories.draft(municipality=code, state=State.NEW)
        factories.store(session, factories.home_in(session, code), [sent])
        photo = session.scalars(select(Photo).where(Photo.uid == uid)).one()
        photo.report_id = session.scalars(select(Report.id).where(Report.uid == sent.uid)).one()
        return {"photo": uid, "photo_address": photo.address}
