"""Every route: its permission, who gets in, its headers, and nothing changed without a token.

The table of routes is `tests/webmap/matrix.py`, whose head says how a line is added.
"""

from __future__ import annotations

from uuid import UUID

import pytest

from geodata.queries.people import open_sessions
from geodata.tables.engine import reading
from tests.factories import NOW
from tests.webmap.application import COORDINATOR, PLANNER, application, closed, enter, token_in
from tests.webmap.matrix import (
    CALLERS,
    JOURNAL,
    LINES,
    NOBODY,
    OTHER,
    OWN,
    SAFE,
    House,
    address,
    copied,
    lined,
    rules_of,
)
from webmap.access import GRANTS
from webmap.services.accounts import IDLE

WITHOUT_TOKEN = {
    "report_door.put": {"PUT"},
    "photo_door.put": {"PUT"},
    "walk_door.put": {"PUT"},
    "walk_door.revise": {"PUT"},
    "walk_joining.waiting": {"PUT"},
    "walk_joining.join": {"POST"},
    "walk_joining.receipts": {"POST"},
}
"""What programs call: by PUT, which no page elsewhere can have a browser send, and never with a form; by POST
only where no cookie is read and nothing but JSON is taken.
"""
FOREIGN = ({"Origin": "https://annan.example"}, {"Referer": "https://annan.example/sida"}, {"Origin": "null"})


@pytest.fixture(scope="module")
def house(tmp_path_factory, staffed_file):
    folder = tmp_path_factory.mktemp("matrix")
    path = copied(staffed_file, folder)
    app = application(f"sqlite:///{path}", folder)
    made = House(app, path)
    yield made
    made.close()


def cases(app):
    """(endpoint, method, path) of every route, logging out last; of things that are not there."""
    found = []
    for rule in lined(app):
        line = LINES[rule.endpoint]
        path = address(rule, {name: NOT_THERE.get(name, value) for name, value in line.values.items()})
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            found.append((rule.endpoint, method, f"{path}?municipality=1470{line.query}"))
    return sorted(found, key=lambda case: case[0] == "account.leave")


NOT_THERE = {
    **dict.fromkeys(("uid", "walk", "revision"), UUID(int=0)),
    "number": 987_654,
    "user_id": 987_654,
    "session_id": 987_654,
    "address": "0" * 32,
}


class TestPermission:
    def test_every_route_declares_one_that_the_table_knows(self, app):
        declared = {
            rule.endpoint: getattr(app.view_functions[rule.endpoint], "permission", None)
            for rule in rules_of(app)
        }
        assert {name for name, permission in declared.items() if permission not in GRANTS} == set()

    def test_every_route_is_in_this_matrix(self, app):
        assert {rule.endpoint for rule in rules_of(app)} - set(LINES) == set()

    def test_only_a_put_needs_no_token_or_what_reads_no_cookie(self, app):
        free = {
            rule.endpoint: rule.methods - {"OPTIONS"}
            for rule in rules_of(app)
            if getattr(app.view_functions[rule.endpoint], "is_without_token", False)
        }
        assert free == WITHOUT_TOKEN
        views = [app.view_functions[name] for name, methods in WITHOUT_TOKEN.items() if methods != {"PUT"}]
        assert all(view.is_by_bearer for view in views)


class TestMatrix:
    def test_each_gets_in_where_they_may_and_nowhere_else(self, house, capsys):
        unexpected, asked = [], 0
        for caller in CALLERS:
            for case in (case for place in (OWN, OTHER) for case in house.cases(caller, place)):
                asked += 1
                answer = house.ask(case, house.tokens[caller])
                if answer.status_code not in case.expected():
                    unexpected.append(f"{case}: {answer.status_code}, not {case.expected()}")
                if house.has_changed():
                    unexpected += written_amiss(house, case, answer.status_code)
                    house.put_back()
        routes = len(rules_of(house.app))
        with capsys.disabled():
            said = f"{routes} routes × {len(CALLERS)} callers × own and other = {asked} requests"
            print(f"\nmatrix: {said}, unexpected: {len(unexpected)}")  # noqa: T201 - a figure
        assert not unexpected, "\n".join(unexpected)

    def test_nothing_is_changed_from_elsewhere_or_without_the_right_token(self, house, capsys):
        accepted, asked = [], 0
        for caller in CALLERS:
            for case in house.cases(caller, OWN):
                if case.method in SAFE:
                    continue
                for token, headers in forgeries(house, caller):
                    asked += 1
                    answer = house.ask(case, token, **headers)
                    refused = {400, 415} if case.endpoint in WITHOUT_TOKEN and not headers else {400}
                    if answer.status_code not in refused or house.has_changed():
                        accepted.append(f"{case} {headers}: {answer.status_code}")
                        house.put_back()
        with capsys.disabled():
            print(f"\nforged: {asked} requests, accepted: {len(accepted)}")  # noqa: T201 - the same
        assert not accepted, "\n".join(accepted)


