"""Files through the browser: uploaded, looked over, mended, tried, imported, followed and taken back."""

from __future__ import annotations

import re
from io import BytesIO

import pytest

from geodata.tables import Report
from tests import factories
from tests.webmap.application import COORDINATOR, PLANNER, post, token_in
from tests.webmap.imports import file_of, row
from webmap.access import Role
from webmap.pages.importing import LARGEST_FILE_BYTES
from webmap.services import import_jobs
from webmap.services.spool import Live, Spool

FILE = file_of(20)


def upload(client, content=FILE, name="rapporter.csv", **said):
    token = token_in(client.get("/staff/import"))
    form = {
        "csrf_token": token,
        "municipality": "1470",
        "kind": "perception",
        "origin": "survey",
        "source": "",
    }
    file = {"file": (BytesIO(content), name)} if content is not None else {}
    return client.post("/staff/import", data=form | said | file, content_type="multipart/form-data")


def decide(client, path, wish, **said):
    return post(client, path, do=wish, **said)


@pytest.fixture
def client(logged_in):
    return logged_in(COORDINATOR)


@pytest.fixture
def spool(app):
    return Spool(app.extensions["works"].settings.data_folder)


@pytest.fixture
def work(app, spool):
    return lambda: import_jobs.run_next(app.extensions["works"].engine, spool)


@pytest.fixture
def reports(app):
    return lambda: factories.rows(app.extensions["works"].engine, Report)["report"]


@pytest.fixture
def draft(client):
    return upload(client).headers["Location"]


