"""What stands on the poster of a walk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from geodata.hours import WEEKDAYS
from geodata.queries.walks import KnownStop, KnownWalk
from geodata.vocabulary import Light
from webmap.words import Words

_MOST_SIGNS = 90
"""Of the names of stops: the poster is one page."""


def poster_words(walk: KnownWalk, stops: Sequence[KnownStop], address: str, words: Words) -> dict[str, Any]:
    """Every word of the poster. address: what its square code opens."""
    day = words.weekday_name(WEEKDAYS[walk.day.weekday()])
    parts = [(words("Ta med"), _bring(walk, words)), (words("Så går det till"), _how(words))]
    if stops:
        parts.append((words("Här stannar vi"), [_named(stops, words)]))
    return {
        "language": words.language,
        "day": [walk.day.year, walk.day.month, walk.day.day],
        "kicker": words("Tätortsvandring i %(place)s", place=walk.locality),
        "title": walk.title,
        "lead": words("Gå med och visa var det känns tryggt och otryggt. Alla är välkomna."),
        "when": f"{day[:1].upper()}{day[1:]} {words.day(walk.day)} {words('kl.')} {walk.starts:%H.%M}",
        "place": words("Vi samlas: %(place)s", place=walk.meeting_place),
        "parts": [{"title": title, "lines": lines} for title, lines in parts],
        "code_label": words("Kod"),
        "code": walk.join_code,
        "code_alt": words("Rutkod som öppnar %(address)s", address=address),
        "address": address.partition("://")[2],
        "sender": words.municipality(walk.municipality),
    }


def _bring(walk: KnownWalk, words: Words) -> list[str]:
    said = [words("Mobil med laddat batteri, om du har en"), words("Kläder efter väder")]
    if walk.light == Light.DARK:
        said.append(words("Reflex. Vi går i mörker"))
    return said


def _how(words: Words) -> list[str]:
    return [
        words("Skanna rutan, eller skriv adressen i mobilen"),
        words("Du skriver inte vem du är"),
        words("Det går bra utan mobil: vi skriver åt dig"),
        words("Efteråt berättar kommunen vad som görs"),
    ]


def _named(stops: Sequence[KnownStop], words: Words) -> str:
    shown = len(stops)
    while shown > 1 and len(", ".join(stop.name for stop in stops[:shown])) > _MOST_SIGNS:
        shown -= 1
    said = ", ".join(stop.name for stop in stops[:shown])
    more = len(stops) - shown
    return f"{said} {words.plural('och %(n)s till', 'och %(n)s till', more)}" if more else said
