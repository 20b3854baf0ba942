"""Attacks on the public doors: everything they can return is read, and nothing of any report may be in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from urllib.parse import urlsplit

import numpy as np
import pytest
from sqlalchemy import select

from geodata import crs
from geodata.analysis.publication.edition import VIEWS, Edition
from geodata.tables.engine import reading
from geodata.tables.reports import Report
from geodata.tables.walks import WalkStop
from geodata.vocabulary import BY_CODE
from tests.geodata.analysis.publication.attacker import narrow
from webmap.access import PUBLIC, may
from webmap.maps.public_squares import paint_edition
from webmap.maps.tiles import Tile
from webmap.services import editions, publishing
from webmap.services.public_cells import rings_of
from webmap.services.publishing import Order

K = 5
ZOOMS = (8, 11, 13, 15)
ARGUMENTS = {
    "code": "VARA26",
    "digest": "0" * 12,
    "session_id": 1,
    "filename": "favicon.svg",
    "names": "tokens.base",
    "name": "map",
    "format_name": "csv",
    "uid": "00000000-0000-4000-8000-000000000000",
    "number": 1,
    "z": 13,
    "x": 4391,
    "y": 2443,
}
ASKED = (
    "municipality=1470",
    *(f"view={view}" for view in VIEWS),
    "edition=1",
    "view=all&since=2026-10-01&until=2026-10-02",
    "view=all&bbox=12.95,58.26,12.951,58.261",
    "view=all&hours=20-03&weekdays=fri&categories=lighting&kinds=perception&origins=public",
    "view=all&lon=12.95&lat=58.26&square=50&bandwidth=50&size=256&theme=dark&format=csv&format=geojson",
    "view=all&fields=text,voice,hours&limit=1000&cursor=0&debug=1&raw=1&k=1&fine_m=10&detail=all",
    "q=a",
    "lang=en",
)
PAIRS = re.compile(rb"-?(\d{1,2}\.\d{4,})\s*[,; ]\s*\"?-?(\d{1,2}\.\d{4,})")
METRES = re.compile(rb"\b(\d{6}(?:\.\d+)?)\s*[,; ]\s*(\d{7}(?:\.\d+)?)\b")
TIMES = re.compile(rb"(?<!Expires: )\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
"""But for the day until which security.txt holds, which RFC 9116 wants as a moment."""


@dataclass(frozen=True)
class Secrets:
    """What must be in no byte: of every row that is stored."""

    degrees: set[tuple[float, float]]
    metres: set[tuple[int, int]]
    words: set[bytes]

    @classmethod
    def of(cls, engine) -> Secrets:
        columns = Report.east, Report.north, Report.uid, Report.private_text, Report.public_text, Report.voice
        with reading(engine) as session:
            rows = session.execute(select(*columns)).all()
        placed = np.array([row[:2] for row in rows if row[0] is not None])
        lon, lat = crs.to_degrees_xy(*placed.T)
        words = {str(word) for row in rows for word in row[2:] if word and len(str(word)) > 7}
        return cls(
            set(zip(lon.round(4).tolist(), lat.round(4).tolist(), strict=True)),
            {(round(east), round(north)) for east, north in placed},
            {word.encode() for word in words},
        )

    def found_in(self, body: bytes, known: set[tuple[float, float]]) -> list[str]:
        """What of it is in some bytes. known: corners of squares, which are meant to be there."""
        found = [word.decode()[:40] for word in self.words if word in body]
        for first, second in PAIRS.findall(body):
            pair = float(first), float(second)
            for place in (pair, pair[::-1]):
                near = round(place[0], 4), round(place[1], 4)
                if near in self.degrees and near not in known:
                    found.append(f"degrees {near}")
        for east, north in METRES.findall(body):
            if (round(float(east)), round(float(north))) in self.metres:
                found.append(f"metres {east}")
        return found + [time.decode() for time in TIMES.findall(body)]


@pytest.fixture
def published(demo_app):
    engine = demo_app.extensions["works"].engine
    if editions.newest(engine, "1470") is None:
        publishing.publish(engine, "1470", Order("Den första"))
    return demo_app


def known_places(engine):
    """Corners of the published squares and the stops of walks, rounded: in public, and near a report."""
    edition = editions.newest(engine, "1470").edition
    boxes = [(each.west_m, each.south_m, each.size_m) for each in (*edition.squares, *edition.effort)]
    with reading(engine) as session:
        stops = [place for place in session.scalars(select(WalkStop.geometry)) if place is not None]
    lon, lat = crs.to_degrees_xy([place.x for place in stops], [place.y for place in stops])
    named = set(zip(lon.round(4).tolist(), lat.round(4).tolist(), strict=True))
    return named | {(round(lon, 4), round(lat, 4)) for ring in rings_of(boxes) for lon, lat in ring}


def addresses(app):
    """Every address that anybody may open."""
    found = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions.get(rule.endpoint)
        if view is None or "GET" not in rule.methods or not may(PUBLIC, getattr(view, "permission", None)):
            continue
        path = rule.rule
        for argument in rule.arguments:
            path = re.sub(rf"<(?:\w+:)?{argument}>", str(ARGUMENTS.get(argument, "x")), path)
        found.append(path)
    return sorted(found)


def tiles_around(edition: Edition, zoom: int):
    """Tiles over every square at a zoom, and their neighbours."""
    boxes = [(each.west_m, each.south_m, each.size_m) for each in edition.squares]
    lon, lat = np.array([ring[0] for ring in rings_of(boxes)]).T
    side = 2**zoom
    x = ((lon + 180) / 360 * side).astype(int)
    y = ((1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * side).astype(int)
    own = set(zip(x.tolist(), y.tolist(), strict=True))
    return sorted({(a + dx, b + dy) for a, b in own for dx, dy in product((-1, 0, 1), repeat=2)})[:40]


def crawl(client, start, most=150):
    """Bodies of everything reachable by links from some addresses."""
    waiting, seen = list(start), {}
    while waiting and len(seen) < most:
        path = waiting.pop(0)
        if path in seen:
            continue
        answer = client.get(path)
        seen[path] = answer.data
        if answer.mimetype == "text/html":
            links = re.findall(r'(?:href|src|data-\w+)="(/[^"#]*)"', answer.text)
            waiting += [link.replace("&amp;", "&") for link in links if not urlsplit(link).netloc]
    return seen


class TestCrawl:
    def test_nothing_of_any_report_is_in_public_bytes(self, published, capsys):
        engine = published.extensions["works"].engine
        client, secrets, known = published.test_client(), Secrets.of(engine), known_places(engine)
        bodies = crawl(client, ["/", "/table", "/about/map", "/about/privacy", "/report", "/follow"])
        for path in addresses(published):
            for words in ("", *ASKED):
                bodies[f"{path}?{words}"] = client.get(f"{path}?{words}").data
        edition = editions.newest(engine, "1470").edition
        for zoom in ZOOMS:
            for x, y in tiles_around(edition, zoom):
                path = f"/heat/public/{zoom}/{x}/{y}.png"
                bodies[path] = client.get(path).data
        bodies["edition"] = editions.content_of(engine, "1470", 1)
        found = {path: told for path, body in bodies.items() if (told := secrets.found_in(body, known))}
        with capsys.disabled():
            said = f"exact coordinates, ids, texts, hours in public bytes: {sum(map(len, found.values()))}"
            print(f"\n{len(bodies)} answers, {sum(map(len, bodies.values()))} bytes; {said}")  # noqa: T201
        assert found == {}

    def test_it_would_find_them(self, published):
        engine = published.extensions["works"].engine
        secrets = Secrets.of(engine)
        lon, lat = next(iter(secrets.degrees))
        east, north = next(iter(secrets.metres))
        word = next(iter(secrets.words))
        told = (
            f'{{"coordinates": [{lon:.4f}12, {lat:.4f}34], "at": [{east}.4, {north}.0], "x": "'.encode()
            + word
        )
        assert len(secrets.found_in(told + b' 2026-10-02T22:15"', set())) >= 4


class TestPublicBytes:
    def test_all_the_doors_return_is_in_the_edition_and_no_more(self, published, capsys):
        """What the views say together is the edition's content: the programme over it is over everything."""
        engine, client = published.extensions["works"].engine, published.test_client()
        edition = editions.newest(engine, "1470").edition
        for view in VIEWS:
            told = client.get(f"/api/v1/public/cells?view={view}").get_json()
            shown = {each["id"]: each["properties"]["class"] for each in told["features"]}
            assert shown == {
                square.key: square.classes[view] for square in edition.squares if view in square.classes
            }
        count, close = publishing_counts(engine)
        with capsys.disabled():
            print(f"\ndemo, {count} counts; hidden counts with interval narrower than k: {len(close)}")  # noqa: T201
        assert close == []

    @pytest.mark.parametrize("asked", ASKED[len(VIEWS) + 2 : -2])
    def test_no_other_parameter_has_any_effect(self, published, asked):
        client = published.test_client()
        plain = client.get("/api/v1/public/cells?view=all")
        assert client.get(f"/api/v1/public/cells?{asked}").data == plain.data
        tile = "/heat/public/13/4391/2443.png"
        asked = asked.replace("&theme=dark", "")
        assert client.get(f"{tile}?{asked}").data == client.get(f"{tile}?view=all").data

    @pytest.mark.parametrize(
        "asked", ["view=x", "view=focus:", "edition=0x1", "edition=-1", "theme=x&view=x"]
    )
    def test_a_view_or_number_that_is_none_is_refused(self, published, asked):
        client = published.test_client()
        for path in ("/api/v1/public/cells", "/heat/public/10/548/305.png"):
            assert client.get(f"{path}?{asked}").status_code == 422

    def test_every_zoom_shows_the_same_classes(self, published):
        """A tile far in has no more colours than the square it lies in."""
        edition = editions.newest(published.extensions["works"].engine, "1470").edition
        square = max(edition.squares, key=lambda each: each.size_m)
        (lon, lat), *_ = rings_of([(square.west_m + 500, square.south_m + 500, 1)])[0]
        side = 2**18
        x = int((lon + 180) / 360 * side)
        y = int((1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * side)
        painted = paint_edition(edition, "all", Tile(18, x, y), "light")
        assert len(painted) < 400

    def test_answers_may_be_kept_and_are_not_sent_twice(self, published):
        client = published.test_client()
        for path in ("/api/v1/public/cells", "/heat/public/11/1097/611.png"):
            first = client.get(path)
            assert first.headers["Cache-Control"].startswith("public, max-age=")
            again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
            assert (again.status_code, again.data) == (304, b"")

    def test_a_hidden_one_is_gone_from_every_door(self, published):
        engine, client = published.extensions["works"].engine, published.test_client()
        publishing.hide(engine, "1470", 1, publishing.COMMAND)
        for path in (
            "/api/v1/public/cells",
            "/api/v1/public/cells?edition=1",
            "/heat/public/11/1097/611.png",
        ):
            assert client.get(path).status_code == 404

    def test_the_words_of_categories_about_persons_are_in_no_square(self, published):
        told = published.test_client().get("/api/v1/public/cells").text
        assert not [each.code for each in BY_CODE.values() if each.is_personal and f'"{each.code}"' in told]


def publishing_counts(engine):
    """The attacker's programme over a small part of the demo at a time."""
    edition = editions.newest(engine, "1470").edition
    groups: dict[tuple[int, int], list] = {}
    for square in edition.squares:
        groups.setdefault((square.west_m // 8_000, square.south_m // 8_000), []).append(square)
    count, close = 0, []
    for squares in groups.values():
        part = [squares[at : at + 6] for at in range(0, len(squares), 6)]
        for each in part:
            alone = Edition(**{**vars(edition), "squares": tuple(each), "whole": {}})
            counted, found = narrow([alone.to_bytes()], K)
            count, close = count + counted, close + found
    return count, close
