"""The headers of every answer: every route, every method, every kind of failure, files and redirects."""

from __future__ import annotations

import re
import shutil
from http.cookies import SimpleCookie

import pytest
from sqlalchemy.exc import OperationalError

from tests import factories
from tests.webmap.application import COORDINATOR, application, closed, token_in
from webmap.access import Permission
from webmap.frontdoor import HEADERS
from webmap.gate import needs

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW")
HTTPS = "https://localhost"
FILES = {"static", "styles", "modules"}
SAMPLES = {"filename": "favicon.svg", "names": "tokens.base", "format_name": "csv", "address": "0" * 32}
BY_KIND = {"int": "1", "uuid": "00000000-0000-4000-8000-000000000000", "path": "favicon.svg", "float": "1.0"}
_ARGUMENT = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")


@pytest.fixture
def secure(staffed_file, tmp_path):
    """The application as people reach it: by https."""
    shutil.copy(staffed_file, tmp_path / "secure.gpkg")
    app = application(f"sqlite:///{tmp_path / 'secure.gpkg'}", tmp_path, public_url=HTTPS)
    yield app
    closed(app)


def browser(app, email=""):
    client = app.test_client()
    if email:
        with client.session_transaction(base_url=HTTPS) as cookie:
            cookie["sid"] = factories.session_of(app.extensions["works"].engine, email)
    return client


def address(rule):
    filled = _ARGUMENT.sub(lambda found: SAMPLES.get(found[2], BY_KIND.get(found[1], "1")), rule.rule)
    return f"{filled}?municipality=1470"


def policy_of(answer):
    said = answer.headers.get("Content-Security-Policy", "")
    return dict(each.strip().partition(" ")[::2] for each in said.split(";"))


def score(answer):
    """The points that Mozilla's Observatory gives an answer (its rules of 2024, those we can break)."""
    policy, headers = policy_of(answer), answer.headers
    minus, plus = 0, 0
    unsafe = any("unsafe" in value or "http:" in value or "*" in value for value in policy.values())
    minus += 25 if not policy else 20 if unsafe else 0
    plus += 10 if policy.get("default-src") == "'none'" and not unsafe else 0
    long_enough = re.search(r"max-age=(\d+)", headers.get("Strict-Transport-Security", ""))
    minus += 0 if long_enough and int(long_enough[1]) >= 15_768_000 else 20
    minus += 0 if headers.get("X-Content-Type-Options") == "nosniff" else 5
    framed = policy.get("frame-ancestors") == "'none'"
    minus += 0 if framed or headers.get("X-Frame-Options") in ("DENY", "SAMEORIGIN") else 20
    plus += 5 if framed else 0
    plus += 5 if headers.get("Referrer-Policy") in ("no-referrer", "same-origin", "strict-origin") else 0
    plus += 10 if headers.get("Cross-Origin-Resource-Policy") == "same-origin" else 0
    minus += 50 if headers.get("Access-Control-Allow-Origin") else 0
    minus += 0 if all(_is_sound(cookie) for cookie in headers.getlist("Set-Cookie")) else 40
    minus += 5 * len(re.findall(r'<script[^>]+src="(?:https?:)?//', _text(answer)))
    return 100 - minus + (plus if minus <= 10 else 0)


def _is_sound(cookie):
    read = next(iter(SimpleCookie(cookie).values()))
    return bool(read["secure"] and read["httponly"] and read["samesite"] == "Lax" and not read["domain"])


def _text(answer):
    return answer.text if (answer.mimetype or "").startswith("text/") else ""


def faults_of(answer, is_file=False, is_known=False):
    """What is wrong with an answer's headers, in words."""
    found = [name for name, value in HEADERS.items() if answer.headers.get(name) != value]
    found += [] if score(answer) >= 100 else [f"scores {score(answer)}"]
    found += [name for name in ("Server", "X-Powered-By") if name in answer.headers]
    kept = answer.headers.get("Cache-Control", "")
    if is_known and not is_file and not kept.startswith("private"):
        found.append(f"kept as {kept!r} while logged in")
    if not kept or "public" in kept and not is_file:
        found.append(f"kept as {kept!r}")
    if (
        "<style" in _text(answer)
        or "<script>" in _text(answer)
        or re.search(r"<\w+[^>]* style=", _text(answer))
    ):
        found.append("inline")
    return found


def looks_at_nobody(app, rule):
    """Whether a call or file is answered without a look at who is logged in."""
    is_by_bearer = getattr(app.view_functions[rule.endpoint], "is_by_bearer", False)
    return is_by_bearer or rule.endpoint in ("walk_joining.ping", "field_worker.script")


