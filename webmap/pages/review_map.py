"""The drawing beside a report, and the addresses that show it nearer, farther or elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode
from uuid import UUID

from geodata.queries.municipalities import Home
from geodata.queries.review_case import ReviewedReport
from webmap.gate import works
from webmap.maps.review_frame import SPANS_M, USUAL_M, Frame, base_tiles
from webmap.maps.review_picture import Marked, ReviewPicture, draw_review, span_for
from webmap.pages.review_form import CaseForm
from webmap.services.basemap import Credit
from webmap.services.layers import BASE_TILES
from webmap.services.place_words import distance_words
from webmap.services.review_desk import Case
from webmap.words import Words

_KEPT = ("panel", "search", "kept", "mask")


@dataclass(frozen=True)
class MapView:
    """nearer, farther: addresses of the page with more or less ground, "" at either end.

    own: address of the drawing alone, to which `span`, `at`, `east` and `north` may be added.
    """

    picture: ReviewPicture
    nearer: str
    farther: str
    own: str
    scale: str
    credit: Credit | None


def map_view(case: Case, form: CaseForm, asked: Mapping[str, str], words: Words) -> MapView:
    """The drawing that the address asks for, with the pin where the form has it."""
    pin = _spot(form.east, form.north) if form.panel == "place" else _own(case.report)
    frame = _frame(case.home, pin, asked)
    shapes = works().ground.now(case.home.code).shapes
    has_own_pin = pin == _own(case.report)
    marked = Marked(
        case.report.place if has_own_pin else None,
        pin[0] if pin else None,
        pin[1] if pin else None,
        case.report.accuracy_m if has_own_pin else None,
    )
    picture = draw_review(frame, marked, case.home, case.around, shapes)
    base = works().basemap
    if base:
        picture = replace(picture, tiles=base_tiles(frame, BASE_TILES, base.zooms))
    nearer, farther = _beside(frame.span_m)
    return MapView(
        picture,
        _address(case.report.uid, asked, nearer),
        _address(case.report.uid, asked, farther),
        f"/staff/reports/{case.report.uid}/map",
        distance_words(round(picture.scale_m), words),
        base.credit if base and base.credit.text else None,
    )


def _own(report: ReviewedReport) -> tuple[float, float] | None:
    return None if report.east is None or report.north is None else (report.east, report.north)


def _spot(east: str, north: str) -> tuple[float, float] | None:
    """A place as it was written, where it can be on a map at all."""
    try:
        spot = float(east.replace(",", ".")), float(north.replace(",", "."))
    except ValueError:
        return None
    return spot if all(0 <= each <= 10_000_000 for each in spot) else None


def _frame(home: Home, pin: tuple[float, float] | None, asked: Mapping[str, str]) -> Frame:
    east, _, north = asked.get("at", "").partition(",")
    inside = home.boundary.representative_point()
    middle = _spot(east, north) or pin or (inside.x, inside.y)
    said = asked.get("span", "")
    usual = USUAL_M if pin else span_for(home)
    return Frame(*middle, next((span for span in SPANS_M if str(span) == said), usual))


def _beside(span_m: int) -> tuple[int | None, int | None]:
    at = SPANS_M.index(span_m)
    return (SPANS_M[at - 1] if at else None), (SPANS_M[at + 1] if at + 1 < len(SPANS_M) else None)


def _address(uid: UUID, asked: Mapping[str, str], span_m: int | None) -> str:
    if span_m is None:
        return ""
    kept = {name: asked[name] for name in (*_KEPT, "east", "north", "at") if asked.get(name)}
    return f"/staff/reports/{uid}?{urlencode({**kept, 'span': span_m})}"
