"""The minutes of a walk in words: the same for the page, the printed sheet and the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from geodata.hours import WEEKDAYS, local
from geodata.queries.municipalities import Home
from geodata.vocabulary import BY_CODE, CheckAnswer, FindingState, LandOwner, Polarity
from webmap.services.finding_words import same_words
from webmap.services.minutes import Minutes, MinutesItem, MinutesStop
from webmap.services.minutes_compared import compared_words
from webmap.services.minutes_counts import heads_words, sum_words
from webmap.words import Words
from webmap.words.walk_labels import LAND_OWNERS, THEMES, WALK_LIGHTS


@dataclass(frozen=True)
class SaidItem:
    """A finding in words. tone: `done`, `late`, `open`, `no` or `good`. rows: what is done about it."""

    number: int
    sign: str
    sign_label: str
    about: str
    text: str
    status: str
    tone: str
    rows: list[tuple[str, str]]
    photos: list[str]


@dataclass(frozen=True)
class SaidStop:
    """A stop in words. checks: theme, how many said good, how many poor."""

    title: str
    items: list[SaidItem]
    checks: list[tuple[str, int, int]]


@dataclass(frozen=True)
class SaidMinutes:
    """The minutes in words. sums: how many, of what, and its tone. notes: what to know when reading."""

    title: str
    when: str
    published: str
    facts: list[tuple[str, str]]
    summary: str
    sums: list[tuple[int, str, str]]
    stops: list[SaidStop]
    notes: list[str]
    map_alt: str
    map_note: str
    compared: list[str]


def minutes_words(
    minutes: Minutes, home: Home, words: Words, today: date, earlier: Minutes | None = None
) -> SaidMinutes:
    """All that stands in the minutes on a day; what is late is late by itself.

    earlier: of the walk that it goes again, where everybody may read those.
    """
    return SaidMinutes(
        minutes.walk.title,
        when_words(minutes, words),
        published_words(minutes, words),
        _facts(minutes, words),
        minutes.walk.summary,
        sum_words(minutes.sums(today), words),
        [_stop(each, words, today) for each in minutes.stops],
        _notes(minutes, words),
        _map_alt(minutes, home, words),
        _map_note(minutes, words),
        compared_words(earlier, minutes, words) if earlier else [],
    )


def when_words(minutes: Minutes, words: Words) -> str:
    """tor 12 nov. 2026 kl. 18.30, mörker."""
    walk = minutes.walk
    day = f"{words.weekday(WEEKDAYS[walk.day.weekday()])} {words.day(walk.day)}"
    light = words(WALK_LIGHTS[walk.light]).lower()
    return words("%(day)s kl. %(time)s, %(light)s", day=day, time=f"{walk.starts:%H.%M}", light=light)


def published_words(minutes: Minutes, words: Words) -> str:
    """Since when everybody may read them, and when they last changed."""
    first, changed = minutes.first_public_at, minutes.changed_at
    if first is None:
        return ""
    said = words("Publicerat %(day)s", day=words.day(local(first).date()))
    if changed is None or local(changed).date() == local(first).date():
        return said
    return said + words(", ändrat %(day)s", day=words.day(local(changed).date()))


def _facts(minutes: Minutes, words: Words) -> list[tuple[str, str]]:
    walk = minutes.walk
    told = [
        (words("Ort"), walk.locality),
        (words("Samling"), walk.meeting_place),
        (words("Gick med"), heads_words(minutes.heads, words)),
    ]
    if walk.follow_up_on is not None:
        told.append((words("Uppföljning"), words.day(walk.follow_up_on)))
    return [(label, value) for label, value in told if value]


def _stop(section: MinutesStop, words: Words, today: date) -> SaidStop:
    stop = section.stop
    title = words("Mellan stoppen")
    if stop is not None:
        title = words("Stopp %(number)s: %(name)s", number=stop.number, name=stop.name)
    checks = [
        (words(THEMES[theme]), tally[CheckAnswer.GOOD], tally[CheckAnswer.POOR])
        for theme, tally in sorted(section.checks.items(), key=lambda pair: list(THEMES).index(pair[0]))
    ]
    return SaidStop(title, [item_words(each, words, today) for each in section.items], checks)


def item_words(item: MinutesItem, words: Words, today: date) -> SaidItem:
    """A finding, and what is done about it."""
    about = ", ".join(words.category(BY_CODE[code]) for code in item.categories)
    return SaidItem(
        item.number,
        item.polarity.value if item.polarity else "",
        words.label(item.polarity) if item.polarity else words("Iakttagelse"),
        about,
        _text(item, words),
        *status_words(item, words, today),
        _rows(item, words),
        list(item.photos),
    )


def _text(item: MinutesItem, words: Words) -> str:
    if item.text or (item.state is not None and item.polarity != Polarity.SAFE):
        return item.text
    return words("En plats som de som gick med tycker om.")


def status_words(item: MinutesItem, words: Words, today: date) -> tuple[str, str]:
    """How far it has come, and its tone."""
    if item.state is None:
        return words("Bra som det är"), "good"
    if item.state == FindingState.DONE:
        return _with_day(words("Klart"), item.done, words), "done"
    if item.state == FindingState.NOT_POSSIBLE:
        return words("Går inte att göra"), "no"
    if item.due is not None and item.is_overdue(today):
        return words("Försenad sedan %(day)s", day=words.day(item.due)), "late"
    if item.due is None:
        return words("På gång"), "open"
    return words("På gång, klart senast %(day)s", day=words.day(item.due)), "open"


def _with_day(said: str, day: date | None, words: Words) -> str:
    return said if day is None else f"{said} {words.day(day)}"


def _rows(item: MinutesItem, words: Words) -> list[tuple[str, str]]:
    """What is done, by whom and whose the ground is; why not, where it cannot be done."""
    said_by = [(words("Sagt av flera"), same_words(item.same, words))] if item.same else []
    if item.state is None:
        return said_by
    owner = words(LAND_OWNERS[item.land_owner]) if item.land_owner != LandOwner.UNKNOWN else ""
    if item.land_owner == LandOwner.PRIVATE:
        owner = words("Privat. Ägaren bestämmer själv.")
    told = [
        (words("Åtgärd"), item.action),
        (words("Ansvarig"), item.unit),
        (words("Marken ägs av"), owner),
        (words("Varför inte"), item.reason),
    ]
    return [*said_by, *((label, value) for label, value in told if value)]


def _notes(minutes: Minutes, words: Words) -> list[str]:
    notes = []
    if minutes.left_out:
        notes.append(
            words.plural(
                "%(n)s iakttagelse är inte med, till exempel för att den kom två gånger.",
                "%(n)s iakttagelser är inte med, till exempel för att de kom två gånger.",
                minutes.left_out,
            )
        )
    if minutes.items:
        notes.append(words("Numren är de som iakttagelserna fick när de kom in. Därför kan nummer saknas."))
    return notes


def _map_alt(minutes: Minutes, home: Home, words: Words) -> str:
    """The picture said aloud: where it is, and which numbers lie at which stop."""
    said = words(
        "Karta över vandringen i %(place)s med stopp och numrerade iakttagelser.",
        place=minutes.walk.locality or words.municipality(home.name),
    )
    named = [
        f"{_stop_name(each, words)}: {', '.join(str(item.number) for item in each.items)}"
        for each in minutes.stops
        if each.items
    ]
    return " ".join([said, *(f"{each}." for each in named)])


def _stop_name(section: MinutesStop, words: Words) -> str:
    if section.stop is None:
        return words("Mellan stoppen")
    return words("Stopp %(number)s", number=section.stop.number)


def _map_note(minutes: Minutes, words: Words) -> str:
    missing = [str(item.number) for item in minutes.items if item.spot is None]
    said = words("Numren står vid sitt stopp, eller i en ruta på 25 meter om de kom mellan stoppen.")
    rough = [str(each.stop.number) for each in minutes.stops if each.stop and each.stop.is_rough]
    if rough:
        said += " " + words("Ungefärligt läge: stopp %(numbers)s.", numbers=", ".join(rough))
    if missing:
        said += " " + words("Saknar plats på kartan: %(numbers)s.", numbers=", ".join(missing))
    return said
