"""Making what is handed out, once every mask is decided, and making it again, byte for byte."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from geodata.errors import Conflict, NotFound
from geodata.queries.disclosures import WholeReport, whole_reports
from geodata.queries.municipalities import Home
from geodata.queries.register import numbers_of
from geodata.tables.disclosures import Disclosure, DisclosureItem, DisclosureMask
from geodata.tables.engine import reading, writing
from geodata.tables.reports import Report
from geodata.vocabulary import MaskState, PackageState, RecordType
from webmap.services.actors import Actor
from webmap.services.disclosing import locked, note, now_kept, place_of, same
from webmap.services.handout import Telling, Told, field_label, told
from webmap.services.handout_files import Handout, LogLine, Printer, as_zip
from webmap.services.mask_acts import KnownMask, masks_in
from webmap.services.photo_files import PhotoFiles
from webmap.words import Words, words_for
from webmap.words.disclosure_labels import WHY


@dataclass(frozen=True)
class Press:
    """What files are made with. folder: of the photos."""

    folder: Path
    printer: Printer


def make(engine: Engine, there: Home, known: tuple[UUID, int], press: Press, actor: Actor) -> str:
    """Make the package and keep the digest of it.

    Raises Conflict where masks are undecided, where a report has changed, or where somebody was first.
    """
    at = now_kept()
    with reading(engine) as session:
        row = _found(session, there, known[0])
        same(row, known[1])
        _check_ready(session, row)
        content = as_zip(_handout(session, there, row, at, press.folder), press.printer)
    with writing(engine) as session:
        row = locked(session, there, known[0])
        same(row, known[1])
        _check_ready(session, row)
        row.state, row.made_at, row.version = PackageState.MADE.value, at, row.version + 1
        row.digest = hashlib.sha256(content).hexdigest()
        note(session, there, row, actor, "disclosure.make")
        return row.digest


def again(engine: Engine, there: Home, uid: UUID, press: Press) -> bytes:
    """The package as it was handed out. Raises Conflict where it can no longer be made the same."""
    with reading(engine) as session:
        row = _found(session, there, uid)
        if row.made_at is None:
            raise Conflict("disclosure.not_made", "disclosure")
        content = as_zip(_handout(session, there, row, row.made_at, press.folder), press.printer)
        if hashlib.sha256(content).hexdigest() != row.digest:
            raise Conflict("disclosure.made_otherwise", "disclosure", count=_stale(session, row))
    return content


def _found(session: Session, there: Home, uid: UUID) -> Disclosure:
    asked = select(Disclosure).where(Disclosure.uid == uid, Disclosure.municipality_id == there.id)
    row = session.scalar(asked)
    if row is None:
        raise NotFound("disclosure.unknown", "disclosure")
    return row


def _check_ready(session: Session, row: Disclosure) -> None:
    if row.state != PackageState.OPEN:
        raise Conflict("disclosure.not_open", "disclosure")
    waiting = (DisclosureMask.disclosure_id == row.id, DisclosureMask.state == MaskState.PROPOSED.value)
    left = session.scalar(select(func.count()).select_from(DisclosureMask).where(*waiting)) or 0
    if left:
        raise Conflict("disclosure.undecided", "disclosure", count=left)
    stale = _stale(session, row)
    if stale:
        raise Conflict("disclosure.report_changed", "disclosure", count=stale)


def _stale(session: Session, row: Disclosure) -> int:
    """How many reports are not as they were chosen."""
    asked = (
        select(func.count())
        .select_from(DisclosureItem)
        .outerjoin(Report, Report.uid == DisclosureItem.report_uid)
        .where(DisclosureItem.disclosure_id == row.id)
        .where((Report.version.is_(None)) | (Report.version != DisclosureItem.version))
    )
    return session.scalar(asked) or 0


def _handout(session: Session, there: Home, row: Disclosure, at: datetime, folder: Path) -> Handout:
    words = words_for("sv")
    items = select(DisclosureItem.report_uid).where(DisclosureItem.disclosure_id == row.id)
    uids = list(session.scalars(items.order_by(DisclosureItem.id)))
    wholes, masks = whole_reports(session, uids, row.created_at), defaultdict(list)
    for mask in masks_in(session, row.id):
        masks[mask.report].append(mask)
    names = numbers_of(session, RecordType.REPORT.value, [str(uid) for uid in uids])
    names = {
        str(uid): names.get(str(uid)) or words("Rapport %(n)s", n=place) for place, uid in enumerate(uids, 1)
    }
    how = Telling.of(there, place_of(row), words)
    present = [wholes[uid] for uid in uids if uid in wholes]
    reports = [told(each, masks[each.uid], names[str(each.uid)], how) for each in present]
    log = [line for each in present for line in _log(each, masks[each.uid], names[str(each.uid)], words)]
    own = numbers_of(session, RecordType.DISCLOSURE.value, [str(row.uid)]).get(str(row.uid), "")
    return Handout(there, own, at, how.place, reports, log, _photos(reports, folder))


def _log(whole: WholeReport, masks: list[KnownMask], number: str, words: Words) -> list[LogLine]:
    return [
        LogLine(number, field_label(mask.field, whole, words), words(WHY[mask.why]), mask.provision)
        for mask in masks
        if mask.state == MaskState.CONFIRMED
    ]


def _photos(reports: list[Told], folder: Path) -> dict[str, bytes]:
    files, found = PhotoFiles(folder), {}
    for address in (each for report in reports for each in report.photos):
        path = files.path(address, "small")
        if path is not None:
            found[address] = path.read_bytes()
    return found
