"""Packages of records to hand out, as they lie before whoever makes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from geodata.errors import NotFound
from geodata.queries.municipalities import home
from geodata.queries.register import numbers_of
from geodata.tables.disclosures import Disclosure, DisclosureItem, DisclosureMask
from geodata.tables.engine import reading
from geodata.tables.reports import Report
from geodata.vocabulary import MaskState, PackageState, RecordType
from webmap.services.choosing import Choosing, Place, read_back


@dataclass(frozen=True)
class Progress:
    """How far one report has come. total, decided: masks. is_stale: changed since it was chosen, or gone."""

    report: UUID
    number: str
    total: int
    decided: int
    is_changed: bool = False
    is_gone: bool = False

    @property
    def is_stale(self) -> bool:
        """Whether it is no longer as it was chosen."""
        return self.is_changed or self.is_gone

    @property
    def is_done(self) -> bool:
        """Whether every proposal is decided."""
        return self.total == self.decided and not self.is_stale


@dataclass(frozen=True)
class Package:
    """A package as its page shows it. waiting: undecided masks by why. number: its own in the register."""

    uid: UUID
    number: str
    title: str
    state: PackageState
    chosen: Choosing
    place: Place
    created_at: datetime
    made_at: datetime | None
    digest: str | None
    version: int
    reports: tuple[Progress, ...] = ()
    waiting: dict[str, int] = field(default_factory=dict)

    @property
    def done(self) -> int:
        """How many reports are decided."""
        return sum(each.is_done for each in self.reports)

    @property
    def stale(self) -> int:
        """How many reports are changed or gone."""
        return sum(each.is_stale for each in self.reports)


def listed(engine: Engine, code: str) -> list[Package]:
    """A municipality's packages, the newest first. Raises NotFound."""
    with reading(engine) as session:
        there = home(session, code)
        asked = select(Disclosure).where(Disclosure.municipality_id == there.id)
        rows = session.scalars(asked.order_by(Disclosure.id.desc())).all()
        return [_package(session, row) for row in rows]


def one(engine: Engine, code: str, uid: UUID) -> Package:
    """A package of a municipality. Raises NotFound."""
    with reading(engine) as session:
        asked = select(Disclosure).where(
            Disclosure.uid == uid, Disclosure.municipality_id == home(session, code).id
        )
        row = session.scalar(asked)
        if row is None:
            raise NotFound("disclosure.unknown", "disclosure")
        return _package(session, row)


def _package(session: Session, row: Disclosure) -> Package:
    said, place = read_back(row.chosen)
    names = numbers_of(session, RecordType.DISCLOSURE.value, [str(row.uid)])
    masks = session.execute(
        select(DisclosureMask.report_uid, DisclosureMask.why, DisclosureMask.state).where(
            DisclosureMask.disclosure_id == row.id
        )
    ).all()
    open_ones = [(uid, why) for uid, why, state in masks if state == MaskState.PROPOSED]
    return Package(
        row.uid,
        names.get(str(row.uid), ""),
        row.title,
        PackageState(row.state),
        said,
        place,
        row.created_at,
        row.made_at,
        row.digest,
        row.version,
        tuple(_progress(session, row, Counter(uid for uid, _, _ in masks), Counter(u for u, _ in open_ones))),
        dict(Counter(why for _, why in open_ones)),
    )


def _progress(
    session: Session, row: Disclosure, total: Counter[UUID], left: Counter[UUID]
) -> Iterable[Progress]:
    asked = (
        select(DisclosureItem.report_uid, DisclosureItem.version, Report.version)
        .outerjoin(Report, Report.uid == DisclosureItem.report_uid)
        .where(DisclosureItem.disclosure_id == row.id)
        .order_by(DisclosureItem.id)
    )
    found = session.execute(asked).all()
    names = numbers_of(session, RecordType.REPORT.value, [str(uid) for uid, _, _ in found])
    for uid, chosen, now in found:
        yield Progress(
            uid,
            names.get(str(uid), ""),
            total[uid],
            total[uid] - left[uid],
            is_changed=now not in (None, chosen),
            is_gone=now is None,
        )
