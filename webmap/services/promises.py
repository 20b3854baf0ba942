"""What whoever sends a report is promised: by when it is read, and by when there is an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from geodata.hours import local
from geodata.hours.working_days import working_days_after

REVIEW_WORKING_DAYS = 2
ANSWER_WORKING_DAYS = 10


@dataclass(frozen=True)
class Promise:
    """The last days, in local time, for what is promised."""

    review_by: date
    answer_by: date


def promise_of(received_at: datetime) -> Promise:
    """What was promised to a report received then. received_at: with its zone."""
    day = local(received_at).date()
    return Promise(working_days_after(day, REVIEW_WORKING_DAYS), working_days_after(day, ANSWER_WORKING_DAYS))
