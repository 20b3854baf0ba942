"""What staff write down for others: one report on a page, or a row of a dialogue evening."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

from werkzeug.datastructures import MultiDict

from geodata.errors import Fault, InvalidValue
from geodata.queries.municipalities import Home
from geodata.vocabulary import BY_CODE, Channel, Kind, Origin, Polarity, State
from webmap.pages.report_answers import Answers, WhenAnswer
from webmap.pages.report_place import Where, WhereForm, geometry_of, read
from webmap.pages.when_form import typed_when, when_of
from webmap.services.moments import ANYTIME
from webmap.services.place_search import PlaceList
from webmap.services.sayings import Saying
from webmap.words import Words

CHANNELS = (Channel.PHONE, Channel.PAPER, Channel.MEETING, Channel.STAFF)
ORIGINS = (Origin.PUBLIC, Origin.CITIZEN_DIALOGUE, Origin.STAFF_DIALOGUE, Origin.VEST)
KINDS = (Kind.PERCEPTION, Kind.OBSERVATION)


@dataclass(frozen=True)
class EntryForm:
    """One report, as it was typed."""

    uid: UUID = field(default_factory=uuid4)
    channel: Channel = Channel.PHONE
    origin: Origin = Origin.PUBLIC
    kind: Kind = Kind.PERCEPTION
    polarity: Polarity = Polarity.UNSAFE
    categories: frozenset[str] = frozenset()
    where: WhereForm = field(default_factory=lambda: WhereForm(way="words"))
    when: WhenAnswer = field(default_factory=lambda: WhenAnswer("unknown"))
    text: str = ""
    severity: str = ""
    is_accepted: bool = False
    is_looked_over: bool = False

    @classmethod
    def sent(cls, said: MultiDict[str, str]) -> EntryForm:
        """From the form; what is not a choice of ours becomes the first one."""
        return cls(
            uid=_uid(said.get("uid", "")),
            channel=_one_of(CHANNELS, said.get("channel")),
            origin=_one_of(ORIGINS, said.get("origin")),
            kind=_one_of(KINDS, said.get("kind")),
            polarity=_one_of(tuple(Polarity), said.get("polarity")),
            categories=frozenset(code for code in said.getlist("categories") if code in BY_CODE),
            where=WhereForm.sent(said),
            when=typed_when(said),
            text=said.get("text", "").replace("\r\n", "\n").strip()[:8_000],
            severity=said.get("severity", "")[:2],
            is_accepted=said.get("accepted") == "1",
            is_looked_over=said.get("anyway") == "1",
        )

    def next_one(self) -> EntryForm:
        """An empty form for the next report that came the same way."""
        return EntryForm(channel=self.channel, origin=self.origin, kind=self.kind)


def _uid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


def _one_of(known: tuple[Any, ...], said: str | None) -> Any:
    return next((each for each in known if each == said), known[0])


@dataclass(frozen=True)
class Entry:
    """A form as it was understood. faults: by the field on the page; where: with places to choose between."""

    saying: Saying | None
    faults: dict[str, Fault]
    where: Where


def understood(form: EntryForm, home: Home, places: PlaceList, words: Words) -> Entry:
    """The form as a saying, or every fault at once. The door may still find more."""
    faults: dict[str, Fault] = {}
    if form.polarity == Polarity.UNSAFE and not form.categories:
        faults["categories"] = InvalidValue("categories.none", "categories")
    where = read(form.where, home, places, words, Answers(form.uid))
    faults.update(where.faults)
    when = ANYTIME
    try:
        when = when_of(form.when)
    except Fault as fault:
        faults[fault.field] = fault
    if faults or where.place is None:
        return Entry(None, faults, where)
    place = where.place
    saying = Saying(
        uid=form.uid,
        kind=form.kind,
        origin=form.origin,
        channel=form.channel,
        polarity=form.polarity,
        categories=form.categories if form.polarity == Polarity.UNSAFE else frozenset(),
        place=geometry_of(place, places),
        radius_m=place.radius_m,
        place_text=place.words,
        position_source=place.source,
        when=when,
        text=form.text,
        severity=int(form.severity) if form.severity.isdigit() else None,
        # Whoever rings or writes is somebody else each time.
        voice=f"{form.channel}-{form.uid}" if form.origin == Origin.PUBLIC else None,
        state=State.ACCEPTED if form.is_accepted else State.NEW,
    )
    return Entry(saying, {}, replace(where))
