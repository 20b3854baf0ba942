"""Imports that were made, and taking a whole one back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, delete, func, insert, literal, select
from sqlalchemy.orm import Session

from geodata.errors import Conflict, NotFound
from geodata.queries.holds import held_in
from geodata.queries.municipalities import home
from geodata.tables.chain import Entry, append, payload_mac
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.imports import ImportBatch
from geodata.tables.jobs import Job
from geodata.tables.municipalities import Municipality
from geodata.tables.reports import Removed, Report
from geodata.tables.scales import Scale
from geodata.tables.users import User
from geodata.vocabulary import Owner, State
from geodata.vocabulary.keeping import WHOLE_REPORTS
from webmap.services.actors import Actor
from webmap.services.scales import FEWEST_FOR_A_SCALE

_LARGEST_KEY = 2**63 - 1
_MOST_SHOWN = 100


@dataclass(frozen=True)
class MadeImport:
    """One import. by: e-mail, or "" from the command line. job: its page, where it has one."""

    id: int
    at: datetime
    by: str
    source: str
    rows: int
    stored: int
    undone_at: datetime | None
    job: UUID | None


@dataclass(frozen=True)
class Remains:
    """What is left of an import: its reports, and how many of them something has touched since."""

    made: MadeImport
    reports: int
    touched: int


def made_imports(engine: Engine, municipality: str, owner: Owner | None = None) -> list[MadeImport]:
    """The latest imports of a municipality, newest first; owner: without those of another's reports."""
    chosen = _made(owner).where(Municipality.code == municipality).order_by(ImportBatch.id.desc())
    with reading(engine) as session:
        return [MadeImport(*row) for row in session.execute(chosen.limit(_MOST_SHOWN))]


def remains(engine: Engine, municipality: str, import_id: int, owner: Owner | None = None) -> Remains:
    """What undoing an import would take away. Raises NotFound, also for another municipality's."""
    with reading(engine) as session:
        made = _one(session, municipality, import_id, owner)
        own = Report.import_id == import_id
        count = session.scalar(select(func.count()).where(own)) or 0
        stamp = select(ImportBatch.change_seq).where(ImportBatch.id == import_id).scalar_subquery()
        touched = session.scalar(select(func.count()).where(own, Report.change_seq > stamp)) or 0
    return Remains(made, count, touched)


def undo(engine: Engine, municipality: str, import_id: int, actor: Actor, owner: Owner | None = None) -> int:
    """Take every report of an import away, in one transaction; how many. The journal keeps that it was done.

    What was there before is there again: the same file can be imported anew. A scale that only these reports
    had made possible goes with them. owner: who decides over them, None where it is not asked.

    Raises NotFound, and Conflict: `import.undone` when it is undone already, `import.held` where any of it is
    held back from being destroyed, by somebody or by records that are being handed out.
    """
    with writing(engine) as session:
        there = home(session, municipality)
        change = next_change(session, there.id)  # held from here, so that nobody undoes it beside us
        if _one(session, municipality, import_id, owner).undone_at is not None:
            raise Conflict("import.undone")
        _refuse_held(session, there.id, import_id)
        gone = _remove(session, there.id, import_id, change)
        forget_scales(session, there.id)
        batch = session.get_one(ImportBatch, import_id)
        batch.undone_at = datetime.now(UTC)
        mac = payload_mac(f"{batch.digest} undone {gone}", batch.journal_key)
        entry = Entry(actor.role, "import.undo", "import_batch", str(import_id), municipality, actor.user_id)
        append(session, replace(entry, object_rev=change, payload_mac=mac))
    return gone


def _refuse_held(session: Session, municipality_id: int, import_id: int) -> None:
    held = held_in(session, municipality_id)
    uids = [UUID(each) for each in held.objects | held.owners if not each.isdigit()]
    own = select(Report.id).where(Report.import_id == import_id).limit(1)
    chosen = own if held.classes & WHOLE_REPORTS else own.where(Report.uid.in_(uids))
    if session.scalar(chosen) is not None:
        raise Conflict("import.held")


def _made(owner: Owner | None) -> Any:
    others = select(Report.id).where(Report.import_id == ImportBatch.id, Report.owner != owner)
    asked = (
        select(
            ImportBatch.id,
            ImportBatch.at,
            func.coalesce(User.email, ""),
            ImportBatch.source,
            ImportBatch.rows,
            ImportBatch.stored,
            ImportBatch.undone_at,
            Job.uid,
        )
        .join(Municipality, Municipality.id == ImportBatch.municipality_id)
        .outerjoin(User, User.id == ImportBatch.user_account_id)
        .outerjoin(Job, Job.import_id == ImportBatch.id)
    )
    return asked if owner is None else asked.where(~others.exists())


def _one(session: Session, municipality: str, import_id: int, owner: Owner | None) -> MadeImport:
    if not 0 < import_id <= _LARGEST_KEY:
        raise NotFound("import.unknown")
    chosen = _made(owner).where(Municipality.code == municipality, ImportBatch.id == import_id)
    row = session.execute(chosen).first()
    if row is None:
        raise NotFound("import.unknown")
    return MadeImport(*row)


def _remove(session: Session, municipality_id: int, import_id: int, change: int) -> int:
    own = Report.import_id == import_id
    told = select(Report.id, Report.uid, literal(municipality_id), literal(change)).where(own)
    session.execute(insert(Removed).from_select(["report_id", "uid", "municipality_id", "change_seq"], told))
    session.execute(delete(Report).where(own).execution_options(synchronize_session=False))
    left = select(func.count()).where(
        Removed.municipality_id == municipality_id, Removed.change_seq == change
    )
    return session.scalar(left) or 0


def forget_scales(session: Session, municipality_id: int) -> None:
    """The scales of kinds that have too few reports left for one."""
    ours = (Report.municipality_id == municipality_id, Report.state == State.ACCEPTED)
    placed = select(Report.kind).where(*ours, Report.geometry.is_not(None)).group_by(Report.kind)
    kinds = session.scalars(placed.having(func.count() >= FEWEST_FOR_A_SCALE)).all()
    scales = delete(Scale).where(Scale.municipality_id == municipality_id, Scale.kind.not_in(kinds))
    session.execute(scales.execution_options(synchronize_session=False))
