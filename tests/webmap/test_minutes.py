"""Minutes on the web: what everybody reads, what stays inside, and the press that publishes."""

from __future__ import annotations

import csv
import re
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from uuid import uuid4

import pytest
import time_machine
from PIL import Image
from sqlalchemy import update

from geodata.tables import Photo
from geodata.tables.engine import writing
from geodata.vocabulary import FindingState, PhotoState, WalkState
from tests import findings, minutes, walks
from tests.geodata.exchange.pictures import picture, told
from tests.webmap.application import COORDINATOR, ELSEWHERE, LEADER, post
from webmap.services import photos

START, LIST = "/?municipality=1470", "/walks?municipality=1470"
CSV_HEADINGS = "Nummer;Stopp;Tecken;Vad det gäller;Iakttagelse;Åtgärd;Ansvarig;Markägare;Läge"


@pytest.fixture
def engine(app):
    return app.extensions["works"].engine


@pytest.fixture
def walk(engine):
    return minutes.walked(engine)


@pytest.fixture
def public(engine, walk):
    return minutes.publish(engine, walk)


@pytest.fixture
def staff(logged_in):
    return logged_in(COORDINATOR)


def page_of(client, walk, ending=""):
    return client.get(f"/walks/{walk.uid}{ending}")


def desk_of(walk, ending=""):
    return f"/staff/walks/{walk.uid}/minutes{ending}"


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


class TestPage:
    def test_it_says_what_was_brought_up_and_what_is_done(self, client, public):
        page = plain(page_of(client, public).text)
        for said in (
            "Mörkerrundan",
            "Mörkt vid torget.",
            "Nya lampor sätts upp.",
            "Gata/park",
            "Klart 2 nov. 2026",
        ):
            assert said in page
        assert "Häcken står på privat mark." in page
        assert "En plats som de som gick med tycker om." in page

    def test_what_is_late_is_told_by_the_day_alone(self, client, public):
        with time_machine.travel(datetime(2026, 10, 3, 12, tzinfo=UTC), tick=False):
            assert "klart senast 3 okt. 2026" in plain(page_of(client, public).text)
        with time_machine.travel(datetime(2026, 10, 4, 12, tzinfo=UTC), tick=False):
            assert "Försenad sedan 3 okt. 2026" in plain(page_of(client, public).text)

    def test_a_role_of_one_is_told_as_a_range_and_so_is_the_sum(self, client, public):
        page = page_of(client, public).text
        assert "Boende 7, Polis 1–2. Tillsammans 8–9." in page

    def test_the_checklist_is_counted_at_its_stop(self, client, public):
        page = page_of(client, public).text
        rows = re.findall(
            r'<th scope="row">(.+?)</th><td class="tnum">(\d)</td><td class="tnum">(\d)</td>', page
        )
        assert rows == [("Belysning", "1", "0"), ("Växtlighet", "0", "1")]

    def test_how_many_are_left_out_is_told(self, client, public):
        assert "1 iakttagelse är inte med" in page_of(client, public).text

    def test_a_change_shows_with_its_day(self, client, engine, public):
        assert "ändrat" not in page_of(client, public).text
        with time_machine.travel(datetime(2097, 1, 5, 12, tzinfo=UTC), tick=False):
            minutes.follow(engine, public, 1, state=FindingState.DONE, words="Mörkt vid stora torget.")
            page = plain(page_of(client, public).text)
        assert ", ändrat 5 jan. 2097" in page
        assert "Mörkt vid stora torget." in page

    def test_it_is_said_in_english_too(self, client, public):
        with time_machine.travel(datetime(2026, 10, 4, 12, tzinfo=UTC), tick=False):
            page = client.get(f"/walks/{public.uid}?lang=en").text
        assert "You said, we did" in page
        assert "Late since" in page

    @pytest.mark.parametrize("ending", ["", "/minutes.pdf", "/minutes.csv", "/map.png"])
    def test_nobody_reads_what_is_not_published(self, client, staff, engine, walk, ending):
        assert page_of(client, walk, ending).status_code == 404
        assert page_of(staff, walk, ending).status_code == 404
        for state in WalkState:
            if state != WalkState.PUBLISHED:
                minutes.set_walk(engine, walk, state=state)
                assert page_of(client, walk, ending).status_code == 404

    def test_there_are_none_of_a_walk_that_is_not(self, client):
        assert client.get(f"/walks/{uuid4()}").status_code == 404


class TestRepeat:
    def test_a_walk_gone_again_is_compared_where_both_are_public(self, client, engine, walk):
        again = minutes.walked(engine, title="En gång till", repeat_of=walk.id)
        public = minutes.publish(engine, again)
        assert "Jämfört med Mörkerrundan" not in page_of(client, public).text
        minutes.publish(engine, walk)
        page = page_of(client, public).text
        assert "Jämfört med Mörkerrundan" in page
        assert "ingen säker skillnad" in page
        assert page_of(client, public, "/minutes.pdf").status_code == 200


