"""What is said of a report to whoever reviews it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from geodata import crs
from geodata.geometry import Place
from geodata.hours import local
from geodata.hours.week import ANY_HOUR
from geodata.hours.week import Words as HourWords
from geodata.privacy import Suspect, SuspectKind, screen
from geodata.queries.municipalities import Home
from geodata.queries.past_acts import PastAct
from geodata.queries.review_case import ReviewedReport
from geodata.queries.review_queue import QueueRow
from geodata.queries.whereabouts import Neighbourhood, Relation, Whereabouts
from geodata.vocabulary import BY_CODE, codes
from webmap.services.place_words import coordinates_of, spot_words
from webmap.services.point_words import hours_words, when_words
from webmap.services.review_history import Change, changes_of
from webmap.services.review_moves import Action
from webmap.words import Words
from webmap.words.labels import N_

_REACH_M = 150.0
Spot = tuple[float | None, float | None]

STATE_WORDS = {
    "new": N_("Ny"),
    "accepted": N_("Godkänd"),
    "rejected": N_("Avvisad"),
    "duplicate": N_("Dubblett"),
    "withdrawn": N_("Återtagen"),
}
_ACTS = {
    Action.ACCEPT: N_("Godkände rapporten"),
    Action.REJECT: N_("Avvisade rapporten"),
    Action.DUPLICATE: N_("Slog ihop rapporten med en annan"),
    Action.EDIT: N_("Ändrade"),
    Action.MOVE: N_("Rättade platsen"),
    Action.WITHDRAW: N_("Tog tillbaka rapporten"),
}
_DONE = {
    Action.ACCEPT: N_("Förra rapporten godkänd"),
    Action.REJECT: N_("Förra rapporten avvisad"),
    Action.DUPLICATE: N_("Förra rapporten hopslagen"),
    Action.EDIT: N_("Ändringen är sparad"),
    Action.MOVE: N_("Platsen är sparad"),
}
_SUSPECTS = {
    SuspectKind.EMAIL: N_("Det ser ut som en e-postadress."),
    SuspectKind.IDENTITY_NUMBER: N_("Det ser ut som ett personnummer."),
    SuspectKind.PHONE: N_("Det ser ut som ett telefonnummer."),
    SuspectKind.PLATE: N_("Det ser ut som ett registreringsnummer."),
    SuspectKind.NAME: N_("Det ser ut som ett namn."),
}
_COLUMNS = {
    "state": N_("Läge"),
    "duplicate_of": N_("Slås ihop med"),
    "public_text": N_("Offentlig text"),
    "categories": N_("Kategori"),
    "polarity": N_("Vad det gäller"),
    "severity": N_("Allvar"),
    "geometry": N_("Plats"),
}


def names_of(home: Home) -> Neighbourhood:
    """What places are called here; made once for many."""
    return Neighbourhood(home, _REACH_M)


def place_words(there: Neighbourhood, spot: Spot, place_text: str, words: Words) -> str:
    """Where it is: by what lies near, else in the words of whoever said it."""
    if spot[0] is None or spot[1] is None:
        return f"”{place_text}”" if place_text else words("Okänd plats")
    return _named(there.of((spot[0], spot[1])), (spot[0], spot[1]), words)


def _named(where: Whereabouts, spot: tuple[float, float], words: Words) -> str:
    if said := spot_words(where, words):
        return said
    longitude, latitude = crs.to_degrees_xy([spot[0]], [spot[1]])
    return coordinates_of(float(latitude[0]), float(longitude[0]))


def heading_of(there: Neighbourhood, report: ReviewedReport, words: Words) -> str:
    """The report in one line: Bristfällig belysning vid Resecentrum, fre–lör 22–23."""
    title = title_of(there, report, words)
    hours = _told_hours(report.hours, words)
    return f"{title}, {hours}" if hours else title


def title_of(there: Neighbourhood, report: ReviewedReport | QueueRow, words: Words) -> str:
    """What it is about and where, by the first of its categories."""
    what = (
        words.category(BY_CODE[report.categories[0]]) if report.categories else words.label(report.polarity)
    )
    spot = report.east, report.north
    where = place_words(there, spot, report.place_text, words)
    if spot[0] is not None and spot[1] is not None and there.of((spot[0], spot[1])).relation == Relation.AT:
        return words("%(what)s vid %(place)s", what=what, place=where)
    return f"{what}, {where[:1].lower()}{where[1:]}"


def _told_hours(hours: HourWords, words: Words) -> str:
    return "" if tuple(hours) == ANY_HOUR.words else hours_words(hours, words)


def age_words(since: datetime, now: datetime, words: Words) -> str:
    """How long ago: 2 dagar, 3 timmar, 12 minuter."""
    passed = max(now - since, timedelta())
    if passed >= timedelta(days=1):
        return words.plural("%(n)s dag", "%(n)s dagar", passed.days)
    hours = passed // timedelta(hours=1)
    if hours:
        return words.plural("%(n)s timme", "%(n)s timmar", hours)
    return words.plural("%(n)s minut", "%(n)s minuter", passed // timedelta(minutes=1))


def time_words(day: date | None, hours: HourWords, words: Words) -> str:
    """When it was: the day and the hours, or that nobody said."""
    if day is None and tuple(hours) == ANY_HOUR.words:
        return words("Vet inte")
    said = when_words(day, hours, words)
    return said[:1].upper() + said[1:]


def suspects_in(text: str, home: Home) -> list[Suspect]:
    """Where the text may point at a person."""
    return screen(text, [place.name for place in home.places])


def pieces_of(text: str, suspects: Sequence[Suspect]) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it may point at a person."""
    pieces, at = [], 0
    for suspect in suspects:
        pieces += [(text[at : suspect.start], False), (text[suspect.start : suspect.end], True)]
        at = suspect.end
    return [piece for piece in (*pieces, (text[at:], False)) if piece[0]]


