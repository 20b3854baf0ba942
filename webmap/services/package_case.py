"""One report of a package as it lies before whoever decides what to take out of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine, select

from geodata.errors import NotFound
from geodata.queries.disclosures import WholeReport, whole_reports
from geodata.queries.municipalities import home
from geodata.tables.disclosures import Disclosure, DisclosureItem
from geodata.tables.engine import reading
from geodata.vocabulary import MaskState
from webmap.services.mask_acts import KnownMask, masks_in


@dataclass(frozen=True)
class PackageReport:
    """A report of a package. whole: None where it is gone. before, after: its neighbours in the package.

    waiting: those with something undecided, from this one on and round to it.
    """

    report: UUID
    place: int
    total: int
    whole: WholeReport | None
    masks: list[KnownMask]
    before: UUID | None
    after: UUID | None
    waiting: tuple[UUID, ...]
    is_changed: bool

    @property
    def current(self) -> KnownMask | None:
        """The first mask that is not decided."""
        return next((each for each in self.masks if each.state == MaskState.PROPOSED), None)


def report_of(engine: Engine, code: str, uid: UUID, report: UUID) -> PackageReport:
    """A report of a package. Raises NotFound."""
    with reading(engine) as session:
        asked = select(Disclosure).where(
            Disclosure.uid == uid, Disclosure.municipality_id == home(session, code).id
        )
        row = session.scalar(asked)
        if row is None:
            raise NotFound("disclosure.unknown", "disclosure")
        items = session.execute(
            select(DisclosureItem.report_uid, DisclosureItem.version)
            .where(DisclosureItem.disclosure_id == row.id)
            .order_by(DisclosureItem.id)
        ).all()
        order = [each for each, _ in items]
        if report not in order:
            raise NotFound("disclosure.report_unknown", "report")
        whole = whole_reports(session, [report], row.created_at).get(report)
        masks = masks_in(session, row.id)
    at = order.index(report)
    undecided = {each.report for each in masks if each.state == MaskState.PROPOSED}
    return PackageReport(
        report,
        at + 1,
        len(order),
        whole,
        _in_order([each for each in masks if each.report == report], whole),
        order[at - 1] if at else None,
        order[at + 1] if at + 1 < len(order) else None,
        tuple(each for each in (*order[at:], *order[:at]) if each in undecided),
        whole is not None and whole.version != dict(items)[report],
    )


def _in_order(masks: Sequence[KnownMask], whole: WholeReport | None) -> list[KnownMask]:
    """As one reads: field after field, the whole field before its parts."""
    names = list(whole.texts) if whole else []
    return sorted(
        masks,
        key=lambda each: (
            names.index(each.field) if each.field in names else len(names),
            each.last > 0,
            each.first,
            each.id,
        ),
    )
