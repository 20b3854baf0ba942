"""The public start: the municipality, and what the service is for."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from geodata.queries.municipalities import LOCALITY
from webmap.access import Permission
from webmap.gate import needs, words, works
from webmap.maps.locator import locate
from webmap.services import reception

bp = Blueprint("home", __name__)


@bp.get("/")
@needs(Permission.SEE_PUBLIC)
def show() -> ResponseReturnValue:
    home = reception.first_home(works().engine, request.args.get("municipality", ""))
    if home is None:
        return render_template("home/empty.html")
    places = [(place.name, place.geometry) for place in home.places if place.kind == LOCALITY]
    locator = locate(home.boundary, places, home.name)
    return render_template(
        "home/show.html", municipality_name=words().municipality(home.name), locator=locator
    )


@bp.get("/favicon.ico")
@needs(Permission.SEE_PUBLIC)
def favicon() -> ResponseReturnValue:
    return redirect(url_for("static", filename="favicon.svg"), 301)
