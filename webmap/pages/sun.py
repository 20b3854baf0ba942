"""A plain page of the sun's times: where one lands who leaves a report in a hurry.

It is the service's own, since no visitor's browser is sent to anybody else, and says nothing of the service.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from geodata import crs
from geodata.hours import WEEKDAYS, today
from geodata.hours.sunlight import sunrise_and_sunset
from webmap.access import Permission
from webmap.gate import needs, say, words, works
from webmap.services import reception

bp = Blueprint("sun", __name__)

_VARA = (12.95, 58.26)


@dataclass(frozen=True)
class SunDay:
    """One day, in words."""

    name: str
    rises: str
    sets: str
    length: str


@bp.get("/sun")
@needs(Permission.SEE_PUBLIC)
def show() -> ResponseReturnValue:
    home = reception.first_home(works().engine)
    lon, lat = crs.to_degrees(home.boundary.centroid).coords[0] if home else _VARA
    days = [_day(lon, lat, today() + timedelta(days=ahead)) for ahead in range(7)]
    return render_template("sun/show.html", place=home.name if home else "Vara", days=days)


def _day(lon: float, lat: float, day: date) -> SunDay:
    name = f"{words().weekday_name(WEEKDAYS[day.weekday()])} {words().day(day)}"
    times = sunrise_and_sunset(lon, lat, day)
    if times is None:
        return SunDay(name, "–", "–", "–")
    minutes = round((times[1] - times[0]).total_seconds() / 60)
    length = say("%(h)s tim %(m)s min", h=minutes // 60, m=minutes % 60)
    return SunDay(name, f"{times[0]:%H.%M}", f"{times[1]:%H.%M}", length)
