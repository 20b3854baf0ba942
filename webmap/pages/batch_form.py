"""A dialogue evening as it was typed: the occasion, and row by row what was said there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from werkzeug.datastructures import MultiDict

from geodata.errors import Fault, InvalidValue
from geodata.hours import WEEKDAYS
from geodata.queries.municipalities import Home
from geodata.vocabulary import BY_CODE, Channel, Kind, Origin, Polarity, State
from webmap.pages.report_answers import Answers, PlaceAnswer
from webmap.pages.report_place import KEEP_WORDS, WhereForm, geometry_of, read
from webmap.services.moments import ANYTIME, When, often
from webmap.services.occasions import ORIGINS, KnownOccasion, OccasionDraft, voice_of
from webmap.services.place_search import PlaceList
from webmap.services.sayings import LONGEST_PLACE_TEXT, Refused, Saying, draft_of
from webmap.words import Words

FIRST_ROWS, MORE_ROWS, MOST_ROWS = 10, 10, 200
HABITS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "": ((), "", ""),
    "day": ((), "07", "16"),
    "afternoon": (WEEKDAYS[:5], "15", "18"),
    "evening": ((), "18", "23"),
    "weekend": (("fri", "sat"), "20", "03"),
    "night": ((), "23", "06"),
}
"""What can be chosen of when, in a row: weekdays, from and to."""


@dataclass(frozen=True)
class Row:
    """One thing that was said."""

    uid: UUID = field(default_factory=uuid4)
    place: str = ""
    polarity: str = Polarity.UNSAFE
    category: str = ""
    habit: str = ""
    text: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written in it."""
        return not (self.place or self.text or self.category)


@dataclass(frozen=True)
class BatchForm:
    """The whole page. occasion: the uid of a known one, or "" for the new one that is described."""

    occasion: str = ""
    title: str = ""
    held_on: str = ""
    origin: Origin = Origin.CITIZEN_DIALOGUE
    head_count: str = ""
    rows: tuple[Row, ...] = ()

    @classmethod
    def empty(cls) -> BatchForm:
        """Ten rows to begin with."""
        return cls(rows=tuple(Row() for _ in range(FIRST_ROWS)))

    @classmethod
    def sent(cls, said: MultiDict[str, str]) -> BatchForm:
        """From the form, with more rows where they were asked for."""
        count = min(said.get("rows", 0, type=int), MOST_ROWS)
        rows = [_row(said, number) for number in range(count)]
        if said.get("do") == "more":
            rows += [Row() for _ in range(min(MORE_ROWS, MOST_ROWS - count))]
        origin = next((each for each in ORIGINS if each == said.get("origin")), ORIGINS[0])
        return cls(
            said.get("occasion", "")[:36],
            said.get("title", "").strip()[:400],
            said.get("held_on", "").strip()[:10],
            origin,
            said.get("head_count", "").strip()[:6],
            tuple(rows),
        )

    def described(self) -> OccasionDraft:
        """The occasion that is described. Raises InvalidValue with the field at fault."""
        try:
            day = date.fromisoformat(self.held_on)
        except ValueError as fault:
            code = "date.not_a_date" if self.held_on else "when.no_day"
            raise InvalidValue(code, "held_on", given=self.held_on) from fault
        if self.head_count and not self.head_count.isdecimal():
            raise InvalidValue("occasion.heads", "head_count", most=5_000)
        return OccasionDraft(self.title, day, self.origin, int(self.head_count) if self.head_count else None)


def _row(said: MultiDict[str, str], number: int) -> Row:
    def field_of(name: str, most: int) -> str:
        return said.get(f"{name}_{number}", "").strip()[:most]

    try:
        uid = UUID(field_of("uid", 36))
    except ValueError:
        uid = uuid4()
    return Row(
        uid,
        field_of("place", 1_000),
        next((each for each in Polarity if each == field_of("polarity", 20)), Polarity.UNSAFE),
        field_of("category", 40) if field_of("category", 40) in BY_CODE else "",
        field_of("habit", 20) if field_of("habit", 20) in HABITS else "",
        field_of("text", 8_000),
    )


@dataclass(frozen=True)
class Ground:
    """Where the rows are read: the municipality, the names in it, the reader's words."""

    home: Home
    places: PlaceList
    words: Words


def saying_of(row: Row, occasion: KnownOccasion, ground: Ground) -> Saying:
    """A row as a saying of the occasion. Raises Refused or InvalidValue with the row's own field."""
    if not row.place:
        raise InvalidValue("place.no_words", "place")
    if len(row.place) > LONGEST_PLACE_TEXT:
        raise InvalidValue("text.too_long", "place", count=len(row.place), most=LONGEST_PLACE_TEXT)
    if row.polarity == Polarity.UNSAFE and not row.category:
        raise InvalidValue("categories.none", "category")
    place = _placed(row, ground)
    return Saying(
        uid=row.uid,
        kind=Kind.PERCEPTION,
        origin=occasion.origin,
        channel=Channel.MEETING,
        polarity=Polarity(row.polarity),
        categories=frozenset({row.category}) if row.category else frozenset(),
        place=geometry_of(place, ground.places),
        radius_m=place.radius_m,
        place_text=place.words,
        position_source=place.source,
        when=_when(row.habit),
        text=row.text,
        voice=voice_of(occasion.uid),
        state=State.NEW,
    )


def _placed(row: Row, ground: Ground) -> PlaceAnswer:
    """The place of that very name; the words alone where there are several such or none."""
    for choice in ("", KEEP_WORDS):
        form = WhereForm("words", row.place, choice)
        where = read(form, ground.home, ground.places, ground.words, Answers(row.uid))
        if where.place is not None:
            return where.place
    raise next(iter(where.faults.values())).at("place")


def _when(habit: str) -> When:
    weekdays, start, end = HABITS[habit]
    return often(weekdays, start, end) if habit else ANYTIME


def faults_of(row: Row, occasion: KnownOccasion, ground: Ground) -> dict[str, Fault]:
    """What is wrong with a row, by its own field; empty where it can be stored."""
    try:
        draft_of(ground.home, saying_of(row, occasion, ground))
    except Refused as refused:
        return {_OWN.get(fault.field, "place"): fault for fault in refused.faults}
    except Fault as fault:
        return {fault.field: fault}
    return {}


_OWN = {"text": "text", "categories": "category"}
