"""Leading a walk: open, ended, opened again, called off; heads counted, groups split, codes and phones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from geodata.errors import Conflict, InvalidValue, NotFound
from geodata.queries.municipalities import Home
from geodata.queries.walk_heads import heads_of
from geodata.queries.walk_phones import unsent
from geodata.queries.walks import JOINABLE
from geodata.tables.walks import EarlierCode, HeadCount, Walk, WalkDevice
from geodata.vocabulary import WalkRole, WalkState
from webmap.services import walk_contacts
from webmap.services.actors import Actor
from webmap.services.walk_groups import deal_phones
from webmap.services.walk_planning import changing, new_code

OPEN_AGAIN_WITHIN = timedelta(hours=72)
GROUP_OF = 10
"""In a larger group not everybody is heard."""
MOST_GROUPS = 9
MOST_HEADS = 500
_UNCOUNTABLE = {WalkState.PUBLISHED: "walk.heads_public", WalkState.CANCELLED: "walk.cancelled"}

_SHORTEST, _LONGEST = timedelta(minutes=15), timedelta(hours=5)
"""What is opened and ended sooner or later than this does not tell when people walked."""

Heads = Mapping[tuple[int, WalkRole], int]


@dataclass(frozen=True)
class Leading:
    """A walk, and who leads it now. version: that was looked at, or None where any will do."""

    there: Home
    walk: UUID
    actor: Actor
    version: int | None = None

    @property
    def known(self) -> tuple[UUID, int | None]:
        """As `changing` asks for it."""
        return self.walk, self.version


def may_open_again(state: WalkState, ended_at: datetime | None, now: datetime | None = None) -> bool:
    """Whether a walk that was ended may be opened again."""
    moment = now or datetime.now(UTC)
    return state == WalkState.CLOSED and ended_at is not None and moment - ended_at <= OPEN_AGAIN_WITHIN


def open_walk(engine: Engine, by: Leading) -> None:
    """Begin a walk, or go on with one that was ended too soon. Raises NotFound and Conflict."""
    with changing(engine, by.there, by.known, by.actor, "walk.open") as (_, row):
        if row.state == WalkState.CLOSED and not may_open_again(row.state, row.ended_at):
            raise Conflict("walk.too_late_to_open", "state")
        if row.state not in (WalkState.PLANNED, WalkState.CLOSED):
            raise Conflict("walk.no_such_step", "state")
        row.state, row.ended_at = WalkState.OPEN, None
        row.started_at = row.started_at or datetime.now(UTC)
        row.walked_from = row.walked_from or row.started_at


def close_walk(engine: Engine, by: Leading, seen: tuple[int, int] = (0, 0)) -> None:
    """End a walk. seen: entries and photos one was told are still on phones.

    Raises NotFound, and Conflict `walk.still_unsent` where more is left than that.
    """
    with changing(engine, by.there, by.known, by.actor, "walk.close") as (session, row):
        if row.state != WalkState.OPEN:
            raise Conflict("walk.no_such_step", "state")
        entries, photos = unsent(session, row.id)
        if entries > seen[0] or photos > seen[1]:
            raise Conflict("walk.still_unsent", "state", entries=entries, photos=photos)
        row.state, row.ended_at = WalkState.CLOSED, datetime.now(UTC)
        if row.walked_until is None and _is_told_by(row.walked_from, row.ended_at):
            row.walked_until = row.ended_at


def _is_told_by(opened_at: datetime | None, ended_at: datetime) -> bool:
    """Whether opening and ending say when people walked: else whoever led is asked."""
    return opened_at is not None and _SHORTEST <= ended_at - opened_at <= _LONGEST


def cancel(engine: Engine, by: Leading) -> None:
    """Call off a walk that has not begun, and tell those who asked to hear of it.

    Raises NotFound and Conflict.
    """
    with changing(engine, by.there, by.known, by.actor, "walk.cancel") as (session, row):
        if row.state != WalkState.PLANNED:
            raise Conflict("walk.no_such_step", "state")
        row.state = WalkState.CANCELLED
        walk_contacts.call_off(session, row.id, datetime.now(UTC))


def plan_again(engine: Engine, by: Leading) -> None:
    """Let a walk that was called off be planned as before, with its code. Raises NotFound and Conflict."""
    with changing(engine, by.there, by.known, by.actor, "walk.plan_again") as (session, row):
        if row.state != WalkState.CANCELLED:
            raise Conflict("walk.no_such_step", "state")
        row.state = WalkState.PLANNED
        walk_contacts.plan_again(session, row.id, datetime.now(UTC))


def count_heads(engine: Engine, by: Leading, heads: Heads) -> None:
    """Write down how many came, by group and role; what is not named is nobody.

    Raises NotFound, InvalidValue and Conflict.
    """
    if any(not 0 <= count <= MOST_HEADS for count in heads.values()):
        raise InvalidValue("walk.heads", "heads", most=MOST_HEADS)
    with changing(engine, by.there, by.known, by.actor, "walk.count") as (session, row):
        _check_countable(row)
        _write(session, row, heads)


def split(engine: Engine, by: Leading, groups: int) -> None:
    """Go in so many groups; those counted are dealt out evenly, role by role, and so are their phones.

    Raises NotFound, InvalidValue and Conflict.
    """
    if not 1 <= groups <= MOST_GROUPS:
        raise InvalidValue("walk.groups", "groups", most=MOST_GROUPS)
    with changing(engine, by.there, by.known, by.actor, "walk.split") as (session, row):
        _check_countable(row)
        _write(session, row, dealt(heads_of(session, row.id), groups))
        row.group_count = groups
        deal_phones(session, row.id, groups)


def groups_for(count: int) -> int:
    """How many groups so many people should go in."""
    return min(MOST_GROUPS, max(1, -(-count // GROUP_OF)))


def dealt(heads: Heads, groups: int) -> dict[tuple[int, WalkRole], int]:
    """The same heads in so many groups, as evenly as can be in every role and in all."""
    made: dict[tuple[int, WalkRole], int] = {}
    turn = 0
    for role in WalkRole:
        for _ in range(sum(count for (_, each), count in heads.items() if each == role)):
            key = turn % groups + 1, role
            made[key], turn = made.get(key, 0) + 1, turn + 1
    return made


def renew_code(engine: Engine, by: Leading) -> str:
    """Give a walk another code; phones that have joined go on as before, and who shows the old one is told.

    Raises NotFound and Conflict.
    """
    with changing(engine, by.there, by.known, by.actor, "walk.code") as (session, row):
        if row.state not in JOINABLE:
            raise Conflict("walk.no_such_step", "state")
        session.add(EarlierCode(code=row.code, walk_id=row.id))
        row.code = new_code(session)
        return row.code


def revoke(engine: Engine, by: Leading, device: UUID) -> None:
    """Take in nothing more from a phone; what it has sent stays. Raises NotFound."""
    with changing(engine, by.there, by.known, by.actor, "walk.revoke") as (session, row):
        asked = select(WalkDevice).where(WalkDevice.uid == device, WalkDevice.walk_id == row.id)
        phone = session.scalar(asked)
        if phone is None:
            raise NotFound("phone.unknown", "phone")
        phone.revoked_at = phone.revoked_at or datetime.now(UTC)


def may_count(state: WalkState) -> bool:
    """Whether heads may be written down: not behind the back of those who read the minutes."""
    return state not in _UNCOUNTABLE


def _check_countable(row: Walk) -> None:
    if not may_count(row.state):
        raise Conflict(_UNCOUNTABLE[row.state], "")


def _write(session: Session, row: Walk, heads: Heads) -> None:
    session.execute(delete(HeadCount).where(HeadCount.walk_id == row.id))
    for (group, role), count in heads.items():
        if count:
            session.add(HeadCount(walk_id=row.id, group_number=group, role=role, count=count))
