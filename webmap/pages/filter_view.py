"""The filter of the map as choices, each with what it would leave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from geodata.analysis.kernels import BANDWIDTHS_M, KERNELS
from geodata.hours import WEEKDAYS
from geodata.queries.municipalities import Home
from geodata.vocabulary import CATEGORIES, Focus, Kind, Light, Polarity
from webmap.pages.map_display import Link, period_links
from webmap.pages.map_form import MapForm
from webmap.services.display import SQUARES_M
from webmap.services.filter_words import unchosen
from webmap.services.heat import Heat
from webmap.words import Words


@dataclass(frozen=True)
class Choice:
    """One thing to choose in a form."""

    value: str
    label: str
    is_chosen: bool
    count: str | None = None


@dataclass(frozen=True)
class Kept:
    """A part of the filter that came with a link: said, sent along with the form; `without` takes it away."""

    name: str
    value: str
    label: str
    without: str


@dataclass(frozen=True)
class FilterView:
    """What `map/_filter.html` shows. typed: what was written in fields of free form, as it was written."""

    municipalities: list[Choice]
    kinds: list[Choice]
    polarities: list[Choice]
    weekdays: list[Choice]
    lights: list[Choice]
    category_groups: list[tuple[str, list[Choice]]]
    bandwidths: list[Choice]
    kernels: list[Choice]
    squares: list[Choice]
    periods: list[Link]
    hours_from: str
    hours_to: str
    view: str
    typed: dict[str, str]
    problems: dict[str, str]
    reset_link: str
    kept: list[Kept]
    cell: str


def filter_view(form: MapForm, heat: Heat, homes: list[Home], words: Words) -> FilterView:
    """The filter's choices. form: with the one kind that is shown."""
    hours_from, hours_to = _clock(form, heat)
    return FilterView(
        municipalities=[Choice(each.code, each.name, each.code == heat.home.code) for each in homes],
        kinds=_choices(Kind, {heat.kind}, heat.facets.kinds, words),
        polarities=_choices(Polarity, heat.window.polarity, heat.facets.polarity, words),
        weekdays=[Choice(day, words.weekday(day), day in heat.window.hours.weekdays) for day in WEEKDAYS],
        lights=_lights(heat, words),
        category_groups=_category_groups(heat, words),
        bandwidths=_steps(BANDWIDTHS_M, heat.look.kernel.bandwidth_m, words),
        kernels=[Choice(name, words.label(name), name == heat.look.kernel.name) for name in KERNELS],
        squares=_steps(SQUARES_M, form.display.square_m, words),
        periods=period_links(form, heat, words),
        hours_from=hours_from,
        hours_to=hours_to,
        view=form.display.view or "",
        typed=form.typed,
        problems=form.problems,
        reset_link=f"/staff/map?municipality={heat.home.code}",
        kept=_kept(form, heat, words),
        cell=form.look.as_words().get("cell", ""),
    )


def _choices(
    family: type[StrEnum], chosen: Iterable[StrEnum], counts: dict[str, float], words: Words
) -> list[Choice]:
    picked = set(chosen)
    return [
        Choice(each.value, words.label(each), each in picked, words.number(counts[each.value]))
        for each in family
    ]


def _kept(form: MapForm, heat: Heat, words: Words) -> list[Kept]:
    said = form.as_words()
    return [
        Kept(name, said[name], label, f"/staff/map?{form.query_without(name)}")
        for name, label in unchosen(heat, words).items()
        if name in said
    ]


def _steps(steps_m: Iterable[int], chosen_m: float, words: Words) -> list[Choice]:
    return [Choice(f"{step}", words("%(metres)s m", metres=step), step == chosen_m) for step in steps_m]


def _lights(heat: Heat, words: Words) -> list[Choice]:
    both = Choice("", words("Mörkt och ljust"), heat.window.light is None)
    return [both, *(Choice(each.value, words.label(each), heat.window.light == each) for each in Light)]


def _category_groups(heat: Heat, words: Words) -> list[tuple[str, list[Choice]]]:
    groups: dict[str, list[Choice]] = {focus.value: [] for focus in Focus}
    groups["other_focus"] = []
    for known in CATEGORIES:
        count = words.number(heat.facets.categories[known.code])
        picked = known.code in heat.window.categories
        choice = Choice(known.code, words.category(known), picked, count)
        groups[known.focus.value if known.focus else "other_focus"].append(choice)
    return [(words.label(name), choices) for name, choices in groups.items()]


def _clock(form: MapForm, heat: Heat) -> tuple[str, str]:
    clock = heat.window.hours.clock
    if clock is None:
        return form.typed.get("hours_from", ""), form.typed.get("hours_to", "")
    return f"{clock[0]:02d}", f"{clock[1]:02d}"
