"""The phones of a walk as its leader sees them: what has come from each, and what is still on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine

from geodata.hours import local
from geodata.queries.walk_phones import Received, photos_left, received_by_device
from geodata.queries.walks import KnownDevice, KnownWalk, devices_of
from geodata.tables.engine import reading
from webmap.words import Words

_SILENT_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class PhoneRow:
    """A phone in words. received: findings. entries, unsent_photos: still on it, as it last said, and the
    photos that its findings lack.

    is_silent: it has not been heard from for a while, nor since the walk ended, and may have more than it
    said.
    """

    uid: UUID
    name: str
    received: int
    checks: int
    photos: int
    photos_missing: int
    entries: int
    unsent_photos: int
    heard: str
    is_silent: bool
    is_revoked: bool

    @property
    def has_unsent(self) -> bool:
        """Whether something is still on it."""
        return bool(self.entries or self.unsent_photos)


@dataclass(frozen=True)
class Phones:
    """Every phone of a walk, and the sums. entries, photos: still on phones that have not been shut out.

    silent: how many of those are silent.
    """

    rows: Sequence[PhoneRow]
    received: int
    entries: int
    photos: int
    silent: int

    def silent_words(self, words: Words) -> str:
        """Which phones nobody knows of what they still have; "" where none is."""
        if not self.silent:
            return ""
        return words.plural(
            "%(n)s telefon har inte hörts av på tio minuter. Vi vet inte om den har mer.",
            "%(n)s telefoner har inte hörts av på tio minuter. Vi vet inte om de har mer.",
            self.silent,
        )

    def left_words(self, words: Words) -> str:
        """What is still on phones: Vänta: 2 iakttagelser ligger kvar på telefoner; "" where nothing is."""
        parts = [
            words.plural("%(n)s iakttagelse", "%(n)s iakttagelser", self.entries) if self.entries else "",
            words.plural("%(n)s foto", "%(n)s foton", self.photos) if self.photos else "",
        ]
        said = words(" och ").join(part for part in parts if part)
        return words("Vänta: %(what)s ligger kvar på telefoner.", what=said) if said else ""


def phones_of(engine: Engine, walk: KnownWalk, words: Words, now: datetime | None = None) -> Phones:
    """The phones in the order they joined."""
    moment = now or datetime.now(UTC)
    with reading(engine) as session:
        received = received_by_device(session, walk.id)
        devices = devices_of(session, walk.id)
    rows = [
        _row(number, each, received.get(each.id, Received()), (walk.ended_at, moment, words))
        for number, each in enumerate(devices, start=1)
    ]
    open_ones = [row for row in rows if not row.is_revoked]
    return Phones(
        rows,
        sum(row.received for row in rows),
        sum(row.entries for row in open_ones),
        sum(row.unsent_photos for row in open_ones),
        sum(row.is_silent for row in open_ones),
    )


def _row(
    number: int, device: KnownDevice, received: Received, told: tuple[datetime | None, datetime, Words]
) -> PhoneRow:
    ended_at, now, words = told
    heard_at = device.seen_at or device.created_at
    return PhoneRow(
        device.uid,
        words("Telefon %(n)s, grupp %(group)s", n=number, group=device.group_number),
        received.findings,
        received.checks,
        received.photos,
        received.photos_missing,
        device.unsent_entries,
        photos_left(device, received),
        _ago((now - heard_at).total_seconds(), heard_at, words),
        now - heard_at > _SILENT_AFTER and (ended_at is None or heard_at < ended_at),
        device.revoked_at is not None,
    )


def _ago(seconds: float, at: datetime, words: Words) -> str:
    if seconds < 60:
        return words("nyss")
    if seconds < 3600:
        return words.plural("för %(n)s minut sedan", "för %(n)s minuter sedan", int(seconds // 60))
    return words.moment(local(at))
