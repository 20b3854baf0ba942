"""What is said of a surface: heading, summary and legend."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.vocabulary import Kind
from webmap.services.heat import Heat, ScaleInForce
from webmap.words import Words

_POLICE_ERROR_M = 83
"""Median error of police positions (Gerell 2018); a radius under twice that draws noise."""


@dataclass(frozen=True)
class Suggestion:
    """A radius that would say more."""

    bandwidth_m: int
    label: str


@dataclass(frozen=True)
class Legend:
    """The legend, always in this order. limits: lower limits of the classes; None before there is a scale."""

    title: str
    limits: list[str] | None
    lines: list[str]
    scale_name: str
    scale_note: str
    rate: str | None
    empty: str | None
    too_few: str | None
    warning: str | None
    suggestion: Suggestion | None
    note: str


def summary_of(heat: Heat, words: Words) -> str:
    """How many, from how many, and when."""
    chosen = heat.selection
    count = words.plural("%(n)s rapport", "%(n)s rapporter", round(chosen.n))
    # A sum of shares beside a whole count of voices would read as more voices than reports.
    is_whole = round(chosen.n, 1) == chosen.reports
    voices = voices_words(heat, words) if is_whole else words("räknat på de valda timmarna")
    period = words.period(heat.period.since, heat.period.until)
    return ", ".join(part for part in (count, voices, period) if part)


def voices_words(heat: Heat, words: Words) -> str:
    """How many have said it, as far as is known."""
    if not heat.selection.reports:
        return ""
    voices = heat.selection.voices
    if voices is None:
        return words("okänt antal röster")
    if heat.selection.has_unmarked_voices:
        said = words.plural("minst %(n)s röst", "minst %(n)s röster", voices)
    else:
        said = words.plural("%(n)s röst", "%(n)s röster", voices)
    return f"{said}{_occasions_among(heat, words)}"


def _occasions_among(heat: Heat, words: Words) -> str:
    """How many of the voices are a whole evening's, and how many people came to them."""
    if not heat.occasions:
        return ""
    there = heat.selection.marks_among(heat.occasions)
    heads = sum(heat.occasions[mark] or 0 for mark in there)
    if not there:
        return ""
    met = words.plural("varav %(n)s dialogmöte", "varav %(n)s dialogmöten", len(there))
    people = words.plural("med %(n)s person", "med %(n)s personer", heads) if heads else ""
    return f" ({' '.join(part for part in (met, people) if part)})"


def density_words(value: float, words: Words) -> str:
    """A density with as many figures as it bears."""
    return words.number(value, 0 if value >= 10 else 1)


def unit_words(heat: Heat, words: Words) -> str:
    """The unit as a legend's title."""
    if heat.is_per_year:
        return words("Rapporter per km² och år")
    return words("Rapporter per km² under perioden")


def legend_of(heat: Heat, words: Words) -> Legend:
    """The legend of a surface."""
    limits = heat.limits
    return Legend(
        unit_words(heat, words),
        [density_words(limit, words) for limit in limits] if limits else None,
        _lines(heat, words),
        *scale_words(heat.scale, words),
        rate_words(heat, words),
        empty_words(heat, words),
        _too_few(heat, words),
        _warning(heat, words),
        _suggestion(heat, words),
        words("Rapporter mäter rapportering, inte risk. Få rapporter betyder inte tryggt."),
    )


def empty_words(heat: Heat, words: Words) -> str | None:
    """What to do where nothing is in the filter."""
    if heat.selection.reports:
        return None
    return words("Inga rapporter i urvalet. Vidga datum, timmar eller kategorier.")


def count_line(heat: Heat, words: Words) -> str:
    """The sum of shares, and how many reports it is of where that differs."""
    chosen = heat.selection
    n = words.number(chosen.n, 1)
    touched = words.plural("%(n)s rapport berörs", "%(n)s rapporter berörs", chosen.reports)
    return f"n = {n}" if round(chosen.n, 1) == chosen.reports else f"n = {n} ({touched})"


def _lines(heat: Heat, words: Words) -> list[str]:
    kernel = words("Radie %(metres)s m, %(kernel)s, fasta klasser",
                   metres=words.number(heat.look.kernel.bandwidth_m),
                   kernel=words.label(heat.look.kernel.name).lower())  # fmt: skip
    period = words.period(heat.period.since, heat.period.until)
    lines = (count_line(heat, words), voices_words(heat, words), period, kernel)
    return [line for line in lines if line]


def scale_words(scale: ScaleInForce | None, words: Words) -> tuple[str, str]:
    """Which scale the limits are of, and when it was made."""
    if scale is None:
        return words("Ingen skala än"), words("Klasserna görs när det finns 30 rapporter av slaget.")
    made = words(
        "Gränserna är fasta, satta %(day)s av %(count)s rapporter.",
        day=words.day(scale.made_at.date()),
        count=words.number(scale.n),
    )
    if scale.name == "whole":
        return words("Skala: hela veckan, minst ett år"), made
    return words("Skala: del av veckan eller av året"), words(
        "Andra gränser än för hela veckan."
    ) + " " + made


def rate_words(heat: Heat, words: Words) -> str | None:
    """How much more it is while the chosen hours run; None for the whole week."""
    if heat.window.is_whole_week or not heat.hours_running:
        return None
    return words(
        "Medan de valda timmarna pågår (%(hours)s i veckan) är takten %(factor)s gånger värdet.",
        hours=words.number(heat.hours_running, 1),
        factor=words.number(heat.rate_factor, 1),
    )


def _too_few(heat: Heat, words: Words) -> str | None:
    if not heat.selection.reports or not heat.is_sparse:
        return None
    return words("Under 30 rapporter i urvalet: läs ytan med försiktighet.")


def _warning(heat: Heat, words: Words) -> str | None:
    if heat.kind != Kind.CRIME_REPORT or heat.look.kernel.bandwidth_m >= 2 * _POLICE_ERROR_M:
        return None
    return words(
        "Polisens lägen är ofta %(metres)s m fel. Under 200 m radie visar ytan mest slump.",
        metres=_POLICE_ERROR_M,
    )


def _suggestion(heat: Heat, words: Words) -> Suggestion | None:
    larger = heat.next_bandwidth if heat.limits else None
    if larger is None:
        return None
    return Suggestion(larger, words("Prova radien %(metres)s m", metres=larger))
