"""Minutes as pages and files share them: in the words of whoever asks, drawn, and known again by a key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any

from flask import Response, request

from geodata.hours import today
from geodata.queries.municipalities import LOCALITY, Home
from webmap.gate import say, words, works
from webmap.maps.minutes import print_minutes
from webmap.maps.minutes_picture import MinutesPlan, draw_minutes_map, picture_of
from webmap.services.minutes import Minutes, earlier_minutes
from webmap.services.minutes_table import as_csv
from webmap.services.minutes_words import SaidMinutes, minutes_words
from webmap.services.photo_files import PhotoFiles
from webmap.services.reception import is_demo


@dataclass(frozen=True)
class MinutesView:
    """The minutes of a walk today, for whoever asks."""

    home: Home
    minutes: Minutes

    @cached_property
    def said(self) -> SaidMinutes:
        """All their words."""
        earlier = earlier_minutes(works().engine, self.minutes.walk)
        return minutes_words(self.minutes, self.home, words(), today(), earlier)

    @property
    def plan(self) -> MinutesPlan:
        """What their map shows."""
        marks = defaultdict(list)
        for item in self.minutes.items:
            if item.spot is not None:
                marks[item.spot].append(item.number)
        stops = [each.stop for each in self.minutes.stops if each.stop and each.stop.place]
        spots = ((place, place.geometry.centroid) for place in self.home.places)
        return MinutesPlan(
            self.home.boundary,
            self.minutes.walk.route,
            [(stop.number, stop.place.x, stop.place.y) for stop in stops],  # type: ignore[union-attr]
            marks,
            works().ground.now(self.home.code).shapes,
            [(place.name, spot.x, spot.y, place.kind == LOCALITY) for place, spot in spots],
        )

    @property
    def key(self) -> str:
        """Another one as soon as anything is told or drawn otherwise."""
        plan, ground = self.plan, works().ground.now(self.home.code)
        route = "" if plan.route is None else plan.route.wkt
        drawn = (sorted(plan.marks.items()), plan.stops, route, ground.token, self.home.name)
        said = (asdict(self.said), words().language, today(), is_demo(works().engine))
        return blake2b(repr((self.minutes.walk.uid, said, drawn)).encode(), digest_size=16).hexdigest()

    def svg(self) -> bytes:
        """The map."""
        return draw_minutes_map(self.plan, say("Stopp"))

    def png(self) -> bytes:
        """The map as a picture."""
        return picture_of(self.svg())

    def csv(self) -> bytes:
        """The findings as a file."""
        return as_csv(self.minutes, words(), today())

    def pdf(self) -> bytes:
        """All of it, to print."""
        folder = PhotoFiles(works().settings.photos_folder)
        addresses = {each for item in self.minutes.items for each in item.photos}
        found = {each: folder.path(each, "small") for each in addresses}
        photos = {f"photo-{each}": path.read_bytes() for each, path in found.items() if path is not None}
        return print_minutes(self._printed(set(photos)), self.svg(), photos)

    def _printed(self, photos: set[str]) -> dict[str, Any]:
        said, day = asdict(self.said), today()
        for stop in said["stops"]:
            for item in stop["items"]:
                item["photos"] = [f"photo-{each}" for each in item["photos"] if f"photo-{each}" in photos]
        return said | {
            "language": words().language,
            "day": [day.year, day.month, day.day],
            "municipality": words().municipality(self.home.name),
            "kind": say("Protokoll från en vandring"),
            "printed": say("Utskriven %(day)s", day=words().day(day)),
            "page": say("Sida"),
            "demo": say("Påhittade exempeldata") if is_demo(works().engine) else "",
            "photo": say("Foto till iakttagelse"),
            "nothing": say("Inget togs upp här."),
            "check_heads": [say("Checklista"), say("Bra"), say("Mindre bra")],
            "signatures": [say("Datum"), say("Underskrift")],
        }

    def answer(self, kind: str, make: Callable[[], bytes], mimetype: str) -> Response:
        """A file made once and not sent again to one who has it."""
        key = f"minutes/{kind}/{self.key}"
        answer = Response(mimetype=mimetype)
        answer.set_etag(key.rpartition("/")[2])
        answer.headers["Cache-Control"] = "no-cache"
        if request.if_none_match.contains(answer.get_etag()[0] or ""):
            answer.status_code = 304
            return answer
        answer.set_data(works().tiles.get_or_paint(key, make))
        return answer
