"""A measure as it is told: how far it has come, and when it should be done."""

from __future__ import annotations

from datetime import date

from geodata.hours import today
from geodata.vocabulary import MeasureState
from webmap.services.measures import PublicMeasure
from webmap.words import Words


def told(measure: PublicMeasure, words: Words, now: date | None = None) -> str:
    """State and day: Pågår, klart vecka 49. Why not, where it cannot be done."""
    if measure.state == MeasureState.NOT_POSSIBLE:
        return words("Inte möjligt: %(reason)s", reason=measure.reason)
    return told_shortly(measure, words, now)


def told_shortly(measure: PublicMeasure, words: Words, now: date | None = None) -> str:
    """The same without the reason, for a map."""
    state = words.label(measure.state)
    if measure.due is None or measure.state in (MeasureState.DONE, MeasureState.NOT_POSSIBLE):
        return state
    return words("%(state)s, %(due)s", state=state, due=due_words(measure.due, words, now))


def due_words(due: date, words: Words, now: date | None = None) -> str:
    """By when: the week, with its year where that is another; a day that has passed is said to be late."""
    here = now or today()
    if due < here:
        return words("försenat, skulle vara klart %(day)s", day=words.day(due))
    year, week, _ = due.isocalendar()
    if year == here.isocalendar()[0]:
        return words("klart vecka %(week)s", week=week)
    return words("klart vecka %(week)s %(year)s", week=week, year=year)


def is_late(due: date | None, state: MeasureState, now: date | None = None) -> bool:
    """Whether it should have been done by now and is not."""
    is_open = state in (MeasureState.PLANNED, MeasureState.ONGOING)
    return is_open and due is not None and due < (now or today())
