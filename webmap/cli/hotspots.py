"""The brightest places, in words or as GeoJSON."""

from __future__ import annotations

import click

from geodata.queries.window import Window
from webmap.cli.base import Shop, json_option, with_shop
from webmap.cli.filters import filter_options
from webmap.services.filter_words import sentence_of
from webmap.services.heat import Heat, Look
from webmap.services.heat_room import HeatRoom
from webmap.services.legend import summary_of
from webmap.services.place_table import as_features
from webmap.services.place_words import name_of, sentence_of_place
from webmap.services.ranking import MOST_PLACES, Ranking, ranking_of
from webmap.words import Words


@click.command("hotspots")
@click.option("--municipality", "code", required=True, help="Kommunens kod.")
@filter_options
@click.option("--bandwidth", default="300", help="Radie i meter.", show_default=True)
@click.option("--kernel", default="quartic", help="quartic eller gaussian.", show_default=True)
@click.option(
    "--most",
    type=click.IntRange(1, 100),
    default=MOST_PLACES,
    help="Så många platser som mest.",
    show_default=True,
)
@json_option
@with_shop
def hotspots(shop: Shop, code: str, most: int, **given: str) -> None:
    """Platserna med flest rapporter, i ordning, med namn, förändring och tider."""
    room = HeatRoom(shop.engine)
    heat = room.heat(code, Window.parse(given), Look.parse(given))
    ranking = ranking_of(room, heat, most)
    document = as_features(list(ranking.places), heat, ranking, shop.words)
    shop.answer(document, "\n".join(_lines(heat, ranking, shop.words)))


def _lines(heat: Heat, ranking: Ranking, words: Words) -> list[str]:
    lines = [f"{heat.home.name}: {sentence_of(heat, words)}", summary_of(heat, words), ""]
    places = [
        f"{place.rank:>2} · {name_of(place, words)}: {sentence_of_place(place, heat, words)}"
        for place in ranking.places
    ]
    return lines + (places or [words("Ingen plats har tillräckligt många rapporter.")])
