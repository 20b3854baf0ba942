"""Reads of what one authority lets the other see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.tables.sharing import Sharing
from geodata.tables.users import User
from geodata.vocabulary import Kind, Owner


@dataclass(frozen=True)
class Shared:
    """A sharing in force: reports of `owner` and these kinds, in squares of this side, 0 exactly."""

    uid: UUID
    owner: Owner
    kinds: frozenset[Kind]
    precision_m: int


@dataclass(frozen=True)
class KnownSharing:
    """A sharing as its list tells it. decided_by: what the account is called; "" for a command's."""

    shared: Shared
    ground: str
    begun_at: datetime
    ended_at: datetime | None
    decided_by: str

    @property
    def is_in_force(self) -> bool:
        """Whether it is not ended."""
        return self.ended_at is None


def sharings_in_force(session: Session, municipality_id: int) -> tuple[Shared, ...]:
    """What may be seen across now, the oldest decision first."""
    asked = select(Sharing).where(Sharing.municipality_id == municipality_id, Sharing.ended_at.is_(None))
    return tuple(_shared(row) for row in session.scalars(asked.order_by(Sharing.id)))


def every_sharing(session: Session, municipality_id: int) -> list[KnownSharing]:
    """All decisions there have been, those in force first, then the latest ended."""
    asked: Any = (
        select(Sharing, User.name, User.email)
        .outerjoin(User, User.id == Sharing.user_account_id)
        .where(Sharing.municipality_id == municipality_id)
        .order_by(Sharing.ended_at.is_not(None), Sharing.ended_at.desc(), Sharing.id.desc())
    )
    return [
        KnownSharing(_shared(row), row.ground, row.begun_at, row.ended_at, name or email or "")
        for row, name, email in session.execute(asked)
    ]


def _shared(row: Sharing) -> Shared:
    kinds = frozenset(Kind(word) for word in row.kinds.split(",") if word)
    return Shared(row.uid, row.owner, kinds or frozenset(Kind), row.precision_m)
