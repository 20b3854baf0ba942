"""What every request meets: hosts, languages, sizes, redirects, and a database that is away."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from geodata.tables.engine import make_engine, writing
from geodata.vocabulary import Kind, Origin
from tests import factories
from tests.factories import PASSWORD
from tests.webmap.application import COORDINATOR, SECRET, application, closed, enter, token_in
from webmap import LARGEST_REQUEST_BYTES, create_app
from webmap.cli.serving import ACCESS_LOG
from webmap.settings import Settings
from webmap.traces import ASKED

ELSEWHERE = (
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
    "/\tevil",
    "/%0d%0aLocation:https://evil.example",
    "/\r\nLocation: https://evil.example",
    "%2f%2fevil.example",
    " //evil.example",
    "/x\\..\\evil",
    "evil.example",
    "",
)


def language_of(answer):
    return re.search(r'<html lang="(..)">', answer.text)[1]


class TestHosts:
    @pytest.mark.parametrize("path", ["/", "/login", "/finns/inte", "/api/v1/heat/value"])
    def test_a_host_that_is_not_ours_is_refused(self, client, path):
        answer = client.get(path, headers={"Host": "evil.example"})
        assert answer.status_code == 400
        assert "evil.example" not in answer.text

    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000"])
    def test_our_own_are_answered(self, client, host):
        assert client.get("/healthz", headers={"Host": host}).status_code == 200

    def test_a_forwarded_host_is_not_believed_without_a_proxy_of_ours(self, client):
        answer = client.get("/staff/map", headers={"X-Forwarded-Host": "evil.example"})
        assert "evil" not in answer.headers["Location"]


class TestNext:
    @pytest.mark.parametrize("asked", ELSEWHERE)
    def test_logging_in_never_leads_elsewhere(self, app, logged_in, asked):
        answer = logged_in().get("/login", query_string={"next": asked})
        assert answer.status_code == 302
        self.check(answer.headers["Location"])

    @pytest.mark.parametrize("asked", ["//evil.example", "/\\evil.example", "https://evil.example"])
    def test_neither_by_the_form(self, client, asked):
        self.check(enter(client, COORDINATOR, next=asked).headers["Location"])

    @staticmethod
    def check(location):
        parts = urlsplit(location)
        assert (parts.scheme, parts.netloc) == ("", "")
        assert re.match(r"/(?![/\\])", location)
        assert not set(location) & set("\r\n\t\\")

    def test_a_path_of_ours_is_kept_with_its_query(self, logged_in):
        answer = logged_in().get("/login", query_string={"next": "/staff/map?hours=20-03&weekdays=fri"})
        assert answer.headers["Location"] == "/staff/map?hours=20-03&weekdays=fri"


class TestLanguage:
    def test_swedish_is_spoken_until_told_otherwise(self, client):
        assert language_of(client.get("/")) == "sv"

    def test_a_choice_is_kept(self, client):
        chosen = client.get("/?lang=en")
        assert language_of(chosen) == language_of(client.get("/login")) == "en"
        cookie = next(each for each in chosen.headers.getlist("Set-Cookie") if each.startswith("language="))
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie

    def test_a_language_we_do_not_have_changes_nothing(self, client):
        answer = client.get("/?lang=fi")
        assert language_of(answer) == "sv"
        assert "language=" not in str(answer.headers)

    @pytest.mark.parametrize("language", ["sv", "en"])
    def test_every_answer_keeps_to_it(self, client, language):
        client.get(f"/?lang={language}")
        form = {"data": {"email": "a" * (LARGEST_REQUEST_BYTES + 1)}}
        answers = [
            client.get("/finns/inte"),
            client.post("/logout"),
            client.post("/login", **form),
            client.put("/login"),
        ]
        assert [answer.status_code for answer in answers] == [404, 400, 413, 405]
        assert {language_of(answer) for answer in answers} == {language}

    def test_the_link_to_the_other_keeps_the_page(self, logged_in):
        text = logged_in().get("/staff/map?weekdays=fri&hours=20-03").text
        link = re.search(r'class="tool"[^>]*href="([^"]*lang=en[^"]*)"', text)[1].replace("&amp;", "&")
        assert set(urlsplit(link).query.split("&")) == {"weekdays=fri", "hours=20-03", "lang=en"}

    @pytest.mark.parametrize(
        "query",
        [
            "_scheme=javascript&_external=1",
            "_external=1",
            "_anchor=x",
            "_method=GET",
            "endpoint=x",
            "filename=x",
        ],
    )
    @pytest.mark.parametrize("path", ["/", "/login"])
    def test_no_word_in_a_query_breaks_the_page_or_its_links(self, client, path, query):
        answer = client.get(f"{path}?{query}")
        assert answer.status_code == 200
        links = re.findall(r'href="([^"]*lang=[^"]*)"', answer.text)
        assert links
        assert all(link.startswith("/") for link in links)


class TestOddRequests:
    @pytest.mark.parametrize(
        "path", ["/?municipality=%00", "/?municipality=%ff", "/?municipality=" + "9" * 5_000]
    )
    def test_a_municipality_nobody_has_is_not_there(self, client, path):
        assert client.get(path).status_code == 404

    @pytest.mark.parametrize("tile", ["99/1/1", "3/8/1", f"3/{10**30}/1", f"{10**30}/1/1"])
    def test_a_tile_that_is_nowhere_is_refused(self, logged_in, tile):
        answer = logged_in().get(f"/heat/staff/{tile}.png")
        assert answer.status_code == 422
        assert answer.json["detail"] != answer.json["code"]

    @pytest.mark.parametrize(
        "query", ["lon=x&lat=58", "lon=nan&lat=58", "lon=12.9", "lon=181&lat=58", "lon=12&lat=inf"]
    )
    def test_a_value_nowhere_is_a_problem_that_names_its_field(self, logged_in, query):
        answer = logged_in().get(f"/api/v1/heat/value?{query}")
        assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
        assert answer.json["errors"][0]["field"] in ("lon", "lat")
        assert answer.json["detail"] == answer.json["errors"][0]["message"]

    def test_a_filter_at_fault_keeps_all_the_rest(self, logged_in):
        answer = logged_in().get("/staff/map?hours=x&weekdays=fri&bandwidth=500")
        assert answer.status_code == 422
        assert 'value="fri" checked' in answer.text
        assert 'value="500" selected' in answer.text

    def test_the_map_narrows_by_every_word_of_the_filter(self, logged_in):
        """Links from elsewhere carry bbox, origins and states too."""
        words = {"bbox": "12.9,58.2,12.95,58.3", "origins": "public", "states": "accepted", "area": "Levene"}
        text = logged_in().get("/staff/map", query_string=words).text
        tiles = re.search(r'data-tiles="([^"]*)"', text)[1]
        assert [name for name in words if f"{name}=" not in tiles] == []


class TestReadiness:
    def test_it_is_ready_when_the_database_answers(self, client):
        assert client.get("/readyz").json == {"status": "ready"}

    @pytest.mark.parametrize("path", ["/readyz", "/", "/login"])
    def test_a_database_that_is_away_is_503_and_said_so(self, tmp_path, path):
        url = f"sqlite:///{tmp_path}/gone/away.gpkg"
        app = create_app(
            Settings(data_dir=str(tmp_path), database_url=url, secret_key=SECRET), make_engine(url)
        )
        answer = app.test_client().get(path)
        assert answer.status_code == 503
        assert "sqlite" not in answer.text
        assert app.test_client().get("/healthz").status_code == 200

    def test_a_server_that_does_not_answer_is_the_same(self, tmp_path):
        app = application("postgresql://nobody@127.0.0.1:9/none", tmp_path)
        assert app.test_client().get("/readyz").status_code == 503

    def test_a_database_of_another_version_is_not_ready(self, tmp_path):
        app = application(f"sqlite:///{tmp_path}/empty.gpkg", tmp_path)
        assert app.test_client().get("/readyz").status_code == 503
        closed(app)


class TestBothDatabases:
    @pytest.fixture
    def client(self, engine, database_url, tmp_path):
        with writing(engine) as session:
            there = factories.municipality(session)
            factories.store(session, there, factories.spread(40, kind=Kind.OBSERVATION, origin=Origin.VEST))
        factories.user(engine, COORDINATOR)
        app = application(database_url, tmp_path)
        yield app.test_client()
        closed(app)

    def test_one_logs_in_and_sees_the_map(self, client):
        assert enter(client, COORDINATOR).status_code == 303
        assert client.get("/staff/map?kinds=observation").status_code == 200
        assert client.get("/api/v1/heat/value?lon=12.95&lat=58.26").json["n"] == pytest.approx(40)

    @pytest.mark.parametrize("said", ["\x00", "a\x00@b.example", "å" * 400, "' OR 1=1 --"])
    def test_any_address_is_simply_not_known(self, client, said):
        answer = client.post(
            "/login", data={"csrf_token": token_in(client.get("/login")), "email": said, "password": PASSWORD}
        )
        assert answer.status_code == 403

    @pytest.mark.parametrize("said", ["%00", "%F0%9F%92%A9"])
    def test_any_municipality_is_simply_not_there(self, client, said):
        assert client.get(f"/?municipality={said}").status_code == 404


def test_the_access_log_keeps_neither_query_nor_who_asked():
    held = set(re.findall(r"%\(([^)]*)\)", ACCESS_LOG))
    assert held == {"t", f"{{{ASKED}}}e", "s", "B", "L"}
