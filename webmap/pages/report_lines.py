"""What somebody has answered, read back line by line in the words it was said in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from geodata.errors import Fault
from geodata.hours import WEEKDAYS
from geodata.vocabulary import BY_CODE, Polarity
from webmap.pages.report_answers import Answers, WhenAnswer
from webmap.pages.report_flow import address
from webmap.pages.when_form import when_of
from webmap.services.moments import clock_time
from webmap.words import Words


@dataclass(frozen=True)
class Line:
    """One answer, read back, with where it is changed."""

    name: str
    said: str
    change_at: str


def lines_of(now: Answers, words: Words) -> list[Line]:
    """Every question with its answer."""
    photos = words.plural("%(n)s bild", "%(n)s bilder", len(now.photos)) if now.photos else words("Inga")
    said = {
        "what": _what(now, words),
        "where": _where(now, words),
        "when": _begun(when_said(now.when, words)),
        "words": now.text or words("Inget"),
        "photo": photos,
        "contact": now.email or words("Ingen. Du följer rapporten med en kod."),
    }
    return [Line(name, answer, f"{address(name)}?change=1") for name, answer in said.items()]


def _begun(said: str) -> str:
    return said[:1].upper() + said[1:]


def _what(now: Answers, words: Words) -> str:
    said = {
        Polarity.UNSAFE: words("Otrygg plats"),
        Polarity.SAFE: words("Trygg plats"),
        Polarity.IMPROVEMENT: words("Förslag"),
    }[now.polarity or Polarity.UNSAFE]
    chosen = [words.category(each) for each in BY_CODE.values() if each.code in now.categories]
    reasons = ", ".join(each[:1].lower() + each[1:] for each in chosen)
    return f"{said}: {reasons}" if reasons else said


def _where(now: Answers, words: Words) -> str:
    place = now.place
    if place is None:
        return ""
    known = place.label or place.words or words("Du vet inte var")
    if not place.radius_m:
        return known
    return words("%(place)s, %(m)s meter runt om", place=known, m=round(place.radius_m))


def when_said(typed: WhenAnswer | None, words: Words) -> str:
    """When, as it was typed: fredag 14 nov. 2026 klockan 22.30. What is wrong, where it cannot be."""
    if typed is None or typed.way == "unknown":
        return words("Du vet inte när")
    try:
        when_of(typed)
    except Fault as fault:
        return words.fault(fault)
    return {"moment": _moment, "between": _between, "often": _often, "day": _day}[typed.way](typed, words)


def _moment(typed: WhenAnswer, words: Words) -> str:
    return words(
        "%(day)s klockan %(clock)s", day=_day_words(typed.day, words), clock=_clock_words(typed.clock)
    )


def _between(typed: WhenAnswer, words: Words) -> str:
    end_day = typed.end_day or typed.day
    if not typed.end_day and clock_time(typed.end_clock) < clock_time(typed.clock):
        end_day = f"{date.fromisoformat(typed.day) + timedelta(days=1)}"
    return words(
        "mellan %(day)s klockan %(clock)s och %(end_day)s klockan %(end_clock)s",
        day=_day_words(typed.day, words),
        clock=_clock_words(typed.clock),
        end_day=_day_words(end_day, words),
        end_clock=_clock_words(typed.end_clock),
    )


def _often(typed: WhenAnswer, words: Words) -> str:
    days = words.weekdays(typed.weekdays) if typed.weekdays else words("alla dagar")
    if not typed.clock:
        return words("brukar vara så %(days)s, hela dygnet", days=days)
    clocks = {"clock": _clock_words(typed.clock), "end_clock": _clock_words(typed.end_clock)}
    return words("brukar vara så %(days)s klockan %(clock)s–%(end_clock)s", days=days, **clocks)


def _day(typed: WhenAnswer, words: Words) -> str:
    return words("%(day)s, någon gång under dygnet", day=_day_words(typed.day, words))


def _day_words(text: str, words: Words) -> str:
    day = date.fromisoformat(text)
    return f"{words.weekday_name(WEEKDAYS[day.weekday()])} {words.day(day)}"


def _clock_words(text: str) -> str:
    return f"{clock_time(text):%H.%M}"
