"""What to take out of records that are handed out, as the system proposes it."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from geodata.privacy import screen
from geodata.queries.disclosures import (
    ActiveMark,
    WholeReport,
    active_marks,
    fields_marked,
    whole_reports,
)
from geodata.queries.municipalities import Home
from geodata.tables.disclosures import Disclosure, DisclosureItem, DisclosureMask
from geodata.vocabulary import MaskState, MaskWhy, PackageState, Precision, ReportField


@dataclass(frozen=True)
class Span:
    """A stretch of a field, 0 and 0 for all of it, and why it may have to go."""

    field: str
    first: int
    last: int
    why: MaskWhy
    provision: str = ""


def propose(
    session: Session, there: Home, row: Disclosure, uids: Sequence[UUID], hidden_place: str = ""
) -> None:
    """Keep proposals for some reports of a package.

    hidden_place: on what provision the place is not told exactly, or "".
    """
    wholes = whole_reports(session, uids, row.created_at)
    marks: dict[UUID, list[ActiveMark]] = defaultdict(list)
    for mark in active_marks(session, there.id, uids):
        marks[mark.report].append(mark)
    names = [known.name for known in there.places]
    for uid in uids:
        if uid in wholes:
            spans = [*_marked(wholes[uid], marks[uid]), *_screened(wholes[uid], names)]
            session.add_all(mask_of(row, uid, span) for span in spans)
    if hidden_place:
        _add_places(session, row, wholes, hidden_place)


def mask_of(row: Disclosure, uid: UUID, span: Span) -> DisclosureMask:
    """A proposal as it is stored."""
    return DisclosureMask(
        disclosure_id=row.id,
        report_uid=uid,
        field=span.field,
        first=span.first,
        last=span.last,
        why=span.why.value,
        provision=span.provision,
        state=MaskState.PROPOSED.value,
    )


def propose_mark(session: Session, there: Home, mark: ActiveMark) -> None:
    """Propose what a new mark stands for in every open package with its report: none is made without it."""
    asked = (
        select(Disclosure)
        .join(DisclosureItem, DisclosureItem.disclosure_id == Disclosure.id)
        .where(Disclosure.municipality_id == there.id, Disclosure.state == PackageState.OPEN.value)
        .where(DisclosureItem.report_uid == mark.report)
        .with_for_update(of=Disclosure)
        .execution_options(populate_existing=True)
    )
    for row in session.scalars(asked).all():
        whole = whole_reports(session, [mark.report], row.created_at).get(mark.report)
        if whole is not None:
            session.add_all(mask_of(row, mark.report, span) for span in _marked(whole, [mark]))
            row.version += 1


def _marked(whole: WholeReport, marks: Sequence[ActiveMark]) -> Iterator[Span]:
    for mark in marks:
        for name in _stood_for(whole, mark.field):
            yield Span(name, 0, 0, MaskWhy.MARK, mark.provision)


def _stood_for(whole: WholeReport, marked: str) -> list[str]:
    """The fields of a mark, with what tells the same: a place is told in words too.

    Photos are there also where there are none yet: one may be let through before the package is made.
    """
    if marked == ReportField.PHOTOS:
        return [marked]
    told = [marked, ReportField.PLACE_WORDS.value] if marked == ReportField.PLACE else [marked]
    return [name for each in told for name in fields_marked(whole, each)]


def _screened(whole: WholeReport, names: Sequence[str]) -> Iterator[Span]:
    for name, text in whole.texts.items():
        for suspect in screen(text, names):
            first, last = widened(text, suspect.start, suspect.end)
            yield Span(name, first, last, MaskWhy(suspect.kind.value))


def widened(text: str, first: int, last: int) -> tuple[int, int]:
    """The stretch with the marks that belong to its last letter: no accent is left standing alone."""
    while last < len(text) and (unicodedata.combining(text[last]) or text[last] in "\u200d\ufe0f"):
        last += 1
    return first, last


def propose_place(session: Session, row: Disclosure, precision: Precision, provision: str) -> None:
    """What people said of where is proposed to go too, where the place is not told exactly."""
    of_place = (DisclosureMask.disclosure_id == row.id, DisclosureMask.why == MaskWhy.PLACE.value)
    session.execute(delete(DisclosureMask).where(*of_place))
    if precision == Precision.EXACT:
        return
    asked = select(DisclosureItem.report_uid).where(DisclosureItem.disclosure_id == row.id)
    wholes = whole_reports(session, list(session.scalars(asked)), row.created_at)
    _add_places(session, row, wholes, provision)


def _add_places(session: Session, row: Disclosure, wholes: dict[UUID, WholeReport], provision: str) -> None:
    for uid, whole in wholes.items():
        if ReportField.PLACE_WORDS in whole.texts:
            span = Span(ReportField.PLACE_WORDS.value, 0, 0, MaskWhy.PLACE, provision)
            session.add(mask_of(row, uid, span))
