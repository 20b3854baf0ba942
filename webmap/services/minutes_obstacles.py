"""What stands in the way of publishing minutes, in words, with where to mend it."""

from __future__ import annotations

from geodata.queries.walks import KnownWalk
from webmap.services.minutes_acts import NEW, NOT_OVER, PHOTOS, UNDECIDED, WORDLESS, Obstacle
from webmap.words import Words


def obstacle_words(obstacle: Obstacle, walk: KnownWalk, words: Words) -> tuple[str, str]:
    """A sentence, and the address of the page to go to."""
    root = f"/staff/walks/{walk.uid}"
    numbers = ", ".join(str(each) for each in obstacle.numbers)
    told = {
        NOT_OVER: (words("Vandringen är inte avslutad än."), root),
        NEW: (words("Väntar på granskning: %(numbers)s.", numbers=numbers), f"{root}/findings"),
        UNDECIDED: (words("Saknar beslut: %(numbers)s.", numbers=numbers), f"{root}/follow-up"),
        WORDLESS: (words("Saknar text till protokollet: %(numbers)s.", numbers=numbers), f"{root}/follow-up"),
        PHOTOS: (words("Har foton som inte är granskade: %(numbers)s.", numbers=numbers), f"{root}/findings"),
    }
    return told[obstacle.code]
