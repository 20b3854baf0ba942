"""The legend of whatever the map shows: surface, squares, or the difference between two periods."""

from __future__ import annotations

from dataclasses import dataclass

from webmap.access import Permission
from webmap.gate import may_here
from webmap.pages.map_display import chosen_view
from webmap.pages.map_form import MapForm
from webmap.services.comparison import Comparison
from webmap.services.difference_legend import DifferenceLegend, difference_legend_of
from webmap.services.display import View
from webmap.services.heat import Heat
from webmap.services.heat_room import HeatRoom
from webmap.services.legend import Legend, legend_of
from webmap.services.point_words import points_legend_of
from webmap.services.square_words import squares_legend_of
from webmap.services.squares import squares_of
from webmap.words import Words


@dataclass(frozen=True)
class LegendView:
    """What `map/_legend.html` shows. difference: where two periods are compared."""

    legend: Legend
    difference: DifferenceLegend | None
    without_position: str | None
    suggested_link: str
    new_scale: dict[str, str] | None


def legend_view(
    room: HeatRoom, form: MapForm, heat: Heat, comparison: Comparison | None, words: Words
) -> LegendView:
    """The legend, with what may be done about it."""
    may_remake = heat.needs_new_scale() and may_here(Permission.REMAKE_SCALE, heat.home.code)
    legend, larger = _told(room, form, heat, words)
    return LegendView(
        legend=legend,
        difference=difference_legend_of(comparison, words) if comparison else None,
        without_position=_without_position(heat, words),
        suggested_link=f"/staff/map?{larger.query()}" if larger else "",
        new_scale=form.as_words() if may_remake else None,
    )


def _told(room: HeatRoom, form: MapForm, heat: Heat, words: Words) -> tuple[Legend, MapForm | None]:
    """The legend, and the form with a coarser look where that would say more."""
    if chosen_view(form, heat) == View.SQUARES:
        squares = squares_of(room, heat, form.display.square_m)
        coarser = squares.next_side
        return squares_legend_of(squares, words), form.shown_as(View.SQUARES, coarser) if coarser else None
    if chosen_view(form, heat) == View.POINTS:
        return points_legend_of(heat, words), None
    larger = heat.next_bandwidth
    return legend_of(heat, words), form.with_bandwidth(larger) if larger else None


def _without_position(heat: Heat, words: Words) -> str | None:
    count = heat.facets.without_position
    if not count:
        return None
    return words.plural(
        "%(n)s rapport saknar läge och syns inte på kartan.",
        "%(n)s rapporter saknar läge och syns inte på kartan.",
        count,
    )
