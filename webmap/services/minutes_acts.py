"""Publishing the minutes of a walk, and taking them back. Nothing is public before somebody presses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from geodata.drafts import checked_text
from geodata.errors import Conflict, InvalidValue, NotFound
from geodata.privacy import mask_identity_numbers
from geodata.queries.findings import KnownFinding
from geodata.queries.minutes import WalkRecord, record_of
from geodata.queries.municipalities import Home
from geodata.queries.walk_aside import unsettled_count
from geodata.queries.walks import walk_by_id, walk_with
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.findings import FollowUp, WalkEntry
from geodata.tables.walks import Walk
from geodata.vocabulary import FindingState, PhotoState, RecordType, State, WalkState
from webmap.services import registering, walk_contacts
from webmap.services.actors import Actor
from webmap.services.follow_up_rules import lacking_in
from webmap.services.minutes import Minutes, is_told, minutes_of, pointing_out, texts_of
from webmap.services.minutes_measures import keep_in_step

LONGEST_SUMMARY = 1_000
PUBLISHABLE = (WalkState.CLOSED, WalkState.FOLLOWED_UP, WalkState.PUBLISHED)
"""In these a walk is over, and its minutes may be published, or again."""
NOT_OVER, NEW, UNDECIDED, WORDLESS, PHOTOS = "not_over", "new", "undecided", "wordless", "photos"
HALF_DECIDED, ASIDE, PHOTOS_AWAY = "half_decided", "aside", "photos_away"
"""What stands in the way."""


@dataclass(frozen=True)
class Obstacle:
    """Something in the way of publishing. numbers: of the findings it is about. count: of what has none."""

    code: str
    numbers: tuple[int, ...] = ()
    count: int = 0


@dataclass(frozen=True)
class Doubt:
    """Something written that may point at a person. number: of the finding, 0 for the walk's own words."""

    number: int
    text: str


@dataclass(frozen=True)
class MinutesDesk:
    """The minutes as whoever publishes them sees them: as they will be, and what to look at first.

    warnings: what stands in nobody's way, but will be missed.
    """

    record: WalkRecord
    minutes: Minutes
    obstacles: tuple[Obstacle, ...]
    warnings: tuple[Obstacle, ...]
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True)
class SummarySaid:
    """What was written. version: of the walk that was looked at. is_read: the doubts have been looked at."""

    version: int
    text: str
    is_read: bool = False


def desk_of(engine: Engine, there: Home, uid: UUID) -> MinutesDesk:
    """The minutes of a walk of a municipality, published or not. Raises NotFound."""
    with reading(engine) as session:
        known = walk_with(session, uid, there.id)
        if known is None:
            raise NotFound("walk.unknown", "walk")
        return _desk(session, record_of(session, known), there)


def _desk(session: Session, record: WalkRecord, there: Home) -> MinutesDesk:
    obstacles = list(_obstacles(record))
    if aside := unsettled_count(session, record.walk.id):
        obstacles.append(Obstacle(ASIDE, count=aside))
    away = tuple(sorted(each.seq for each in record.findings if each.is_accepted and each.photos_missing))
    return MinutesDesk(
        record,
        minutes_of(record),
        tuple(obstacles),
        (Obstacle(PHOTOS_AWAY, away),) if away else (),
        tuple(_doubts(record, there)),
    )


def _obstacles(record: WalkRecord) -> Iterator[Obstacle]:
    if record.walk.state not in PUBLISHABLE:
        yield Obstacle(NOT_OVER)
    found = record.findings
    owed = [each for each in found if each.needs_decision]
    kinds = {
        NEW: [each for each in found if each.state == State.NEW],
        UNDECIDED: [each for each in owed if not each.is_decided],
        HALF_DECIDED: [each for each in owed if each.follow_up and lacking_in(each.follow_up)],
        WORDLESS: [each for each in owed if each.is_decided and not each.words.strip()],
        PHOTOS: [each for each in found if each.is_accepted and _has_new_photo(each)],
    }
    for code, those in kinds.items():
        if those:
            yield Obstacle(code, tuple(sorted(each.seq for each in those)))


def _has_new_photo(finding: KnownFinding) -> bool:
    return any(each.state == PhotoState.NEW for each in finding.photos)


def _doubts(record: WalkRecord, there: Home) -> Iterator[Doubt]:
    walk = record.walk
    for text in (walk.summary, walk.title, walk.meeting_place, *(stop.name for stop in record.stops)):
        yield from (Doubt(0, part) for part in pointing_out(text, there))
    for finding in record.findings:
        if is_told(finding):
            parts = (part for text in texts_of(finding) for part in pointing_out(text, there))
            yield from (Doubt(finding.seq, part) for part in dict.fromkeys(parts))


