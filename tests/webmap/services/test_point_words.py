"""The hours of a report as a person says them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from geodata.hours import exact
from geodata.hours.week import ANY_HOUR, habit, interval, whole_day, words_of
from geodata.vocabulary import Kind, Origin, Polarity, State
from webmap.services.point_words import point_sentences
from webmap.services.points import Point
from webmap.words import words_for

FRIDAY, SATURDAY = datetime(2026, 11, 20, 22, 15), datetime(2026, 11, 21, 3, 0)


def said(hours, day=None):
    what = (Kind.PERCEPTION, Origin.PUBLIC, Polarity.UNSAFE, State.ACCEPTED, ("lighting",))
    return point_sentences(Point(None, 13.0, 58.0, *what, 1.0, day, hours), words_for("sv"))["when"]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (exact(FRIDAY).words, "fre 22–23"),
        (interval(FRIDAY, SATURDAY).words, "fre 22–lör 03"),
        (interval(FRIDAY, datetime(2026, 11, 23, 7, 0)).words, "fre 22–mån 07"),
        (whole_day(date(2026, 11, 20)).words, "fre"),
        (habit([4, 5], 20, 3).words, "fre–lör 20–03"),
        (habit(range(5), 7, 9).words, "mån–fre 07–09"),
        (habit([4], 20, 24).words, "fre 20–24"),
        (habit([6], 20, 3).words, "sön 20–mån 03"),
        (habit([4, 5], 0, 0).words, "fre–lör"),
        (words_of([0, 30, 31]), "olika timmar: mån–tis"),
        (ANY_HOUR.words, "vilken timme som helst i veckan"),
    ],
)
def test_they_are_drawn_together(hours, expected):
    assert said(hours) == expected


def test_a_dated_one_begins_with_its_date():
    day = words_for("sv").day(FRIDAY.date())
    assert said(exact(FRIDAY).words, FRIDAY.date()) == f"{day}, fre 22–23"
