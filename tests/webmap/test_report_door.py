"""The door for reports that programs send: said once, stored once, and every fault told at once."""

from __future__ import annotations

import json
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from geodata.tables import Report
from geodata.tables.engine import reading
from geodata.tables.journal import JournalEntry
from geodata.vocabulary import Kind, Origin, Polarity, PositionSource, State
from tests import factories
from tests.webmap.application import COORDINATOR, PLANNER, REPORTER
from webmap.services import receipts

WHERE = {"type": "Point", "coordinates": [12.95, 58.26]}


def feature(geometry=WHERE, **said):
    return {"type": "Feature", "geometry": geometry, "properties": {"municipality": "1470", **said}}


def put(client, body, uid=None, kind="application/geo+json"):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.put(f"/api/v1/reports/{uid or uuid4()}", data=raw, content_type=kind)


def stored(app, uid):
    with reading(app.extensions["works"].engine) as session:
        return session.scalars(select(Report).where(Report.uid == UUID(str(uid)))).one()


def fields(answer):
    assert answer.content_type == "application/problem+json"
    return [error["field"] for error in answer.json["errors"]]


class TestFirst:
    def test_it_is_stored_and_told_back(self, app, client):
        uid = uuid4()
        answer = put(client, feature(text="Mörkt", categories=["lighting"]), uid)
        assert answer.status_code == 201
        assert (answer.json["id"], answer.json["state"]) == (str(uid), "new")
        assert answer.json["sha256"] == stored(app, uid).digest
        assert receipts.typed(answer.json["receipt"])

    def test_everything_said_is_kept(self, app, client):
        uid = uuid4()
        said = {"polarity": "improvement", "severity": 4, "accuracy_m": 12.5, "position_source": "gps"}
        assert put(client, feature(**said, place_text="Vid bron"), uid).status_code == 201
        row = stored(app, uid)
        assert (row.polarity, row.severity, row.accuracy_m) == (Polarity.IMPROVEMENT, 4, 12.5)
        assert (row.position_source, row.place_text) == (PositionSource.GPS, "Vid bron")
        assert (row.source, row.state, row.voice) == ("api", State.NEW, None)

    def test_a_place_nobody_knows_stays_unknown(self, app, client):
        uid = uuid4()
        assert put(client, feature(None, text="Vid kiosken"), uid).status_code == 201
        assert stored(app, uid).geometry is None

    @pytest.mark.parametrize(
        ("said", "first_hour", "last_hour"),
        [
            ({"time": "2025-11-21T22:15:00+01:00"}, 4 * 24 + 22, 4 * 24 + 22),
            ({"interval": ["2025-11-21T21:00:00Z", "2025-11-22T01:00:00+01:00"]}, 4 * 24 + 22, 5 * 24),
            ({"hours": {"weekdays": ["fri"], "from": "20:00", "to": "03:00"}}, 4 * 24 + 20, 5 * 24 + 2),
            ({}, 0, 0),
        ],
    )
    def test_a_time_can_be_said_in_four_ways(self, app, client, said, first_hour, last_hour):
        uid = uuid4()
        assert put(client, feature(**said), uid).status_code == 201
        assert (stored(app, uid).first_hour, stored(app, uid).last_hour) == (first_hour, last_hour)

    def test_the_sessions_mark_is_the_voice(self, app, client):
        with client.session_transaction() as session:
            session["voice"] = "ab" * 16
        uid = uuid4()
        put(client, feature(), uid)
        assert stored(app, uid).voice == "ab" * 16


class TestAgain:
    def test_the_same_again_is_answered_the_same(self, app, client):
        uid, body = uuid4(), feature(text="Mörkt")
        first, again = put(client, body, uid), put(app.test_client(), body, uid)
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json == again.json

    def test_it_says_the_same_however_it_is_written(self, client):
        uid = uuid4()
        put(client, feature(text="Mörkt", categories=["lighting", "litter"]), uid)
        other = feature(categories=["litter", "lighting"], text="Mörkt ", kind="perception")
        assert put(client, other, uid, "application/json").status_code == 200

    def test_other_content_under_the_same_id_is_a_conflict(self, app, client):
        uid = uuid4()
        put(client, feature(text="Mörkt"), uid)
        assert put(client, feature(text="Ljust"), uid).status_code == 409
        assert stored(app, uid).private_text == "Mörkt"


