"""Every route: its permission, who gets in, its headers, and nothing changed without a token."""

from __future__ import annotations

import pytest

from geodata.queries.people import open_sessions
from geodata.tables.engine import reading
from geodata.tables.journal import JournalEntry
from geodata.tables.scales import Scale
from geodata.tables.users import UserSession
from tests import factories
from tests.factories import NOW
from tests.webmap.application import (
    ADMIN,
    COORDINATOR,
    ELSEWHERE,
    PLANNER,
    application,
    closed,
    enter,
    token_in,
)
from webmap.access import GRANTS, Permission
from webmap.services.accounts import IDLE

NOBODY = "nobody"
SAFE = {"GET", "HEAD", "OPTIONS"}
WITHOUT_TOKEN = {"report_door.put", "photo_door.put"}
"""What programs call: by PUT, which no page elsewhere can have a browser send, and never with a form."""
WRITTEN_IN_THE_JOURNAL = {"exports.reports", "reviewing.as_csv"}
"""Taking reports out row by row changes nothing of theirs, but who did it is written down."""
VALUES = {
    "z": 10,
    "x": 548,
    "y": 305,
    "digest": "0" * 12,
    "session_id": 1,
    "filename": "favicon.svg",
    "names": "tokens.base",
    "name": "map",
    "format_name": "csv",
    "uid": "00000000-0000-4000-8000-000000000000",
    "number": 987_654,
    "kind": "street",
    "address": "0" * 32,
    "size": "small",
}
WORDS = {
    "heat.tile": "?municipality=1470",
    "difference.tile": "?municipality=1470&since=2025-01-01&until=2025-06-30"
    "&compare_since=2024-01-01&compare_until=2024-06-30",
    "difference.value": "?municipality=1470&lon=12.95&lat=58.26&since=2025-01-01&until=2025-06-30"
    "&compare_since=2024-01-01&compare_until=2024-06-30",
    "heat.value": "?municipality=1470&lon=12.95&lat=58.26",
    "squares.tile": "?municipality=1470",
    "squares.value": "?municipality=1470&lon=12.95&lat=58.26",
    "reports.collection": "?municipality=1470",
    "hotspots.show": "?municipality=1470",
    "place_list.show": "?municipality=1470",
    "place_list.as_text": "?municipality=1470",
    "place_list.as_workbook": "?municipality=1470",
    "exports.picture": "?municipality=1470",
    "exports.reports": "?municipality=1470",
    "exports.sheet": "?municipality=1470",
    "exports.values": "?municipality=1470",
    "ground.ground": "?municipality=1470",
    "areas.show": "?municipality=1470",
    "places.search": "?municipality=1470&q=vara",
    "places.ground": "?municipality=1470",
    "point_map.script": "?municipality=1470",
    "staff_entry.ask": "?municipality=1470",
    "batch.ask": "?municipality=1470",
    "measures.show": "?municipality=1470",
    "measures.as_file": "?municipality=1470",
    "measures.begin": "?municipality=1470",
    "reviewing.show": "?municipality=1470",
    "reviewing.as_csv": "?municipality=1470",
    "importing.start": "?municipality=1470",
    "importing.ask_undo": "?municipality=1470",
    "staff_map.show": "?municipality=1470",
    "staff_map.script": "?municipality=1470",
    "week.show": "?municipality=1470",
    "multiples.show": "?municipality=1470",
    "panels.picture": "?municipality=1470",
}
WHO = (NOBODY, COORDINATOR, PLANNER, ADMIN, ELSEWHERE)
PUBLIC = dict.fromkeys(WHO, {200, 301, 302, 303})
MAP = {NOBODY: {302}, COORDINATOR: {200, 302, 303}, PLANNER: {200, 302, 303}, ADMIN: {403}, ELSEWHERE: {404}}
JSON_MAP = {**MAP, NOBODY: {401}}
SELF = {NOBODY: {302}, **dict.fromkeys(WHO[1:], {200})}
IMPORT = {**MAP, COORDINATOR: {404}, PLANNER: {403}}
EXPECTED = {
    "static": PUBLIC,
    "styles": PUBLIC,
    "modules": PUBLIC,
    "home.show": PUBLIC,
    "home.favicon": PUBLIC,
    "machines.alive": PUBLIC,
    "machines.ready": PUBLIC,
    "account.ask": PUBLIC,
    "account.enter": dict.fromkeys(WHO, {422}),
    "account.leave": PUBLIC,
    "account.show": SELF,
    "account.end": {NOBODY: {302}, **dict.fromkeys(WHO[1:], {404})},
    "ground.base": PUBLIC,
    "ground.ground": JSON_MAP,
    "places.search": PUBLIC,
    "places.ground": PUBLIC,
    "point_map.script": PUBLIC,
    "report_where.ask": dict.fromkeys(WHO, {200, 303}),
    "report_where.take": dict.fromkeys(WHO, {303, 422}),
    "openapi.show": PUBLIC,
    "staff_entry.ask": {**MAP, PLANNER: {403}},
    "staff_entry.take": {**MAP, COORDINATOR: {422}, PLANNER: {403}},
    "batch.ask": {**MAP, PLANNER: {403}},
    "batch.take": {**MAP, COORDINATOR: {422}, PLANNER: {403}},
    "batch.show": IMPORT,
    "batch.change": IMPORT,
    "measures.show": {**MAP, PLANNER: {403}},
    "measures.as_file": {**MAP, PLANNER: {403}},
    "measures.begin": {**MAP, PLANNER: {403}},
    "measures.create": {**MAP, COORDINATOR: {422}, PLANNER: {403}},
    "measures.look": IMPORT,
    "measures.change": IMPORT,
    "measures.publish": IMPORT,
    "areas.show": {**MAP, PLANNER: {403}},
    "areas.take": {**MAP, COORDINATOR: {422}, PLANNER: {403}},
    "areas.remove": {**MAP, PLANNER: {403}},
    "importing.start": {**MAP, PLANNER: {403}},
    "importing.take_in": {**MAP, COORDINATOR: {422}, PLANNER: {403}},
    "importing.show": IMPORT,
    "importing.decide": IMPORT,
    "importing.progress": IMPORT,
    "importing.faulty": IMPORT,
    "importing.ask_undo": IMPORT,
    "importing.undo": IMPORT,
    "staff_map.overview": {**MAP, ELSEWHERE: {302}},
    "staff_map.show": MAP,
    "exports.picture": MAP,
    "exports.reports": MAP,
    "exports.sheet": MAP,
    "exports.values": MAP,
    "staff_map.script": JSON_MAP,
    "week.show": MAP,
    "multiples.show": MAP,
    "panels.picture": JSON_MAP,
    "place_list.show": MAP,
    "place_list.as_text": MAP,
    "place_list.as_workbook": MAP,
    "hotspots.show": JSON_MAP,
    "staff_map.remake_scale": {**MAP, PLANNER: {403}},
    "heat.tile": JSON_MAP,
    "heat.value": JSON_MAP,
    "squares.tile": JSON_MAP,
    "squares.value": JSON_MAP,
    "reports.collection": JSON_MAP,
    "report_door.put": dict.fromkeys(WHO, {415}),
    "photo_door.put": dict.fromkeys(WHO, {415}),
    "report.begin": dict.fromkeys(WHO, {200}),
    "report.start": dict.fromkeys(WHO, {303}),
    "report.ask_what": dict.fromkeys(WHO, {200}),
    "report.take_what": dict.fromkeys(WHO, {422}),
    "report.tell_of_crime": dict.fromkeys(WHO, {303}),
    "report.crime_is_told": dict.fromkeys(WHO, {303}),
    "report_when.ask": dict.fromkeys(WHO, {303}),
    "report_when.take": dict.fromkeys(WHO, {303}),
    "report_words.ask_words": dict.fromkeys(WHO, {303}),
    "report_words.take_words": dict.fromkeys(WHO, {303}),
    "report_words.ask_contact": dict.fromkeys(WHO, {303}),
    "report_words.take_contact": dict.fromkeys(WHO, {303}),
    "report_check.check": dict.fromkeys(WHO, {303}),
    "report_check.send": dict.fromkeys(WHO, {303}),
    "report_check.leave": dict.fromkeys(WHO, {303}),
    "sun.show": PUBLIC,
    "report_done.show": dict.fromkeys(WHO, {200}),
    "report_done.as_text": dict.fromkeys(WHO, {303}),
    "follow.show": dict.fromkeys(WHO, {200}),
    "follow.enter": dict.fromkeys(WHO, {422}),
    "follow.forget": dict.fromkeys(WHO, {303}),
    "follow.ask_withdraw": dict.fromkeys(WHO, {303}),
    "follow.withdraw": dict.fromkeys(WHO, {303}),
    "follow.confirm": dict.fromkeys(WHO, {303}),
    "follow.change_contact": dict.fromkeys(WHO, {303}),
    "replying.send": IMPORT,
    "report_photo.ask": dict.fromkeys(WHO, {303}),
    "report_photo.take": dict.fromkeys(WHO, {303}),
    "report_photo.preview": dict.fromkeys(WHO, {404}),
    "staff_photos.picture": IMPORT,
    "staff_photos.show": IMPORT,
    "staff_photos.redact": IMPORT,
    "staff_photos.decide": IMPORT,
    "reviewing.show": {**MAP, PLANNER: {403}},
    "reviewing.as_csv": {**MAP, PLANNER: {403}},
    "reviewing.take_next": {**MAP, PLANNER: {403}},
    "reviewing.decide_on_all": {**MAP, COORDINATOR: {422}, PLANNER: {403}},
    "reviewing.undo": IMPORT,
    "review_case.show": IMPORT,
    "review_case.drawing": IMPORT,
    "review_case.decide": IMPORT,
    "review_case.skip": IMPORT,
    "review_case.claim": IMPORT,
    "difference.tile": JSON_MAP,
    "difference.value": JSON_MAP,
}
MACHINE = {
    "places.search",
    "places.ground",
    "point_map.script",
    "machines.alive",
    "machines.ready",
    "staff_map.script",
    "heat.tile",
    "heat.value",
    "ground.base",
    "ground.ground",
    "squares.tile",
    "squares.value",
    "reports.collection",
    "difference.tile",
    "difference.value",
    "static",
}


