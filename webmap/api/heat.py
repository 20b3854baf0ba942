"""The surface as tiles, and its value at a place."""

from __future__ import annotations

from math import isfinite
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from geodata import crs
from geodata.analysis.scale import LEAST_REPORTS
from geodata.errors import InvalidValue
from geodata.queries.window import Window
from webmap.access import Permission
from webmap.api.answers import HEAT_VALUE
from webmap.api.description import described
from webmap.api.pictures import picture_answer, tile_asked
from webmap.gate import allowed_municipality, needs, words, works
from webmap.maps.tiles import paint
from webmap.services.heat import Heat, Look, Value, value_at
from webmap.words import Words

bp = Blueprint("heat", __name__)


def heat_asked() -> Heat:
    """The surface the query string asks for. Raises as `HeatRoom.heat`, and NotAllowed."""
    code = allowed_municipality(Permission.SEE_MAP, request.args.get("municipality", ""))
    given = {name: ",".join(request.args.getlist(name)) for name in request.args}
    return works().room.heat(code, Window.parse(given), Look.parse(given))


@bp.get("/heat/staff/<int:z>/<int:x>/<int:y>.png")
@needs(Permission.SEE_MAP)
def tile(z: int, x: int, y: int) -> ResponseReturnValue:
    asked, theme = tile_asked(z, x, y)
    heat = heat_asked()
    key = f"{heat.token}/{theme}/{asked.side_px}/{z}/{x}/{y}"
    return picture_answer(key, lambda: paint(heat.field, heat.limits, asked, theme))


@bp.get("/api/v1/heat/value")
@described(HEAT_VALUE)
@needs(Permission.SEE_MAP)
def value() -> ResponseReturnValue:
    longitude, latitude = degrees("lon", 180), degrees("lat", 90)
    heat = heat_asked()
    east, north = crs.to_metres_xy([longitude], [latitude])
    found = value_at(heat, float(east[0]), float(north[0]))
    return {**_figures(heat, found), "words": _sentences(heat, found, words())}


def degrees(name: str, most: float) -> float:
    """A coordinate of the query string, at most so far from 0. Raises InvalidValue."""
    try:
        given = float(request.args.get(name, ""))
    except ValueError as fault:
        raise InvalidValue("position.bad", name) from fault
    if not isfinite(given) or abs(given) > most:
        raise InvalidValue("position.bad", name)
    return given


def _figures(heat: Heat, found: Value) -> dict[str, Any]:
    return {
        "value": found.density,
        "rate_in_hours": found.rate,
        "class": found.class_,
        "unit": heat.unit,
        "n": found.n,
        "n_near": found.n_near,
        "interval": list(found.interval),
        "voices": found.voices,
        "bandwidth_m": heat.look.kernel.bandwidth_m,
        "kernel": heat.look.kernel.name,
        "period": [heat.period.since.isoformat(), heat.period.until.isoformat()],
        "scale": heat.scale.name if heat.scale else None,
        "filter": heat.window.as_words(),
    }


def _sentences(heat: Heat, found: Value, words: Words) -> dict[str, str]:
    decimals = 0 if found.density >= 10 else 1
    unit = words("per km² och år") if heat.is_per_year else words("per km² under perioden")
    low, high = found.interval
    said = {
        "value": f"{words.number(found.density, decimals)} {unit}",
        "class": _class_words(heat, found, words),
        "near": words(
            "%(near)s rapporter inom %(metres)s m (95 %%-intervall %(low)s–%(high)s)",
            near=words.number(found.n_near, 1),
            metres=words.number(heat.look.kernel.bandwidth_m),
            low=words.number(low, 1),
            high=words.number(high, 1),
        ),
        "voices": words("Röster: okänt") if found.voices is None and found.n_near else "",
        "rate": "",
    }
    if found.voices is not None:
        said["voices"] = words.plural("%(n)s röst", "%(n)s röster", found.voices)
    if not heat.window.is_whole_week:
        said["rate"] = words(
            "Medan de valda timmarna pågår: %(rate)s %(unit)s",
            rate=words.number(found.rate, decimals),
            unit=unit,
        )
    return {name: sentence for name, sentence in said.items() if sentence}


def _class_words(heat: Heat, found: Value, words: Words) -> str:
    if found.class_ is not None:
        return words("Klass %(number)s av 5", number=found.class_)
    if not found.density:
        return words("Inga rapporter här. Det betyder inte att det är tryggt.")
    if heat.limits is None:
        return words("Ingen klass: skalan är inte gjord än.")
    if found.n_near >= LEAST_REPORTS:
        return words("Ingen klass: på kanten till för litet underlag.")
    return words("Ingen klass: för litet underlag, under 3 rapporter inom radien.")
