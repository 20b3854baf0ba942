"""Wall-clock time in Sweden, and days as numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Stockholm")
_EPOCH = date(1970, 1, 1)


def local(instant: datetime) -> datetime:
    """An aware instant as naive wall-clock time."""
    return instant.astimezone(ZONE).replace(tzinfo=None)


def today() -> date:
    """The date in Sweden now."""
    return datetime.now(ZONE).date()


def shifted_into_being(moment: datetime) -> tuple[datetime, bool]:
    """A wall-clock time, moved forward an hour where the spring switch skips it, and whether it was."""
    there_and_back = local(moment.replace(tzinfo=ZONE, fold=0).astimezone(UTC))
    return there_and_back, there_and_back != moment


def to_day_number(day: date) -> int:
    """Days since 1 January 1970."""
    return (day - _EPOCH).days


def from_day_number(number: int) -> date:
    """The date of a day number."""
    return _EPOCH + timedelta(days=number)