def rules(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint in app.view_functions]


def path_of(rule):
    path = rule.rule
    for argument in rule.arguments:
        kinds = (f"<{kind}:" for kind in ("int", "path", "uuid") if f"<{kind}:{argument}>" in path)
        converter = next(kinds, "<")
        value = 987_654 if argument == "session_id" else VALUES[argument]
        path = path.replace(f"{converter}{argument}>", str(value))
    return path


def cases(app):
    """(endpoint, method, path) of every route, logging out last."""
    found = [
        (rule.endpoint, method, path_of(rule) + WORDS.get(rule.endpoint, ""))
        for rule in rules(app)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
    ]
    return sorted(found, key=lambda case: case[0] == "account.leave")


class TestPermission:
    def test_every_route_declares_one_that_the_table_knows(self, app):
        declared = {
            rule.endpoint: getattr(app.view_functions[rule.endpoint], "permission", None)
            for rule in rules(app)
        }
        assert {name for name, permission in declared.items() if permission not in GRANTS} == set()

    def test_every_route_is_in_this_matrix(self, app):
        assert {rule.endpoint for rule in rules(app)} == set(EXPECTED)

    def test_only_what_is_listed_is_public(self, app):
        public = {
            rule.endpoint
            for rule in rules(app)
            if app.view_functions[rule.endpoint].permission in (Permission.SEE_PUBLIC, Permission.LOG_IN)
        }
        assert public == {name for name, expected in EXPECTED.items() if expected is PUBLIC} | {
            "account.enter"
        }


