"""Files into reports: read by a confined process, then stored in one short transaction, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geodata import sweden
from geodata.errors import Conflict, NotFound
from geodata.exchange.instructions import Instructions
from geodata.exchange.limited import collector_paused, read_limited
from geodata.exchange.reading import Reading, RowFault
from geodata.exchange.ticker import Progress, Tally, Ticker, silent
from geodata.geometry import ServedArea
from geodata.hours import today
from geodata.queries.municipalities import Home, home
from geodata.tables.chain import Entry, append, new_key, payload_mac
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.imports import ImportBatch
from geodata.tables.report_rows import Stamp, existing, insert_reports, owned_otherwise, update_reports
from geodata.vocabulary import Kind, Origin, Owner, RecordType
from webmap.services import municipalities, scales
from webmap.services.actors import COMMAND, Actor
from webmap.services.registering import record_of, register


@dataclass(frozen=True)
class ImportOrder:
    """A file to import. columns: header → field. categories: word → code. The rest as `Instructions`.

    owner: whose the reports are. is_update: rows with a known id and other content replace what is stored,
    instead of being faults.
    is_dry_run: nothing is stored. skips_invalid: good rows are stored although others are faulty.
    """

    path: Path
    municipality: str
    kind: Kind | None = None
    origin: Origin | None = None
    source: str = ""
    system: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    category: str = ""
    layer: str = ""
    is_update: bool = False
    is_dry_run: bool = False
    skips_invalid: bool = False
    owner: Owner = Owner.MUNICIPALITY


@dataclass
class ImportResult:
    """What became of a file. already_there: rows that say what is stored, or was said, already.

    is_refused: nothing was stored because of the faults. was_added: the municipality was added for it.
    """

    reading: Reading
    faults: list[RowFault]
    stored: int = 0
    updated: int = 0
    already_there: int = 0
    is_refused: bool = False
    was_added: bool = False


@dataclass
class Course:
    """How an import goes, for whoever follows it.

    settle: called in the transaction that stores, with the batch's key, or alone when nothing is stored; what
    it writes is there exactly when the reports are.
    """

    tally: Tally = field(default_factory=Tally)
    is_storing: bool = False
    settle: Callable[[Session, ImportResult, int | None], None] = lambda session, result, batch_id: None


_READ, _STORED = 0.6, 0.85
"""How much of an import is done when the file is read, and when its rows are stored."""
_ASKED_AT_ONCE = 5_000


@dataclass(frozen=True)
class _Intake:
    order: ImportOrder
    found: Reading
    actor: Actor
    course: Course
    ticker: Ticker


@dataclass
class _Plan:
    """What is to become of the drafts. new, changed: which ones."""

    new: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    already_there: int = 0


def run(
    engine: Engine,
    order: ImportOrder,
    progress: Progress = silent,
    actor: Actor = COMMAND,
    course: Course | None = None,
) -> ImportResult:
    """Import a file. A municipality that is not here yet is added, but for a dry run.

    Raises FileFault and InvalidValue for the file as a whole, NotFound for the municipality, Conflict when
    an id in the file belongs to a report elsewhere. Killed at any moment, it leaves nothing half stored, and
    neither does it when progress raises.
    """
    area, was_added = _served(engine, order)
    ticker, course = Ticker(progress), course or Course()
    with collector_paused():
        reading_part = ticker.part(0.0, _READ).tell
        found = read_limited(order.path, instructions(order, area), reading_part, tally=course.tally)
        intake = _Intake(order, found, actor, course, ticker.part(_READ, _STORED))
        result = _foreseen(engine, intake) if order.is_dry_run else _store(engine, intake)
        if not result.is_refused and not order.is_dry_run:
            # also when nothing was new: an earlier one may have died before its scales
            with reading(engine) as session:
                there = home(session, order.municipality)
            scales.refresh(engine, there, actor, ticker.part(_STORED, 1.0).tell)
    progress(1.0)
    result.was_added = was_added
    return result


def _served(engine: Engine, order: ImportOrder) -> tuple[ServedArea, bool]:
    with reading(engine) as session:
        try:
            return home(session, order.municipality).served, False
        except NotFound:
            known = sweden.municipality(order.municipality)
    if not order.is_dry_run:
        with writing(engine) as session:
            there, was_added = municipalities.ensure(session, order.municipality)
            return there.served, was_added
    return ServedArea(known.name, known.boundary, sweden.TOLERANCE_M), False


def instructions(order: ImportOrder, area: ServedArea) -> Instructions:
    """An order as the reader takes it."""
    return Instructions(
        municipality=order.municipality,
        area=area,
        today=today(),
        kind=order.kind,
        origin=order.origin,
        source=order.source,
        system=order.system,
        columns=order.columns,
        categories=order.categories,
        category=order.category,
        layer=order.layer,
    )


def _foreseen(engine: Engine, intake: _Intake) -> ImportResult:
    """What an import would do, from what is stored now."""
    order, found = intake.order, intake.found
    with reading(engine) as session:
        try:
            plan = _plan(session, home(session, order.municipality).id, intake)
        except NotFound:
            plan = _Plan(new=list(range(len(found.drafts))), already_there=found.repeated)
    result = _result(found, plan, order)
    with writing(engine) as session:
        intake.course.settle(session, result, None)
    return result


def _store(engine: Engine, intake: _Intake) -> ImportResult:
    order, found, batch_id = intake.order, intake.found, None
    try:
        with writing(engine) as session:
            there = home(session, order.municipality)
            plan = _plan(session, there.id, intake)
            result = _result(found, plan, order)
            if not result.is_refused and (plan.new or plan.changed):
                intake.course.is_storing = True
                batch_id = _write(session, there, plan, intake)
            intake.course.settle(session, result, batch_id)
    except IntegrityError as fault:
        raise Conflict("import.id_elsewhere", "id") from fault
    return result


def _plan(session: Session, municipality_id: int, intake: _Intake) -> _Plan:
    """What is new, what says otherwise than what is stored, and what is there already."""
    found, is_update = intake.found, intake.order.is_update
    plan = _Plan(already_there=found.repeated)
    column = found.columns.get("uid") or found.columns.get("id", "")
    for first in range(0, len(found.drafts), _ASKED_AT_ONCE):
        uids = found.drafts.uids(first, first + _ASKED_AT_ONCE)
        stored = existing(session, municipality_id, uids)
        for place, uid in enumerate(uids, start=first):
            digest = stored.get(uid)
            if digest is None:
                plan.new.append(place)
            elif digest == found.drafts.digest(place):
                plan.already_there += 1
            elif is_update:
                plan.changed.append(place)
            else:
                values = {"id": found.drafts[place].source_id or str(uid)}
                plan.faults.append(RowFault(found.lines[place], column, "id.stored_otherwise", values))
    return plan


def _result(found: Reading, plan: _Plan, order: ImportOrder) -> ImportResult:
    faults = sorted([*found.faults, *plan.faults], key=lambda fault: fault.line)
    result = ImportResult(found, faults, already_there=plan.already_there)
    result.is_refused = bool(faults) and not order.skips_invalid
    if not result.is_refused and not order.is_dry_run:
        result.stored, result.updated = len(plan.new), len(plan.changed)
    return result


def _write(session: Session, there: Home, plan: _Plan, intake: _Intake) -> int:
    found, actor = intake.found, intake.actor
    change = next_change(session, there.id)
    now, key = datetime.now(UTC), new_key()
    source = found.drafts[(plan.new or plan.changed)[0]].source
    batch = ImportBatch(municipality_id=there.id, user_account_id=actor.user_id, at=now, source=source)
    batch.digest, batch.rows, batch.stored = found.digest, found.rows, len(plan.new)
    batch.journal_key, batch.change_seq = key, change
    session.add(batch)
    session.flush()
    stamp = Stamp(there.id, change, now, batch.id, owner=intake.order.owner)
    if owned_otherwise(session, (found.drafts[place].uid for place in plan.changed), intake.order.owner):
        raise Conflict("import.id_elsewhere", "id")
    insert_reports(session, found.drafts.chosen(plan.new), stamp, intake.ticker.tell)
    update_reports(session, found.drafts.chosen(plan.changed), stamp)
    register(session, there, record_of(RecordType.IMPORT, str(batch.id)), now)
    said = f"{found.digest} {len(plan.new)} {len(plan.changed)}"
    entry = Entry(actor.role, "import", "import_batch", str(batch.id), there.code, actor.user_id)
    append(session, replace(entry, object_rev=change, payload_mac=payload_mac(said, key), at=now))
    return batch.id