class TestFaults:
    def test_all_are_told_at_once(self, client):
        said = {"municipality": "9999", "kind": "x", "polarity": 1, "categories": ["a", "b"], "severity": 9}
        said |= {"accuracy_m": "1", "position_source": "star", "text": [], "place_text": 3, "mood": "x"}
        answer = put(client, {"type": "F", "geometry": {"type": "Point"}, "properties": said})
        assert answer.status_code == 422
        assert set(fields(answer)) == {"type", "geometry", *said} - {"severity"}
        assert fields(answer).count("categories") == 2

    def test_what_only_the_municipality_can_see_is_told_with_the_rest(self, client):
        far = {"type": "Point", "coordinates": [18.0, 59.3]}
        answer = put(client, feature(far, severity=9, text="x" * 5_000, accuracy_m=-1, mood=""))
        assert set(fields(answer)) == {"geometry", "severity", "text", "accuracy_m", "mood"}

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"time": "2025-11-21T22:15:00"}, "time"),
            ({"time": "9999-12-31T23:59:59-23:00"}, "time"),
            ({"time": "0001-01-01T00:00:00+23:00"}, "time"),
            ({"time": "2099-01-01T00:00:00Z"}, "time"),
            ({"time": 5}, "time"),
            ({"interval": ["2025-11-21T22:15:00Z"]}, "interval"),
            ({"interval": ["2025-11-21T22:15:00Z", "2025-11-21T22:00:00Z"]}, "interval"),
            ({"hours": []}, "hours"),
            ({"hours": {"weekdays": ["fredag"]}}, "hours"),
            ({"hours": {"weekdays": "fri"}}, "hours.weekdays"),
            ({"hours": {"till": "3"}}, "hours.till"),
            ({"time": "2025-11-21T22:15:00Z", "hours": {}}, "time/hours"),
            ({"severity": 2.5}, "severity"),
            ({"severity": True}, "severity"),
        ],
    )
    def test_each_is_told_at_its_field(self, client, said, field):
        answer = put(client, feature(**said))
        assert (answer.status_code, fields(answer)) == (422, [field])

    @pytest.mark.parametrize(
        "place",
        [
            {"type": "Point", "coordinates": ["12.95", "58.26"]},
            {"type": "Point", "coordinates": [True, False]},
            {"type": "Point", "coordinates": [12.95, 58.26, 4.0]},
            {"type": "Point", "coordinates": [58.26, 12.95]},
            {"type": "Point", "coordinates": [376000, 6461500]},
            {"type": "Point", "coordinates": [9e15, 1e300]},
            {"type": "Point", "coordinates": []},
            {"type": "Point", "coordinates": [372.95, 58.26]},
            {"type": "Point", "coordinates": [12.95, -301.74]},
            {"type": "Point", "coordinates": [[12.95, 58.26]]},
            {"type": "point", "coordinates": [12.95, 58.26]},
            {"type": "Polygon", "coordinates": [[[12.95, 58.26], [12.96, 58.26], [12.96, 58.27]]]},
            {"type": "MultiPoint", "coordinates": [[12.95, 58.26]]},
            {
                "type": "Polygon",
                "coordinates": [[[12.9, 58.2], [12.91, 58.21], [12.9, 58.21], [12.91, 58.2]]],
            },
            {"type": "Point", "coordinates": [12.95, 58.26], "crs": {}},
            "POINT (1 2)",
            [],
        ],
    )
    def test_no_bad_place_gets_in(self, client, place):
        answer = put(client, feature(place))
        assert (answer.status_code, set(fields(answer))) == (422, {"geometry"})

    def test_the_id_in_the_body_must_be_the_addresss(self, client):
        uid = uuid4()
        assert fields(put(client, feature() | {"id": str(uuid4())}, uid)) == ["id"]
        assert put(client, feature() | {"id": str(uid)}, uid).status_code == 201

    def test_an_identity_number_is_never_stored(self, app, client):
        uid = uuid4()
        put(client, feature(text="Det var 19811228-9874"), uid)
        assert "9874" not in stored(app, uid).private_text


