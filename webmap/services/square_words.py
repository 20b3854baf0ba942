"""What is said of the count map: its legend, and one square in words."""

from __future__ import annotations

from geodata.analysis.scale import LEAST_REPORTS
from geodata.vocabulary import Kind
from webmap.services.legend import (
    Legend,
    Suggestion,
    count_line,
    density_words,
    empty_words,
    rate_words,
    scale_words,
    unit_words,
    voices_words,
)
from webmap.services.place_words import distance_words, reports_of
from webmap.services.squares import Squares, SquareValue
from webmap.words import Words

_FINEST_FOR_POLICE_M = 200
"""Under about twice the median error of police positions, 83 m, squares draw noise."""


def squares_legend_of(squares: Squares, words: Words) -> Legend:
    """The legend of a count map, in the same order as a surface's."""
    heat = squares.heat
    limits = squares.limits
    return Legend(
        unit_words(heat, words),
        [density_words(limit, words) for limit in limits] if limits else None,
        _lines(squares, words),
        *scale_words(squares.scale, words),
        rate_words(heat, words),
        empty_words(heat, words),
        _too_few(squares, words),
        _warning(squares, words),
        _suggestion(squares, words),
        words("Rapporter mäter rapportering, inte risk. Få rapporter betyder inte tryggt."),
    )


def _lines(squares: Squares, words: Words) -> list[str]:
    heat = squares.heat
    side = words("Rutor %(metres)s m, fasta klasser", metres=squares.side_m)
    lines = [
        count_line(heat, words),
        voices_words(heat, words),
        words.period(heat.period.since, heat.period.until),
        side,
    ]
    if squares.limits_n:
        counts = " · ".join(density_words(limit, words) for limit in squares.limits_n)
        lines.append(words("Rapporter i en ruta, från: %(counts)s", counts=counts))
    return [line for line in lines if line]


def _too_few(squares: Squares, words: Words) -> str | None:
    heat = squares.heat
    if not heat.selection.reports or not heat.is_sparse:
        return None
    return words("Under 30 rapporter i urvalet: läs rutorna med försiktighet.")


def _warning(squares: Squares, words: Words) -> str | None:
    if squares.heat.kind != Kind.CRIME_REPORT or squares.side_m >= _FINEST_FOR_POLICE_M:
        return None
    return words("Polisens lägen är ofta 83 m fel. Rutor under 200 m visar mest slump.")


def _suggestion(squares: Squares, words: Words) -> Suggestion | None:
    larger = squares.next_side
    if larger is None:
        return None
    return Suggestion(larger, words("Prova rutor på %(metres)s m", metres=larger))


def square_sentences(squares: Squares, found: SquareValue, words: Words) -> dict[str, str]:
    """One square in words, the count first."""
    heat = squares.heat
    unit = words("per km² och år") if heat.is_per_year else words("per km² under perioden")
    low, high = (words.number(end, 1) for end in found.interval)
    said = {
        "value": _count(squares, found, words),
        "class": _class(squares, found, words),
        "interval": words("95 %%-intervall %(low)s–%(high)s", low=low, high=high) if found.n else "",
        "voices": _voices(found, words),
        "rate": "",
        "density": f"{density_words(found.density, words)} {unit}" if found.n else "",
    }
    if found.n and not heat.window.is_whole_week:
        rate = density_words(found.rate, words)
        said["rate"] = words("Medan de valda timmarna pågår: %(rate)s %(unit)s", rate=rate, unit=unit)
    return {name: sentence for name, sentence in said.items() if sentence}


def _count(squares: Squares, found: SquareValue, words: Words) -> str:
    if not found.reports:
        return words("Inga rapporter i rutan")
    reports = reports_of(found.n, words)
    said = words(
        "%(reports)s i rutan på %(size)s", reports=reports, size=distance_words(squares.side_m, words)
    )
    if round(found.n, 1) == found.reports:
        return said
    touched = words.plural("%(n)s rapport berörs", "%(n)s rapporter berörs", found.reports)
    return f"{said} ({touched})"


def _class(squares: Squares, found: SquareValue, words: Words) -> str:
    if found.class_ is not None:
        return words("Klass %(number)s av 5", number=found.class_)
    if not found.reports:
        return words("Det betyder inte att det är tryggt.")
    if squares.limits is None and found.n >= LEAST_REPORTS:
        return words("Ingen klass: skalan är inte gjord än.")
    return words("Ingen klass: för litet underlag, under 3 rapporter i rutan.")


def _voices(found: SquareValue, words: Words) -> str:
    if not found.reports:
        return ""
    if found.voices is None:
        return words("Röster: okänt")
    if found.has_unmarked_voices:
        return words.plural("minst %(n)s röst", "minst %(n)s röster", found.voices)
    return words.plural("%(n)s röst", "%(n)s röster", found.voices)
