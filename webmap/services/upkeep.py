"""What time brings: mail that is due, addresses and photos whose time is over. Twice harms nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine

from webmap.services import contacts, mailing, photos
from webmap.services.mailing import Posted
from webmap.settings import Settings


@dataclass(frozen=True)
class Upkeep:
    """What was done. contacts, photos: how many were deleted."""

    mail: Posted
    contacts: int
    photos: int


def keep_up(engine: Engine, settings: Settings) -> Upkeep:
    """Do all that is due. Addresses go first: no letter is sent to one whose day has come."""
    expired = contacts.expire(engine)
    swept = photos.sweep(engine, settings.photos_folder, datetime.now(UTC))
    return Upkeep(mailing.deliver(engine, settings), expired, swept)
