"""The public start: what was done, the doors, and the newest edition of the map."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from geodata.hours import today
from geodata.queries.municipalities import LOCALITY, Home
from geodata.vocabulary import MeasureState
from webmap.access import Permission
from webmap.gate import needs, words, works
from webmap.maps.locator import locate
from webmap.pages.public_view import asked_home, earlier_editions, map_parts, public_view
from webmap.services import measures, walk_results
from webmap.services.measure_words import told
from webmap.services.measures import PublicMeasure
from webmap.services.minutes_counts import sum_words
from webmap.services.place_search import PlaceList
from webmap.services.place_ways import label_at

bp = Blueprint("home", __name__)

SHOWN_FIRST = 8
"""Places in words beside the map; the table has them all."""


@bp.get("/")
@needs(Permission.SEE_PUBLIC)
def show() -> ResponseReturnValue:
    home = asked_home()
    if home is None:
        return render_template("home/empty.html")
    done = measures.published(works().engine, home.code)
    listed = works().places.now(home.code)
    shown = public_view(home, done)
    localities = [(place.name, place.geometry) for place in home.places if place.kind == LOCALITY]
    return render_template(
        "home/show.html",
        municipality_name=words().municipality(home.name),
        locator=None if shown else locate(home.boundary, localities, home.name),
        report_address=f"/report?municipality={home.code}",
        measures=[_told(each, home, listed) for each in done],
        walked=_walked(home),
        shown=shown,
        parts=map_parts(home, shown) if shown else None,
        earlier=earlier_editions(home, shown.published.number, words()) if shown else [],
        shown_first=SHOWN_FIRST,
    )


def _walked(home: Home) -> list[tuple[int, str, str]]:
    """What walks have led to, as figures; none where no minutes are public."""
    sums = walk_results.led_to(works().engine, home, today())
    return sum_words(sums, words()) if sums.said else []


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
