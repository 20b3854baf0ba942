"""The reports of a filter as GeoJSON in CRS84, longitude before latitude: codes and numbers of our own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from webmap.access import Permission
from webmap.api.answers import REPORTS
from webmap.api.description import described
from webmap.gate import allowed_municipality, needs, words, works
from webmap.services.point_words import gathering_sentences, point_sentences, points_sentence
from webmap.services.points import Gathering, Point, Points, Screen, points_heat, points_of
from webmap.words import Words

bp = Blueprint("reports", __name__)

_DECIMALS = 6


@bp.get("/api/v1/reports")
@described(REPORTS)
@needs(Permission.SEE_MAP)
def collection() -> ResponseReturnValue:
    code = allowed_municipality(Permission.SEE_MAP, request.args.get("municipality", ""))
    given = {name: ",".join(request.args.getlist(name)) for name in request.args}
    screen = Screen.parse(given)
    found = points_of(works().engine, points_heat(works().room, code, given), screen)
    answer = jsonify(_collection(found, given, words()))
    answer.mimetype = "application/geo+json"
    return answer


def _collection(found: Points, given: dict[str, str], words: Words) -> dict[str, Any]:
    gathered = zip(found.gatherings, gathering_sentences(found, words), strict=True)
    features = [_point(each, words) for each in found.points]
    features += [_gathering(each, said) for each, said in gathered]
    links = []
    if found.cursor is not None:
        address = f"/api/v1/reports?{urlencode(given | {'cursor': str(found.cursor)}, safe=',')}"
        links = [{"rel": "next", "type": "application/geo+json", "href": address}]
    return {
        "type": "FeatureCollection",
        "features": features,
        "n": found.n,
        "reports": found.reports,
        "aggregated": found.side_m is not None,
        "square_m": found.side_m,
        "cursor": None if found.cursor is None else str(found.cursor),
        "links": links,
        "words": {"state": points_sentence(found, words)},
    }


def _feature(name: str, place: tuple[float, float], properties: dict[str, Any]) -> dict[str, Any]:
    longitude, latitude = place
    where = [round(longitude, _DECIMALS), round(latitude, _DECIMALS)]
    geometry = {"type": "Point", "coordinates": where}
    return {"type": "Feature", "id": name, "geometry": geometry, "properties": properties}


def _point(point: Point, words: Words) -> dict[str, Any]:
    properties = {
        "kind": point.kind,
        "origin": point.origin,
        "polarity": point.polarity,
        "state": point.state,
        "categories": list(point.categories),
        "share": point.share,
        "day": point.day.isoformat() if point.day else None,
        "has_position": True,
        "words": point_sentences(point, words),
    }
    return _feature(str(point.uid), (point.longitude, point.latitude), properties)


def _gathering(gathering: Gathering, said: dict[str, str]) -> dict[str, Any]:
    properties = {
        "aggregated": True,
        "count": gathering.count,
        "reports": gathering.reports,
        "words": said,
    }
    return _feature(gathering.name, (gathering.longitude, gathering.latitude), properties)
