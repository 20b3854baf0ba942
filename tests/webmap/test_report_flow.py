"""A report is told page by page: nothing is lost on the way, and nothing is sent twice."""

from __future__ import annotations

import gzip
import re
import sys
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from sqlalchemy import select

from geodata.tables.engine import reading, writing
from geodata.tables.reports import Report
from geodata.vocabulary import Channel, Kind, Origin, State, codes
from tests import factories
from tests.webmap.application import token_in
from tests.webmap.teller import PLAIN, Teller
from webmap.pages.report_answers import KEPT_FOR

MOST_BYTES = 60_000


@pytest.fixture
def teller(client):
    return Teller(client)


def stored(app):
    with reading(app.extensions["works"].engine) as session:
        return session.scalars(select(Report).where(Report.state == State.NEW)).all()


class TestToTheEnd:
    def test_it_becomes_a_perception_that_waits_for_review(self, app, teller):
        answer = teller.tell()
        assert (answer.status_code, answer.headers["Location"]) == (303, "/report/done")
        (report,) = stored(app)
        assert (report.kind, report.origin, report.source) == (Kind.PERCEPTION, Origin.PUBLIC, Channel.FORM)
        assert codes(report.categories) == {"lighting"}
        assert report.voice

    def test_words_for_a_place_are_kept_and_never_put_anywhere(self, app, teller):
        teller.tell(where={"way": "words", "words": "Qwxyz bakom muren", "choice": "keep"})
        (report,) = stored(app)
        assert (report.geometry, report.east, report.place_text) == (None, None, "Qwxyz bakom muren")

    def test_sent_again_it_is_still_one(self, app, teller):
        teller.answer()
        for _ in range(3):
            teller.post("/report/send")
        assert len(stored(app)) == 1

    def test_two_from_one_browser_are_two_reports_of_one_voice(self, app, teller):
        teller.tell()
        teller.tell()
        first, second = stored(app)
        assert first.uid != second.uid
        assert first.voice == second.voice

    def test_a_safe_place_needs_no_reason(self, app, teller):
        teller.tell(what={"polarity": "safe", "categories": ["violence"]})
        assert codes(stored(app)[0].categories) == {"safe_place"}


class TestWhatIsTold:
    @pytest.mark.parametrize("path", ["/report", "/report/what"])
    def test_whom_to_call_stands_on_the_first_pages(self, teller, path):
        teller.begin()
        page = teller.client.get(path).text
        assert 'href="tel:112"' in page.split("<main")[1]
        assert 'href="tel:11414"' in page.split("<main")[1]

    def test_it_is_told_again_where_it_may_be_a_crime(self, teller):
        teller.begin()
        answer = teller.post("/report/what", polarity="unsafe", categories=["violence"])
        assert answer.headers["Location"] == "/report/crime"
        assert "114 14" in teller.client.get("/report/crime").text.split("<main")[1]

    def test_that_it_becomes_a_public_record_is_told_before_it_is_sent(self, teller):
        teller.answer()
        assert "allmän handling" in teller.client.get("/report/check").text
        assert "allmän handling" in teller.client.get("/report").text


class TestWhatIsMissing:
    WRONG = (
        ("what", {}, "polarity-unsafe"),
        ("what", {"polarity": "unsafe"}, "categories-lighting"),
        ("when", {}, "when-often"),
        ("when", {"when": "moment", "moment_clock": "20"}, "moment_day"),
        ("when", {"when": "moment", "moment_day": "2025-11-14", "moment_clock": "25"}, "moment_clock"),
        ("when", {"when": "day", "day_day": "2199-01-01"}, "day_day"),
        ("when", {"when": "often"}, "often_clock"),
        ("when", {"when": "often", "often_clock": "20"}, "often_end_clock"),
        ("words", {"text": "x" * 501}, "text"),
        ("words", {"text": "Ring Anna Svensson på 070-123 45 67"}, "text"),
        ("contact", {"email": "anna"}, "email"),
    )

    @pytest.mark.parametrize(("name", "said", "target"), WRONG)
    def test_the_page_comes_again_and_says_what_and_where(self, teller, name, said, target):
        teller.answer(*list(PLAIN)[: list(PLAIN).index(name)])
        answer = teller.post(f"/report/{name}", **said)
        assert answer.status_code == 422
        assert re.search(r"<title>Fel: ", answer.text)
        sentence = re.search(rf'<a href="#{target}">([^<]+)</a>', answer.text)
        assert sentence, answer.text
        assert answer.text.count(sentence[1]) >= 2
        assert f'id="{target}"' in answer.text

    def test_what_was_typed_is_kept(self, teller):
        teller.answer("what", "where")
        said = {"when": "moment", "moment_day": "2025-11-14", "moment_clock": "25.70"}
        page = teller.post("/report/when", **said).text
        assert 'value="2025-11-14"' in page
        assert 'value="25.70"' in page

    def test_what_may_be_personal_can_be_sent_all_the_same(self, app, teller):
        teller.tell(words={"text": "Anna Svensson bor där", "anyway": "1"})
        assert stored(app)[0].private_text == "Anna Svensson bor där"

    def test_nobody_begins_in_the_middle(self, client):
        for name in list(PLAIN) + ["check", "crime"]:
            answer = client.get(f"/report/{name}")
            assert (answer.status_code, answer.headers["Location"]) == (303, "/report"), name


