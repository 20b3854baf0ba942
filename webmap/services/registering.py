"""The register of public records: a number for each, given in the transaction that stores it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Engine, Integer, Table, bindparam, insert
from sqlalchemy.dialects.postgresql import insert as insert_in_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_in_sqlite
from sqlalchemy.orm import Session

from geodata.hours import local
from geodata.queries.municipalities import Home, homes
from geodata.queries.register import Unregistered, number_name, number_of, numbers_of, unregistered
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, run, writing
from geodata.tables.registry import Registration, RegistrationCounter
from geodata.vocabulary import Channel, Counterpart, Direction, Owner, Polarity, RecordType
from webmap.services.actors import Actor
from webmap.words.labels import N_

SYSTEM = Actor(None, "system")
_SUBJECTS = {
    Polarity.UNSAFE: N_("Rapport om en otrygg plats"),
    Polarity.SAFE: N_("Rapport om en trygg plats"),
    Polarity.IMPROVEMENT: N_("Förslag om en plats"),
}
_FROM = {
    Channel.PHONE: Counterpart.ANONYMOUS,
    Channel.PAPER: Counterpart.ANONYMOUS,
    Channel.MEETING: Counterpart.MEETING,
    Channel.STAFF: Counterpart.STAFF,
}


@dataclass(frozen=True)
class Registered:
    """What is said of a record. subject: a Swedish sentence that `words` knows, never anybody's text."""

    object_type: str
    object_id: str
    direction: str
    counterpart: str
    subject: str


_PLAIN = {
    RecordType.IMPORT: (Direction.IN, Counterpart.FILE, N_("Fil med rapporter")),
    RecordType.OCCASION: (Direction.HERE, Counterpart.MEETING, N_("Dialogmöte eller annat tillfälle")),
    RecordType.MEASURE: (Direction.HERE, Counterpart.STAFF, N_("Åtgärd på en plats")),
    RecordType.EDITION: (Direction.OUT, Counterpart.EVERYONE, N_("Utgåva av den öppna kartan")),
    RecordType.DISCLOSURE: (Direction.OUT, Counterpart.REQUESTER, N_("Utlämnande av allmänna handlingar")),
    RecordType.RETENTION_RUN: (Direction.HERE, Counterpart.STAFF, N_("Gallring")),
    RecordType.WALK: (Direction.HERE, Counterpart.STAFF, N_("Plan för en tätortsvandring")),
    RecordType.FINDING: (Direction.IN, Counterpart.MEETING, N_("Iakttagelse på en tätortsvandring")),
    RecordType.MINUTES: (Direction.OUT, Counterpart.EVERYONE, N_("Protokoll från en tätortsvandring")),
}
_SHARED = N_("Beslut om vad kommun och polis får se av varandras rapporter")


def record_of(record: RecordType, object_id: str) -> Registered:
    """What is said of a record of a kind that is always said the same of; not of reports and sharings."""
    direction, counterpart, subject = _PLAIN[record]
    return Registered(record.value, object_id, direction.value, counterpart.value, subject)


def report_record(object_id: str, channel: str, polarity: str) -> Registered:
    """What is said of a report: by which way it came, and whether of a safe or an unsafe place."""
    known = Channel(channel) if channel in list(Channel) else Channel.FORM
    sender = _FROM.get(known, Counterpart.ANONYMOUS)
    subject = _SUBJECTS[Polarity(polarity)]
    return Registered(RecordType.REPORT.value, object_id, Direction.IN.value, sender.value, subject)


def sharing_record(object_id: str, owner: str) -> Registered:
    """What is said of a sharing: sent to the police where the municipality shares, come in where they do."""
    way = Direction.OUT if owner == Owner.MUNICIPALITY else Direction.IN
    return Registered(RecordType.SHARING.value, object_id, way.value, Counterpart.POLICE.value, _SHARED)


def _taking(dialect: Any) -> Any:
    taken = bindparam("taken", type_=Integer())
    first = dialect(RegistrationCounter.__table__).values(
        municipality_id=bindparam("of"), year=bindparam("in_year"), number=taken
    )
    counter = RegistrationCounter.__table__.c
    return first.on_conflict_do_update(
        index_elements=[counter.municipality_id, counter.year], set_={"number": counter.number + taken}
    ).returning(counter.number)


_WRITE = insert(cast(Table, Registration.__table__))
_TAKE = {"sqlite": _taking(insert_in_sqlite), "postgresql": _taking(insert_in_postgresql)}


def register(session: Session, home: Home, record: Registered, at: datetime | None = None) -> str:
    """Give a record its number, TK 2026-000123, in the session's transaction; the one it has, if it has one.

    Holds the municipality's counter of the year until commit, so that no number is left out or given twice.
    Call it after `next_change`, which everybody who registers has called.
    """
    if known := number_of(session, record.object_type, record.object_id):
        return known
    moment = at or datetime.now(UTC)
    year = local(moment).year
    number = _numbers(session, home.id, year, 1)
    run(session, _WRITE, _row(home, year, number, (record, moment)))
    return number_name(year, number)


def _numbers(session: Session, municipality_id: int, year: int, count: int) -> int:
    """The first of so many numbers, which are taken with it."""
    taken = {"of": municipality_id, "in_year": year, "taken": count}
    return int(run(session, _TAKE[session.get_bind().dialect.name], taken).scalar_one()) - count + 1


def _row(home: Home, year: int, number: int, said: tuple[Registered, datetime]) -> dict[str, object]:
    record, at = said
    return {
        "municipality_id": home.id,
        "year": year,
        "number": number,
        "object_type": record.object_type,
        "object_id": record.object_id,
        "direction": record.direction,
        "counterpart": record.counterpart,
        "subject": record.subject,
        "at": at,
    }


def register_missing(engine: Engine) -> int:
    """Number what came before there was a register, by the day it came; how many. Twice harms nothing."""
    with reading(engine) as session:
        waiting = [home for home in homes(session) if _missing(session, home)]
    return sum(_register_in(engine, home) for home in waiting)


def _register_in(engine: Engine, home: Home) -> int:
    with writing(engine) as session:
        next_change(session, home.id)
        missing = _missing(session, home)
        by_year: dict[int, list[tuple[Registered, datetime]]] = defaultdict(list)
        for said in missing:
            by_year[local(said[1]).year].append(said)
        for year, records in sorted(by_year.items()):
            first = _numbers(session, home.id, year, len(records))
            rows = [_row(home, year, number, said) for number, said in enumerate(records, start=first)]
            session.execute(insert(Registration), rows)
        if missing:
            append(session, _entry(home, len(missing)))
        return len(missing)


def _missing(session: Session, home: Home) -> list[tuple[Registered, datetime]]:
    found = [
        (_told(record, each), each.at)
        for record in RecordType
        for each in unregistered(session, home.id, record)
    ]
    return sorted(found, key=lambda said: said[1])


def _told(record: RecordType, found: Unregistered) -> Registered:
    if record == RecordType.REPORT:
        return report_record(found.object_id, *found.hint)
    if record == RecordType.SHARING:
        return sharing_record(found.object_id, *found.hint)
    return record_of(record, found.object_id)


def _entry(home: Home, count: int) -> Entry:
    return Entry(SYSTEM.role, "register.missing", "register", home.code, home.code, None, count)


def numbers(engine: Engine, object_type: str, object_ids: Sequence[str]) -> dict[str, str]:
    """The numbers of some objects, as they are shown."""
    with reading(engine) as session:
        return numbers_of(session, object_type, object_ids)
