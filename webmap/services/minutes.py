"""The minutes of a walk: what everybody may read of it, put together anew each time they are read.

Never what somebody wrote on a phone: only what staff wrote, and only of findings that were let through and
decided. Nothing tells which phone said what.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Engine

from geodata.errors import NotFound
from geodata.geometry import Place
from geodata.hours import local
from geodata.privacy import screen
from geodata.queries.findings import ENDED, KnownFinding
from geodata.queries.minutes import WalkRecord, record_of
from geodata.queries.municipalities import Home, home
from geodata.queries.walks import KnownStop, KnownWalk, published_walks, walk_by_id, walk_with
from geodata.tables.engine import reading
from geodata.vocabulary import (
    CheckAnswer,
    FindingState,
    LandOwner,
    PhotoState,
    Polarity,
    State,
    Theme,
    WalkRole,
)

SQUARE_M = 25.0
"""What was found at no stop is drawn in the middle of a square of this side."""

Spot = tuple[float, float]
Checks = Mapping[Theme, Counter[CheckAnswer]]


@dataclass(frozen=True)
class MinutesItem:
    """One finding as everybody may read it.

    number: the same as staff have for it. photos: addresses of those let through. spot: where it is drawn,
    EPSG:3006. polarity: None where the report has been destroyed since. state: None of a good place that
    nothing is done about. action, due: of what cannot be done neither; done: only of what is.
    same: numbers of those that said the same, and are told with it.
    """

    number: int
    polarity: Polarity | None
    categories: tuple[str, ...]
    photos: tuple[str, ...]
    spot: Spot | None
    text: str = ""
    action: str = ""
    unit: str = ""
    land_owner: LandOwner = LandOwner.UNKNOWN
    state: FindingState | None = None
    due: date | None = None
    done: date | None = None
    reason: str = ""
    same: tuple[int, ...] = ()

    def is_overdue(self, today: date) -> bool:
        """Whether its day has passed and it is still owed."""
        is_owed = self.state is not None and self.state not in ENDED
        return is_owed and self.due is not None and self.due < today


@dataclass(frozen=True)
class MinutesStop:
    """What was found at a stop. stop: None for what was found between them."""

    stop: KnownStop | None
    items: tuple[MinutesItem, ...]
    checks: Checks


@dataclass(frozen=True)
class Sums:
    """You said, we did. said: everything. good: of that, liked as it is. under_way: and not late."""

    said: int = 0
    good: int = 0
    done: int = 0
    under_way: int = 0
    late: int = 0
    not_possible: int = 0


@dataclass(frozen=True)
class Minutes:
    """All of a walk that everybody may read. stops: in the order they are gone, what lies between them last.

    left_out: how many findings were not let through. changed_at: the last change after the first day.
    """

    walk: KnownWalk
    stops: tuple[MinutesStop, ...]
    heads: Mapping[WalkRole, int]
    left_out: int
    first_public_at: datetime | None
    changed_at: datetime | None

    @property
    def items(self) -> list[MinutesItem]:
        """Every finding, stop by stop."""
        return [item for stop in self.stops for item in stop.items]

    def sums(self, today: date) -> Sums:
        """How much was said, and what came of it."""
        return sums_of(self.items, today)


def sums_of(items: Iterable[MinutesItem], today: date) -> Sums:
    """How much was said, and what came of it, on a day."""
    kinds = Counter(_kind(item, today) for item in items)
    return Sums(said=kinds.total(), **kinds)


def _kind(item: MinutesItem, today: date) -> str:
    if item.state == FindingState.DONE:
        return "done"
    if item.state == FindingState.NOT_POSSIBLE:
        return "not_possible"
    if item.is_overdue(today):
        return "late"
    return "good" if item.state is None else "under_way"


def minutes_of(record: WalkRecord) -> Minutes:
    """What everybody may read of a walk, or will when it is published."""
    told = [(finding, _item(finding)) for finding in record.findings if is_told(finding)]
    sections = (_section(stop, record, told) for stop in (*record.stops, None))
    told_with_it = {number for finding, _ in told for number in finding.same}
    left_out = (each for each in record.findings if each.state in (State.REJECTED, State.DUPLICATE))
    changes = [finding.follow_up.changed_at for finding, _ in told if finding.follow_up]
    return Minutes(
        record.walk,
        tuple(each for each in sections if each.stop or each.items or each.checks),
        record.heads,
        sum(each.seq not in told_with_it for each in left_out),
        record.first_public_at,
        _changed_at(record, changes),
    )


def is_told(finding: KnownFinding) -> bool:
    """Whether the minutes have it: let through, and decided in words where it needs a decision.

    What staff wrote of it then is kept also when the report itself is destroyed.
    """
    if finding.state is None:
        return finding.follow_up is not None
    has_words = finding.is_decided and bool(finding.words.strip())
    return finding.is_accepted and (has_words or not finding.needs_decision)


def _changed_at(record: WalkRecord, changes: Sequence[datetime]) -> datetime | None:
    first, again = record.first_public_at, record.walk.published_at
    later = [at for at in (*changes, *([again] if again else [])) if first and local(at) > local(first)]
    return max(later, default=None)


def _section(
    stop: KnownStop | None, record: WalkRecord, told: Sequence[tuple[KnownFinding, MinutesItem]]
) -> MinutesStop:
    key = None if stop is None else stop.id
    items = [item for finding, item in told if (finding.stop.id if finding.stop else None) == key]
    checks = {theme: tally for (of, theme), tally in record.tally.items() if of == key and tally.total()}
    return MinutesStop(stop, tuple(sorted(items, key=lambda item: item.number)), checks)


def _item(finding: KnownFinding) -> MinutesItem:
    decided = finding.follow_up
    photos = tuple(each.address for each in finding.photos if each.state == PhotoState.ACCEPTED)
    item = MinutesItem(
        finding.seq, finding.polarity, finding.categories, photos, spot_of(finding), same=finding.same
    )
    if decided is None:
        return item
    is_possible = decided.state != FindingState.NOT_POSSIBLE
    return replace(
        item,
        text=decided.words,
        action=decided.action if is_possible else "",
        unit=decided.unit,
        land_owner=decided.land_owner,
        state=decided.state if finding.needs_decision or decided.is_decided else None,
        due=decided.due if is_possible else None,
        done=decided.done if decided.state == FindingState.DONE else None,
        reason="" if is_possible else decided.reason,
    )


def texts_of(finding: KnownFinding) -> tuple[str, ...]:
    """What staff wrote of a finding for everybody to read."""
    decided = finding.follow_up
    return () if decided is None else (decided.words, decided.action, decided.unit, decided.reason)


def pointing_out(text: str, there: Home) -> list[str]:
    """The parts of a text that may point at a person."""
    return [text[each.start : each.end] for each in screen(text, [place.name for place in there.places])]


def spot_of(finding: KnownFinding) -> Spot | None:
    """Where a finding is drawn and a measure of it lies: at its stop, else in the middle of its square."""
    if finding.stop is not None and finding.stop.place is not None:
        return _point_on(finding.stop.place)
    if finding.place is None:
        return None
    east, north = ((metres // SQUARE_M + 0.5) * SQUARE_M for metres in _point_on(finding.place))
    return east, north


def _point_on(place: Place) -> Spot:
    spot = place.representative_point()
    return float(spot.x), float(spot.y)


def published_minutes(engine: Engine, there: Home) -> list[Minutes]:
    """Of every published walk of a municipality, the newest walk first."""
    with reading(engine) as session:
        return [minutes_of(record_of(session, walk)) for walk in published_walks(session, there.id)]


def public_minutes(engine: Engine, uid: UUID) -> tuple[Home, Minutes]:
    """Of one published walk, with its municipality. Raises NotFound for any other."""
    with reading(engine) as session:
        walk = walk_with(session, uid)
        if walk is None or not walk.is_public:
            raise NotFound("walk.unknown", "walk")
        return home(session, walk.code), minutes_of(record_of(session, walk))


def earlier_minutes(engine: Engine, walk: KnownWalk) -> Minutes | None:
    """Of the walk that it goes again, where everybody may read them."""
    if walk.repeat_of is None:
        return None
    with reading(engine) as session:
        known = walk_by_id(session, walk.repeat_of)
        return minutes_of(record_of(session, known)) if known is not None and known.is_public else None


def photo_in(minutes: Minutes, address: str) -> str:
    """The address of a photo that the minutes show. Raises NotFound for any other."""
    if not any(address in item.photos for item in minutes.items):
        raise NotFound("photo.absent", "photo")
    return address