class TestUploading:
    def test_it_leads_to_a_look_at_the_file(self, client, draft):
        text = client.get(draft).text
        for said in (
            "Granska filen",
            "20 rader",
            "SWEREF 99 TM",
            "Gissat",
            "20 punkter inne",
            "20 rader duger",
        ):
            assert said in text.replace("\N{NO-BREAK SPACE}", " "), said

    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            ({"content": None}, "Välj en fil."),
            ({"name": "rapporter.docx"}, "tas inte emot"),
            ({"kind": "allt"}, "Välj vad raderna är."),
            ({"origin": ""}, "Välj varifrån uppgifterna kommer."),
        ],
    )
    def test_what_is_missing_is_said_and_the_rest_kept(self, client, said, sentence):
        answer = upload(client, **({"source": "Mätningen 2025"} | said))
        assert answer.status_code == 422
        assert sentence in answer.text
        assert 'value="Mätningen 2025"' in answer.text

    def test_a_file_that_is_not_what_it_says_is_told_of(self, client):
        shown = client.get(upload(client, b"%PDF-1.7 rapport", "rapporter.csv").headers["Location"])
        assert shown.status_code == 422
        assert "Filen går inte att läsa" in shown.text

    @pytest.mark.parametrize(
        ("path", "most"), [("/staff/import", LARGEST_FILE_BYTES + 200_000), ("/logout", 2_000_000)]
    )
    def test_what_is_beyond_the_limit_is_refused_unread(self, client, path, most):
        said = {"CONTENT_LENGTH": str(most), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
        answer = client.post(path, input_stream=BytesIO(b""), environ_overrides=said)
        assert answer.status_code == 413

    def test_its_name_is_kept_nowhere(self, app, client, spool):
        upload(client, name="Anna Andersson.csv")
        kept = [path.name for path in spool._folder.rglob("*")]
        assert not [name for name in kept if "Anna" in name]
        assert "Anna" not in client.get("/staff/import").text

    def test_several_files_are_several_jobs(self, client):
        assert upload(client).headers["Location"] != upload(client).headers["Location"]


class TestMending:
    def test_columns_words_and_system_are_chosen_on_the_page(self, client):
        rows = "när;vad;öst;nord\n2025-03-07;hundbajs;380000;6460000\n".encode()
        path = upload(client, rows).headers["Location"]
        assert "Välj koordinatsystem" in client.get(path).text
        said = {
            "system": "EPSG:3006",
            "column:när": "date",
            "column:vad": "category",
            "word:hundbajs": "litter",
        }
        decide(client, path, "look", **said)
        text = client.get(path).text
        assert "7 mars 2025" in text.replace("\N{NO-BREAK SPACE}", " ")
        assert "1 rad duger" in text
        assert '<option value="date" selected>' in text

    def test_a_column_can_be_left_out(self, client, draft):
        decide(client, draft, "look", **{"column:text": "", "was:text": "text"})
        assert "rad 3" not in client.get(draft).text

    def test_what_was_chosen_stays_when_something_is_wrong(self, client, draft):
        decide(client, draft, "look", system="EPSG:3008", origin="walk", source="Vandring i mars")
        text = client.get(draft).text
        assert '<option value="EPSG:3008" selected>' in text
        assert 'value="Vandring i mars"' in text
        assert "De flesta punkterna hamnar utanför" in text

    @pytest.mark.parametrize("name", ["kind", "origin", "system", "category", "column:typ", "word:belysning"])
    def test_a_word_of_no_vocabulary_changes_nothing(self, client, draft, name):
        decide(client, draft, "look", **{name: "'; DROP TABLE report; --"})
        assert client.get(draft).status_code == 200

    def test_what_a_file_says_is_never_markup(self, client):
        hostile = file_of(1, row(2, word="<script>alert(1)</script>", text="<img src=x onerror=alert(1)>"))
        text = client.get(upload(client, hostile).headers["Location"]).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text


class TestImporting:
    def test_the_whole_way(self, client, draft, work, reports):
        before = reports()
        assert decide(client, draft, "import", system="EPSG:3006").headers["Location"] == draft
        assert "Väntar på tur" in client.get(draft).text
        assert client.get(f"{draft}.json").json["state"] == "waiting"
        work()
        assert client.get(f"{draft}.json").json["is_over"]
        text = client.get(draft).text
        assert "Importen är klar" in text
        assert reports() == before + 20
        assert "Enkät" in client.get("/staff/import").text

    def test_a_dry_run_first(self, client, draft, work, reports):
        before = reports()
        decide(client, draft, "try", system="EPSG:3006")
        work()
        assert "Provkörningen är klar" in client.get(draft).text
        assert reports() == before
        decide(client, draft, "import")
        work()
        assert reports() == before + 20

    def test_a_refused_file_offers_its_faulty_rows_and_the_good_ones(self, client, work, reports):
        before = reports()
        path = upload(client, file_of(3, row(9, day="2025-02-31"))).headers["Location"]
        decide(client, path, "import", system="EPSG:3006")
        work()
        assert "Inget sparades" in client.get(path).text
        faulty = client.get(f"{path}/faulty.csv")
        assert (faulty.status_code, faulty.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
        assert "Datumet 2025-02-31 finns inte." in faulty.text
        decide(client, path, "keep_good")
        work()
        assert (reports(), "Importen är klar" in client.get(path).text) == (before + 3, True)

    def test_how_far_it_has_come_is_said_as_numbers(self, app, client, draft, spool):
        decide(client, draft, "import", system="EPSG:3006")
        uid = re.search(r"[0-9a-f-]{36}", draft)[0]
        import_jobs.jobs.take(app.extensions["works"].engine, spool.has)
        spool.tell(uid, Live(0.42, "storing", 12_345, 45))
        said = client.get(f"{draft}.json").json
        assert (said["percent"], said["phase"]) == (42, "Sparar")
        assert (said["rows"], said["good"]) == ("12\N{NO-BREAK SPACE}345", "12\N{NO-BREAK SPACE}300")
        assert '<progress max="100" value="42"' in client.get(draft).text

    def test_without_scripts_the_page_looks_again_by_itself(self, client, draft):
        decide(client, draft, "import", system="EPSG:3006")
        assert '<noscript><meta http-equiv="refresh"' in client.get(draft).text

    def test_it_can_be_stopped_while_it_waits(self, client, draft, work, spool):
        decide(client, draft, "import", system="EPSG:3006")
        assert decide(client, draft, "cancel").headers["Location"].startswith("/staff/import?")
        assert not work()
        assert not list(spool._folder.glob("*"))

    def test_nobody_asks_for_it_twice(self, client, draft):
        decide(client, draft, "import", system="EPSG:3006")
        assert decide(client, draft, "import").status_code == 409

    def test_once_its_file_is_gone_nothing_can_be_asked_of_it(self, client, draft, work):
        decide(client, draft, "import", system="EPSG:3006")
        work()
        assert decide(client, draft, "import").status_code == 404

    def test_it_is_said_in_english_too(self, client, draft):
        assert "Look the file over" in client.get(f"{draft}?lang=en").text


class TestUndoing:
    @pytest.fixture
    def made(self, client, draft, work):
        decide(client, draft, "import", system="EPSG:3006")
        work()
        return re.search(r'href="(/staff/import/made/\d+/undo[^"]*)"', client.get(draft).text)[1]

    def test_it_asks_first_and_then_takes_all_away(self, client, made, draft, reports):
        before = reports()
        assert "20 rapporter tas bort" in client.get(made).text
        assert post(client, made.partition("?")[0], municipality="1470").status_code == 303
        assert reports() == before - 20
        assert "Importen är ångrad" in client.get(draft).text
        assert "Ångrad" in client.get("/staff/import").text

    def test_the_legend_is_then_what_it_was(self, client, draft, work):
        def legend():
            return re.search(
                r'<section[^>]*class="[^"]*legend.*?</section>', client.get("/staff/map").text, re.S
            )

        before = legend()
        decide(client, draft, "import", system="EPSG:3006")
        work()
        during = legend()
        made = re.search(r'href="(/staff/import/made/\d+/undo)', client.get(draft).text)[1]
        post(client, made, municipality="1470")
        after = legend()
        assert before is not None
        assert before[0] != during[0]
        assert before[0] == after[0]

    def test_twice_is_a_conflict(self, client, made):
        path = made.partition("?")[0]
        post(client, path, municipality="1470")
        assert post(client, path, municipality="1470").status_code == 409

    def test_a_planner_may_not(self, made, logged_in, reports):
        before = reports()
        answer = post(logged_in(PLANNER), made.partition("?")[0], municipality="1470")
        assert (answer.status_code, reports()) == (403, before)


class TestOthers:
    @pytest.fixture
    def stranger(self, app, logged_in):
        factories.user(app.extensions["works"].engine, "annan@karlsborg.example", Role.COORDINATOR, "1446")
        return logged_in("annan@karlsborg.example")

    @pytest.mark.parametrize("end", ["", ".json", "/faulty.csv"])
    def test_a_job_of_another_municipality_is_not_there(self, stranger, draft, end):
        assert stranger.get(draft + end).status_code == 404

    def test_nothing_is_done_to_it(self, stranger, client, draft):
        assert decide(stranger, draft, "cancel").status_code == 404
        assert client.get(draft).status_code == 200

    def test_nothing_is_imported_into_it(self, stranger):
        assert upload(stranger).status_code == 404

    def test_a_planner_sees_no_imports(self, logged_in, draft):
        planner = logged_in(PLANNER)
        assert [planner.get(path).status_code for path in ("/staff/import", draft)] == [403, 403]
