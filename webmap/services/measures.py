"""Measures: what is done, or will be, at a place. Written by staff, seen by everybody once published."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from geodata.drafts import checked_text
from geodata.errors import Conflict, Fault, InvalidValue, NotFound
from geodata.geometry import Place, parse_geojson
from geodata.hours import to_day_number
from geodata.privacy import mask_identity_numbers
from geodata.queries.measures import (
    KnownMeasure,
    is_promised,
    measure_with,
    measured_from,
    measures_of,
    published_measures,
)
from geodata.queries.municipalities import Home, home
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.measures import Measure
from geodata.vocabulary import MeasureState, RecordType, bits, checked_codes
from webmap.services.actors import Actor
from webmap.services.registering import record_of, register
from webmap.services.sayings import Refused

T = TypeVar("T")

NEAR_M = 150.0
LONGEST_TITLE = 120
LONGEST_RESPONSIBLE = 120
LONGEST_REASON = 300
_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True)
class MeasureSaid:
    """A measure as it came from a form. place: GeoJSON in WGS 84, or None. due: 2026-12-04 or ""."""

    title: str = ""
    responsible: str = ""
    reason: str = ""
    state: str = MeasureState.PLANNED.value
    due: str = ""
    categories: frozenset[str] = field(default_factory=frozenset)
    place: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class MeasureDraft:
    """A measure that may be stored. place: EPSG:3006, inside the municipality."""

    title: str
    responsible: str
    reason: str
    state: MeasureState
    due: date | None
    categories: frozenset[str]
    place: Place


@dataclass(frozen=True)
class PublicMeasure:
    """What everybody may know of a measure. lon, lat: of a point on it. distance_m: from where one asked."""

    title: str
    state: MeasureState
    due: date | None
    reason: str
    lon: float
    lat: float
    distance_m: float = 0.0


def draft_of(there: Home, said: MeasureSaid) -> MeasureDraft:
    """What was said as a draft. Raises Refused with every fault at once."""
    faults: list[Fault] = []

    def checked(check: Callable[[], T], otherwise: T) -> T:
        try:
            return check()
        except Fault as fault:
            faults.append(fault)
            return otherwise

    place = checked(lambda: _place(there, said), None)
    texts = {
        "title": checked(lambda: _title(said.title), ""),
        "responsible": checked(lambda: _text(said.responsible, LONGEST_RESPONSIBLE, "responsible"), ""),
        "reason": checked(lambda: _reason(said), ""),
    }
    state = checked(lambda: _state(said.state), MeasureState.PLANNED)
    due = checked(lambda: _due(said.due), None)
    categories: frozenset[str] = checked(lambda: checked_codes(said.categories), frozenset())
    if faults or place is None:
        raise Refused(faults)
    return MeasureDraft(**texts, state=state, due=due, categories=categories, place=place)


def _title(text: str) -> str:
    if not text.strip():
        raise InvalidValue("measure.title_missing", "title")
    return _text(text, LONGEST_TITLE, "title")


def _reason(said: MeasureSaid) -> str:
    if said.state == MeasureState.NOT_POSSIBLE and not said.reason.strip():
        raise InvalidValue("measure.reason_missing", "reason")
    return _text(said.reason, LONGEST_REASON, "reason")


def _text(text: str, most: int, name: str) -> str:
    clean = " ".join(checked_text(text, name).split())
    if len(clean) > most:
        raise InvalidValue("text.too_long", name, count=len(clean), most=most)
    return mask_identity_numbers(clean)[0]


def _state(word: str) -> MeasureState:
    try:
        return MeasureState(word)
    except ValueError as fault:
        raise InvalidValue("state.unknown", "state", given=word[:40]) from fault


def _due(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as fault:
        raise InvalidValue("date.not_a_date", "due", given=text.strip()[:20]) from fault
    if not _EARLIEST <= day < _LATEST:
        raise InvalidValue("date.not_a_date", "due", given=text.strip()[:20])
    return day


def _place(there: Home, said: MeasureSaid) -> Place:
    if said.place is None:
        raise InvalidValue("measure.place_missing", "place")
    try:
        return parse_geojson(said.place, there.served)
    except Fault as fault:
        raise fault.at("place") from fault


def create(engine: Engine, there: Home, draft: MeasureDraft, actor: Actor) -> UUID:
    """Store a new measure, not yet published; its uid."""
    now = datetime.now(UTC)
    with writing(engine) as session:
        row = Measure(uid=uuid4(), municipality_id=there.id, is_published=False, version=1, created_at=now)
        _fill(row, draft)
        row.change_seq = next_change(session, there.id)
        session.add(row)
        register(session, there, record_of(RecordType.MEASURE, str(row.uid)), now)
        _note(session, there, row, actor, "measure.create")
        return row.uid


def change(engine: Engine, there: Home, known: tuple[UUID, int], draft: MeasureDraft, actor: Actor) -> None:
    """Let a measure say something else. known: its uid, and the version that was looked at.

    Raises NotFound, and Conflict: `measure.changed` where somebody else was first, `measure.promised` where a
    walk's follow-up says what it says.
    """
    with writing(engine) as session:
        row = _locked(session, there, known)
        _fill(row, draft)
        _note(session, there, row, actor, "measure.change")


def publish(
    engine: Engine, there: Home, known: tuple[UUID, int], actor: Actor, *, is_published: bool
) -> None:
    """Show a measure to everybody, or no longer. Raises as `change` does."""
    with writing(engine) as session:
        row = _locked(session, there, known)
        row.is_published = is_published
        _note(session, there, row, actor, "measure.publish" if is_published else "measure.unpublish")


def _locked(session: Session, there: Home, known: tuple[UUID, int]) -> Measure:
    """The row, one version on. Whoever changes anything here waits at the counter: it stays as it is read."""
    uid, version = known
    seq = next_change(session, there.id)
    row = session.scalar(select(Measure).where(Measure.uid == uid, Measure.municipality_id == there.id))
    if row is None:
        raise NotFound("measure.unknown", "measure")
    if is_promised(session, row.id):
        raise Conflict("measure.promised", "")  # the follow-up says it, and minutes tell the same
    if row.version != version:
        raise Conflict("measure.changed", "version")
    row.version, row.change_seq = version + 1, seq
    return row


def _fill(row: Measure, draft: MeasureDraft) -> None:
    row.title, row.responsible, row.reason = draft.title, draft.responsible, draft.reason
    row.state, row.categories = draft.state, bits(draft.categories)
    row.due_day = None if draft.due is None else to_day_number(draft.due)
    row.geometry = draft.place


def _note(session: Session, there: Home, row: Measure, actor: Actor, action: str) -> None:
    append(
        session, Entry(actor.role, action, "measure", str(row.uid), there.code, actor.user_id, row.version)
    )


def listed(engine: Engine, code: str, state: str = "") -> list[KnownMeasure]:
    """A municipality's measures, of one state or all. Raises NotFound, InvalidValue for an unknown state."""
    wanted = _state(state) if state else None
    with reading(engine) as session:
        found = measures_of(session, home(session, code).id)
    return [each for each in found if wanted in (None, each.state)]


def one(engine: Engine, code: str, uid: UUID) -> KnownMeasure:
    """A measure of a municipality. Raises NotFound."""
    with reading(engine) as session:
        found = measure_with(session, home(session, code).id, uid)
    if found is None:
        raise NotFound("measure.unknown", "measure")
    return found


def published(engine: Engine, code: str) -> list[PublicMeasure]:
    """What everybody may see of a municipality's measures. Raises NotFound."""
    with reading(engine) as session:
        return [_public(each) for each in published_measures(session, home(session, code).id)]


def published_near(
    engine: Engine, code: str, lon: float, lat: float, within_m: float = NEAR_M
) -> list[PublicMeasure]:
    """What everybody may see within a distance of a spot, nearest first. Raises NotFound."""
    with reading(engine) as session:
        known = published_measures(session, home(session, code).id)
    return [_public(each, metres) for each, metres in measured_from(known, (lon, lat), within_m)]


def _public(known: KnownMeasure, distance_m: float = 0.0) -> PublicMeasure:
    lon, lat = known.position
    return PublicMeasure(known.title, known.state, known.due, known.reason, lon, lat, round(distance_m))
