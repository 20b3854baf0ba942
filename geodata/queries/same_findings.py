"""Which findings of a walk say the same: those that were merged, and the one that was kept of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.tables.findings import WalkEntry
from geodata.tables.reports import Report
from geodata.vocabulary import State


@dataclass(frozen=True)
class Same:
    """By report. merged: numbers of those merged into it. kept: of a merged one, the kept one's number."""

    merged: Mapping[int, tuple[int, ...]]
    kept: Mapping[int, int]


def same_of(session: Session, walk_id: int) -> Same:
    """Of the findings of a walk that stand; merged with reports from elsewhere they are not told of here."""
    asked = (
        select(Report.id, WalkEntry.seq, Report.state, Report.duplicate_of)
        .join(WalkEntry, WalkEntry.report_id == Report.id)
        .where(WalkEntry.walk_id == walk_id, WalkEntry.deleted_at.is_(None))
    )
    rows = session.execute(asked.order_by(WalkEntry.seq)).all()
    numbers = {report: number for report, number, *_ in rows}
    into = {report: kept for report, _, state, kept in rows if state == State.DUPLICATE and kept is not None}
    merged, kept_as = defaultdict[int, list[int]](list), dict[int, int]()
    for report in into:
        root = _root(report, into)
        if root in numbers:
            merged[root].append(numbers[report])
            kept_as[report] = numbers[root]
    return Same({root: tuple(those) for root, those in merged.items()}, kept_as)


def _root(report: int, into: Mapping[int, int]) -> int:
    """The end of the chain; one that bites its own tail, made by hand, ends where it began."""
    seen = {report}
    while (report := into.get(report, report)) not in seen:
        seen.add(report)
    return report
