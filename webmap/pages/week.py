"""When in the week: the strip under the map, and the same as a page of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, sqrt

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from geodata.hours import WEEKDAYS
from geodata.vocabulary import Kind
from webmap.access import Permission
from webmap.gate import allowed_municipality, needs, words, works
from webmap.pages.map_form import HOURS_OF_DAY, MapForm
from webmap.services.filter_words import sentence_of
from webmap.services.heat import FEWEST_FOR_A_SURFACE, Heat
from webmap.services.legend import summary_of
from webmap.services.week import Week, week_of
from webmap.words import Words

bp = Blueprint("week", __name__)

LEVELS = 5
LONGEST_BAR = 100
_SHOWN_FROM = 0.05
"""What would be written as 0 with one decimal is drawn as nothing."""
_CHOSEN_HERE = ("weekdays", "hours")


@dataclass(frozen=True)
class Cell:
    """An hour, a day or a column of the week to choose. value: `fri-22`, `fri` or `22`."""

    value: str
    text: str
    label: str
    level: int = 0
    is_chosen: bool = False


@dataclass(frozen=True)
class Line:
    """A row or a column: its own button and its sum. bar: length of the longest 100."""

    head: Cell
    total: str
    bar: int


@dataclass(frozen=True)
class WeekView:
    """What `map/_week.html` shows. hidden: the rest of the filter. rows: days with their 24 cells."""

    title: str
    summary: str
    hidden: dict[str, str]
    rows: list[tuple[Line, list[Cell]]]
    columns: list[Line]
    legend: str
    note: str
    is_whole: bool
    is_empty: bool
    map_link: str


@bp.get("/staff/map/week")
@needs(Permission.SEE_MAP)
def show() -> ResponseReturnValue:
    code = allowed_municipality(Permission.SEE_MAP, request.args.get("municipality", ""))
    form = MapForm.parse(request.args, code, words())
    heat = works().room.heat(code, form.window, form.look, Kind.PERCEPTION)
    form = replace(form, window=replace(form.window, kinds=frozenset({heat.kind})))
    view = week_view(form, heat, words())
    status = 422 if form.problems else 200
    name = words().municipality(heat.home.name)
    return render_template("map/week.html", view=view, problems=form.problems, municipality_name=name), status


def week_view(form: MapForm, heat: Heat, words: Words) -> WeekView:
    """The week in words and levels. form: with the one kind that is shown."""
    week = week_of(heat)
    return WeekView(
        title=sentence_of(heat, words),
        summary=summary_of(heat, words),
        hidden={name: value for name, value in form.as_words().items() if name not in _CHOSEN_HERE},
        rows=_rows(week, words),
        columns=_columns(week, words),
        legend=_legend(week, words),
        note=_note(week, words),
        is_whole=week.is_whole,
        is_empty=week.n_week < _SHOWN_FROM,
        map_link=f"/staff/map?{form.query()}",
    )


def _rows(week: Week, words: Words) -> list[tuple[Line, list[Cell]]]:
    sums, longest = week.sums.sum(axis=1), float(week.sums.sum(axis=1).max())
    lines = []
    for day, code in enumerate(WEEKDAYS):
        name, total = words.weekday_name(code), float(sums[day])
        head = Cell(code, words.weekday(code), _label(name, total, words))
        cells = [_cell(week, day, hour, words) for hour in range(HOURS_OF_DAY)]
        lines.append((Line(head, _figure(total, words), _bar(total, longest)), cells))
    return lines


def _columns(week: Week, words: Words) -> list[Line]:
    sums, longest = week.sums.sum(axis=0), float(week.sums.sum(axis=0).max())
    lines = []
    for hour in range(HOURS_OF_DAY):
        total = float(sums[hour])
        label = _label(words("alla dagar %(clock)s", clock=_clock(hour)), total, words)
        head = Cell(f"{hour:02d}", f"{hour}", label)
        lines.append(Line(head, _figure(total, words), _bar(total, longest)))
    return lines


def _cell(week: Week, day: int, hour: int, words: Words) -> Cell:
    n = float(week.sums[day, hour])
    name = f"{words.weekday_name(WEEKDAYS[day])} {_clock(hour)}"
    is_chosen = not week.is_whole and bool(week.chosen[day, hour])
    level = _level(n, float(week.sums.max()))
    return Cell(f"{WEEKDAYS[day]}-{hour:02d}", _figure(n, words), _label(name, n, words), level, is_chosen)


def _clock(hour: int) -> str:
    return f"{hour:02d}–{hour + 1:02d}"


def _level(n: float, most: float) -> int:
    """0 to 5. By the square root: most hours hold little, and differences among those would not be seen."""
    return 0 if n < _SHOWN_FROM else ceil(round(LEVELS * sqrt(n / most), 9))


def _bar(n: float, longest: float) -> int:
    return round(LONGEST_BAR * n / longest) if longest else 0


def _figure(n: float, words: Words) -> str:
    """As many figures as a cell holds."""
    if n < _SHOWN_FROM:
        return "·"
    return words.number(n, 1 if n < 10 else 0)


def _label(name: str, n: float, words: Words) -> str:
    if n < _SHOWN_FROM:
        return words("%(name)s, inga rapporter", name=name)
    if round(n, 1) == 1:
        return words("%(name)s, 1 rapport", name=name)
    return words("%(name)s, %(count)s rapporter", name=name, count=words.number(n, 1))


def _legend(week: Week, words: Words) -> str:
    n = words.number(week.n_week, 1)
    if week.is_whole:
        return words("Antal rapporter, exakta andelar. n = %(n)s.", n=n)
    return words(
        "Antal rapporter, exakta andelar. n = %(n)s, i de valda timmarna %(chosen)s.",
        n=n,
        chosen=words.number(week.n, 1),
    )


def _note(week: Week, words: Words) -> str:
    if week.n_week < _SHOWN_FROM:
        return words("Inga rapporter i urvalet. Vidga datum, timmar eller kategorier.")
    if week.n_week < FEWEST_FOR_A_SURFACE:
        return words("Under 30 rapporter på hela veckan: ett mönster kan vara en slump.")
    return ""
