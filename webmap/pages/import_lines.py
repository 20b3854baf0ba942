"""Imports, jobs and faulty rows, one line each, and how far a job has come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from geodata.errors import Fault
from geodata.exchange.reading import RowFault
from geodata.hours import local
from webmap.services.import_history import MadeImport
from webmap.services.import_jobs import on_pages
from webmap.services.jobs import Ticket
from webmap.services.spool import Live
from webmap.words import Words
from webmap.words.import_words import PHASES, STATES


@dataclass(frozen=True)
class FaultLine:
    """What is wrong with a row, in words."""

    line: int
    column: str
    words: str


def fault_lines(faults: Iterable[RowFault], words: Words) -> list[FaultLine]:
    """Faults of rows in words."""
    return [FaultLine(each.line, each.column, words.fault(on_pages(each.fault))) for each in faults]


@dataclass(frozen=True)
class JobLine:
    """A job in the list."""

    uid: UUID
    state: str
    when: str
    by: str
    source: str


@dataclass(frozen=True)
class ImportLine:
    """An import in the list."""

    id: int
    job: UUID | None
    when: str
    by: str
    source: str
    rows: str
    stored: str
    undone: str


def job_line(ticket: Ticket, words: Words) -> JobLine:
    """A job in the list."""
    when = words.moment(local(ticket.asked_at))
    return JobLine(ticket.uid, words(STATES[ticket.state]), when, ticket.by, _source(ticket, words))


def _source(ticket: Ticket, words: Words) -> str:
    said: Mapping[str, Any] = ticket.instructions
    return said["source"] or (words.label(said["origin"]) if said["origin"] else "")


def import_line(made: MadeImport, words: Words) -> ImportLine:
    """An import in the list."""
    return ImportLine(
        made.id,
        made.job,
        words.moment(local(made.at)),
        made.by or words("kommandoraden"),
        words.label(made.source),
        words.number(made.rows),
        words.number(made.stored),
        words.moment(local(made.undone_at)) if made.undone_at else "",
    )


def progress_said(ticket: Ticket, live: Live, words: Words) -> dict[str, Any]:
    """How far a job has come, as its page and the page's script show it."""
    is_running = ticket.state == "running"
    return {
        "state": ticket.state,
        "percent": round(live.part * 100) if is_running else 0,
        "phase": words(PHASES[live.phase]) if is_running else words(STATES[ticket.state]),
        "rows": words.number(live.rows) if is_running else "",
        "good": words.number(live.rows - live.faulty) if is_running else "",
        "faulty": words.number(live.faulty) if is_running else "",
        "is_over": ticket.is_resting,
    }


def failure(ticket: Ticket, words: Words) -> str:
    """Why a job failed."""
    code, field, values = (ticket.outcome or {}).get("fault", ["job.interrupted", "", {}])
    return words.fault(on_pages(Fault(code, field, **values)))
