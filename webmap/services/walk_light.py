"""What light a walk is gone in: when the sun sets that day, and whether it is dark when one starts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from geodata.hours.sunlight import sunrise_and_sunset
from geodata.hours.wall import ZONE
from geodata.vocabulary import Light
from webmap.words import Words

_DUSK = timedelta(minutes=45)
"""Civil twilight in the middle of Sweden lasts about so long, at most times of the year."""
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class SunTold:
    """The sun of a day in words. warning: the walk is not in the light it was planned for, or ""."""

    sentence: str
    warning: str = ""


def sun_told(spot: tuple[float, float], when: tuple[date, time], light: Light, words: Words) -> SunTold:
    """spot: longitude and latitude. when: the local day, and when one starts."""
    day, starts = when
    times = sunrise_and_sunset(*spot, day)
    if times is None:
        return SunTold(words("Solen går inte både upp och ner den dagen."))
    rises, sets = times
    sentence = words(
        "%(day)s går solen upp %(rises)s och ner %(sets)s.",
        day=words.day(day),
        rises=f"{rises:%H.%M}",
        sets=f"{sets:%H.%M}",
    )
    return SunTold(sentence, _warning(datetime.combine(day, starts, ZONE), times, light, words))


def _warning(starts: datetime, sun: tuple[datetime, datetime], light: Light, words: Words) -> str:
    rises, sets = sun
    if light == Light.DARK and rises - _DUSK < starts < sets + _DUSK:
        dark = sets + _DUSK
        return words("Det är inte mörkt när ni börjar. Mörkt blir det ungefär %(at)s.", at=f"{dark:%H.%M}")
    if light == Light.LIGHT and not (rises <= starts <= sets - _HOUR):
        return words("Det hinner bli mörkt. Börja tidigare om ni ska gå i dagsljus.")
    return ""