def written_amiss(house, case, status):
    """What a request should not have written: reading at most in the journal, who is refused nothing."""
    changed = house.changed_tables()
    if case.method in SAFE:
        changed -= JOURNAL if case.line.is_noted else set()
    elif status not in (401, 403, 404):
        return []
    return [f"{case} wrote in {sorted(changed)}"] if changed else []


def forgeries(house, caller):
    """Token and headers, none of which may be enough."""
    other = next(each for each in CALLERS if each != caller)
    mine = house.tokens[caller]
    yield None, {}
    yield house.tokens[other], {}
    for headers in FOREIGN[:2]:
        yield mine, headers
    if caller == NOBODY:
        yield "x" * len(mine), {}
        yield mine, FOREIGN[2]


class TestHeaders:
    WANTED = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }

    def check(self, answer, path):
        policy = dict(
            part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";")
        )
        assert {name: answer.headers.get(name) for name in self.WANTED} == self.WANTED, path
        assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'", path
        assert policy["script-src"] == policy["style-src"] == "'self'", path
        assert "unsafe" not in answer.headers["Content-Security-Policy"]

    def test_they_are_on_every_route(self, app, logged_in):
        client = logged_in()
        for _, method, path in cases(app):
            self.check(client.open(path, method=method), path)

    @pytest.mark.parametrize(
        "path", ["/finns/inte", "/static/finns/inte", "/healthz?x=%00", "/staff", "/api/v1/heat/value"]
    )
    def test_they_are_on_errors_and_redirects_too(self, client, path):
        self.check(client.get(path), path)

    def test_they_are_on_what_went_wrong_inside(self, app):
        app.add_url_rule("/broken", endpoint="broken", view_func=lambda: 1 / 0)
        answer = app.test_client().get("/broken")
        assert answer.status_code == 500
        self.check(answer, "/broken")
        assert "division" not in answer.text
        assert "Traceback" not in answer.text

    def test_what_staff_see_is_kept_by_nobody_else(self, logged_in):
        client = logged_in()
        for path in ("/staff/map", "/account", "/", "/heat/staff/10/548/305.png?municipality=1470"):
            assert client.get(path).headers["Cache-Control"].startswith("private"), path

    def test_https_is_said_to_last_when_people_come_by_it(self, staffed_url, tmp_path):
        app = application(staffed_url, tmp_path, public_url="https://localhost")
        answer = app.test_client().get("/healthz", base_url="https://localhost")
        closed(app)
        assert "max-age=" in answer.headers["Strict-Transport-Security"]

    def test_pages_hold_no_inline_script_or_style(self, logged_in):
        for path in ("/", "/account", "/staff/map", "/finns/inte"):
            text = logged_in().get(path).text
            assert "<script>" not in text, path
            assert "style=" not in text, path
            assert "<style" not in text, path


class TestSessionsOfOthers:
    def test_nobody_ends_anothers(self, app, logged_in):
        logged_in(PLANNER)
        engine = app.extensions["works"].engine
        with reading(engine) as session:
            theirs = next(
                each for user in range(1, 5) for each in open_sessions(session, user, NOW - IDLE, NOW)
            ).id
        client = logged_in(COORDINATOR)
        token = token_in(client.get("/account"))
        assert client.post(f"/account/sessions/{theirs}/end", data={"csrf_token": token}).status_code == 404

    @pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**30])
    def test_any_number_is_simply_not_there(self, logged_in, number):
        client = logged_in()
        token = token_in(client.get("/account"))
        assert client.post(f"/account/sessions/{number}/end", data={"csrf_token": token}).status_code == 404


def test_a_page_that_needs_a_login_leads_back_only_by_reading(client):
    token = token_in(client.get("/login"))
    answer = client.post("/staff/map/scale", data={"csrf_token": token})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/login")
    assert enter(client, COORDINATOR, next="").headers["Location"] == "/staff/"
