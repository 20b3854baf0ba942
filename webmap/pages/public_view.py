"""What the public start and its table share: the edition and view asked for, and all that is said of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import request

from geodata.analysis.publication.edition import ALL, SAFE, Edition, EffortSquare
from geodata.errors import InvalidValue, NotFound
from geodata.hours import local
from geodata.queries.municipalities import LOCALITY, Home
from webmap.gate import words, works
from webmap.maps.edition_picture import EditionPicture, draw_edition
from webmap.maps.locator import Locator, locate
from webmap.pages.point_map import PointMap, point_map
from webmap.services import editions, reception
from webmap.services.edition_words import band_label, checked_view, view_name
from webmap.services.editions import EditionLine, PublishedEdition
from webmap.services.measures import PublicMeasure
from webmap.services.public_places import (
    PublicPlace,
    Teller,
    ViewLink,
    drawn,
    effort_rings,
    view_links,
    whole_label,
)
from webmap.services.walked_ground import public_squares
from webmap.words import Words

_LARGEST_NUMBER = 10**7


@dataclass(frozen=True)
class PublicView:
    """An edition as one of its views. query: the words that keep both, for links.

    walked: squares that published walks went through, told by their routes and no part of the edition.
    """

    published: PublishedEdition
    view: str
    title: str
    period: str
    made: str
    legend: list[str]
    whole: str
    views: list[ViewLink]
    places: list[PublicPlace]
    is_newest: bool
    query: str
    walked: tuple[EffortSquare, ...] = ()

    @property
    def is_safe(self) -> bool:
        """Whether it is the good places that are shown."""
        return self.view == SAFE

    @property
    def drawn(self) -> list[dict[str, Any]]:
        """The places for the page's script."""
        return drawn(self.places)

    @property
    def effort(self) -> list[list[list[float]]]:
        """Where somebody walked or patrolled, for the page's script."""
        return effort_rings(self.edition.effort)

    @property
    def edition(self) -> Edition:
        """The edition with all ground that was looked at, also by walks published since."""
        known = self.published.edition
        return replace(known, effort=tuple(dict.fromkeys((*known.effort, *self.walked))))


@dataclass(frozen=True)
class MapParts:
    """What only the map needs: its frame, a picture for before it is there, and names in the picture."""

    frame: PointMap
    picture: EditionPicture
    locator: Locator


def asked_home() -> Home | None:
    """The municipality of the query string, or the first; None while there is none. Raises NotFound."""
    return reception.first_home(works().engine, request.args.get("municipality", ""))


def public_view(home: Home, measures: list[PublicMeasure]) -> PublicView | None:
    """What is asked for; None while nothing is published. Raises NotFound, InvalidValue."""
    view, number = checked_view(request.args.get("view", ALL)), _number(request.args.get("edition", ""))
    newest = editions.newest(works().engine, home.code)
    published = newest if number is None else editions.by_number(works().engine, home.code, number)
    if published is None:
        if number is not None:
            raise NotFound("edition.unknown", "edition")
        return None
    is_newest = newest is not None and newest.number == published.number
    return _view(home, published, view, is_newest, Teller(published.edition, measures, words()))


def _number(given: str) -> int | None:
    if not given:
        return None
    if not (given.isascii() and given.isdecimal() and int(given) < _LARGEST_NUMBER):
        raise InvalidValue("option.bad", "edition", option="edition", given=given[:40])
    return int(given)


def _view(home: Home, published: PublishedEdition, view: str, is_newest: bool, teller: Teller) -> PublicView:
    edition, say = published.edition, words()
    kept = {"municipality": home.code} if request.args.get("municipality") else {}
    kept |= {} if is_newest else {"edition": str(published.number)}
    return PublicView(
        published,
        view,
        view_name(view, say),
        say.period(*edition.period),
        say.day(local(published.made_at).date()),
        [band_label(band) for band in edition.bands],
        whole_label(edition, view),
        view_links(edition, view, say),
        teller.places(view),
        is_newest,
        urlencode(kept),
        tuple(public_squares(works().engine, home.code, edition.coarse_m)),
    )


def map_parts(home: Home, shown: PublicView) -> MapParts:
    """The map of an edition, in the municipality's frame."""
    localities = [(place.name, place.geometry) for place in home.places if place.kind == LOCALITY]
    return MapParts(
        point_map(home, works().places.now(home.code), [], words()),
        draw_edition(home.boundary, shown.edition, shown.view),
        locate(home.boundary, localities, home.name),
    )


@dataclass(frozen=True)
class EarlierEdition:
    """An edition that was published before, and can still be seen."""

    number: int
    made: str
    note: str


def earlier_editions(home: Home, but: int, say: Words) -> list[EarlierEdition]:
    """All that can be seen but one, the newest first."""
    lines: list[EditionLine] = editions.all_of(works().engine, home.code)
    return [
        EarlierEdition(line.number, say.day(local(line.made_at).date()), line.note)
        for line in lines
        if not line.is_hidden and line.number != but
    ]