class TestStrictness:
    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"{",
            b'{"type":"Feature","geometry":null,"properties":{"municipality":"1470","severity":NaN}}',
            b'{"a":Infinity}',
            b'{"a":1e999}',
            b'{"a":' + b"9" * 5_000 + b"}",
            b'{"a":1,"a":2}',
            b'{"a":"\\ud800"}',
            b"[" * 100_000,
            b'{"a":' + b"[" * 50 + b"]" * 50 + b"}",
            "{}".encode("utf-16"),
            b"\xef\xbb\xbf{}",
            b'{"a":"\xff"}',
        ],
    )
    def test_what_is_not_json_is_refused(self, client, raw):
        answer = put(client, raw)
        assert (answer.status_code, answer.content_type) == (400, "application/problem+json")

    @pytest.mark.parametrize("raw", [b"5", b"[]", b'"x"', b"null", b"{}"])
    def test_json_that_is_no_feature_is_refused(self, client, raw):
        assert put(client, raw).status_code == 422

    @pytest.mark.parametrize(
        "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
    )
    def test_other_types_are_refused(self, client, kind):
        assert put(client, feature(), kind=kind).status_code == 415

    def test_a_large_body_is_refused_before_it_is_read(self, client):
        assert put(client, b" " * 300_000).status_code == 413

    def test_only_put_is_known(self, client):
        answer = client.get(f"/api/v1/reports/{uuid4()}")
        assert (answer.status_code, set(answer.allow)) == (405, {"OPTIONS", "PUT"})

    def test_no_other_site_is_let_in(self, client):
        asked = {"Origin": "https://annan.example", "Access-Control-Request-Method": "PUT"}
        answer = client.options(f"/api/v1/reports/{uuid4()}", headers=asked)
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


class TestWho:
    @pytest.mark.parametrize(
        ("said", "field"), [({"kind": "observation"}, "kind"), ({"origin": "walk"}, "origin")]
    )
    @pytest.mark.parametrize("who", ["", PLANNER])
    def test_most_send_what_they_perceive(self, client, logged_in, who, said, field):
        answer = put(logged_in(who) if who else client, feature(**said))
        assert (answer.status_code, fields(answer)) == (422, [field])

    def test_a_coordinator_writes_down_others(self, app, logged_in):
        uid = uuid4()
        answer = put(logged_in(COORDINATOR), feature(kind="observation", origin="vest"), uid)
        assert (answer.status_code, answer.json["receipt"]) == (201, None)
        row = stored(app, uid)
        assert (row.kind, row.origin, row.voice) == (Kind.OBSERVATION, Origin.VEST, None)
        with reading(app.extensions["works"].engine) as session:
            last = session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc()).limit(1)).one()
        assert (last.action, last.object_id, last.role) == ("report.receive", str(uid), "coordinator")

    def test_a_reporter_is_written_down_as_one(self, app, logged_in):
        uid = uuid4()
        assert put(logged_in(REPORTER), feature(kind="observation", origin="vest"), uid).status_code == 201
        assert stored(app, uid).state == State.NEW
        with reading(app.extensions["works"].engine) as session:
            last = session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc()).limit(1)).one()
        assert (last.action, last.role) == ("report.receive", "reporter")

    def test_a_coordinator_elsewhere_is_like_anybody(self, logged_in):
        answer = put(logged_in("samordnare@karlsborg.example"), feature(kind="observation"))
        assert fields(answer) == ["kind"]

    def test_a_form_sent_with_their_cookies_stores_nothing(self, app, logged_in):
        engine = app.extensions["works"].engine
        before = factories.rows(engine, Report)
        assert put(logged_in(), b"text=x", kind="application/x-www-form-urlencoded").status_code == 415
        assert factories.rows(engine, Report) == before
