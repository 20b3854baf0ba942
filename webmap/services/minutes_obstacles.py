"""What stands in the way of publishing minutes, or will be missed in them, with where to mend it."""

from __future__ import annotations

from geodata.queries.walks import KnownWalk
from webmap.services.minutes_acts import (
    ASIDE,
    HALF_DECIDED,
    NEW,
    NOT_OVER,
    PHOTOS,
    PHOTOS_AWAY,
    UNDECIDED,
    WORDLESS,
    Obstacle,
)
from webmap.words import Words


def obstacle_words(obstacle: Obstacle, walk: KnownWalk, words: Words) -> tuple[str, str]:
    """A sentence, and the address of the page to go to."""
    root = f"/staff/walks/{walk.uid}"
    numbers, count = ", ".join(str(each) for each in obstacle.numbers), obstacle.count
    told = {
        NOT_OVER: (words("Vandringen är inte avslutad än."), root),
        NEW: (words("Väntar på granskning: %(numbers)s.", numbers=numbers), f"{root}/findings"),
        UNDECIDED: (words("Saknar beslut: %(numbers)s.", numbers=numbers), f"{root}/follow-up"),
        HALF_DECIDED: (words("Beslutet saknar något: %(numbers)s.", numbers=numbers), f"{root}/follow-up"),
        WORDLESS: (words("Saknar text till protokollet: %(numbers)s.", numbers=numbers), f"{root}/follow-up"),
        PHOTOS: (words("Har foton som inte är granskade: %(numbers)s.", numbers=numbers), f"{root}/findings"),
        ASIDE: (words.plural("%(n)s ligger vid sidan.", "%(n)s ligger vid sidan.", count), f"{root}/aside"),
        PHOTOS_AWAY: (
            words("Har foton som inte har kommit: %(numbers)s.", numbers=numbers),
            f"{root}/phones",
        ),
    }
    return told[obstacle.code]
