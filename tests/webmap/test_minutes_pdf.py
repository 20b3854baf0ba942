"""The printed minutes: the same words as the page, the same numbers as the map, and nothing of anybody's."""

from __future__ import annotations

import re

import pytest

from tests import minutes, walks
from tests.pdftext import pages_of, streams_of
from webmap.maps.minutes_picture import NUMBER_PX, draw_minutes_map, rows_of
from webmap.pages.minutes_view import MinutesView
from webmap.services.minutes import public_minutes

MARKUP = '#eval("1+1") *fet* $x$ <b> ] } @ref'
NUMBERS = re.compile(rf'font-size="{NUMBER_PX}"[^>]*>([^<]+)<')


@pytest.fixture
def engine(app):
    return app.extensions["works"].engine


@pytest.fixture
def walk(engine):
    return minutes.walked(engine)


@pytest.fixture
def public(engine, walk):
    return minutes.publish(engine, walk)


def pdf_of(client, walk):
    got = client.get(f"/walks/{walk.uid}/minutes.pdf")
    assert got.status_code == 200, got.text[:300]
    return got.data


def text_of(pdf):
    return " ".join(pages_of(pdf)).replace("\N{NO-BREAK SPACE}", " ")


def drawn_of(app, walk):
    with app.test_request_context():
        return MinutesView(*public_minutes(app.extensions["works"].engine, walk.uid)).svg().decode()


def numbers_in(svg):
    """Every number on the map, with the runs written out."""
    found = []
    for row in NUMBERS.findall(svg):
        for part in row.split(", "):
            first, _, last = part.partition("–")
            found += range(int(first), int(last or first) + 1)
    return sorted(found)


class TestNumbers:
    def test_the_map_has_all_that_the_list_has(self, app, client, public):
        page = client.get(f"/walks/{public.uid}").text
        listed = sorted(int(number) for number in re.findall(r'<li id="n(\d+)"', page))
        assert numbers_in(drawn_of(app, public)) == listed == [1, 2, 3, 4]

    def test_the_sheet_has_them_too(self, client, public):
        text = text_of(pdf_of(client, public))
        told = ((1, "Mörkt vid torget."), (2, "En bänk önskas."), (3, "Häcken skymmer."))
        for number, said in told:
            assert re.search(rf" {number} (Otryggt|Förslag|Tryggt)[^.]*{said}", text), number

    def test_every_stop_is_named_on_the_map(self, app, engine, public):
        svg = drawn_of(app, public)
        assert all(f">Stopp {stop.number}<" in svg for stop in walks.stops(engine, public))

    @pytest.mark.parametrize(
        ("numbers", "rows"),
        [
            ([4], ["4"]),
            ([2, 1], ["1, 2"]),
            ([3, 1, 2], ["1–3"]),
            ([1, 3, 4, 5, 9], ["1, 3–5, 9"]),
            (range(1, 40, 2), ["1, 3, 5, 7", "9, 11, 13", "15, 17, 19", "21, 23, 25", "27, 29, 31"]),
        ],
    )
    def test_numbers_are_drawn_together(self, numbers, rows):
        assert rows_of(numbers)[: len(rows)] == rows


class TestSheet:
    def test_it_is_tagged_with_a_title_a_language_and_words_for_the_map(self, client, public):
        pdf = pdf_of(client, public)
        for mark in (
            b"/StructTreeRoot",
            b"/MarkInfo",
            b"/Lang(sv",
            b"/Alt",
            b"/S/Figure",
            b"/S/TH",
            b"/S/H2",
        ):
            assert mark in pdf.replace(b" ", b"").replace(b"\n", b""), mark
        assert b"pdfuaid" in pdf

    def test_it_says_what_the_page_says(self, client, public):
        text = text_of(pdf_of(client, public))
        for said in (
            "Protokoll från en vandring",
            "Mest handlade det om ljus.",
            "Försenad sedan 3 okt. 2026",
            "Klart 2 nov. 2026",
            "Häcken står på privat mark.",
            "Boende 7, Polis 1–2. Tillsammans 8–9.",
            "Underskrift",
        ):
            assert said in text

    def test_the_same_minutes_give_the_same_bytes(self, app, public):
        with app.test_request_context():
            view = MinutesView(*public_minutes(app.extensions["works"].engine, public.uid))
            assert view.pdf() == view.pdf()

    def test_it_is_said_in_english_too(self, client, public):
        got = client.get(f"/walks/{public.uid}/minutes.pdf?lang=en")
        assert "Late since 3 Oct 2026" in text_of(got.data)

    def test_what_was_written_stays_text(self, client, engine, walk):
        minutes.follow(engine, walk, 1, words=MARKUP, action="🦆 och gäss")
        text = text_of(pdf_of(client, minutes.publish(engine, walk)))
        assert MARKUP in text
        assert "□ och gäss" in text

    def test_nothing_of_what_was_sent_is_in_it(self, client, public):
        pdf = pdf_of(client, public)
        everything = text_of(pdf).encode() + b"".join(streams_of(pdf)) + pdf
        for canary in (minutes.CANARY, "walk-kanarie", public.join_code):
            assert canary.encode() not in everything

    def test_a_walk_without_findings_or_route_can_be_printed(self, client, engine):
        empty = walks.walk(engine, state="followed_up", geometry=None, route_source=None)
        assert "Inget togs upp här." in text_of(pdf_of(client, minutes.publish(engine, empty, "")))


class TestMap:
    def test_the_same_plan_gives_the_same_drawing(self, app, public):
        assert drawn_of(app, public) == drawn_of(app, public)

    def test_boxes_do_not_lie_over_each_other(self, app, engine, public):
        sides = "".join(rf' {name}="([\d.]+)"' for name in ("x", "y", "width", "height"))
        boxes = re.findall(rf'stroke-width="4"{sides}', drawn_of(app, public))
        spans = [tuple(float(each) for each in box) for box in boxes]
        for at, (x, y, width, height) in enumerate(spans):
            for other_x, other_y, other_width, other_height in spans[at + 1 :]:
                beside = x + width <= other_x or other_x + other_width <= x
                assert beside or y + height <= other_y or other_y + other_height <= y

    def test_it_is_black_on_white_but_for_the_ground(self, app, public):
        colours = set(re.findall(r'stroke="(#\w+)"', drawn_of(app, public)))
        assert colours <= {"#14212b", "#fff", "#55606a", "#c9c4b8"}

    def test_a_walk_without_places_shows_the_municipality(self, app, engine, public):
        with app.test_request_context():
            view = MinutesView(*public_minutes(engine, public.uid))
            plan = view.plan
        bare = type(plan)(plan.boundary, None, (), {}, {}, ())
        assert draw_minutes_map(bare, "Stopp").startswith(b"<svg")