def save(engine: Engine, there: Home, uid: UUID, said: SummarySaid, actor: Actor) -> None:
    """Keep a summary that nobody sees yet. Raises NotFound, InvalidValue, and Conflict as `publish` does."""
    summary = _summary(said.text)
    with writing(engine) as session:
        row = _locked(session, there, uid, said.version)
        if row.state == WalkState.PUBLISHED:
            raise Conflict("minutes.is_public", "")
        row.summary = summary
        _note(session, there, row, ("minutes.change", actor))


def publish(engine: Engine, there: Home, uid: UUID, said: SummarySaid, actor: Actor) -> None:
    """Let everybody read the minutes, with their measures, and write to those who asked; again after changes.

    Raises NotFound, InvalidValue, and Conflict: `minutes.changed` where somebody else was first,
    `minutes.blocked` where something is in the way, `minutes.unread` where what may point at a person was
    not looked at.
    """
    summary, now = _summary(said.text), datetime.now(UTC)
    with writing(engine) as session:
        row = _locked(session, there, uid, said.version)
        row.summary = summary
        session.flush()
        desk = _desk(session, _record(session, row), there)
        if desk.obstacles:
            raise Conflict("minutes.blocked", "")
        if desk.doubts and not said.is_read:
            raise Conflict("minutes.unread", "is_read")
        row.state, row.published_at = WalkState.PUBLISHED, now
        registering.register(session, there, registering.record_of(RecordType.MINUTES, str(uid)), now)
        _note(session, there, row, ("minutes.publish", actor))
        _follow(session, there, row, actor)
        _tell_what_is_done(session, row.id, now)
        if desk.record.first_public_at is None:
            walk_contacts.begin_clocks(session, row.id, now)
        walk_contacts.queue_minutes(session, row.id, now)


def take_back(engine: Engine, there: Home, uid: UUID, version: int, actor: Actor) -> None:
    """Let nobody read them any more, nor see their measures. Raises NotFound, Conflict `minutes.changed`."""
    with writing(engine) as session:
        row = _locked(session, there, uid, version)
        if row.state != WalkState.PUBLISHED:
            raise Conflict("minutes.changed", "version")
        row.state, row.published_at = WalkState.FOLLOWED_UP, None
        _note(session, there, row, ("minutes.take_back", actor))
        _follow(session, there, row, actor)


def _summary(text: str) -> str:
    clean = "\n".join(" ".join(line.split()) for line in checked_text(text, "summary").splitlines()).strip()
    if len(clean) > LONGEST_SUMMARY:
        raise InvalidValue("text.too_long", "summary", count=len(clean), most=LONGEST_SUMMARY)
    return mask_identity_numbers(clean)[0]


def _locked(session: Session, there: Home, uid: UUID, version: int) -> Walk:
    """The row, one version on. Whoever changes anything here waits at the counter."""
    seq = next_change(session, there.id)
    row = session.scalar(select(Walk).where(Walk.uid == uid, Walk.municipality_id == there.id))
    if row is None:
        raise NotFound("walk.unknown", "walk")
    if row.version != version:
        raise Conflict("minutes.changed", "version")
    row.version, row.change_seq = version + 1, seq
    return row


def _record(session: Session, row: Walk) -> WalkRecord:
    known = walk_by_id(session, row.id)
    if known is None:
        raise NotFound("walk.unknown", "walk")
    return record_of(session, known)


def _follow(session: Session, there: Home, row: Walk, actor: Actor) -> None:
    session.flush()
    keep_in_step(session, there, _record(session, row).walk, actor)


def _tell_what_is_done(session: Session, walk_id: int, now: datetime) -> None:
    """The letter about the minutes tells of what is done by now: no other letter is owed for it."""
    entries: Sequence[int] = session.scalars(select(WalkEntry.id).where(WalkEntry.walk_id == walk_id)).all()
    done = (FollowUp.walk_entry_id.in_(entries), FollowUp.state == FindingState.DONE)
    session.execute(update(FollowUp).where(*done, FollowUp.told_at.is_(None)).values(told_at=now))


def _note(session: Session, there: Home, row: Walk, what: tuple[str, Actor]) -> None:
    action, actor = what
    said = Entry(actor.role, action, "walk", str(row.uid), there.code, actor.user_id, row.version)
    append(session, said)
