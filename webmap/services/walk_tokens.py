"""Phones that walk along: joining with the walk's code, and the token each shows then. No account or name."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.errors import Conflict, NotAllowed, NotFound
from geodata.hours import ZONE, today
from geodata.queries.walk_entries import phones_by_group
from geodata.queries.walks import (
    KnownDevice,
    KnownWalk,
    device_of_token,
    is_earlier_code,
    phone_on_walk,
    walk_by_id,
    walk_with,
)
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.walks import WalkDevice
from geodata.vocabulary import WalkState
from webmap.errors import Gone, Unrecognised
from webmap.services.receiving import PUBLIC

GOOD_AFTER_WALK = timedelta(days=7)
LATE = timedelta(hours=72)
"""How long after its token has run out, or after the walk, what a phone still has is kept aside for staff."""
_TOKEN_BYTES = 32


@dataclass(frozen=True)
class Joined:
    """A phone that walks along from now on. token: what it shows; only its digest is kept."""

    token: str
    device: UUID
    code: str
    group: int
    expires_at: datetime


@dataclass(frozen=True)
class Known:
    """Whose request it is. is_late: the token has run out, but not so long ago that anything is lost."""

    walk: KnownWalk
    device: KnownDevice
    is_late: bool

    @property
    def voice(self) -> str:
        """The mark of whoever says what this phone sends; never a name."""
        return voice_of(self.device.uid)


def voice_of(device: UUID) -> str:
    """The mark of a phone's sayings."""
    return f"walk-{device}"


def join(engine: Engine, walk_uid: UUID, code: str, group: int | None = None) -> Joined:
    """Let a phone walk along. group: the one asked for; else the one with fewest phones.

    Raises NotFound `walk.unknown`, NotAllowed `walk.wrong_code`, Gone `walk_code.renewed`, Conflict
    `walk.over`.
    """
    now = datetime.now(UTC)
    with reading(engine) as session:
        walk = walk_with(session, walk_uid)
        if walk is None:
            raise NotFound("walk.unknown", "walk")
        if not hmac.compare_digest(_plain(code).encode(), walk.join_code.encode()):
            check_current(session, _plain(code))
            raise NotAllowed("walk.wrong_code", "code")
        if not _may_join(walk, now):
            raise Conflict("walk.over", "walk")
        chosen = _group(session, walk, group)
    token = base64.urlsafe_b64encode(secrets.token_bytes(_TOKEN_BYTES)).rstrip(b"=").decode()
    joined = Joined(token, uuid4(), walk.join_code, chosen, _week_after(max(walk.day, today())))
    with writing(engine) as session:
        next_change(session, walk.municipality_id)
        session.add(_device(walk, joined, now))
        append(session, Entry(PUBLIC.role, "walk.join", "walk_device", str(joined.device), walk.code))
    return joined


def check_current(session: Session, code: str) -> None:
    """Raises Gone `walk_code.renewed` for a code, in capitals, that was exchanged for another."""
    if is_earlier_code(session, code):
        raise Gone("walk_code.renewed", "code")


def recognise(session: Session, walk_uid: UUID, token: str, now: datetime) -> Known:
    """Whose request it is. Raises NotFound `walk.unknown`, Unrecognised `walk.token`."""
    walk, shown = phone_on_walk(session, walk_uid, _digest(token) if token else "")
    if walk is None:
        raise NotFound("walk.unknown", "walk")
    device = _accepted(shown, walk, now)
    return Known(walk, device, _good_until(device, walk) < now)


def device_of(session: Session, token: str, now: datetime) -> KnownDevice:
    """The phone that shows a token, of whatever walk. Raises Unrecognised `walk.token`."""
    device = device_of_token(session, _digest(token)) if token else None
    return _accepted(device, walk_by_id(session, device.walk_id) if device else None, now)


def _accepted(device: KnownDevice | None, walk: KnownWalk | None, now: datetime) -> KnownDevice:
    """A phone that may still be heard. Raises Unrecognised `walk.token`."""
    if device is None or walk is None or device.revoked_at is not None:
        raise Unrecognised("walk.token")
    if _good_until(device, walk) + LATE < now:
        raise Unrecognised("walk.token")
    return device


def _good_until(device: KnownDevice, walk: KnownWalk) -> datetime:
    """A walk that was moved to a later day takes in what its phones send then."""
    return max(device.expires_at, _week_after(walk.day))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _plain(code: str) -> str:
    """A code as it is stored, however it was typed."""
    return "".join(code.split()).replace("-", "").upper()


def _may_join(walk: KnownWalk, now: datetime) -> bool:
    """While it lasts, and for a while after: a phone that lost its token may still have things to send."""
    if walk.is_joinable:
        return True
    return walk.state != WalkState.CANCELLED and walk.ended_at is not None and now <= walk.ended_at + LATE


def _group(session: Session, walk: KnownWalk, asked: int | None) -> int:
    if asked is not None and 1 <= asked <= walk.group_count:
        return asked
    phones = phones_by_group(session, walk.id)
    return min(range(1, max(walk.group_count, 1) + 1), key=lambda group: (phones.get(group, 0), group))


def _week_after(day: date) -> datetime:
    """When a week has gone since that day ended."""
    last = day + GOOD_AFTER_WALK + timedelta(days=1)
    return datetime.combine(last, time(), ZONE).astimezone(UTC)


def _device(walk: KnownWalk, joined: Joined, now: datetime) -> WalkDevice:
    return WalkDevice(
        uid=joined.device,
        walk_id=walk.id,
        token_digest=_digest(joined.token),
        group_number=joined.group,
        unsent_entries=0,
        unsent_photos=0,
        created_at=now,
        expires_at=joined.expires_at,
        seen_at=now,
    )
