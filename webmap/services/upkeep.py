"""What time brings: mail that is due, addresses and photos whose time is over. Twice harms nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine

from webmap.services import (
    contacts,
    journal_watch,
    mailing,
    minutes_measures,
    photos,
    retention_run,
    timely_editions,
    walk_contacts,
)
from webmap.services.mailing import Posted
from webmap.services.registering import register_missing
from webmap.settings import Settings


@dataclass(frozen=True)
class Upkeep:
    """What was done. contacts, photos: how many were deleted. settled: approved runs of
    destruction that were brought to their end. journal: the code of what is wrong with it. published:
    the municipalities whose public map has a new edition.
    """

    mail: Posted
    contacts: int
    photos: int
    settled: int = 0
    journal: str = ""
    published: tuple[str, ...] = ()


def keep_up(engine: Engine, settings: Settings) -> Upkeep:
    """Do all that is due. Addresses go first: no letter is sent to one whose day has come."""
    register_missing(engine)
    expired = contacts.expire(engine) + walk_contacts.expire(engine)
    swept = photos.sweep(engine, settings.photos_folder, datetime.now(UTC))
    minutes_measures.hide_untold(engine)
    walk_contacts.tell_news(engine, settings.secret())
    posted = mailing.deliver(engine, settings)
    expired += walk_contacts.forget_told(engine)
    settled = retention_run.settle_left(engine, settings)
    published = timely_editions.publish_due(engine)
    watched = journal_watch.keep_watch(engine, settings)
    return Upkeep(posted, expired, swept, settled, watched, tuple(published))
