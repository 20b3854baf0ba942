"""The staff map's view: everything the page shows, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any

from geodata.analysis.kernels import BANDWIDTHS_M, KERNELS
from geodata.crs import to_degrees
from geodata.hours import WEEKDAYS
from geodata.queries.municipalities import Home
from geodata.vocabulary import CATEGORIES, Focus, Kind, Light, Polarity
from webmap.access import Permission
from webmap.gate import may_here
from webmap.maps.canvas import TILE_SIDE_PX, Drawing, draw
from webmap.maps.ground import Ground, lay
from webmap.pages.map_form import MapForm
from webmap.services.heat import Heat, opening_view
from webmap.services.heat_room import HeatRoom
from webmap.services.legend import Legend, legend_of, sentence_of, summary_of
from webmap.words import Words

TILES = "/heat/staff/{z}/{x}/{y}.png"
VALUE = "/api/v1/heat/value"


@dataclass(frozen=True)
class Choice:
    """One thing to choose in a form."""

    value: str
    label: str
    is_chosen: bool
    count: str | None = None


@dataclass(frozen=True)
class MapView:
    """What `map/show.html` shows."""

    home: Home
    title: str
    summary: str
    kinds: list[Choice]
    polarities: list[Choice]
    weekdays: list[Choice]
    bandwidths: list[Choice]
    kernels: list[Choice]
    lights: list[Choice]
    municipalities: list[Choice]
    category_groups: list[tuple[str, list[Choice]]]
    since: str
    until: str
    hours_from: str
    hours_to: str
    problems: dict[str, str]
    legend: Legend
    tiles_url: str
    value_url: str
    script_url: str
    bounds: list[list[float]]
    opening: list[list[float]]
    places: list[dict[str, Any]]
    without_position: str | None
    link: str
    reset_link: str
    new_scale: dict[str, str] | None
    suggested_link: str


def map_view(room: HeatRoom, homes: list[Home], form: MapForm, words: Words) -> MapView:
    """The page's view. Raises Fault for an area that is not there."""
    heat = room.heat(form.municipality, form.window, form.look, Kind.PERCEPTION)
    home = heat.home
    opening = opening_view(heat)
    if opening:
        room.prepare(heat, opening)
    west, south, east, north = _laid(home.code, home.boundary)[0].bounds
    form = replace(form, window=replace(form.window, kinds=frozenset({heat.kind})))
    query = form.query()
    return MapView(
        home,
        sentence_of(heat, words),
        summary_of(heat, words),
        _kinds(heat, words),
        _polarities(heat, words),
        [Choice(day, words.weekday(day), day in heat.window.hours.weekdays) for day in WEEKDAYS],
        [_bandwidth(step, heat, words) for step in BANDWIDTHS_M],
        [Choice(name, words.label(name), name == heat.look.kernel.name) for name in KERNELS],
        _lights(heat, words),
        [Choice(each.code, each.name, each.code == home.code) for each in homes],
        _category_groups(heat, words),
        form.typed.get("since", ""),
        form.typed.get("until", ""),
        *_clock(form, heat),
        form.problems,
        legend_of(heat, words),
        f"{TILES}?{query}&size={TILE_SIDE_PX}",
        f"{VALUE}?{query}",
        f"/map/{draw_ground(home).digest}.js?municipality={home.code}",
        [[west, south], [east, north]],
        _corners(opening or (west, south, east, north)),
        _places(home),
        _without_position(heat, words),
        f"/staff/map?{query}",
        f"/staff/map?municipality={home.code}",
        form.as_words() if heat.needs_new_scale() and may_here(Permission.REMAKE_SCALE, home.code) else None,
        _suggested_link(heat, form),
    )


def _suggested_link(heat: Heat, form: MapForm) -> str:
    larger = heat.next_bandwidth
    return f"/staff/map?{form.with_bandwidth(larger).query()}" if larger else ""


def _kinds(heat: Heat, words: Words) -> list[Choice]:
    return _choices(Kind, {heat.kind}, heat.facets.kinds, words)


def _polarities(heat: Heat, words: Words) -> list[Choice]:
    return _choices(Polarity, heat.window.polarity, heat.facets.polarity, words)


def _choices(
    family: type[StrEnum], chosen: Iterable[StrEnum], counts: dict[str, float], words: Words
) -> list[Choice]:
    picked = set(chosen)
    return [
        Choice(each.value, words.label(each), each in picked, words.number(counts[each.value]))
        for each in family
    ]


def _bandwidth(step: int, heat: Heat, words: Words) -> Choice:
    return Choice(f"{step}", words("%(metres)s m", metres=step), step == heat.look.kernel.bandwidth_m)


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


def _corners(box: tuple[float, float, float, float]) -> list[list[float]]:
    west, south, east, north = (round(edge, 5) for edge in box)
    return [[west, south], [east, north]]


def _places(home: Home) -> list[dict[str, Any]]:
    shown = []
    for place in home.places:
        spot = to_degrees(place.geometry).representative_point()
        shown.append(
            {
                "lon": round(spot.x, 5),
                "lat": round(spot.y, 5),
                "name": place.name,
                "is_town": place.kind == "locality",
            }
        )
    return shown


def _without_position(heat: Heat, words: Words) -> str | None:
    count = heat.facets.without_position
    if not count:
        return None
    return words.plural(
        "%(n)s rapport saknar läge och syns inte på kartan.",
        "%(n)s rapporter saknar läge och syns inte på kartan.",
        count,
    )


@lru_cache(maxsize=16)
def _laid(code: str, boundary: Any) -> tuple[Ground, Drawing]:
    ground = lay(boundary)
    return ground, draw(ground, f"{TILES}?municipality={code}")


def draw_ground(home: Home) -> Drawing:
    """The map's script for a municipality, without any surface: that is the page's own to choose."""
    return _laid(home.code, home.boundary)[1]
