"""Hours of the week: when something happens, as a set of 168 hours with the minutes trimmed off its ends.

Monday 00–01 is hour 0, Sunday 23–24 hour 167. All reckoning is on local wall-clock time in Europe/Stockholm,
so that "Friday night" is the same hours all year round. Naive datetimes below are wall clock.
"""

from geodata.hours.columns import HourColumns, expected_shares, profile, shares
from geodata.hours.filters import WEEKDAYS, HourFilter
from geodata.hours.wall import ZONE, from_day_number, local, shifted_into_being, to_day_number, today
from geodata.hours.week import (
    ALL_WORDS,
    ANY_HOUR,
    HOURS,
    HoursOfWeek,
    exact,
    habit,
    hour_of_week,
    interval,
    whole_day,
)

__all__ = [
    "ALL_WORDS",
    "ANY_HOUR",
    "HOURS",
    "WEEKDAYS",
    "ZONE",
    "HourColumns",
    "HourFilter",
    "HoursOfWeek",
    "exact",
    "expected_shares",
    "from_day_number",
    "habit",
    "hour_of_week",
    "interval",
    "local",
    "profile",
    "shares",
    "shifted_into_being",
    "to_day_number",
    "today",
    "whole_day",
]