class TestAnswersStay:
    def test_going_back_shows_what_was_answered(self, teller):
        teller.answer()
        assert re.search(r'value="unsafe" checked', teller.client.get("/report/what").text)
        assert "Bakom lekplatsen" in teller.client.get("/report/where").text
        assert 'value="fri" checked' in teller.client.get("/report/when").text
        assert "Det är mörkt vid bryggan." in teller.client.get("/report/words").text

    def test_they_are_there_after_half_an_hour_and_gone_when_forgotten(self, teller):
        with time_machine.travel("2026-11-22T10:00:00+00:00", tick=True) as clock:
            teller.answer()
            clock.shift(timedelta(minutes=30))
            assert "Bakom lekplatsen" in teller.client.get("/report/check").text
            clock.shift(KEPT_FOR)
            assert teller.client.get("/report/check").status_code == 303

    def test_one_answer_is_changed_and_the_rest_stands(self, app, teller):
        teller.answer()
        answer = teller.post("/report/words?change=1", text="Lampan är trasig.")
        assert answer.headers["Location"] == "/report/check"
        page = teller.client.get("/report/check").text
        assert "Lampan är trasig." in page
        assert "Bakom lekplatsen" in page

    def test_leaving_quickly_forgets_everything(self, app, teller):
        teller.answer(what={"polarity": "unsafe", "categories": ["violence"]})
        token = token_in(teller.client.get("/report/check"))
        answer = teller.client.post("/report/exit", data={"csrf_token": token})
        assert answer.headers["Location"] == "/sun"
        with teller.client.session_transaction() as cookie:
            assert not {"report", "voice", "report_done"} & set(cookie)
        assert stored(app) == []
        assert "Tryggkarta" not in teller.client.get("/sun").text

    def test_the_way_out_is_shown_only_where_people_are_told_of(self, teller):
        teller.answer("what")
        assert "/report/exit" not in teller.client.get("/report/where").text
        teller.answer("what", what={"polarity": "unsafe", "categories": ["violence"]})
        assert "/report/exit" in teller.client.get("/report/where").text


class TestPages:
    PATHS = ("/report", *(f"/report/{name}" for name in PLAIN), "/report/crime", "/report/check")

    def test_they_are_light(self, teller):
        teller.answer(what={"polarity": "unsafe", "categories": ["violence", "lighting"]})
        sizes = {}
        for path in self.PATHS:
            page = teller.client.get(path)
            assert page.status_code == 200, path
            linked = set(re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js|woff2))"', page.text))
            linked = {each for each in linked if "leaflet" not in each and "/where" not in each}
            files = [teller.client.get(each).data for each in linked]
            packed = sum(len(gzip.compress(each)) if b"wOF2" not in each[:4] else len(each) for each in files)
            sizes[path] = packed + len(gzip.compress(page.data))
        sys.stdout.write(f"report pages, bytes as sent: {sizes}\n")
        assert max(sizes.values()) <= MOST_BYTES

    def test_their_swedish_is_easy_to_read(self, teller):
        teller.answer(what={"polarity": "unsafe", "categories": ["violence", "lighting"]})
        for path in self.PATHS:
            sentences = sentences_in(teller.client.get(path).text)
            longest = max(sentences, key=lambda each: len(each.split()))
            assert len(longest.split()) <= 20, (path, longest)
            assert lix(sentences) <= 40, (path, lix(sentences))
            assert not {"vänligen", "erhålla", "avseende", "nyttja"} & set(
                " ".join(sentences).lower().split()
            )


def sentences_in(page):
    # The categories are the vocabulary's own words, chosen and not read through.
    main = page.split("<main")[1].partition(">")[2].split("</main>")[0]
    main = re.sub(r'<div class="ask-ticks">.*?</div>', " ", main, flags=re.S)
    main = re.sub(r"<(script|style|select|textarea)\b.*?</\1>", " ", main, flags=re.S)
    text = unescape(re.sub(r"</?(?:a|b|span|strong|mark|code)\b[^>]*>", "", main))
    blocks = re.split(r"<[^>]+>", text)
    found = [each.strip() for block in blocks for each in re.split(r"(?<=[.?!])\s", block)]
    return [each for each in found if re.search(r"[A-Za-zÅÄÖåäö]", each)]


def lix(sentences):
    """Björnsson's measure: words a sentence, and the part of words longer than six letters."""
    said = [word for each in sentences for word in re.findall(r"[A-Za-zÅÄÖåäöé]+", each)]
    return len(said) / len(sentences) + 100 * sum(len(word) > 6 for word in said) / len(said)


def test_several_municipalities_are_asked_for_first(app, client):
    with writing(app.extensions["works"].engine) as session:
        factories.municipality(session, "1447", "Gullspång")
    page = client.get("/report").text
    assert page.count('type="radio" name="municipality"') == 3
    assert "checked" not in page.split("<main")[1]
    refused = client.post("/report", data={"csrf_token": token_in(client.get("/report"))})
    assert (refused.status_code, "Fel: " in refused.text) == (422, True)
    assert 'type="radio"' not in client.get("/report?municipality=1447").text
