"""What the map's form and its links say, read field by field so that one fault keeps all the rest."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from geodata.errors import Fault
from geodata.queries.window import Window
from geodata.vocabulary import Kind
from webmap.services.display import Display, View
from webmap.services.heat import Look
from webmap.words import Words

_WINDOW_FIELDS = (
    ("since", "until"),
    ("weekdays", "hours"),
    ("kinds",),
    ("origins",),
    ("polarity",),
    ("categories",),
    ("light",),
    ("states",),
    ("bbox",),
    ("area",),
)
_LOOK_FIELDS = (("bandwidth",), ("kernel",), ("cell",))
_DISPLAY_FIELDS = (("view",), ("square",), ("compare_since", "compare_until"))
HOURS_OF_DAY = 24
_WHOLE_WEEK = "all"


@dataclass(frozen=True)
class MapForm:
    """The filter as asked for. typed: every field as it came. problems: field → sentence."""

    municipality: str
    window: Window
    look: Look
    typed: dict[str, str]
    display: Display = Display()
    problems: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, args: MultiDict[str, str], municipality: str, words: Words) -> MapForm:
        """From a query or a form; a part that cannot be read is left out of the filter and said so."""
        typed = {name: ",".join(value for value in args.getlist(name) if value) for name in args}
        typed |= _of_week(typed.get("week_cell", ""))
        given = {**typed, **_hours(typed)}
        problems: dict[str, str] = {}
        window = _read(Window.parse, _WINDOW_FIELDS, given, problems, words)
        look = _read(Look.parse, _LOOK_FIELDS, given, problems, words)
        display = _read(Display.parse, _DISPLAY_FIELDS, given, problems, words)
        if _is_half(typed):
            problems["hours"] = words("Välj både från och till, eller lämna båda.")
        return cls(
            municipality, Window.parse(window), Look.parse(look), given, Display.parse(display), problems
        )

    @property
    def kind(self) -> Kind | None:
        """The one kind asked for."""
        return next(iter(self.window.kinds)) if len(self.window.kinds) == 1 else None

    def as_words(self) -> dict[str, str]:
        """The state of the page as the words of a link."""
        filter_words = {**self.window.as_words(), **self.look.as_words(), **self.display.as_words()}
        return {"municipality": self.municipality, **filter_words}

    def with_bandwidth(self, bandwidth_m: int) -> MapForm:
        """The same with another radius."""
        kernel = replace(self.look.kernel, bandwidth_m=float(bandwidth_m))
        return replace(self, look=replace(self.look, kernel=kernel))

    def shown_as(self, view: View | None, square_m: int | None = None) -> MapForm:
        """The same in another view."""
        square_m = square_m or self.display.square_m
        return replace(self, display=replace(self.display, view=view, square_m=square_m))

    def beside(self, earlier: tuple[date, date] | None) -> MapForm:
        """The same compared with a period, or with none."""
        return replace(self, display=replace(self.display, earlier=earlier))

    def query_without(self, name: str) -> str:
        """The state without one of its words."""
        return urlencode({word: said for word, said in self.as_words().items() if word != name}, safe=",")

    def query(self, **more: str) -> str:
        """The state as a query string."""
        return urlencode({**self.as_words(), **more}, safe=",")


def _hours(typed: dict[str, str]) -> dict[str, str]:
    first, end = typed.get("hours_from", ""), typed.get("hours_to", "")
    return {"hours": f"{first}-{end}"} if first and end else {}


def _of_week(cell: str) -> dict[str, str]:
    """The weekdays and hours of a cell, a row or a column of the week: `fri-22`, `fri`, `22`, or `all`."""
    if not cell:
        return {}
    day, _, hour = ("", "", cell) if cell.isdigit() else cell.partition("-")
    is_hour = hour.isdigit() and int(hour) < HOURS_OF_DAY
    return {
        "weekdays": "" if day == _WHOLE_WEEK else day,
        "hours_from": f"{int(hour):02d}" if is_hour else "",
        "hours_to": f"{int(hour) + 1:02d}" if is_hour else "",
        "hours": "",
    }


def _read(
    parse: Any,
    fields: tuple[tuple[str, ...], ...],
    given: dict[str, str],
    problems: dict[str, str],
    words: Words,
) -> dict[str, str]:
    """What can be read of these fields; the rest is said in `problems`."""
    readable = {name: given[name] for names in fields for name in names if given.get(name)}
    for names in fields:
        _check(parse, names, readable, problems, words)
    return readable


def _is_half(typed: dict[str, str]) -> bool:
    return bool(typed.get("hours_from")) != bool(typed.get("hours_to"))


def _check(
    parse: Any, names: tuple[str, ...], given: dict[str, str], problems: dict[str, str], words: Words
) -> None:
    """Take out of `given` what of these fields cannot be read, one at a time, and say why."""
    while True:
        try:
            parse({name: given[name] for name in names if name in given})
        except Fault as fault:
            problems[fault.field] = words.fault(fault)
            for name in (fault.field,) if fault.field in given else names:
                given.pop(name, None)
        else:
            return
