"""When the sun rises and sets at a place."""

from __future__ import annotations

from datetime import date, datetime

from astral import Observer
from astral.sun import sun

from geodata.hours.wall import ZONE


def sunrise_and_sunset(longitude: float, latitude: float, day: date) -> tuple[datetime, datetime] | None:
    """Both as aware local times; None where the sun does not do both that day."""
    try:
        times = sun(Observer(latitude=latitude, longitude=longitude), day, tzinfo=ZONE)
    except ValueError:
        return None
    return times["sunrise"], times["sunset"]
