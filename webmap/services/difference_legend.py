"""What is said of two periods beside each other: heading, summary and legend."""

from __future__ import annotations

from dataclasses import dataclass

from webmap.services.comparison import Comparison
from webmap.services.filter_words import sentence_of
from webmap.services.heat import Heat
from webmap.services.legend import density_words
from webmap.words import Words

_STEPS_AT = (2, 4)


@dataclass(frozen=True)
class DifferenceLegend:
    """title: the unit. limits: where a difference becomes clear and great; None before there is a scale."""

    title: str
    limits: list[str] | None
    lines: list[str]
    verdict: str
    note: str


def compared_sentence(comparison: Comparison, words: Words) -> str:
    """The filter and both periods, as a person would say it."""
    return words(
        "%(filter)s: förändring sedan %(period)s",
        filter=sentence_of(comparison.now, words),
        period=words.period(comparison.before.period.since, comparison.before.period.until),
    )


def compared_summary(comparison: Comparison, words: Words) -> str:
    """Both counts with their periods."""
    now, before = comparison.now, comparison.before
    count = words.plural("%(n)s rapport", "%(n)s rapporter", round(now.selection.n))
    return words(
        "%(count)s %(period)s, tidigare %(before)s",
        count=count,
        period=words.period(now.period.since, now.period.until),
        before=words.number(round(before.selection.n)),
    )


def difference_legend_of(comparison: Comparison, words: Words) -> DifferenceLegend:
    """The legend of a difference."""
    now, before = comparison.now, comparison.before
    unit = words("Skillnad per km² och år") if now.is_per_year else words("Skillnad per km² under perioden")
    limits = now.limits
    radius = words(
        "Radie %(metres)s m, samma klassgränser som ytan",
        metres=words.number(now.look.kernel.bandwidth_m),
    )
    lines = [
        _count(words("Nu"), now.selection.n, _period(now, words), words),
        _count(words("Tidigare"), before.selection.n, _period(before, words), words),
        radius,
    ]
    return DifferenceLegend(
        unit,
        [density_words(limits[step], words) for step in _STEPS_AT] if limits else None,
        lines,
        _verdict(comparison, words),
        words(
            "Streckat är under bruset: skillnaden kan vara slump. Av tjugo platser utan verklig förändring"
            " ser ungefär en ändå säker ut."
        ),
    )


def _period(heat: Heat, words: Words) -> str:
    return words.period(heat.period.since, heat.period.until)


def _count(name: str, n: float, period: str, words: Words) -> str:
    return f"{name}: n = {words.number(n, 1)}, {period}"


def _verdict(comparison: Comparison, words: Words) -> str:
    now, before, part = comparison.now.selection.n, comparison.before.selection.n, comparison.part_now
    if not comparison.is_sure:
        return words("Hela urvalet: ingen säker skillnad.")
    if now * (1 - part) > before * part:
        return words("Hela urvalet: fler rapporter än tidigare.")
    return words("Hela urvalet: färre rapporter än tidigare.")