def suspect_words(suspects: Sequence[Suspect], words: Words) -> str:
    """What the marked parts look like, each kind once."""
    kinds = dict.fromkeys(suspect.kind for suspect in suspects)
    return " ".join(words(_SUSPECTS[kind]) for kind in kinds)


def act_words(act: PastAct, words: Words) -> str:
    """What somebody did: Avvisade rapporten: inte allvarligt menad."""
    said = words(_ACTS[Action(act.action)])
    return f"{said}: {_lowered(words.label(act.reason))}" if act.reason else said


_DONE_TO_MANY = {
    Action.ACCEPT: N_("%(n)s rapporter godkända"),
    Action.REJECT: N_("%(n)s rapporter avvisade"),
    Action.DUPLICATE: N_("%(n)s rapporter sammanslagna med en annan"),
}


def done_words(action: str, reason: str | None, count: int, words: Words) -> str:
    """What has just been done and can be undone."""
    if count > 1:
        return words(_DONE_TO_MANY[Action(action)], n=words.number(count))
    said = words(_DONE[Action(action)])
    return f"{said}: {_lowered(words.label(reason))}" if reason else said


def who_words(act: PastAct, words: Words) -> str:
    """Who did it: role and name, or that it was the one who sent the report."""
    if not act.who:
        return words("Den som rapporterade") if act.role == "public" else words("Systemet")
    return f"{words.label(act.role)} {act.who}"


def change_lines(act: PastAct, words: Words) -> list[str]:
    """What an act changed, beyond what its name says."""
    told = [each for each in changes_of(act) if each.column not in ("state", "duplicate_of")]
    return [
        words(
            "%(what)s: från %(before)s till %(after)s",
            what=column_words(each.column, words),
            before=value_words(each.column, each.before, words),
            after=value_words(each.column, each.after, words),
        )
        for each in told
    ]


def column_words(column: str, words: Words) -> str:
    """What a column is called on the page."""
    return words(_COLUMNS[column])


def value_words(column: str, value: Any, words: Words) -> str:
    """The value of a column as one reads it."""
    if value is None or value == "":
        return words("inget")
    if column == "categories":
        return ", ".join(words.category(BY_CODE[code]) for code in sorted(codes(value))) or words("inget")
    if column == "state":
        return words(STATE_WORDS[value])
    if column == "polarity":
        return words.label(value)
    if isinstance(value, Place):
        spot = value.representative_point()
        return words("öst %(east)s, nord %(north)s", east=round(spot.x), north=round(spot.y))
    return f"”{value}”" if column == "public_text" else f"{value}"


def difference_row(change: Change, typed: Any, words: Words) -> tuple[str, str, str, str]:
    """A column, what it was, what it is, and what was typed."""
    said = (value_words(change.column, value, words) for value in (change.before, change.after, typed))
    was, is_now, wanted = said
    return column_words(change.column, words), was, is_now, wanted


def moment_words(moment: datetime, words: Words) -> str:
    """When something was done, on the clocks here."""
    return words.moment(local(moment))


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
