"""The brightest places for machines, ranked."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from webmap.access import Permission
from webmap.api.answers import HOTSPOTS
from webmap.api.description import described
from webmap.api.heat import heat_asked
from webmap.gate import needs, words, works
from webmap.services.place_table import as_features
from webmap.services.ranking import ranking_of

bp = Blueprint("hotspots", __name__)


@bp.get("/api/v1/hotspots")
@described(HOTSPOTS)
@needs(Permission.SEE_MAP)
def show() -> ResponseReturnValue:
    heat = heat_asked()
    ranking = ranking_of(works().room, heat)
    document = as_features(list(ranking.places), heat, ranking, words())
    return document, 200, {"Content-Type": "application/geo+json"}