@pytest.mark.parametrize("who", WHO)
class TestMatrix:
    def test_each_gets_in_where_they_may_and_nowhere_else(self, app, logged_in, who):
        found = {}
        client = app.test_client() if who == NOBODY else logged_in(who)
        for endpoint, method, path in cases(app):
            token = token_in(client.get("/login" if who == NOBODY else "/account"))
            said = {"csrf_token": token, "municipality": "1470", "kinds": "perception"}
            answer = client.open(path, method=method, data=said if method not in SAFE else None)
            if answer.status_code not in EXPECTED[endpoint][who]:
                found[endpoint] = answer.status_code
        assert found == {}

    def test_what_changes_anything_needs_a_token(self, app, logged_in, who):
        client = app.test_client() if who == NOBODY else logged_in(who)
        for endpoint, method, path in cases(app):
            if method not in SAFE:
                expected = 415 if endpoint in WITHOUT_TOKEN else 400
                answer = client.open(path, method=method, data={"municipality": "1470"})
                assert answer.status_code == expected, endpoint

    def test_only_a_put_needs_none(self, app, who):
        free = {
            rule.endpoint: rule.methods - {"OPTIONS"}
            for rule in rules(app)
            if getattr(app.view_functions[rule.endpoint], "is_without_token", False)
        }
        assert free == dict.fromkeys(WITHOUT_TOKEN, {"PUT"})

    def test_a_token_of_another_session_is_refused(self, app, logged_in, who):
        theirs = token_in(logged_in(COORDINATOR).get("/account"))
        client = app.test_client() if who == NOBODY else logged_in(who)
        assert client.post("/logout", data={"csrf_token": theirs}).status_code == 400


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

    def test_https_is_said_to_last_when_people_come_by_it(self, staffed_file, tmp_path):
        app = application(f"sqlite:///{staffed_file}", tmp_path, public_url="https://localhost")
        answer = app.test_client().get("/healthz", base_url="https://localhost")
        closed(app)
        assert "max-age=" in answer.headers["Strict-Transport-Security"]

    def test_pages_hold_no_inline_script_or_style(self, logged_in):
        for path in ("/", "/account", "/staff/map", "/finns/inte"):
            text = logged_in().get(path).text
            assert "<script>" not in text, path
            assert "style=" not in text, path
            assert "<style" not in text, path


class TestReadingChangesNothing:
    def test_no_get_writes_anything_but_when_one_was_last_seen(self, app, logged_in):
        client, engine = logged_in(), app.extensions["works"].engine
        before = factories.rows(engine, Scale, JournalEntry, UserSession)
        for endpoint, method, path in cases(app):
            if method == "GET" and endpoint not in WRITTEN_IN_THE_JOURNAL:
                client.get(path)
        assert factories.rows(engine, Scale, JournalEntry, UserSession) == before


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
    assert enter(client, COORDINATOR, next="").headers["Location"] == "/staff/map"
