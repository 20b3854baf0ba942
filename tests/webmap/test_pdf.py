"""The printed sheet: what it says, that it can be listened to, and that it is the same twice."""

from __future__ import annotations

import re
from datetime import date

import pytest
from click.testing import CliRunner

from geodata.queries.window import Window
from geodata.tables.engine import writing
from geodata.vocabulary import Kind
from tests import factories
from tests.pdftext import pages_of
from tests.places import place_at
from tests.webmap.application import application, closed
from webmap.cli import main
from webmap.maps.sheet import FONTS, print_sheet
from webmap.maps.sheet_picture import draw_sheet_picture
from webmap.services.display import Display
from webmap.services.filter_words import sentence_of
from webmap.services.heat import Look
from webmap.services.place_words import name_of
from webmap.services.sheet_plan import MOST_PLACES, Occasion, plan_sheet
from webmap.services.sheet_words import sheet_words
from webmap.words import words_for

NIGHT = "municipality=1470&weekdays=fri,sat&hours=20-03"
DAY = date(2026, 11, 22)
MARKUP = '#eval("1+1") *fet* $x$ <b> ] } @ref'


def sheet(client, query=NIGHT):
    answer = client.get(f"/staff/map/map.pdf?{query}")
    assert answer.status_code == 200, answer.text[:300]
    return answer.data


def plan_of(app, language="sv", frame=None, **given):
    room = app.extensions["works"].room
    heat = room.heat("1470", Window.parse(given), Look.parse(given), Kind.PERCEPTION)
    occasion = Occasion(DAY, is_demo=True, frame=frame)
    return plan_sheet(room, heat, Display.parse(given), occasion, words_for(language))


def printed(app, language="sv", **given):
    plan = plan_of(app, language, **given)
    return print_sheet(plan, sheet_words(plan, words_for(language)))


@pytest.fixture(scope="module")
def demo_pdf(demo_file, tmp_path_factory):
    """The demo's Friday nights as a sheet, and its plan."""
    folder = tmp_path_factory.mktemp("pdf")
    app = application(f"sqlite:///{demo_file}", folder)
    plan = plan_of(app, weekdays="fri", hours="20-03")
    yield plan, print_sheet(plan, sheet_words(plan, words_for("sv")))
    closed(app)


class TestWhatItSays:
    def test_it_is_one_or_two_pages(self, demo_pdf):
        assert 1 <= len(pages_of(demo_pdf[1])) <= 2

    def test_it_has_the_filter_the_n_and_what_it_does_not_say(self, demo_pdf):
        plan, pdf = demo_pdf
        text = pages_of(pdf)[0]
        words = words_for("sv")
        for said in (sentence_of(plan.heat, words), *plan.legend.lines, plan.legend.note, plan.legend.title):
            assert said.replace("\N{NO-BREAK SPACE}", " ") in text.replace("\N{NO-BREAK SPACE}", " ")
        assert "Påhittade exempeldata" in text
        assert f"n = {words.number(plan.heat.selection.n, 1)}" in text

    def test_it_has_the_first_ten_places_with_their_numbers(self, demo_pdf):
        plan, pdf = demo_pdf
        text, words = " ".join(pages_of(pdf)), words_for("sv")
        for place in plan.ranking.places[:MOST_PLACES]:
            assert f"{place.rank} {name_of(place, words)} {words.number(place.n_near, 1)}" in text

    def test_the_map_numbers_the_same_places(self, demo_pdf):
        plan = demo_pdf[0]
        numbered = re.findall(r'font-size="36"[^>]*>(\d+)<', draw_sheet_picture(plan).decode())
        ranks = {f"{place.rank}" for place in plan.ranking.places[:MOST_PLACES]}
        assert numbered
        assert set(numbered) <= ranks

    def test_every_class_on_the_map_is_said_in_figures_too(self, demo_pdf):
        said = re.findall(r'font-size="30"[^>]*>(\d)<', draw_sheet_picture(demo_pdf[0]).decode())
        assert {"1", "2", "3", "4", "5"} <= set(said)

    def test_pages_are_numbered_and_dated(self, demo_pdf):
        pages = pages_of(demo_pdf[1])
        numbered = [f"Sida {number} ({len(pages)})" in page for number, page in enumerate(pages, 1)]
        assert all(numbered)
        assert "Utskriven 22" in pages[0]

    def test_it_is_said_in_english_too(self, app):
        text = pages_of(printed(app, "en"))[0]
        assert "Felt unsafety" in text
        assert "Few reports do not mean safe." in text


