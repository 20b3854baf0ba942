"""How the map page shows its filter: which view, beside which period, and where the figures come from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from geodata.queries.selection import Period
from webmap.pages.map_form import MapForm
from webmap.services.comparison import Comparison, days_before, same_days_last_year
from webmap.services.display import View
from webmap.services.heat import Heat
from webmap.words import Words

_A_YEAR = timedelta(days=364)
"""A year's first and last day are so far apart."""

_TILES = {
    View.SURFACE: "/heat/staff/{z}/{x}/{y}.png",
    View.SQUARES: "/heat/staff/squares/{z}/{x}/{y}.png",
    View.POINTS: "",
}
_DIFFERENCE_TILES = "/heat/staff/difference/{z}/{x}/{y}.png"


@dataclass(frozen=True)
class Link:
    """Somewhere to go. is_chosen: one is there already."""

    label: str
    href: str
    is_chosen: bool = False


@dataclass(frozen=True)
class Shown:
    """What the map draws and asks. tiles: empty where there are none; points: empty where none are drawn."""

    view: View
    tiles: str
    value: str
    points: str


def shown_of(form: MapForm, heat: Heat, comparison: Comparison | None, tile_px: int) -> Shown:
    """Addresses for the script. Fewer than thirty reports open as squares with their points."""
    query, view = form.query(), chosen_view(form, heat)
    if comparison:
        tiles = f"{_DIFFERENCE_TILES}?{query}&size={tile_px}"
        return Shown(View.SURFACE, tiles, f"/api/v1/heat/difference?{query}", "")
    has_points = view == View.POINTS or (form.display.view is None and heat.is_sparse)
    tiles = f"{_TILES[view]}?{query}&size={tile_px}" if _TILES[view] else ""
    value = "/api/v1/heat/square" if view == View.SQUARES else "/api/v1/heat/value"
    return Shown(view, tiles, f"{value}?{query}", f"/api/v1/reports?{query}" if has_points else "")


def chosen_view(form: MapForm, heat: Heat) -> View:
    """The view asked for, else the one that fits so many reports."""
    return form.display.view or (View.SQUARES if heat.is_sparse else View.SURFACE)


def view_links(form: MapForm, heat: Heat, comparison: Comparison | None, words: Words) -> list[Link]:
    """The views of the same filter, one of them chosen."""
    view, alone = chosen_view(form, heat), form.beside(None)
    named = ((View.SURFACE, words("Yta")), (View.SQUARES, words("Rutor")), (View.POINTS, words("Punkter")))
    links = [
        Link(label, _map(alone.shown_as(each)), comparison is None and each == view) for each, label in named
    ]
    return [*links, Link(words("Förändring"), _map(_changed(form, heat)), comparison is not None)]


def period_links(form: MapForm, heat: Heat, words: Words) -> list[Link]:
    """Periods worth comparing with."""
    dated, period = _dated(form, heat)
    last_year = same_days_last_year(period)
    offered = [
        (words("Samma dagar året före"), last_year),
        (words("Perioden närmast före"), days_before(period)),
    ]
    return [
        Link(label, _map(dated.beside(earlier)), form.display.earlier == earlier)
        for label, earlier in offered
        if earlier
    ]


def _changed(form: MapForm, heat: Heat) -> MapForm:
    if form.display.earlier:
        return form
    dated, period = _dated(form, heat)
    return dated.beside(same_days_last_year(period) or days_before(period))


def _dated(form: MapForm, heat: Heat) -> tuple[MapForm, Period]:
    """The form with its period said; of a long one the last year."""
    since, until = heat.period.since, heat.period.until
    if form.window.since is None:
        since = max(since, until - _A_YEAR)
    window = replace(form.window, since=since, until=until)
    return replace(form, window=window), Period(since, until)


def _map(form: MapForm) -> str:
    return f"/staff/map?{form.query()}"
