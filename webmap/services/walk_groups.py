"""The groups that the phones of a walk go in, dealt out when it is split."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.tables.walks import WalkDevice


def deal_phones(session: Session, walk_id: int, groups: int) -> None:
    """Put the phones of a walk in so many groups; those that were turned away are left out."""
    here = (WalkDevice.walk_id == walk_id, WalkDevice.revoked_at.is_(None))
    phones = session.scalars(select(WalkDevice).where(*here).order_by(WalkDevice.id)).all()
    for phone, group in zip(phones, spread([each.group_number for each in phones], groups), strict=True):
        phone.group_number = group


def spread(now: Sequence[int], groups: int) -> list[int]:
    """The group of each, as evenly as can be; whoever can stays in the group of now."""
    least, over = divmod(len(now), groups)
    fullest = sorted(range(1, groups + 1), key=lambda group: (-now.count(group), group))
    room = {group: least + (place < over) for place, group in enumerate(fullest)}
    stays = [_takes_room(room, group) for group in now]
    free = iter([group for group in sorted(room) for _ in range(room[group])])
    return [group if is_staying else next(free) for group, is_staying in zip(now, stays, strict=True)]


def _takes_room(room: dict[int, int], group: int) -> bool:
    has_room = room.get(group, 0) > 0
    if has_room:
        room[group] -= 1
    return has_room
