"""The ranked places as a table: in the order asked for, as it is shown, exported and handed to machines."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import urlencode

from xlsxwriter import Workbook

from geodata.errors import InvalidValue
from geodata.exchange.guard import guarded
from webmap.services.filter_words import sentence_of
from webmap.services.heat import Heat
from webmap.services.legend import summary_of, unit_words
from webmap.services.place_words import busiest_of, name_of, sentence_of_place, verdict_of
from webmap.services.ranking import RankedPlace, Ranking
from webmap.words import Words

Cell = str | int | float | None

_DECIMALS = {"n_near": 6, "before": 6, "lon": 6, "lat": 6}
_USUAL_DECIMALS = 2
_AFTER_Z = str.maketrans({"å": "\N{GREEK SMALL LETTER ALPHA}", "ä": "\N{GREEK SMALL LETTER BETA}",
                          "ö": "\N{GREEK SMALL LETTER GAMMA}"})  # fmt: skip


class By(StrEnum):
    """What a list is sorted by."""

    RANK = "rank"
    NAME = "name"
    N = "n"
    CHANGE = "change"


@dataclass(frozen=True)
class Order:
    """The order of a list. is_falling: the largest first."""

    by: By = By.RANK
    is_falling: bool = False

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> Order:
        """From `sort` and `order`; numbers fall and names rise unless told. Raises InvalidValue."""
        by, way = given.get("sort", "") or By.RANK.value, given.get("order", "")
        if by not in [each.value for each in By]:
            raise InvalidValue("option.bad", "sort", option="sort", given=by[:40])
        if way not in ("", "asc", "desc"):
            raise InvalidValue("option.bad", "order", option="order", given=way[:40])
        return cls(By(by), way == "desc" if way else falls_first(By(by)))

    def as_words(self) -> dict[str, str]:
        """The same as words of a link, only where it is not as ranked."""
        if self == Order():
            return {}
        return {"sort": self.by.value, "order": "desc" if self.is_falling else "asc"}


def falls_first(by: By) -> bool:
    """Whether the largest comes first when a column is first sorted by."""
    return by in (By.N, By.CHANGE)


def in_order(ranking: Ranking, order: Order, words: Words) -> list[RankedPlace]:
    """The places in an order, those without rank always last."""
    places = sorted(ranking.places, key=lambda each: _key(each, order, words))
    return [*places, *ranking.unranked]


def _key(place: RankedPlace, order: Order, words: Words) -> tuple[Any, ...]:
    if order.by == By.NAME:
        name = name_of(place, words).casefold().translate(_AFTER_Z)
        return tuple(-ord(each) for each in name) + (1,) if order.is_falling else (name, place.rank)
    if order.by == By.CHANGE and place.n_before is None:
        return 1, 0.0, place.rank
    change = place.n_near - (place.n_before or 0.0)
    value = {By.RANK: float(place.rank), By.N: place.n_near, By.CHANGE: change}[order.by]
    return 0, -value if order.is_falling else value, place.rank


def headings(heat: Heat, words: Words) -> dict[str, str]:
    """What each column of a file is called, in order."""
    return {
        "rank": words("Rang"),
        "name": words("Plats"),
        "n_near": words("Rapporter"),
        "low": words("Intervall från"),
        "high": words("Intervall till"),
        "reports": words("Rapporter som berörs"),
        "voices": words("Röster"),
        "before": words("Förra perioden"),
        "change": words("Förändring"),
        "hours": words("Tid"),
        "class": words("Klass"),
        "density": unit_words(heat, words),
        "east": "SWEREF 99 TM E",
        "north": "SWEREF 99 TM N",
        "lon": words("Longitud"),
        "lat": words("Latitud"),
    }


def cells(place: RankedPlace, heat: Heat, words: Words) -> dict[str, Cell]:
    """A place as typed values by column, rounded as they are written."""
    values: dict[str, Cell] = {
        "rank": place.rank or None,
        "name": name_of(place, words),
        "n_near": place.n_near,
        "low": place.interval[0],
        "high": place.interval[1],
        "reports": place.reports_near,
        "voices": place.voices,
        "before": place.n_before,
        "change": verdict_of(place, words),
        "hours": busiest_of(place, heat, words) if place.rank else "",
        "class": place.class_,
        "density": place.density,
        "east": place.east,
        "north": place.north,
        "lon": place.longitude,
        "lat": place.latitude,
    }
    return {name: _rounded(name, value) for name, value in values.items()}


def _rounded(name: str, value: Cell) -> Cell:
    return round(value, _DECIMALS.get(name, _USUAL_DECIMALS)) if isinstance(value, float) else value


def filter_words(heat: Heat) -> dict[str, str]:
    """The filter with the municipality and the look, as the words of a link."""
    return {"municipality": heat.home.code, **heat.window.as_words(), **heat.look.as_words()}


def as_csv(places: list[RankedPlace], heat: Heat, words: Words) -> bytes:
    """As Swedish Excel reads it: BOM, semicolons, decimal commas, and no cell that could run.

    The filter is the heading of a last, empty column, as in every other file.
    """
    text = StringIO(newline="")
    out = csv.writer(text, delimiter=";", lineterminator="\r\n")
    head = headings(heat, words)
    out.writerow([*head.values(), f"filter: {urlencode(filter_words(heat), safe=',:')}"])
    for place in places:
        out.writerow([*map(_written, cells(place, heat, words).values()), ""])
    return text.getvalue().encode("utf-8-sig")


def _written(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return guarded(value)
    return (
        f"{value:.6f}".rstrip("0").rstrip(".").replace(".", ",") if isinstance(value, float) else f"{value}"
    )


def as_xlsx(places: list[RankedPlace], heat: Heat, ranking: Ranking, words: Words) -> bytes:
    """The same as a workbook: typed cells on one sheet, what was asked for on another."""
    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(target, options) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(words("Platser"))
        head = headings(heat, words)
        sheet.write_row(0, 0, list(head.values()), bold)
        for row, place in enumerate(places, 1):
            sheet.write_row(row, 0, cells(place, heat, words).values())
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, len(places), len(head) - 1)
        sheet.autofit(400)
        asked = book.add_worksheet(words("Urval"))
        for row, (name, value) in enumerate(_said(heat, ranking, words)):
            asked.write_string(row, 0, name, bold)
            asked.write_string(row, 1, value)
        asked.autofit(600)
    return target.getvalue()


def _said(heat: Heat, ranking: Ranking, words: Words) -> list[tuple[str, str]]:
    lines = [
        (words("Kommun"), heat.home.name),
        (words("Urval"), sentence_of(heat, words)),
        (words("Underlag"), summary_of(heat, words)),
        (words("Radie"), words("%(metres)s m", metres=words.number(heat.look.kernel.bandwidth_m))),
        (words("Jämfört med"), compared_with(ranking, words)),
    ]
    return [*lines, *filter_words(heat).items()]


def compared_with(ranking: Ranking, words: Words) -> str:
    """Which period the places are compared with, or that there is none."""
    before = ranking.before
    if before is None:
        return words("ingen, rapporterna räcker inte så långt bakåt")
    return words.period(before.since, before.until)


def as_features(places: list[RankedPlace], heat: Heat, ranking: Ranking, words: Words) -> dict[str, Any]:
    """The same for machines: GeoJSON with the filter and the figures of the whole beside the places."""
    before = ranking.before
    return {
        "type": "FeatureCollection",
        "filter": filter_words(heat),
        "unit": heat.unit,
        "bandwidth_m": heat.look.kernel.bandwidth_m,
        "kernel": heat.look.kernel.name,
        "n": heat.selection.n,
        "period": _dates(heat.period.since, heat.period.until),
        "before": _dates(before.since, before.until) if before else None,
        "features": [_feature(place, heat, words) for place in places],
    }


def _dates(since: date, until: date) -> list[str]:
    return [since.isoformat(), until.isoformat()]


def _feature(place: RankedPlace, heat: Heat, words: Words) -> dict[str, Any]:
    busiest = place.busiest
    clock = busiest.clock if busiest else None
    properties = {
        "rank": place.rank or None,
        "name": name_of(place, words),
        "value": place.density,
        "class": place.class_,
        "n_near": place.n_near,
        "reports_near": place.reports_near,
        "interval": list(place.interval),
        "voices": place.voices,
        "n_before": place.n_before,
        "change": place.change.value,
        "busiest": f"{busiest.weekdays[0]} {clock[0]:02d}-{clock[1] or 24:02d}"
        if busiest and clock
        else None,
        "words": sentence_of_place(place, heat, words),
    }
    position = [place.longitude, place.latitude]
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": position},
        "properties": properties,
    }
