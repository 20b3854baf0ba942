"""Small maps of the same ground beside each other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from geodata import crs
from geodata.errors import InvalidValue
from geodata.queries.window import Box, Window
from geodata.vocabulary import Kind
from webmap.access import Permission
from webmap.gate import allowed_municipality, needs, words, works
from webmap.maps.panel import WIDTHS_PX
from webmap.pages.filter_view import Choice
from webmap.pages.map_form import MapForm
from webmap.services.filter_words import sentence_of
from webmap.services.heat import Heat, opening_view
from webmap.services.legend import Legend, legend_of, summary_of
from webmap.services.multiples import By, Multiple, is_on_one_scale, multiples_of
from webmap.words import Words
from webmap.words.labels import N_

bp = Blueprint("multiples", __name__)

_NAMES = {
    By.SEASON: N_("årstid"),
    By.YEAR: N_("år"),
    By.LIGHT: N_("mörker och ljus"),
    By.WEEKDAY: N_("veckodag"),
    By.KIND: N_("slag"),
}
_THEMES = ("light", "dark")


@dataclass(frozen=True)
class PanelView:
    """One small map in words. pictures: theme → address. too_few: a sentence, or None."""

    title: str
    detail: str
    n: str
    too_few: str | None
    alt: str
    pictures: dict[str, str]
    link: str
    legend: Legend


@dataclass(frozen=True)
class MultiplesView:
    """What `map/multiples.html` shows. legend: the one of all the maps, or None where each has its own."""

    title: str
    summary: str
    choices: list[Choice]
    hidden: dict[str, str]
    panels: list[PanelView]
    legend: Legend | None
    notes: list[str]
    map_link: str


@bp.get("/staff/map/multiples")
@needs(Permission.SEE_MAP)
def show() -> ResponseReturnValue:
    code = allowed_municipality(Permission.SEE_MAP, request.args.get("municipality", ""))
    form = MapForm.parse(request.args, code, words())
    by, ground = _by(request.args.get("by", "")), _ground_asked()
    heat = works().room.heat(code, form.window, form.look, Kind.PERCEPTION)
    form = replace(form, window=replace(form.window, kinds=frozenset({heat.kind})))
    multiples = multiples_of(works().room, heat, by, words())
    view = _view(form, heat, multiples, (by, ground or _ground(heat)), words())
    name = words().municipality(heat.home.name)
    page = render_template("map/multiples.html", view=view, problems=form.problems, municipality_name=name)
    return page, 422 if form.problems else 200


def _by(text: str) -> By:
    if text and text not in set(By):
        raise InvalidValue("option.bad", "by", option="by", given=text[:40])
    return By(text) if text else By.SEASON


def _ground_asked() -> Box | None:
    return Window.parse({"bbox": request.args.get("ground", "")}).bbox


def _ground(heat: Heat) -> Box:
    """What every map shows: where the whole filter opens, in degrees."""
    opening = opening_view(heat)
    if opening:
        return opening
    west, south, east, north = heat.home.boundary.bounds
    x, y = crs.to_degrees_xy([west, east], [south, north])
    return float(x[0]), float(y[0]), float(x[1]), float(y[1])


def _view(
    form: MapForm, heat: Heat, multiples: list[Multiple], asked: tuple[By, Box], words: Words
) -> MultiplesView:
    by, ground = asked
    is_alike = is_on_one_scale(multiples)
    ground_words = ",".join(f"{edge:.5f}" for edge in ground)
    return MultiplesView(
        title=_title(heat, by, words),
        summary=_summary(heat, by, words),
        choices=[Choice(each.value, words(_NAMES[each]), each == by) for each in By],
        hidden=form.as_words() | {"ground": ground_words},
        panels=[_panel(form, each, ground_words, words) for each in multiples],
        legend=legend_of(multiples[0].heat, words) if is_alike else None,
        notes=_notes(heat, multiples, by, words),
        map_link=f"/staff/map?{form.query()}",
    )


def _title(heat: Heat, by: By, words: Words) -> str:
    sentence = sentence_of(heat, words)
    if by == By.KIND:
        return sentence.replace(words.label(heat.kind), words("Varje slag för sig"), 1)
    return words("%(filter)s, efter %(what)s", filter=sentence, what=words(_NAMES[by]))


def _summary(heat: Heat, by: By, words: Words) -> str:
    if by == By.KIND:
        return words.period(heat.period.since, heat.period.until)
    return summary_of(heat, words)


def _panel(form: MapForm, one: Multiple, ground: str, words: Words) -> PanelView:
    heat, n = one.heat, words.number(one.heat.selection.n, 1)
    asked = {"municipality": form.municipality, **heat.window.as_words(), **heat.look.as_words()}
    address = urlencode({**asked, "ground": ground, "width": f"{WIDTHS_PX[-1]}"}, safe=",")
    return PanelView(
        title=one.part.title,
        detail=one.part.detail,
        n=n,
        too_few=_too_few(heat, words),
        alt=words("Karta: %(title)s, n = %(n)s", title=one.part.title, n=n),
        pictures={theme: f"/heat/staff/picture.png?{address}&theme={theme}" for theme in _THEMES},
        link=f"/staff/map?{replace(form, window=heat.window).query()}",
        legend=legend_of(heat, words),
    )


def _too_few(heat: Heat, words: Words) -> str | None:
    if not heat.selection.reports:
        return words("Inga rapporter.")
    return words("För litet underlag: under 30 rapporter.") if heat.is_sparse else None


def _notes(heat: Heat, multiples: list[Multiple], by: By, words: Words) -> list[str]:
    """What must be known before colours are compared."""
    if by == By.KIND:
        return [
            words(
                "Varje slag har sin egen skala. Samma färg betyder olika antal, och slagen läggs aldrig ihop."
            )
        ]
    if not is_on_one_scale(multiples):
        return [
            words("Kartorna har olika skalor: samma färg betyder olika täthet. Läs varje teckenförklaring.")
        ]
    notes = [words("Samma plats, samma radie och samma gränser på alla kartorna.")]
    scales = {each.heat.scale.name for each in multiples if each.heat.scale}
    if heat.scale and heat.scale.name not in scales:
        notes.append(words("Gränserna är andra än på kartan över hela urvalet."))
    if by == By.YEAR:
        notes.append(_years(heat, multiples, words))
    return notes


def _years(heat: Heat, multiples: list[Multiple], words: Words) -> str:
    if len(multiples) == 1:
        return words("Perioden rymmer inte två hela år att jämföra.")
    return words("Hela år, räknade bakåt från %(day)s.", day=words.day(heat.period.until))
