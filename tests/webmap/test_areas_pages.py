"""Names and ground through the browser: a file in, tried first, and a layer out."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geodata.tables.engine import reading
from geodata.tables.journal import JournalEntry
from geodata.vocabulary import AreaKind
from tests.webmap.application import COORDINATOR, PLANNER, token_in
from tests.webmap.cli import layer_files as files
from webmap.services import area_layers
from webmap.services.area_upload import MOST_BYTES
from webmap.services.layers import layers_of
from webmap.words import words_for

_KEPT = re.compile(r'name="kept" value="([^"]+)"')


@pytest.fixture
def streets(tmp_path: Path) -> Path:
    return files.geopackage(
        tmp_path / "v.gpkg", files.frame([*files.STREETS, files.OUTSIDE], ["A", "B", "C"])
    )


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    return files.geopackage(tmp_path / "h.gpkg", files.frame([files.HOUSE, files.BOW_TIE], ["a", "b"]))


def send(client: FlaskClient, path: Path | None, act: str = "store", **said: object) -> TestResponse:
    """Send the form as a browser does."""
    token = token_in(client.get("/staff/areas"))
    file = {"file": (io.BytesIO(path.read_bytes()), path.name)} if path else {}
    form = {"csrf_token": token, "municipality": "1470", "act": act, **said, **file}
    return client.post("/staff/areas", data=form, content_type="multipart/form-data")


def counts(app) -> dict[str, int]:
    found = area_layers.counts(app.extensions["works"].engine, "1470")
    return {each.kind.value: each.count for each in found}


class TestAFile:
    def test_it_is_stored_and_listed(self, app, logged_in, streets: Path) -> None:
        answer = send(logged_in(), streets, kinds="street", source="NVDB")
        assert answer.status_code == 200
        assert "Sparat" in answer.text
        assert "Utanför kommunen: 1" in answer.text
        assert re.search(r"Gator och vägar</strong> <span class=\"tnum\">2</span> <small>NVDB", answer.text)
        assert counts(app) == {"locality": 1, "street": 2}

    def test_it_is_tried_first_and_need_not_be_sent_again(self, app, logged_in, streets: Path) -> None:
        client = logged_in()
        tried = send(client, streets, "check", kinds="street", name_column="namn")
        kept = _KEPT.search(tried.text)
        assert ("Så här blir det" in tried.text, counts(app)) == (True, {"locality": 1})
        assert kept is not None
        done = send(client, None, kinds="street", kept=kept[1])
        assert ("Sparat" in done.text, counts(app)["street"]) == (True, 2)
        assert _KEPT.search(done.text) is None

    def test_what_was_kept_opens_for_nobody_else(self, app, logged_in, streets: Path) -> None:
        kept = _KEPT.search(send(logged_in(), streets, "check", kinds="street").text)
        assert kept is not None
        theirs = logged_in("samordnare@karlsborg.example")
        answer = send(theirs, None, kinds="street", kept=kept[1], municipality="1446")
        assert (answer.status_code, "Välj en fil" in answer.text) == (422, True)

    def test_an_extract_may_give_several_kinds(self, app, logged_in, tmp_path: Path) -> None:
        path = files.town().write(tmp_path / "vara.osm")
        send(logged_in(), path, kinds=["street", "building", "place"])
        assert counts(app) == {"locality": 1, "place": 3, "street": 2, "building": 1}

    def test_nothing_of_it_is_left_in_the_folder(self, app, logged_in, streets: Path) -> None:
        send(logged_in(), streets, kinds="street")
        jobs = app.extensions["works"].settings.data_folder / "jobs"
        assert [path for path in jobs.rglob("*") if path.is_file()] == []


class TestFaults:
    def test_rows_that_are_wrong_are_named_and_the_form_keeps_what_was_chosen(
        self, app, logged_in, broken: Path
    ) -> None:
        answer = send(logged_in(), broken, kinds="building", source="Vara kommun")
        assert answer.status_code == 422
        assert "rad 2" in answer.text
        assert "korsar sig själv" in answer.text
        assert 'value="building" checked' in answer.text
        assert 'value="Vara kommun"' in answer.text
        assert "building" not in counts(app)

    def test_the_rest_is_stored_when_told_without_sending_again(self, app, logged_in, broken: Path) -> None:
        client = logged_in()
        kept = _KEPT.search(send(client, broken, kinds="building").text)
        assert kept is not None
        assert send(client, None, kinds="building", kept=kept[1], skips_invalid="1").status_code == 200
        assert counts(app)["building"] == 1

    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            ({}, "Välj vad som ska läsas in"),
            ({"kinds": ["street", "path"]}, "Välj ett slag"),
            ({"kinds": "annat"}, "Slaget annat finns inte"),
            ({"kinds": "street", "layer": "finns inte"}, "finns inte"),
            ({"kinds": "street", "system": "EPSG:9999"}, "EPSG:9999"),
            ({"kinds": "street", "name_column": "<script>alert(1)</script>"}, "&lt;script&gt;"),
        ],
    )
    def test_a_choice_that_does_not_fit_is_said_at_the_form(
        self, logged_in, streets: Path, said: dict[str, object], sentence: str
    ) -> None:
        answer = send(logged_in(), streets, **said)
        assert (answer.status_code, sentence in answer.text) == (422, True)
        assert "<script>alert" not in answer.text

    def test_without_a_file_it_says_so(self, logged_in) -> None:
        assert "Välj en fil" in send(logged_in(), None, kinds="street").text

    @pytest.mark.parametrize("kept", ["x", "../../secret", "00000000-0000-0000-0000-000000000000"])
    def test_a_made_up_token_opens_nothing(self, logged_in, kept: str) -> None:
        assert send(logged_in(), None, kinds="street", kept=kept).status_code == 422

    def test_another_kind_of_file_is_refused(self, logged_in, tmp_path: Path) -> None:
        (tmp_path / "a.csv").write_text("namn;x;y\n")
        assert "tas inte emot" in send(logged_in(), tmp_path / "a.csv", kinds="street").text

    @pytest.mark.parametrize(("who", "size"), [(COORDINATOR, MOST_BYTES + 100_000), (PLANNER, 2_000_000)])
    def test_a_body_that_is_too_large_for_the_one_who_sends_it_is_refused(
        self, logged_in, who: str, size: int
    ) -> None:
        kind = "multipart/form-data; boundary=x"
        assert logged_in(who).post("/staff/areas", data=bytes(size), content_type=kind).status_code == 413


class TestRemoving:
    def test_a_layer_goes_with_a_row_in_the_journal(self, app, logged_in, streets: Path) -> None:
        client = logged_in()
        send(client, streets, kinds="street")
        token = token_in(client.get("/staff/areas"))
        form = {"csrf_token": token, "municipality": "1470"}
        assert client.post("/staff/areas/street/remove", data=form).status_code == 303
        assert counts(app) == {"locality": 1}
        with reading(app.extensions["works"].engine) as session:
            acts = [row.action for row in session.query(JournalEntry).order_by(JournalEntry.seq)]
        assert acts[-2:] == ["areas.import", "areas.remove"]


class TestLayersOfAMap:
    def test_names_alone_are_no_ground(self, app) -> None:
        found = layers_of(app.extensions["works"], "1470")
        assert (found.base_url, found.ground_url, found.ground_credits) == ("", "", ())

    def test_an_extract_is_credited(self, app, logged_in, tmp_path: Path) -> None:
        send(logged_in(), files.town().write(tmp_path / "vara.osm"), kinds=["street"])
        found = layers_of(app.extensions["works"], "1470")
        assert found.ground_url.startswith("/map/ground/{z}/{x}/{y}.png?municipality=1470")
        assert [credit.text for credit in found.ground_credits] == ["© OpenStreetMaps bidragsgivare"]


@pytest.mark.parametrize("kind", AreaKind)
def test_every_kind_has_a_name_in_both_languages(kind: AreaKind) -> None:
    assert kind.value not in {words_for(language).label(kind) for language in ("sv", "en")}
