"""Small maps beside each other: the same ground and the same classes, and kinds never summed."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from PIL import Image, ImageColor

from geodata.queries.selection import Period
from geodata.queries.window import Window
from tests.places import LATITUDE, LONGITUDE
from webmap.maps.classes import THEMES
from webmap.services.heat import Look
from webmap.services.heat_room import HeatRoom
from webmap.services.multiples import By, is_on_one_scale, multiples_of
from webmap.words import words_for

PAGE = "/staff/map/multiples"
PICTURE = "/heat/staff/picture.png?municipality=1470&kinds=perception"
SOURCE = re.compile(r'<img class="for-light" src="([^"]+)"')


@pytest.fixture
def multiples(app):
    room = HeatRoom(app.extensions["works"].engine)

    def made(by, **words):
        heat = room.heat("1470", Window.parse({"kinds": "perception", **words}), Look())
        return multiples_of(room, heat, by, words_for("sv"))

    return made


def period_of(multiple):
    return Period(multiple.part.window.since, multiple.part.window.until)


class TestParts:
    def test_seasons_follow_each_other_without_a_gap(self, multiples):
        made = multiples(By.SEASON, since="2024-12-01", until="2026-08-31")
        assert [each.part.title for each in made[:5]] == [
            "Vinter 2024/25", "Vår 2025", "Sommar 2025", "Höst 2025", "Vinter 2025/26",
        ]  # fmt: skip
        days = [(period_of(each).since, period_of(each).until) for each in made]
        assert days[0] == (date(2024, 12, 1), date(2025, 2, 28))
        assert all((after[0] - before[1]).days == 1 for before, after in zip(days, days[1:], strict=False))

    def test_a_season_that_is_cut_says_how_long_it_is(self, multiples):
        (last,) = multiples(By.SEASON, since="2026-01-10", until="2026-02-08")
        assert "30 av 90 dagar" in last.part.detail

    def test_seasons_hold_every_report_of_their_period(self, multiples):
        made = multiples(By.SEASON, since="2024-12-01", until="2026-08-31")
        (whole,) = multiples(By.YEAR, since="2026-01-01", until="2026-08-31")
        within = [each for each in made if each.part.window.since >= date(2025, 12, 1)]
        assert sum(each.heat.selection.n for each in within) >= whole.heat.selection.n > 0

    def test_years_are_whole_and_counted_from_the_last_day(self, multiples):
        made = multiples(By.YEAR, since="2023-10-01", until="2026-10-31")
        assert [period_of(each) for each in made] == [
            Period(date(year, 11, 1), date(year + 1, 10, 31)) for year in (2023, 2024, 2025)
        ]

    def test_a_period_of_less_than_a_year_is_one_map(self, multiples):
        (only,) = multiples(By.YEAR, since="2026-01-01", until="2026-03-01")
        assert period_of(only) == Period(date(2026, 1, 1), date(2026, 3, 1))

    def test_dark_and_light_sum_up_to_all(self, multiples):
        made = multiples(By.LIGHT)
        assert sum(each.heat.selection.n for each in made) == pytest.approx(60)

    def test_weekdays_keep_the_hours_of_the_filter(self, multiples):
        made = multiples(By.WEEKDAY, hours="20-03")
        assert [each.part.title for each in made][4:] == ["Fredag", "Lördag", "Söndag"]
        assert made[4].part.window.as_words()["hours"] == "20-03"
        assert [round(each.heat.selection.n) for each in made] == [0, 0, 0, 0, 60, 0, 0]

    def test_at_most_eight_are_shown_the_last_ones(self, multiples):
        made = multiples(By.SEASON, since="2015-01-01", until="2026-10-31")
        assert (len(made), made[-1].part.title) == (8, "Höst 2026")


class TestScale:
    @pytest.mark.parametrize("by", [By.SEASON, By.LIGHT, By.WEEKDAY])
    def test_it_is_one_for_all_but_kinds(self, multiples, by):
        assert is_on_one_scale(multiples(by))

    def test_each_kind_has_its_own(self, multiples):
        made = multiples(By.KIND)
        assert not is_on_one_scale(made)
        assert [each.heat.window.kinds for each in made] == [{each.heat.kind} for each in made]
        assert [each.heat.selection.n for each in made] == [60, 0, 0, 0]


class TestPage:
    @pytest.mark.parametrize("by", By)
    def test_every_picture_shows_the_same_ground_and_is_there(self, logged_in, by):
        client = logged_in()
        sources = [each.replace("&amp;", "&") for each in SOURCE.findall(client.get(f"{PAGE}?by={by}").text)]
        grounds = {re.search(r"ground=([^&]+)", each)[1] for each in sources}
        assert len(grounds) == 1
        assert {client.get(each).status_code for each in sources} == {200}

    def test_kinds_have_a_legend_each_and_are_not_summed(self, logged_in):
        text = logged_in().get(f"{PAGE}?by=kind").text
        assert "Varje slag har sin egen skala" in text
        assert "Teckenförklaring" not in text

    def test_others_have_one_legend_and_say_that_limits_are_the_same(self, logged_in):
        text = logged_in().get(f"{PAGE}?by=light").text
        assert text.count('<ol class="ramp') == 1
        assert "samma gränser" in text

    def test_little_is_said_to_be_little(self, logged_in):
        text = logged_in().get(f"{PAGE}?by=weekday").text
        assert text.count("Inga rapporter.") == 6

    def test_an_unknown_way_is_refused(self, logged_in):
        assert logged_in().get(f"{PAGE}?by=colour").status_code == 422


class TestPicture:
    @pytest.mark.parametrize("width", [360, 720])
    def test_it_is_as_large_as_asked_in_either_theme(self, logged_in, width):
        client = logged_in()
        pictures = [
            Image.open(io.BytesIO(client.get(f"{PICTURE}&width={width}&theme={theme}").data))
            for theme in ("light", "dark")
        ]
        assert [each.size for each in pictures] == [(width, width * 3 // 4)] * 2
        assert pictures[0].convert("RGB").tobytes() != pictures[1].convert("RGB").tobytes()

    def test_one_who_has_it_is_not_sent_it_again(self, logged_in):
        client = logged_in()
        first = client.get(PICTURE)
        again = client.get(PICTURE, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        weakened = client.get(PICTURE, headers={"If-None-Match": "W/" + first.headers["ETag"]})
        assert weakened.status_code == 304

    def test_other_colours_are_another_picture(self, logged_in, monkeypatch):
        client = logged_in()
        first = client.get(PICTURE).headers["ETag"]
        monkeypatch.setattr("webmap.api.pictures.PALETTE_DIGEST", "other")
        assert client.get(PICTURE).headers["ETag"] != first

    @pytest.mark.parametrize(
        "wrong", ["width=361", "theme=sepia", "ground=1,2,3", "ground=10,50,30,70", "bandwidth=77"]
    )
    def test_what_cannot_be_drawn_is_refused(self, logged_in, wrong):
        assert logged_in().get(f"{PICTURE}&{wrong}").status_code == 422

    def test_ground_far_away_is_outside_and_has_no_surface(self, logged_in):
        answer = logged_in().get(f"{PICTURE}&ground=17.0,60.0,17.1,60.05")
        picture = Image.open(io.BytesIO(answer.data)).convert("RGB")
        seen = {colour for _, colour in picture.getcolors()}
        assert not seen & {ImageColor.getrgb(colour) for colour in THEMES["light"].classes}
        assert picture.getpixel((0, 0)) == ImageColor.getrgb("#eeece5")

    @pytest.mark.parametrize("theme", THEMES)
    def test_its_colours_are_those_of_the_legend(self, logged_in, theme):
        town = f"{LONGITUDE - 0.03},{LATITUDE - 0.01},{LONGITUDE + 0.03},{LATITUDE + 0.01}"
        answer = logged_in().get(f"{PICTURE}&theme={theme}&ground={town}")
        seen = {colour for _, colour in Image.open(io.BytesIO(answer.data)).convert("RGB").getcolors()}
        wanted = {ImageColor.getrgb(colour) for colour in (*THEMES[theme].classes, THEMES[theme].ground)}
        assert wanted <= seen