class TestEveryRoute:
    @pytest.mark.parametrize("email", ["", COORDINATOR], ids=["nobody", "coordinator"])
    def test_each_method_of_each_is_answered_with_all_of_them(self, secure, email, capsys):
        rules = sorted(
            secure.url_map.iter_rules(), key=lambda rule: (rule.endpoint == "account.leave", rule.rule)
        )
        wrong, lowest, counted = {}, 1_000, 0
        for rule in rules:
            client = browser(secure, email)
            for method in METHODS:
                answer = client.open(address(rule), method=method, base_url=HTTPS)
                is_file = rule.endpoint in FILES
                is_known = bool(email) and answer.status_code != 401 and not looks_at_nobody(secure, rule)
                if found := faults_of(answer, is_file, is_known):
                    wrong[method, rule.rule] = (answer.status_code, found)
                lowest, counted = min(lowest, score(answer)), counted + 1
        with capsys.disabled():
            total = f"{len(rules)} routes of {len(rules)}, {counted} answers, lowest score {lowest}"
            print(f"\nheaders: {total}")  # noqa: T201 - the figures are the result
        assert wrong == {}

    def test_each_that_breaks_is_answered_with_all_of_them_and_tells_nothing(self, secure):
        wrong = {}
        for endpoint in secure.view_functions:
            secure.view_functions[endpoint] = _broken
        for rule in secure.url_map.iter_rules():
            if "GET" in rule.methods:
                answer = browser(secure).get(address(rule), base_url=HTTPS)
                is_silent = answer.status_code == 500 or not answer.text and "secret" not in answer.text
                if not is_silent or faults_of(answer, rule.endpoint in FILES):
                    wrong[rule.rule] = (answer.status_code, faults_of(answer, rule.endpoint in FILES))
        assert wrong == {}


def _broken(**_):
    raise RuntimeError("secret")


class TestEveryFailure:
    def check(self, answer, status):
        assert answer.status_code == status
        assert faults_of(answer) == []

    @pytest.mark.parametrize(
        "path",
        ["/finns/inte", "/static/finns/inte", "/static/../../etc/passwd", "/static/css/together-x.css"],
    )
    def test_404(self, secure, path):
        answer = browser(secure).get(path, base_url=HTTPS)
        assert answer.status_code == 404
        assert faults_of(answer, is_file=True) == []

    def test_400_of_another_host(self, secure):
        self.check(browser(secure).get("/", base_url=HTTPS, headers={"Host": "evil.example"}), 400)

    def test_400_without_a_token(self, secure):
        self.check(browser(secure).post("/report", base_url=HTTPS), 400)

    def test_413_415_and_422(self, secure):
        client = browser(secure)
        self.check(client.post("/login", base_url=HTTPS, data={"email": "a" * 2_000_000}), 413)
        self.check(client.put(f"/api/v1/reports/{BY_KIND['uuid']}", base_url=HTTPS, data=b"x"), 415)
        sent = {"base_url": HTTPS, "json": {}}
        self.check(client.put(f"/api/v1/reports/{BY_KIND['uuid']}", **sent), 422)

    def test_429(self, staffed_file, tmp_path):
        shutil.copy(staffed_file, tmp_path / "limited.gpkg")
        app = application(
            f"sqlite:///{tmp_path / 'limited.gpkg'}", tmp_path, public_url=HTTPS, rate_limits="on"
        )
        client = browser(app)
        for _ in range(11):
            token = token_in(client.get("/follow", base_url=HTTPS))
            said = {"csrf_token": token, "code": "2222-2222-2223"}
            answer = client.post("/follow", base_url=HTTPS, data=said, headers={"Referer": HTTPS})
        self.check(answer, 429)
        closed(app)

    def test_503(self, secure):
        def away():
            raise OperationalError("SELECT secret", {}, Exception("secret"))

        secure.view_functions["home.show"] = needs(Permission.SEE_PUBLIC)(away)
        answer = browser(secure).get("/", base_url=HTTPS)
        self.check(answer, 503)
        assert "secret" not in answer.text

    def test_304_of_a_file(self, secure):
        client = browser(secure)
        tag = client.get("/static/favicon.svg", base_url=HTTPS).headers["ETag"]
        answer = client.get("/static/favicon.svg", base_url=HTTPS, headers={"If-None-Match": tag})
        assert answer.status_code == 304
        assert faults_of(answer, is_file=True) == []

    def test_redirects(self, secure):
        for path in ("/staff/map", "/report/where", "/report//what", "/account"):
            answer = browser(secure).get(path, base_url=HTTPS)
            assert answer.status_code in (301, 302, 303, 308), path
            assert faults_of(answer) == [], path


def test_the_scorer_finds_fault_with_a_plain_answer(secure):
    secure.after_request_funcs[None].insert(0, lambda answer: (answer.headers.clear(), answer)[1])
    assert score(browser(secure).get("/login", base_url=HTTPS)) < 60


def test_cookies_hold_to_the_host(secure):
    answer = browser(secure).get("/login?lang=en", base_url=HTTPS)
    cookies = answer.headers.getlist("Set-Cookie")
    assert sorted(each.split("=")[0] for each in cookies) == ["__Host-language", "__Host-s"]
    assert all(_is_sound(each) for each in cookies)
    assert all("Path=/" in each for each in cookies)
