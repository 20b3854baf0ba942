"""The public start: the municipality, and what the service is for."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from geodata.queries.municipalities import LOCALITY, Home
from geodata.vocabulary import MeasureState
from webmap.access import Permission
from webmap.gate import needs, words, works
from webmap.maps.locator import locate
from webmap.services import measures, reception
from webmap.services.measure_words import told
from webmap.services.measures import PublicMeasure
from webmap.services.place_search import PlaceList
from webmap.services.place_ways import label_at

bp = Blueprint("home", __name__)


@bp.get("/")
@needs(Permission.SEE_PUBLIC)
def show() -> ResponseReturnValue:
    home = reception.first_home(works().engine, request.args.get("municipality", ""))
    if home is None:
        return render_template("home/empty.html")
    done = measures.published(works().engine, home.code)
    listed = works().places.now(home.code)
    places = [(place.name, place.geometry) for place in home.places if place.kind == LOCALITY]
    locator = locate(home.boundary, places, home.name)
    return render_template(
        "home/show.html",
        municipality_name=words().municipality(home.name),
        locator=locator,
        report_address=f"/report?municipality={home.code}",
        measures=[_told(each, home, listed) for each in done],
    )


@dataclass(frozen=True)
class ToldMeasure:
    """What is done somewhere, in words."""

    title: str
    where: str
    how_far: str
    is_done: bool


def _told(measure: PublicMeasure, home: Home, places: PlaceList) -> ToldMeasure:
    where = label_at(home, places, (measure.lon, measure.lat), words())
    is_done = measure.state == MeasureState.DONE
    return ToldMeasure(measure.title, where, told(measure, words()), is_done)


@bp.get("/favicon.ico")
@needs(Permission.SEE_PUBLIC)
def favicon() -> ResponseReturnValue:
    return redirect(url_for("static", filename="favicon.svg"), 301)