class TestFiles:
    def test_the_file_opens_in_excel_and_runs_nothing(self, client, engine, walk):
        minutes.follow(engine, walk, 1, words="=1+1", unit="@SUM")
        got = page_of(client, minutes.publish(engine, walk), "/minutes.csv")
        text = got.data.decode("utf-8-sig")
        rows = list(csv.DictReader(StringIO(text), delimiter=";"))
        assert text.startswith(CSV_HEADINGS)
        assert (rows[0]["Iakttagelse"], rows[0]["Ansvarig"]) == ("'=1+1", "'@SUM")
        assert [row["Nummer"] for row in rows] == ["1", "2", "4", "3"]

    def test_the_map_is_a_picture(self, client, public):
        got = page_of(client, public, "/map.png")
        with Image.open(BytesIO(got.data)) as drawn:
            assert drawn.format == "PNG"
            assert drawn.width > 1_200

    @pytest.mark.parametrize("ending", ["/minutes.pdf", "/minutes.csv", "/map.png"])
    def test_one_who_has_it_is_not_sent_it_again_until_it_changes(self, client, engine, public, ending):
        first = page_of(client, public, ending)
        asked = {"If-None-Match": first.headers["ETag"]}
        assert client.get(f"/walks/{public.uid}{ending}", headers=asked).status_code == 304
        minutes.follow(engine, public, 1, words="Något annat.")
        assert client.get(f"/walks/{public.uid}{ending}", headers=asked).status_code == 200

    def test_no_coordinates_are_in_page_or_file(self, client, public):
        for ending in ("", "/minutes.csv"):
            said = re.sub(
                r"<svg.*?</svg>", "", page_of(client, public, ending).get_data(as_text=True), flags=re.S
            )
            assert not re.search(r"\b(12|13|58)[.,]\d{3,}|\b38\d{4}\b|\b64\d{5}\b", said)


class TestPhotos:
    @pytest.fixture
    def address(self, app, engine, walk):
        """Of a photo that was let through."""
        uid, folder = uuid4(), app.extensions["works"].settings.photos_folder
        photos.store(engine, folder, uid, told(picture()))
        found = minutes.finding(engine, walk, 1)
        with writing(engine) as session:
            values = {"report_id": found.report_id, "state": PhotoState.ACCEPTED}
            session.execute(update(Photo).where(Photo.uid == uid).values(values))
            return session.query(Photo).filter_by(uid=uid).one().address

    def test_one_that_was_let_through_is_seen(self, client, engine, walk, address):
        public = minutes.publish(engine, walk)
        assert f"/photos/{address}/small.jpg" in page_of(client, public).text
        got = page_of(client, public, f"/photos/{address}/large.jpg")
        assert (got.status_code, got.mimetype) == (200, "image/jpeg")
        assert got.headers["Cache-Control"] == "private, no-store"

    def test_not_before_and_not_after(self, client, staff, engine, walk, address):
        assert page_of(client, walk, f"/photos/{address}/small.jpg").status_code == 404
        public = minutes.publish(engine, walk)
        assert post(staff, desk_of(walk, "/take-back"), version=str(public.version)).status_code == 303
        assert page_of(client, walk, f"/photos/{address}/small.jpg").status_code == 404

    @pytest.mark.parametrize("state", [PhotoState.NEW, PhotoState.REJECTED])
    def test_one_that_was_not_is_not(self, client, engine, walk, address, state):
        public = minutes.publish(engine, walk)
        with writing(engine) as session:
            session.execute(update(Photo).where(Photo.address == address).values(state=state))
        assert address not in page_of(client, public).text
        assert page_of(client, public, f"/photos/{address}/small.jpg").status_code == 404

    def test_there_are_two_sizes(self, client, engine, walk, address):
        public = minutes.publish(engine, walk)
        assert page_of(client, public, f"/photos/{address}/huge.jpg").status_code == 404