class TestHowItIsMade:
    def test_it_is_tagged_with_a_title_a_language_and_words_for_the_picture(self, demo_pdf):
        pdf = demo_pdf[1]
        for mark in (b"/StructTreeRoot", b"/MarkInfo", b"/Lang(sv", b"/Alt", b"/S/Figure", b"/S/TH"):
            assert mark in pdf.replace(b" ", b"").replace(b"\n", b""), mark
        assert pdf.startswith(b"%PDF-")
        assert b"pdfuaid" in pdf

    def test_the_same_plan_gives_the_same_bytes(self, app):
        assert printed(app, weekdays="fri") == printed(app, weekdays="fri")

    def test_our_own_letters_are_in_it(self, demo_pdf):
        assert (b"SourceSans3" in demo_pdf[1]) is FONTS.is_dir()

    def test_what_was_written_stays_text(self, app):
        with writing(app.extensions["works"].engine) as session:
            there = factories.home_in(session)
            factories.locality(session, there, MARKUP, place_at(0, 100), 300.0)
            factories.store(session, there, [factories.draft(place_at(5, 100)) for _ in range(9)])
        assert MARKUP in " ".join(pages_of(printed(app)))
        assert "&lt;b&gt;" in draw_sheet_picture(plan_of(app)).decode()

    def test_nothing_chosen_is_a_sheet_that_says_so(self, app):
        text = pages_of(printed(app, categories="event"))[0]
        assert "Inga rapporter i urvalet" in text
        assert "Ingen plats har 3 rapporter" in text


class TestWhatIsShown:
    def test_it_shows_the_ground_that_the_map_shows(self, app):
        plan = plan_of(app, frame=(12.94, 58.25, 12.96, 58.27))
        bounds = plan.bounds
        assert bounds.east_m - bounds.west_m < 1_500
        assert bounds.west_m < 379_500 < bounds.east_m

    def test_few_reports_are_squares_and_dots(self, app):
        plan = plan_of(app, since="2025-06-01", until="2025-07-01")
        drawn = draw_sheet_picture(plan).decode()
        assert plan.heat.is_sparse
        assert drawn.count('r="8"') == plan.heat.selection.reports
        assert "Rutor 250 m" in " ".join(plan.legend.lines)

    def test_points_are_shown_one_by_one(self, app):
        plan = plan_of(app, view="points")
        said = sheet_words(plan, words_for("sv"))
        assert said["legend"]["title"] == "Varje prick är en rapport"
        assert (said["legend"]["classes"], plan.has_classes) == ([], False)


class TestRoute:
    def test_it_is_a_file_to_save(self, app, logged_in):
        answer = logged_in().get(f"/staff/map/map.pdf?{NIGHT}")
        assert answer.mimetype == "application/pdf"
        assert re.search(r"filename=tryggkarta-vara-upplevd-otrygghet-[\d-]+\.pdf", str(answer.headers))
        assert pages_of(answer.data)

    @pytest.mark.parametrize("frame", ["1,2,3", "x", "13,58,12,59"])
    def test_a_frame_that_is_none_is_refused(self, logged_in, frame):
        assert logged_in().get(f"/staff/map/map.pdf?municipality=1470&frame={frame}").status_code == 422


def test_the_command_line_writes_one_too(app, tmp_path, monkeypatch):
    url = app.extensions["works"].engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("TRYGGKARTA_DATABASE_URL", url)
    done = CliRunner().invoke(main, ["heat", "--municipality", "1470", "--out", str(tmp_path / "karta.pdf")])
    assert done.exit_code == 0, done.stderr
    assert "Upplevd otrygghet" in pages_of((tmp_path / "karta.pdf").read_bytes())[0]
