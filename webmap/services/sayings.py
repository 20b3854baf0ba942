"""What a person says of a place, by whatever form, phone or machine, on its way through the door."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from geodata.drafts import LONGEST_TEXT, ReportDraft, checked_accuracy_m, checked_severity, checked_text
from geodata.errors import Fault, InvalidValue
from geodata.geometry import Place, disc, parse_geojson
from geodata.privacy import mask_identity_numbers
from geodata.queries.municipalities import Home
from geodata.vocabulary import Channel, Kind, Origin, Owner, Polarity, PositionSource, State, checked_codes
from webmap.services.moments import ANYTIME, When

T = TypeVar("T")

LONGEST_PLACE_TEXT = 200
WIDEST_M = 500.0
_PLAIN_CATEGORY = {
    Polarity.UNSAFE: "other",
    Polarity.SAFE: "safe_place",
    Polarity.IMPROVEMENT: "improvement",
}


class Refused(InvalidValue):
    """A saying that cannot be stored. faults: every one, each with its field."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults[0].code, faults[0].field, **faults[0].values)
        self.faults = faults


@dataclass(frozen=True)
class Saying:
    """What was said, as it came.

    place: GeoJSON geometry in WGS 84 longitude, latitude, or None where nobody knows. radius_m: the point
    stands for so much around it. place_text: where, in words. voice: a mark of who says it, given by us.
    most_text: how long a text may be here.
    """

    uid: UUID
    kind: Kind = Kind.PERCEPTION
    origin: Origin = Origin.PUBLIC
    channel: Channel = Channel.FORM
    polarity: Polarity = Polarity.UNSAFE
    categories: frozenset[str] = field(default_factory=frozenset)
    place: Mapping[str, Any] | None = None
    radius_m: float | None = None
    place_text: str = ""
    accuracy_m: float | None = None
    position_source: PositionSource | None = None
    when: When = ANYTIME
    text: str = ""
    severity: int | None = None
    voice: str | None = None
    state: State = State.NEW
    most_text: int = LONGEST_TEXT


def draft_of(home: Home, saying: Saying) -> ReportDraft:
    """The saying as a draft of this municipality. Raises Refused with every fault at once.

    Personal identity numbers in its texts are masked: they are never stored.
    """
    faults: list[Fault] = []

    def checked(check: Callable[[], T], otherwise: T) -> T:
        try:
            return check()
        except Fault as fault:
            faults.append(fault)
            return otherwise

    draft = ReportDraft(
        uid=saying.uid,
        municipality=home.code,
        place=checked(lambda: _place(home, saying), None),
        kind=saying.kind,
        origin=saying.origin,
        polarity=saying.polarity,
        categories=checked(lambda: _categories(saying), frozenset()),
        hours=saying.when.hours,
        day=saying.when.day,
        light=saying.when.light,
        text=checked(lambda: _text(saying.text, saying.most_text, "text"), ""),
        source=saying.channel.value,
        voice=saying.voice,
        accuracy_m=checked(lambda: _accuracy(saying), None),
        position_source=saying.position_source if saying.place is not None else None,
        severity=checked(lambda: checked_severity(saying.severity), None),
        state=saying.state,
        owner=Owner.MUNICIPALITY,
        place_text=checked(lambda: _text(saying.place_text, LONGEST_PLACE_TEXT, "place_text"), ""),
        is_voice_ours=True,
    )
    if faults:
        raise Refused(faults)
    return draft


def _place(home: Home, saying: Saying) -> Place | None:
    if saying.place is None:
        return None
    if saying.radius_m is not None and not 0 <= saying.radius_m <= WIDEST_M:
        raise InvalidValue("radius.out_of_range", "radius", most=round(WIDEST_M))
    place = parse_geojson(saying.place, home.served)
    return disc(place, saying.radius_m, home.served) if saying.radius_m else place


def _categories(saying: Saying) -> frozenset[str]:
    return checked_codes(saying.categories or {_PLAIN_CATEGORY[saying.polarity]})


def _accuracy(saying: Saying) -> float | None:
    return None if saying.accuracy_m is None else checked_accuracy_m(saying.accuracy_m)


def _text(text: str, most: int, name: str) -> str:
    clean = checked_text(text, name)
    if len(clean) > most:
        raise InvalidValue("text.too_long", name, count=len(clean), most=most)
    return mask_identity_numbers(clean)[0]
