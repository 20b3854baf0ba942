"""A walk beside the one it goes again, for everybody: counted off the two minutes, so that it says no more.

Heads are compared as they are told. Had it been by their sums, a role of one or two could be reckoned out.
"""

from __future__ import annotations

from collections.abc import Iterator

from geodata.vocabulary import Polarity
from webmap.services.minutes import Minutes
from webmap.services.minutes_counts import head_range
from webmap.services.walk_comparison import Count
from webmap.services.walk_comparison_words import count_words, light_words
from webmap.words import Words


def compared_words(then: Minutes, now: Minutes, words: Words) -> list[str]:
    """What was said both times, under a heading, with what to know before one reads anything into it."""
    day = words.day(then.walk.day)
    heading = words("Jämfört med %(then)s", then=f"{then.walk.title}, {day}")
    return [heading, *_counted(then, now, words), *_notes(then, now, words)]


def _counted(then: Minutes, now: Minutes, words: Words) -> Iterator[str]:
    if _has_lost_signs(then) or _has_lost_signs(now):
        yield words("Det som sas är gallrat från en av vandringarna, så antalen går inte att jämföra.")
        return
    bad, good = (
        count_words(Count(_count(then, is_good=wanted), _count(now, is_good=wanted)), words)
        for wanted in (False, True)
    )
    yield words("Otryggt och förslag: %(count)s.", count=bad)
    yield words("Trygga platser: %(count)s.", count=good)


def _has_lost_signs(minutes: Minutes) -> bool:
    """Whether it can no longer be told of everything if it was good or bad."""
    return any(item.polarity is None for item in minutes.items)


def _count(minutes: Minutes, *, is_good: bool) -> int:
    return sum(1 + len(item.same) for item in minutes.items if (item.polarity == Polarity.SAFE) == is_good)


def _notes(then: Minutes, now: Minutes, words: Words) -> Iterator[str]:
    if then.heads and now.heads:
        (fewest, most), (fewest_now, most_now) = head_range(then.heads), head_range(now.heads)
        if most < fewest_now or most_now < fewest:
            yield words("Olika många gick med de två gångerna.")
    yield from light_words(then.walk, now.walk, words)
