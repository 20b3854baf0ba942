"""What is said of points on a map: each report in our own words, never in those of whoever wrote it."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from geodata.hours import WEEKDAYS
from geodata.hours.week import HOURS, hours_in
from geodata.hours.week import Words as HourWords
from geodata.vocabulary import BY_CODE, Kind
from webmap.services.heat import Heat
from webmap.services.legend import Legend, count_line, empty_words, voices_words
from webmap.services.place_words import distance_words, reports_of
from webmap.services.points import Point, Points
from webmap.words import Words

_DAY_HOURS = 24
Run = tuple[int, int]
"""First hour of the week, and how many hours from there."""


def points_legend_of(heat: Heat, words: Words) -> Legend:
    """The legend where points are drawn: no classes, since nothing is counted per area."""
    period = words.period(heat.period.since, heat.period.until)
    lines = (count_line(heat, words), voices_words(heat, words), period)
    is_police = heat.kind == Kind.CRIME_REPORT
    return Legend(
        title=words("Varje märke är en rapport"),
        limits=None,
        lines=[line for line in lines if line],
        scale_name=words("En siffra är så många rapporter i rutan runt den"),
        scale_note="",
        rate=None,
        empty=empty_words(heat, words),
        too_few=None,
        warning=words("Polisens lägen är ofta 83 m fel.") if is_police else None,
        suggestion=None,
        note=words("Rapporter mäter rapportering, inte risk. Få rapporter betyder inte tryggt."),
    )


def points_sentence(found: Points, words: Words) -> str:
    """How many are on the screen, and how they are shown."""
    if not found.reports:
        return words("Inga rapporter i den här delen av kartan.")
    count = words.plural("%(n)s rapport i bilden", "%(n)s rapporter i bilden", found.reports)
    if round(found.n, 1) != found.reports:
        count = f"{count} (n = {words.number(found.n, 1)})"
    if found.side_m:
        return words("%(count)s, samlade i rutor på %(size)s. Zooma in för att se dem var för sig.",
                     count=count, size=distance_words(found.side_m, words))  # fmt: skip
    if len(found.points) < found.reports:
        return words("%(count)s, %(shown)s visas här.", count=count, shown=words.number(len(found.points)))
    return f"{count}."


def gathering_sentences(found: Points, words: Words) -> list[dict[str, str]]:
    """Each square of reports: the number on it, and what the number is."""
    size = distance_words(found.side_m or 0, words)
    return [
        {
            "label": words.number(each.count, 0 if each.count >= 10 else 1),
            "title": words(
                "%(reports)s i rutan på %(size)s", reports=reports_of(each.count, words), size=size
            ),
        }
        for each in found.gatherings
    ]


def point_sentences(point: Point, words: Words) -> dict[str, str]:
    """One report: what it says of the place, when, and how much of it counts."""
    said = {
        "title": words.label(point.polarity),
        "kind": f"{words.label(point.kind)}, {words.label(point.origin).lower()}",
        "categories": ", ".join(words.category(BY_CODE[code]) for code in point.categories),
        "when": when_words(point.day, point.hours, words),
        "share": "",
    }
    if point.share < 1:
        part = words.number(100 * point.share, 1)
        said["share"] = words("Räknas till %(part)s %% i de valda timmarna", part=part)
    return {name: sentence for name, sentence in said.items() if sentence}


def when_words(day: date | None, hours: HourWords, words: Words) -> str:
    """The day, where there is one, and the hours."""
    said = hours_words(hours, words)
    return f"{words.day(day)}, {said}" if day else said


@lru_cache(maxsize=4096)
def hours_words(hour_words: HourWords, words: Words) -> str:
    """The hours in which it was or may have been: fre 22–23, fre 20–lör 03, mån–fre 07–09."""
    runs = _runs(hour_words)
    if not runs:
        return words("vilken timme som helst i veckan")
    if len(runs) == 1:
        return _span(*runs[0], words)
    clocks = {(first % _DAY_HOURS, length) for first, length in runs}
    days = words.weekdays(WEEKDAYS[first // _DAY_HOURS] for first, _ in runs)
    if len(clocks) > 1:
        return words("olika timmar: %(days)s", days=days)
    clock, length = next(iter(clocks))
    return f"{days} {clock:02d}–{(clock + length - 1) % _DAY_HOURS + 1:02d}"


def _span(first: int, length: int, words: Words) -> str:
    last = (first + length - 1) % HOURS
    day, last_day = (words.weekday(WEEKDAYS[hour // _DAY_HOURS]) for hour in (first, last))
    begins, ends = f"{first % _DAY_HOURS:02d}", f"{last % _DAY_HOURS + 1:02d}"
    if first % _DAY_HOURS == 0 and length % _DAY_HOURS == 0:
        return day if length == _DAY_HOURS else f"{day}–{last_day}"
    is_same_day = day == last_day and length < _DAY_HOURS
    return f"{day} {begins}–{ends}" if is_same_day else f"{day} {begins}–{last_day} {ends}"


def _runs(hour_words: HourWords) -> list[Run]:
    """Hours that follow each other, round the end of the week; none where every hour is held."""
    held = set(hours_in(hour_words))
    if len(held) in (0, HOURS):
        return []
    starts = [hour for hour in sorted(held) if (hour - 1) % HOURS not in held]
    return [(first, _length_from(first, held)) for first in starts]


def _length_from(first: int, held: set[int]) -> int:
    return next(step for step in range(1, HOURS + 1) if (first + step) % HOURS not in held)
