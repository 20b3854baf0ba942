"""Imports as jobs: what a job says becomes an order, and what comes of it is kept for whoever returns."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.errors import Fault, FileFault, InvalidValue
from geodata.exchange.faultyrows import Reason, write_faulty
from geodata.exchange.glance import Glance, glance, raw_rows
from geodata.queries.municipalities import Home, home
from geodata.tables.engine import reading
from geodata.tables.jobs import JobState
from geodata.vocabulary import Kind, Origin
from webmap.services import importing, jobs
from webmap.services.importing import Course, ImportOrder, ImportResult
from webmap.services.jobs import Ticket
from webmap.services.spool import Live, Spool
from webmap.words import words_for

FAULTS_KEPT = 50
_TELL_EVERY_S = 0.25
_PLAIN = ("source", "system", "columns", "categories", "category", "layer", "is_dry_run", "skips_invalid")
"""What instructions hold besides kind and origin, as `ImportOrder` calls it."""
_ON_PAGES = {
    "id.stored_otherwise": "id.stored_otherwise_page",
    "crs.needed": "crs.needed_page",
    "option.missing": "option.missing_page",
}
"""Faults that name an option of the command line, and what they are called where there is none."""


class Cancelled(Fault):
    """Somebody asked the job to end."""


@dataclass(frozen=True)
class Preview:
    """A file looked over, for the municipality it is to be imported to."""

    home: Home
    order: ImportOrder
    glance: Glance


def order_of(ticket: Ticket, path: Path) -> ImportOrder:
    """The order that a job's instructions make. Raises InvalidValue for a word of no vocabulary."""
    said = ticket.instructions
    try:
        kind = Kind(said["kind"]) if said["kind"] else None
        origin = Origin(said["origin"]) if said["origin"] else None
    except ValueError as fault:
        raise InvalidValue("kind.unknown", "kind", given=f"{said['kind']}/{said['origin']}"[:80]) from fault
    return ImportOrder(path, ticket.municipality, kind, origin, **{name: said[name] for name in _PLAIN})


def blank(kind: str, origin: str, source: str) -> dict[str, Any]:
    """The instructions of a job on which nothing has been chosen but this."""
    order = asdict(ImportOrder(Path(), "", source=source))
    return {"kind": kind, "origin": origin, **{name: order[name] for name in _PLAIN}}


def look(engine: Engine, spool: Spool, ticket: Ticket) -> Preview:
    """The file of a job looked over. Raises FileFault, `file.gone` when it is kept no longer."""
    path = spool.file(ticket.uid)
    if path is None:
        raise FileFault("file.gone", "file")
    order = order_of(ticket, path)
    with reading(engine) as session:
        there = home(session, ticket.municipality)
    return Preview(there, order, glance(path, importing.instructions(order, there.served)))


def run_next(engine: Engine, spool: Spool) -> bool:
    """Do the job that has waited longest; whether there was one."""
    ticket = jobs.take(engine, lambda uid: spool.file(uid) is not None)
    if ticket is None:
        return False
    with spool.held(ticket.uid):
        _run(engine, spool, ticket)
    return True


def tidy(engine: Engine, spool: Spool) -> None:
    """Tell of jobs whose process died, and let go of files that are a day old."""
    jobs.recover(engine, spool.has, spool.is_held)
    spool.sweep()


def _run(engine: Engine, spool: Spool, ticket: Ticket) -> None:
    spool.begin(ticket.uid)
    path = spool.file(ticket.uid)
    watch = _Watch(spool, ticket)
    try:
        if path is None:
            raise FileFault("file.gone", "file")
        result = importing.run(engine, order_of(ticket, path), watch.tell, ticket.actor, watch.course)
    except Cancelled:
        jobs.finish(engine, ticket.uid, JobState.CANCELLED)
        spool.drop(ticket.uid)
    except Fault as fault:
        told = None if watch.is_stored else {"fault": [fault.code, fault.field, fault.values]}
        jobs.finish(engine, ticket.uid, JobState.DONE if watch.is_stored else JobState.FAILED, told)
    else:
        _keep_faults(engine, spool, ticket, result)
        jobs.finish(engine, ticket.uid, JobState.DONE)
        if watch.is_stored:
            spool.drop_file(ticket.uid)


class _Watch:
    """Stands beside a running import: says how far it has come, and stops it when asked to."""

    def __init__(self, spool: Spool, ticket: Ticket) -> None:
        self._spool, self._ticket = spool, ticket
        self._next_s, self._told = 0.0, ""
        self.is_stored = False
        self.is_settled = False
        self.course = Course(settle=self._settle)

    def tell(self, part: float) -> None:
        """So much is done. Raises Cancelled while nothing is stored."""
        now_s, phase = time.monotonic(), self._phase
        if now_s < self._next_s and phase == self._told:
            return
        self._next_s, self._told = now_s + _TELL_EVERY_S, phase
        tally = self.course.tally
        self._spool.tell(self._ticket.uid, Live(part, phase, tally.rows, tally.faulty))
        if not self.is_settled and self._spool.is_to_stop(self._ticket.uid):
            raise Cancelled("job.cancelled")

    @property
    def _phase(self) -> str:
        if self.is_settled:
            return "settling"
        return "storing" if self.course.is_storing else "reading"

    def _settle(self, session: Session, result: ImportResult, import_id: int | None) -> None:
        jobs.settle(session, self._ticket.uid, _outcome(result, self._ticket.instructions), import_id)
        self.is_settled = True
        self.is_stored = not (result.is_refused or self._ticket.instructions["is_dry_run"])


def _outcome(result: ImportResult, instructions: Mapping[str, Any]) -> dict[str, Any]:
    """Counts only: what is wrong with which row holds the file's own words, and is kept for a day."""
    found = result.reading
    notes: dict[str, int] = defaultdict(int)
    for note in found.notes:
        notes[note.code] += int(note.values.get("count", 1)) if not note.line else 1
    return {
        "rows": found.rows,
        "stored": result.stored,
        "already_there": result.already_there,
        "faulty": len({fault.line for fault in result.faults}),
        "good": len(found.drafts) - result.already_there + found.repeated,
        "without_position": found.without_position,
        "notes": dict(notes),
        "is_refused": result.is_refused,
        "is_dry_run": bool(instructions["is_dry_run"]),
    }


def _keep_faults(engine: Engine, spool: Spool, ticket: Ticket, result: ImportResult) -> None:
    """The first faults for the page, and every faulty row as a file."""
    path = spool.file(ticket.uid)
    if not result.faults or path is None:
        return
    first = [[each.line, each.column, each.code, each.values] for each in result.faults[:FAULTS_KEPT]]
    spool.keep_faults(ticket.uid, json.loads(json.dumps(first, default=str)))
    words = words_for(ticket.language)
    reasons: dict[int, list[Reason]] = defaultdict(list)
    for fault in result.faults:
        reasons[fault.line].append(Reason(fault.column, words.fault(on_pages(fault.fault))))
    with reading(engine) as session:
        area = home(session, ticket.municipality).served
    raw = raw_rows(path, importing.instructions(order_of(ticket, path), area), list(reasons))
    faulty = spool.faulty(ticket.uid)
    faulty.touch(mode=0o600)
    write_faulty(faulty, raw, reasons)


def on_pages(fault: Fault) -> Fault:
    """A fault as one meets it on a page, where nothing is said of the command line."""
    return Fault(_ON_PAGES.get(fault.code, fault.code), fault.field, **fault.values)
