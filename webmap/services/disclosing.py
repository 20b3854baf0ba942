"""Handing out records: a package is begun, changed as a whole, and called off."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from geodata.drafts import checked_text
from geodata.errors import Conflict, InvalidValue, NotFound
from geodata.queries.disclosures import ReportFilter, chosen_reports, count_chosen
from geodata.queries.municipalities import Home
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.disclosures import Disclosure, DisclosureItem, DisclosureMask
from geodata.tables.engine import reading, writing
from geodata.tables.reports import Report
from geodata.vocabulary import PackageState, Precision, RecordType
from webmap.services.actors import Actor
from webmap.services.choosing import Choosing, Place, filter_of, read_back, written
from webmap.services.mask_proposals import propose, propose_place
from webmap.services.registering import record_of, register
from webmap.services.secrecy import checked_provision

LONGEST_TITLE = 120
MOST_REPORTS = 500


def count(engine: Engine, there: Home, said: Choosing) -> int:
    """How many reports would be chosen. Raises InvalidValue."""
    with reading(engine) as session:
        return count_chosen(session, there.id, filter_of(there, said))


def begin(engine: Engine, there: Home, title: str, said: Choosing, actor: Actor) -> UUID:
    """Choose reports, propose what to mask, and keep it as an open package; its uid. Raises InvalidValue."""
    name, wanted, now = _title(title), filter_of(there, said), now_kept()
    row = Disclosure(uid=uuid4(), municipality_id=there.id, title=name, state=PackageState.OPEN.value)
    row.chosen, row.user_account_id, row.created_at, row.version = written(said), actor.user_id, now, 1
    with writing(engine) as session:
        next_change(session, there.id)
        found = chosen_reports(session, there.id, wanted, MOST_REPORTS + 1)
        _check_size(session, there, wanted, len(found))
        session.add(row)
        session.flush()
        items = [DisclosureItem(disclosure_id=row.id, report_uid=uid, version=seen) for uid, seen in found]
        session.add_all(items)
        propose(session, there, row, [uid for uid, _ in found])
        register(session, there, record_of(RecordType.DISCLOSURE, str(row.uid)), now)
        note(session, there, row, actor, "disclosure.begin")
    return row.uid


def _check_size(session: Session, there: Home, wanted: ReportFilter, found: int) -> None:
    if not found:
        raise InvalidValue("disclosure.none_chosen", "since")
    if found > MOST_REPORTS:
        counted = count_chosen(session, there.id, wanted)
        raise InvalidValue("disclosure.too_many", "since", count=counted, most=MOST_REPORTS)


def _title(text: str) -> str:
    title = " ".join(checked_text(text, "title").split())
    if not title:
        raise InvalidValue("disclosure.no_title", "title")
    if len(title) > LONGEST_TITLE:
        raise InvalidValue("text.too_long", "title", count=len(title), most=LONGEST_TITLE)
    return title


def now_kept() -> datetime:
    """In whole milliseconds, as it is stored."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1_000 * 1_000)


def place_of(row: Disclosure) -> Place:
    """How exactly a package tells where."""
    return read_back(row.chosen)[1]


def note(session: Session, there: Home, row: Disclosure, actor: Actor, action: str) -> None:
    """Write an act on a package in the journal."""
    entry = Entry(actor.role, action, "disclosure", str(row.uid), there.code, actor.user_id, row.version)
    append(session, entry)


def locked(session: Session, there: Home, uid: UUID) -> Disclosure:
    """An open package, its row held until commit. Raises NotFound, Conflict `disclosure.not_open`."""
    asked = select(Disclosure).where(Disclosure.uid == uid, Disclosure.municipality_id == there.id)
    row = session.scalar(asked.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise NotFound("disclosure.unknown", "disclosure")
    if row.state != PackageState.OPEN:
        raise Conflict("disclosure.not_open", "disclosure")
    return row


def same(row: Disclosure, version: int) -> None:
    """Raises Conflict where the package is not as it was looked at."""
    if row.version != version:
        raise Conflict("disclosure.changed", "version")


def set_place(engine: Engine, there: Home, known: tuple[UUID, int], place: Place, actor: Actor) -> None:
    """Choose how exactly the package tells where, and whether photos go with it. Raises InvalidValue."""
    provision = ""
    if place.precision != Precision.EXACT:
        if not place.provision.strip():
            raise InvalidValue("disclosure.place_provision", "provision")
        provision = checked_provision(place.provision)
    with writing(engine) as session:
        row = locked(session, there, known[0])
        same(row, known[1])
        said, before = read_back(row.chosen)
        chosen = Place(place.precision, provision, place.has_photos)
        row.chosen = written(said, chosen)
        if (before.precision, before.provision) != (chosen.precision, chosen.provision):
            propose_place(session, row, chosen.precision, provision)
        row.version += 1
        note(session, there, row, actor, "disclosure.place")


def cancel(engine: Engine, there: Home, known: tuple[UUID, int], actor: Actor) -> None:
    """Call a package off. What was decided in it goes."""
    with writing(engine) as session:
        row = locked(session, there, known[0])
        same(row, known[1])
        session.execute(delete(DisclosureMask).where(DisclosureMask.disclosure_id == row.id))
        row.state, row.version = PackageState.CANCELLED.value, row.version + 1
        note(session, there, row, actor, "disclosure.cancel")


def renew(engine: Engine, there: Home, uid: UUID, report: UUID, actor: Actor) -> None:
    """Take a report of a package in as it is now, with new proposals; a report that is gone leaves it."""
    with writing(engine) as session:
        row = locked(session, there, uid)
        of_it = (DisclosureItem.disclosure_id == row.id, DisclosureItem.report_uid == report)
        item = session.scalar(select(DisclosureItem).where(*of_it))
        if item is None:
            raise NotFound("disclosure.report_unknown", "report")
        session.execute(
            delete(DisclosureMask).where(
                DisclosureMask.disclosure_id == row.id, DisclosureMask.report_uid == report
            )
        )
        version = session.scalar(select(Report.version).where(Report.uid == report))
        if version is None:
            session.delete(item)
        else:
            item.version = version
            propose(session, there, row, [report], place_of(row).provision)
        row.version += 1
        note(session, there, row, actor, "disclosure.renew")