class TestList:
    @pytest.mark.parametrize("path", [START, LIST, "/walks"])
    def test_whoever_has_a_code_finds_where_to_type_it(self, client, path):
        assert 'href="/w"' in client.get(path).text

    def test_it_stays_whole_when_reports_are_destroyed(self, client, engine, public):
        before = client.get(LIST).text
        minutes.destroyed(engine, public, 1, 2, 3, 4)
        assert client.get(LIST).text == before
        page = page_of(client, public).text
        for said in ("Mörkt vid torget.", "Nya lampor sätts upp.", "Häcken står på privat mark."):
            assert said in page
        assert "Nya lampor sätts upp." in page_of(client, public, "/minutes.csv").data.decode("utf-8-sig")
        assert page_of(client, public, "/minutes.pdf").status_code == 200

    def test_it_is_empty_at_first(self, client):
        assert "Inget protokoll är publicerat än." in client.get("/walks").text

    def test_walks_stand_under_their_year_with_what_came_of_them(self, client, public):
        page = client.get(LIST).text
        assert f"Protokoll från {public.day.year}" in page
        assert "Mörkerrundan" in page
        assert "Bänken är på plats." in page
        assert "Nya lampor sätts upp." in page

    def test_an_area_has_its_own(self, client, engine, public):
        other = minutes.walked(engine, title="Byvandringen", locality="Levene")
        minutes.publish(engine, other)
        page = client.get(LIST + "&area=Levene").text
        assert "Byvandringen" in page
        assert "Mörkerrundan" not in page
        assert client.get(LIST + "&area=Ingenstans").status_code == 404

    def test_the_start_page_says_what_walks_led_to(self, client, engine, walk):
        assert "Det här har vandringarna lett till" not in client.get(START).text
        minutes.publish(engine, walk)
        page = re.sub("<[^>]+>", "", client.get(START).text)
        assert "4 togs upp, 1 trygga platser, 1 klart, 1 försenat, 1 går inte att göra." in page

    def test_the_start_page_counts_as_the_minutes_do(self, client, engine, public):
        sums = r"<b class=\"tnum\">(\d+)</b> (?:<span>)?([^<]+)<"
        start = re.findall(sums, client.get(START).text.split("led-to")[1].split("</p>")[0])
        assert start == re.findall(sums, client.get(LIST).text.split("mi-sums")[1].split("</ul>")[0])


class TestDesk:
    def test_the_preview_is_what_everybody_will_read(self, client, staff, engine, walk):
        desk = staff.get(desk_of(walk)).text
        read = page_of(client, minutes.publish(engine, walk, "")).text
        shown = r'<(?:p class="mi-text"|span class="mi-status[^"]*")>(.*?)</(?:p|span)>'
        assert re.findall(shown, desk) == re.findall(shown, read) != []

    def test_it_is_published_with_a_press(self, client, staff, walk):
        said = {"version": str(walk.version), "summary": "Det var mörkt."}
        assert post(staff, desk_of(walk, "/publish"), **said).status_code == 303
        assert "Det var mörkt." in page_of(client, walk).text

    def test_what_is_missing_is_a_list_with_links(self, staff, engine, walk):
        findings.found(engine, walk)
        page = staff.get(desk_of(walk)).text
        assert re.search(rf'href="/staff/walks/{walk.uid}/findings">Väntar på granskning: 7\.', page)
        assert re.search(r"<button[^>]+ disabled>Publicera protokollet", page)
        assert post(staff, desk_of(walk, "/publish"), version=str(walk.version)).status_code == 409

    def test_what_may_point_at_a_person_has_to_be_confirmed(self, client, staff, walk):
        said = {"version": str(walk.version), "summary": "Tack till Anna Andersson."}
        refused = post(staff, desk_of(walk, "/publish"), **said)
        assert refused.status_code == 409
        assert "Anna Andersson" in refused.text
        assert post(staff, desk_of(walk, "/publish"), **said, is_read="1").status_code == 303
        assert page_of(client, walk).status_code == 200

    def test_a_summary_can_be_saved_unseen_and_is_kept_when_refused(self, client, staff, engine, walk):
        assert post(staff, desk_of(walk), version=str(walk.version), summary="Utkast").status_code == 303
        assert "Utkast" in staff.get(desk_of(walk)).text
        long = post(staff, desk_of(walk), version=str(walk.version + 1), summary="b" * 1_001)
        assert long.status_code == 422
        assert "b" * 1_001 in long.text
        assert "<title>Fel: " in long.text

    def test_the_second_of_two_is_told(self, staff, walk):
        for status in (303, 409):
            sent = post(staff, desk_of(walk), version=str(walk.version), summary=f"{status}")
            assert sent.status_code == status
        assert "Någon annan har ändrat" in sent.text

    def test_others_do_not_get_in(self, logged_in, walk):
        assert logged_in(LEADER).get(desk_of(walk)).status_code == 403
        assert logged_in(ELSEWHERE).get(desk_of(walk)).status_code == 404


class TestCanary:
    def test_nothing_of_what_was_sent_is_in_any_of_them(self, client, engine, public):
        stop = walks.stops(engine, public)[0]
        assert client.get("/walks").status_code == 200
        for ending in ("", "/minutes.csv"):
            said = page_of(client, public, ending).get_data(as_text=True)
            for canary in (minutes.CANARY, "walk-kanarie", str(stop.uid), public.join_code):
                assert canary not in said

    def test_nor_when_a_finding_is_not_told(self, client, engine, public):
        findings.found(engine, public, text=minutes.CANARY, day=date(2026, 11, 1))
        assert minutes.CANARY not in page_of(client, public).text
