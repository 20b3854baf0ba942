"""Tricks with hosts, paths, line breaks and methods, as they are tried on every server there is."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

import pytest

from tests.webmap.application import COORDINATOR, enter, token_in
from webmap.api.strict_json import DEEPEST

HOSTS = (
    "evil.example",
    "localhost.evil.example",
    "evil.example:8000",
    "localhost@evil.example",
    "evil.example#localhost",
    "localhost,evil.example",
    "localhost evil.example",
    "127.0.0.1.evil.example",
    "[::1]evil",
    "0.0.0.0",  # noqa: S104
    "localhost/evil",
    "xn--lcalhost-54a",
    ".localhost",
    "localhost..",
)
FORWARDED = (
    "X-Forwarded-Host",
    "X-Host",
    "X-Original-Host",
    "Forwarded",
    "X-Forwarded-Server",
    "X-HTTP-Host-Override",
)
CLIMBS = (
    "../../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/etc/passwd",
    "..%252f..%252fetc%252fpasswd",
    "....//....//etc/passwd",
    "..\\..\\etc\\passwd",
    "..%5c..%5cetc%5cpasswd",
    "%c0%ae%c0%ae/etc/passwd",
    "/etc/passwd",
    "//etc/passwd",
    "file:///etc/passwd",
    "css/../../settings.py",
    "css/%00.css",
    ".%00./settings.py",
    "../__init__.py",
    "C:/Windows/win.ini",
)
BREAKS = (
    "\r\nSet-Cookie: evil=1",
    "\nSet-Cookie: evil=1",
    "\rX: 1",
    "%0d%0aSet-Cookie:evil=1",
    "\u560a\u560dX:1",
    "\u2028X",
    "\x85X",
)
FORM = "application/x-www-form-urlencoded"
OVERRIDES = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")


class TestHosts:
    @pytest.mark.parametrize("host", HOSTS)
    @pytest.mark.parametrize(
        "path", ["/", "/login", "/report", "/static/favicon.svg", "/api/v1/openapi.json"]
    )
    def test_one_that_is_not_ours_is_refused_plainly(self, client, host, path):
        answer = client.get(path, headers={"Host": host})
        assert answer.status_code == 400
        assert "evil" not in answer.text
        assert "evil" not in str(answer.headers)

    @pytest.mark.parametrize("name", FORWARDED)
    def test_none_is_believed_beside_the_real_one(self, client, name):
        for path in ("/staff/map", "/report/done", "/follow", "/"):
            answer = client.get(
                path, headers={name: "host=evil.example" if name == "Forwarded" else "evil.example"}
            )
            assert "evil" not in answer.text + str(answer.headers)


class TestClimbing:
    @pytest.mark.parametrize("climb", CLIMBS)
    @pytest.mark.parametrize(
        "door", ["/static/", "/static/css/together-", "/static/js/together-", "/static/css/"]
    )
    def test_no_file_but_our_own_is_given(self, client, door, climb):
        for path in (f"{door}{climb}", f"{door}{climb}.css", f"{door}{climb}.js"):
            answer = client.get(path)
            assert answer.status_code in (301, 308, 404), path
            assert "root:" not in answer.text
            assert "import " not in answer.text

    @pytest.mark.parametrize("climb", CLIMBS)
    def test_no_photo_export_or_measure_leads_there(self, logged_in, climb):
        client = logged_in(COORDINATOR)
        for door in ("/report/photo/", "/staff/photos/", "/staff/measures/", "/staff/import/", "/staff/map/"):
            answer = client.get(f"{door}{quote(climb, safe='/%')}?municipality=1470")
            assert answer.status_code in (301, 302, 308, 404, 405), door
            assert "root:" not in answer.text


class TestLineBreaks:
    @pytest.mark.parametrize("broken", BREAKS)
    def test_no_header_is_slipped_in(self, client, broken):
        answers = [
            enter(client, COORDINATOR, next=f"/staff/map{broken}"),
            client.get("/login", query_string={"next": f"/x{broken}", "lang": f"en{broken}"}),
            client.get("/", query_string={"lang": broken}),
            client.get("/staff/map", query_string={"weekdays": broken}),
            client.get(f"/finns/{quote(broken)}"),
            client.get("/login/oidc", query_string={"next": broken}),
        ]
        for answer in answers:
            assert not [name for name, _ in answer.headers if name.lower() in ("evil", "x")]
            assert "evil=1" not in str(answer.headers.getlist("Set-Cookie"))
            assert all(not set(value) & set("\r\n\x85\u2028") for _, value in answer.headers)


class TestMethods:
    @pytest.mark.parametrize("name", OVERRIDES)
    @pytest.mark.parametrize("method", ["PUT", "DELETE", "POST", "PATCH"])
    def test_none_is_put_in_place_of_another(self, client, name, method):
        assert client.get("/logout", headers={name: method}).status_code == 405
        assert client.get(f"/logout?_method={method}").status_code == 405
        token = token_in(client.get("/login"))
        said = {"csrf_token": token, "_method": method, "method": method}
        assert client.post("/login", data=said, headers={name: method}).status_code == 422

    @pytest.mark.parametrize("method", ["TRACE", "CONNECT", "BREW", "get", "PROPFIND", "G\tET"])
    def test_strange_ones_are_refused(self, client, method):
        answer = client.open("/login", method=method)
        assert answer.status_code in ((200,) if method == "get" else (405,))
        assert "TRACE" not in answer.text


class TestElsewhere:
    @pytest.mark.parametrize(
        "asked",
        [
            *(
                "https:/evil.example",
                "http:evil.example",
                "/%09/evil.example",
                "/\t/evil.example",
                "/ /evil.example",
            ),
            *(
                "/.evil.example",
                "////evil.example",
                "/%5cevil.example",
                "\u3002evil",
                "//evil%E3%80%82example",
            ),
            *(
                "data:text/html,x",
                "vbscript:x",
                "/x?next=//evil.example",
                "@evil.example",
                "/@evil.example",
                "?//evil",
            ),
            *(
                "/\u2215evil.example",
                "/\uff0fevil.example",
                "\x00//evil.example",
                "/\x00/evil.example",
                "\x01https://evil",
            ),
        ],
    )
    def test_logging_in_stays_on_this_host(self, client, asked):
        location = enter(client, COORDINATOR, next=asked).headers["Location"]
        parts = urlsplit(location)
        assert (parts.scheme, parts.netloc) == ("", "")
        assert re.match(r"/(?![/\\])", location)
        assert not re.search(r"[\x00-\x20\x7f\\]", location)


class TestDepth:
    @pytest.mark.parametrize("depth", [DEEPEST + 2, 200, 5_000, 100_000])
    @pytest.mark.parametrize(("begin", "end"), [("[", "]"), ('{"a":', "}")])
    def test_what_is_too_deep_is_refused_and_nothing_falls(self, client, depth, begin, end):
        body = f"{begin * depth}1{end * depth}"[:250_000]
        answer = client.put(
            "/api/v1/reports/00000000-0000-4000-8000-000000000001",
            data=body,
            content_type="application/geo+json",
        )
        assert answer.status_code == 400
        assert answer.json["code"] in ("json.too_deep", "json.not_json")

    def test_a_shape_of_too_many_corners_is_refused(self, client):
        ring = [[12.9 + i * 1e-6, 58.2] for i in range(2_100)]
        shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
        body = {"type": "Feature", "geometry": shape, "properties": {"municipality": "1470"}}
        answer = client.put("/api/v1/reports/00000000-0000-4000-8000-000000000002", json=body)
        assert answer.status_code == 422
        assert {each["code"] for each in answer.json["errors"]} >= {"geometry.too_many_vertices"}

    def test_a_form_of_too_many_fields_is_refused(self, client, logged_in):
        for each in (client, logged_in(COORDINATOR)):
            body = "csrf_token=x" + "&a=1" * 1_000
            assert each.post("/login", data=body, content_type=FORM).status_code == 413

    def test_a_form_of_too_many_parts_is_refused(self, client):
        token = token_in(client.get("/login"))
        said = {"csrf_token": token, **{f"x{i}": "1" for i in range(200)}}
        answer = client.post("/login", data=said, content_type="multipart/form-data")
        assert answer.status_code == 413
