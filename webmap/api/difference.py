"""The difference between two periods as tiles, and at a place."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from geodata import crs
from geodata.analysis.difference import LESS, MORE, UNSURE
from geodata.errors import InvalidValue
from webmap.access import Permission
from webmap.api.answers import DIFFERENCE
from webmap.api.description import described
from webmap.api.heat import degrees, heat_asked
from webmap.api.pictures import picture_answer, tile_asked
from webmap.gate import needs, words, works
from webmap.maps.difference import paint_difference
from webmap.services.comparison import ComparedValue, Comparison, compared, compared_at
from webmap.services.display import Display
from webmap.services.legend import density_words
from webmap.words import Words

bp = Blueprint("difference", __name__)


def _asked() -> Comparison:
    earlier = Display.parse(request.args).earlier
    if earlier is None:
        raise InvalidValue("option.missing", "compare_since", option="compare_since")
    return compared(works().room, heat_asked(), earlier)


@bp.get("/heat/staff/difference/<int:z>/<int:x>/<int:y>.png")
@needs(Permission.SEE_MAP)
def tile(z: int, x: int, y: int) -> ResponseReturnValue:
    asked, theme = tile_asked(z, x, y)
    comparison = _asked()
    key = f"difference/{comparison.token}/{theme}/{asked.side_px}/{z}/{x}/{y}"
    return picture_answer(key, lambda: paint_difference(comparison.codes_at, asked, theme))


@bp.get("/api/v1/heat/difference")
@described(DIFFERENCE)
@needs(Permission.SEE_MAP)
def value() -> ResponseReturnValue:
    longitude, latitude = degrees("lon", 180), degrees("lat", 90)
    comparison = _asked()
    east, north = crs.to_metres_xy([longitude], [latitude])
    found = compared_at(comparison, float(east[0]), float(north[0]))
    return {**_figures(comparison, found), "words": _sentences(comparison, found, words())}


def _figures(comparison: Comparison, found: ComparedValue) -> dict[str, Any]:
    now, before = comparison.now, comparison.before
    return {
        "difference": found.difference,
        "code": found.code,
        "unit": now.unit,
        "n": now.selection.n,
        "n_before": before.selection.n,
        "n_near": found.now.n_near,
        "n_near_before": found.before.n_near,
        "bandwidth_m": now.look.kernel.bandwidth_m,
        "period": [now.period.since.isoformat(), now.period.until.isoformat()],
        "period_before": [before.period.since.isoformat(), before.period.until.isoformat()],
    }


def _sentences(comparison: Comparison, found: ComparedValue, words: Words) -> dict[str, str]:
    unit = words("per km² och år") if comparison.now.is_per_year else words("per km² under perioden")
    return {
        "value": _verdict(found, words),
        "near": words(
            "%(near)s rapporter inom %(metres)s m, %(before)s i den tidigare perioden",
            near=words.number(found.now.n_near, 1),
            before=words.number(found.before.n_near, 1),
            metres=words.number(comparison.now.look.kernel.bandwidth_m),
        ),
        "class": words(
            "%(now)s mot %(before)s %(unit)s",
            now=density_words(found.now.density, words),
            before=density_words(found.now.density - found.difference, words),
            unit=unit,
        ),
    }


def _verdict(found: ComparedValue, words: Words) -> str:
    if found.code in MORE:
        return words("Fler rapporter än i den tidigare perioden")
    if found.code in LESS:
        return words("Färre rapporter än i den tidigare perioden")
    if found.code == UNSURE:
        return words("Ingen säker skillnad: kan vara slump")
    return words("Inga rapporter här. Det betyder inte att det är tryggt.")
