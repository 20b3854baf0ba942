"""How long what is kept: the classes of records, from when their time runs, and when it is out."""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum


class RecordClass(StrEnum):
    """What is kept and destroyed together. A report belongs to one of the first three, by its state."""

    REPORT = "report"
    REJECTED_REPORT = "rejected_report"
    WITHDRAWN_REPORT = "withdrawn_report"
    PHOTO = "photo"
    REVIEW_ACT = "review_act"
    REPLY = "reply"
    CONFIRMATION = "confirmation"
    OUTGOING_MAIL = "outgoing_mail"
    CONTACT = "contact"
    OCCASION = "occasion"
    IMPORT_BATCH = "import_batch"
    MEASURE = "measure"
    DISCLOSURE = "disclosure"
    WALK_MARK = "walk_mark"
    WALK_PHONE = "walk_phone"
    WALK_ASIDE = "walk_aside"


class Trigger(StrEnum):
    """What the time runs from."""

    RECEIVED = "received"
    DECIDED = "decided"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    YEAR_END = "year_end"


TRIGGERS: dict[RecordClass, tuple[Trigger, ...]] = {
    RecordClass.REPORT: (Trigger.RECEIVED, Trigger.CLOSED, Trigger.YEAR_END),
    RecordClass.REJECTED_REPORT: (Trigger.DECIDED, Trigger.YEAR_END),
    RecordClass.WITHDRAWN_REPORT: (Trigger.WITHDRAWN, Trigger.YEAR_END),
    RecordClass.PHOTO: (Trigger.RECEIVED, Trigger.YEAR_END),
    RecordClass.REVIEW_ACT: (Trigger.DECIDED, Trigger.YEAR_END),
    RecordClass.REPLY: (Trigger.RECEIVED, Trigger.YEAR_END),
    RecordClass.CONFIRMATION: (Trigger.RECEIVED, Trigger.YEAR_END),
    RecordClass.OUTGOING_MAIL: (Trigger.CLOSED, Trigger.YEAR_END),
    RecordClass.OCCASION: (Trigger.RECEIVED, Trigger.YEAR_END),
    RecordClass.IMPORT_BATCH: (Trigger.RECEIVED, Trigger.YEAR_END),
    RecordClass.MEASURE: (Trigger.RECEIVED, Trigger.YEAR_END),
    RecordClass.DISCLOSURE: (Trigger.CLOSED, Trigger.YEAR_END),
    RecordClass.WALK_MARK: (Trigger.CLOSED, Trigger.YEAR_END),
    RecordClass.WALK_PHONE: (Trigger.CLOSED, Trigger.YEAR_END),
    RecordClass.WALK_ASIDE: (Trigger.CLOSED, Trigger.YEAR_END),
}
"""What a rule may have the time of a class run from. At the end of the year: of that of the first one.

Contacts are not here: their time is in the program (`services/contacts.py`) and no rule makes it longer.
"""

WHOLE_REPORTS = frozenset({RecordClass.REPORT, RecordClass.REJECTED_REPORT, RecordClass.WITHDRAWN_REPORT})
PARTS_OF_REPORTS = frozenset(
    {
        RecordClass.PHOTO,
        RecordClass.REVIEW_ACT,
        RecordClass.REPLY,
        RecordClass.CONFIRMATION,
        RecordClass.OUTGOING_MAIL,
        RecordClass.CONTACT,
    }
)
"""What goes when its report goes, and therefore holds it where it is held itself."""
OF_WALKS = frozenset({RecordClass.WALK_MARK, RecordClass.WALK_PHONE, RecordClass.WALK_ASIDE})
"""What was gathered for a walk and is not needed when it is over. The walk, its findings and minutes stay."""
LONGEST_YEARS, LONGEST_DAYS = 100, 3_650
_FIRST_DAY = date(1970, 1, 1).toordinal()


def due_day(happened: date, after: Trigger, years: int, days: int) -> date:
    """The first day on which it may be destroyed: the day after the last one it is kept.

    So many calendar years end on the day with the same date, or on the month's last where there is none
    (lag 1930:173 § 2); the days are counted on from there.
    """
    begun = date(happened.year, 12, 31) if after == Trigger.YEAR_END else happened
    year = begun.year + years
    kept_until = date(year, begun.month, min(begun.day, monthrange(year, begun.month)[1]))
    return kept_until + timedelta(days=days + 1)


def last_day_due(today: date, after: Trigger, years: int, days: int) -> date | None:
    """The last day on which a thing can have happened that is due today; None where there is no such."""
    known = range(_FIRST_DAY, today.toordinal() + 1)
    count = bisect_right(
        known, today, key=lambda number: due_day(date.fromordinal(number), after, years, days)
    )
    return date.fromordinal(known[count - 1]) if count else None
