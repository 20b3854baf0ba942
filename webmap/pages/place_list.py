"""The ranked places as a page of their own, as the map's list, and as files."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from geodata.errors import Fault
from geodata.vocabulary import Kind
from webmap.access import Permission
from webmap.gate import allowed_municipality, may_here, needs, note, words, works
from webmap.pages.map_form import MapForm
from webmap.services.filter_words import sentence_of
from webmap.services.heat import Heat
from webmap.services.legend import summary_of
from webmap.services.place_table import (
    By,
    Order,
    as_csv,
    as_xlsx,
    compared_with,
    falls_first,
    in_order,
)
from webmap.services.place_words import busiest_of, counts_whole, name_of, sentence_of_place, verdict_of
from webmap.services.ranking import RankedPlace, Ranking, ranking_of
from webmap.words import Words

bp = Blueprint("place_list", __name__)

_ZOOM = 15
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class SortLink:
    """The heading of a column that can be sorted by. sorted: as `aria-sort` says it, or ""."""

    label: str
    href: str
    sorted: str


@dataclass(frozen=True)
class Row:
    """One place, in words."""

    rank: int
    name: str
    longitude: float
    latitude: float
    href: str
    sentence: str
    n: str
    interval: str
    voices: str
    before: str
    change: str
    hours: str
    class_: int | None


@dataclass(frozen=True)
class ListView:
    """What `map/list.html` shows. may_take: the list as a file."""

    title: str
    summary: str
    lines: list[str]
    heads: dict[str, SortLink]
    rows: list[Row]
    notes: list[str]
    suggestion: tuple[str, str] | None
    map_link: str
    list_link: str
    csv_link: str
    xlsx_link: str
    may_take: bool
    problems: dict[str, str]


@dataclass(frozen=True)
class _Asked:
    """What a request asks for, worked out."""

    form: MapForm
    order: Order
    heat: Heat
    ranking: Ranking

    @property
    def places(self) -> list[RankedPlace]:
        return in_order(self.ranking, self.order, words())


@bp.get("/staff/map/list")
@needs(Permission.SEE_MAP)
def show() -> ResponseReturnValue:
    asked = _asked()
    view = list_view(asked.form, asked.order, asked.heat, asked.ranking, words())
    name = words().municipality(asked.heat.home.name)
    status = 422 if view.problems else 200
    return render_template("map/list.html", view=view, municipality_name=name), status


@bp.get("/staff/map/list.csv")
@needs(Permission.EXPORT_REPORTS)
def as_text() -> ResponseReturnValue:
    asked = _asked(Permission.EXPORT_REPORTS)
    return _file(as_csv(asked.places, asked.heat, words()), "text/csv; charset=utf-8", asked.heat, "csv")


@bp.get("/staff/map/list.xlsx")
@needs(Permission.EXPORT_REPORTS)
def as_workbook() -> ResponseReturnValue:
    asked = _asked(Permission.EXPORT_REPORTS)
    return _file(as_xlsx(asked.places, asked.heat, asked.ranking, words()), _XLSX, asked.heat, "xlsx")


def _file(content: bytes, mimetype: str, heat: Heat, suffix: str) -> Response:
    note(heat.home.code, "map.export", "places", suffix)
    answer = Response(content, content_type=mimetype)
    name = f"platser-{heat.home.code}-{heat.kind}-{heat.period.since}-{heat.period.until}.{suffix}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _asked(permission: Permission = Permission.SEE_MAP) -> _Asked:
    code = allowed_municipality(permission, request.args.get("municipality", ""))
    form = MapForm.parse(request.args, code, words())
    room = works().room
    heat = room.heat(code, form.window, form.look, Kind.PERCEPTION)
    form = replace(form, window=replace(form.window, kinds=frozenset({heat.kind})))
    order, problems = _order(form.problems)
    return _Asked(replace(form, problems=problems), order, heat, ranking_of(room, heat))


def _order(problems: dict[str, str]) -> tuple[Order, dict[str, str]]:
    try:
        return Order.parse(request.args), problems
    except Fault as fault:
        return Order(), {**problems, fault.field: words().fault(fault)}


def list_view(form: MapForm, order: Order, heat: Heat, ranking: Ranking, words: Words) -> ListView:
    """The list of a filter. form: with the one kind that is shown."""
    query = form.query(**order.as_words())
    larger = heat.next_bandwidth
    wider = f"/staff/map/list?{form.with_bandwidth(larger).query(**order.as_words())}" if larger else ""
    places = in_order(ranking, order, words)
    return ListView(
        title=sentence_of(heat, words),
        summary=summary_of(heat, words),
        lines=_lines(heat, ranking, words),
        heads={by.value: _head(by, form, order, words) for by in By},
        rows=[_row(place, form, heat, words) for place in places],
        notes=_notes(heat, ranking, words),
        suggestion=(words("Prova radien %(metres)s m", metres=larger), wider) if larger else None,
        map_link=f"/staff/map?{form.query()}",
        list_link=f"/staff/map/list?{query}",
        csv_link=f"/staff/map/list.csv?{query}",
        xlsx_link=f"/staff/map/list.xlsx?{query}",
        may_take=may_here(Permission.EXPORT_REPORTS, heat.home.code),
        problems=form.problems,
    )


def _lines(heat: Heat, ranking: Ranking, words: Words) -> list[str]:
    if not heat.selection.reports:
        return []
    radius = words.number(heat.look.kernel.bandwidth_m)
    near = words("Platserna är ytans toppar. Rapporter räknas inom %(metres)s m.", metres=radius)
    return [near, f"{words('Förra perioden')}: {compared_with(ranking, words)}."]


def _notes(heat: Heat, ranking: Ranking, words: Words) -> list[str]:
    if not heat.selection.reports:
        return [words("Inga rapporter i urvalet. Vidga datum, timmar eller kategorier.")]
    notes = []
    if heat.is_sparse:
        notes.append(words("Under 30 rapporter i urvalet. Ordningen säger inte mycket, men det här finns."))
    if not ranking.places:
        radius = words.number(heat.look.kernel.bandwidth_m)
        notes.append(
            words("Ingen plats har 3 rapporter inom %(metres)s m. Välj en större radie.", metres=radius)
        )
    return notes


def _head(by: By, form: MapForm, order: Order, words: Words) -> SortLink:
    label = {
        By.RANK: words("Rang"),
        By.NAME: words("Plats"),
        By.N: words("Rapporter"),
        By.CHANGE: words("Förändring"),
    }[by]
    is_chosen = order.by == by
    falls = not order.is_falling if is_chosen else falls_first(by)
    way = ("descending" if order.is_falling else "ascending") if is_chosen else ""
    href = f"/staff/map/list?{form.query(**Order(by, falls).as_words())}"
    return SortLink(label, href, way)


def _row(place: RankedPlace, form: MapForm, heat: Heat, words: Words) -> Row:
    low, high = place.interval
    return Row(
        rank=place.rank,
        name=name_of(place, words),
        longitude=place.longitude,
        latitude=place.latitude,
        href=f"/staff/map?{form.query()}#{_ZOOM}/{place.latitude:.5f}/{place.longitude:.5f}",
        sentence=sentence_of_place(place, heat, words),
        n=words.number(place.n_near, 1),
        interval=f"{words.number(low, 1)}–{words.number(high, 1)}",
        voices=_voices(place, words),
        before=words("okänt") if place.n_before is None else words.number(place.n_before, 1),
        change=verdict_of(place, words),
        hours=busiest_of(place, heat, words) if place.rank else "",
        class_=place.class_,
    )


def _voices(place: RankedPlace, words: Words) -> str:
    if place.voices is None:
        return words("okänt")
    return words.number(place.voices) if counts_whole(place) else ""
