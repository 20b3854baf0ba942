"""The door of a walk: every answer of its protocol, and nothing lost to a bad position or an odd body."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from geodata.hours import local, to_day_number, today
from geodata.tables import Report
from geodata.tables.chain import verify
from geodata.tables.engine import reading, writing
from geodata.tables.findings import Quarantine, WalkEntry
from geodata.tables.journal import JournalEntry
from geodata.tables.registry import Registration
from geodata.tables.walks import Walk, WalkDevice
from geodata.vocabulary import Kind, Origin, PositionSource, State, WalkState
from tests import walks
from tests.places import place_at
from webmap.services.registering import register_missing


@pytest.fixture
def town(app, client):
    engine = app.extensions["works"].engine
    walk = walks.walk(engine)
    return SimpleNamespace(app=app, client=client, engine=engine, walk=walk, token=walks.device(engine, walk))


def put(town, body, uid=None, *, token=None, walk=None, **headers):
    raw = body if isinstance(body, bytes) else walks.as_sent(body)
    uid = uid or (body.get("id") if isinstance(body, dict) else uuid4())
    shown = town.token if token is None else token
    said = {"Authorization": f"Bearer {shown}"} if shown else {}
    return town.client.put(
        f"/api/v1/walks/{walk or town.walk.uid}/findings/{uid}",
        data=raw,
        content_type="application/json",
        headers=said | headers,
    )


def report(town, uid):
    with reading(town.engine) as session:
        return session.scalars(select(Report).where(Report.uid == UUID(str(uid)))).one()


def entry(town, uid):
    with reading(town.engine) as session:
        return session.scalars(select(WalkEntry).where(WalkEntry.uid == UUID(str(uid)))).one()


def asides(town):
    with reading(town.engine) as session:
        return session.scalars(select(Quarantine).order_by(Quarantine.id)).all()


def changed(town, **said):
    with writing(town.engine) as session:
        session.execute(update(Walk).where(Walk.id == town.walk.id).values(**said))


class TestPing:
    def test_it_says_whose_it_is_and_the_time_and_is_kept_nowhere(self, client):
        answer = client.get("/api/v1/ping")
        assert answer.json["app"] == "trygg"
        assert abs(answer.json["t"] - datetime.now(UTC).timestamp()) < 5
        assert answer.headers["Cache-Control"] == "no-store"


class TestFirst:
    def test_it_is_stored_and_told_back(self, town):
        body = walks.finding(town.walk)
        answer = put(town, body)
        assert answer.status_code == 201
        said = {"id": body["id"], "sha256": walks.sha256(walks.as_sent(body)), "seq": 1, "revision": 1}
        assert answer.json.items() >= said.items()
        assert (answer.json["photos_missing"], answer.json["safe_through"]) == ([], 0)

    def test_it_is_a_report_of_its_own_kind_that_waits_for_review(self, town):
        body = walks.finding(town.walk, text="Mörkt, 19121212-1212", severity=4, categories=["lighting"])
        put(town, body)
        row = report(town, body["id"])
        assert (row.kind, row.origin, row.source) == (Kind.WALK_FINDING, Origin.WALK, "walk")
        assert (row.state, row.severity, row.accuracy_m) == (State.NEW, 4, 14.0)
        assert (row.position_source, "1212" in row.private_text) == (PositionSource.GPS, False)

    def test_journal_and_register_have_it_once(self, town):
        body = walks.finding(town.walk)
        put(town, body)
        register_missing(town.engine)
        with reading(town.engine) as session:
            journal = session.scalars(select(JournalEntry).where(JournalEntry.object_id == body["id"])).all()
            numbers = session.scalars(select(Registration).where(Registration.object_id == body["id"])).all()
            assert verify(session).is_whole
        assert [each.action for each in journal] == ["finding.receive"]
        assert [each.object_type for each in numbers] == ["finding"]

    def test_numbers_have_no_gaps_and_a_checklist_has_one_too(self, town):
        stop = walks.stops(town.engine, town.walk)[1]
        check = {name: walks.finding(town.walk)[name] for name in ("schema", "id", "walk", "device_seq")}
        check |= {"kind": "check", "created_at": None, "clock_offset_s": None, "stop": str(stop.uid)}
        check |= {"answers": {"lighting": "poor", "greenery": "good"}}
        answers = [put(town, body) for body in (walks.finding(town.walk), check, walks.finding(town.walk))]
        assert [(answer.status_code, answer.json["seq"]) for answer in answers] == [
            (201, 1),
            (201, 2),
            (201, 3),
        ]
        row = entry(town, check["id"])
        assert (row.report_id, row.walk_stop_id) == (None, stop.id)
        assert json.loads(row.answers) == {"lighting": "poor", "greenery": "good"}


class TestAgain:
    def test_the_same_again_is_answered_the_same_and_writes_nothing(self, town):
        body = walks.finding(town.walk)
        first = put(town, body)
        with reading(town.engine) as session:
            rows = session.query(JournalEntry).count()
        again = put(town, body)
        assert (again.status_code, again.json) == (200, first.json)
        with reading(town.engine) as session:
            assert session.query(JournalEntry).count() == rows

    def test_other_content_is_a_conflict(self, town):
        body = walks.finding(town.walk)
        put(town, body)
        answer = put(town, body | {"text": "Annat"})
        assert (answer.status_code, answer.json["code"]) == (409, "finding.content_differs")

    def test_the_id_of_another_report_is_a_conflict(self, town):
        with reading(town.engine) as session:
            taken = session.scalars(select(Report.uid).limit(1)).one()
        assert put(town, walks.finding(town.walk, taken)).status_code == 409

    def test_another_phone_of_the_walk_may_send_it_again(self, town):
        body = walks.finding(town.walk)
        put(town, body)
        assert put(town, body, token=walks.device(town.engine, town.walk)).status_code == 200

    def test_what_was_stored_is_known_when_the_walk_is_over(self, town):
        body = walks.finding(town.walk)
        put(town, body)
        changed(town, state=WalkState.CLOSED)
        assert put(town, body).status_code == 200

    def test_a_tombstone_is_told_with_its_reason(self, town):
        body = walks.finding(town.walk)
        put(town, body)
        with writing(town.engine) as session:
            session.execute(
                update(WalkEntry).values(deleted_at=datetime.now(UTC), deleted_reason="destroyed")
            )
        answer = put(town, body)
        assert (answer.status_code, answer.json["reason"]) == (410, "destroyed")
        assert datetime.fromisoformat(answer.json["deleted_at"])


class TestPosition:
    @pytest.mark.parametrize(
        "position",
        [
            None,
            {},
            [],
            "här",
            {"lon": None, "lat": None, "accuracy_m": None, "fix_age_s": None, "source": "gps"},
            {"lon": "12", "lat": True, "accuracy_m": -4, "source": "star"},
            {"lon": float("nan"), "lat": float("inf")},
        ],
    )
    def test_none_that_can_be_used_is_no_reason_to_refuse(self, town, position):
        body = walks.finding(town.walk, position=position)
        assert put(town, body).status_code == 201
        row = report(town, body["id"])
        assert (row.geometry, row.position_source, row.place_text) == (None, None, "")

    def test_one_outside_is_told_in_words(self, town):
        body = walks.finding(town.walk, place_text="Vid bron")
        body["position"] |= {"lon": 18.06, "lat": 59.33}
        assert put(town, body).status_code == 201
        row = report(town, body["id"])
        assert (row.geometry, row.accuracy_m) == (None, 14.0)
        assert row.place_text == "Vid bron. Telefonens läge låg utanför kommunen: 59.33000, 18.06000"

    def test_without_any_it_is_where_its_stop_is(self, town):
        stop = walks.stops(town.engine, town.walk)[2]
        body = walks.finding(town.walk, position=None, stop=str(stop.uid))
        put(town, body)
        row = report(town, body["id"])
        assert row.position_source == PositionSource.STOP
        assert row.geometry.equals(place_at(*walks.SPOTS_M[2]))
        assert (row.place_text, entry(town, body["id"]).walk_stop_id) == ("Stopp 3", stop.id)

    def test_its_own_goes_before_its_stops(self, town):
        stop = walks.stops(town.engine, town.walk)[2]
        body = walks.finding(town.walk, stop=str(stop.uid))
        put(town, body)
        assert report(town, body["id"]).position_source == PositionSource.GPS

    def test_a_stop_that_is_gone_is_no_reason_to_refuse(self, town):
        assert put(town, walks.finding(town.walk, position=None, stop=str(uuid4()))).status_code == 201


class TestTime:
    def sent(self, town, created_at, offset_s):
        body = walks.finding(town.walk, created_at=created_at, clock_offset_s=offset_s)
        put(town, body)
        return entry(town, body["id"]), report(town, body["id"])

    @pytest.mark.parametrize("wrong_by", [timedelta(days=3), timedelta(days=-3), timedelta()])
    def test_a_clock_that_is_wrong_is_set_right(self, town, wrong_by):
        changed(town, created_at=datetime.now(UTC) - timedelta(days=20))
        meant = datetime.now(UTC) - timedelta(minutes=90)
        offset_s = -wrong_by.total_seconds()
        row, said = self.sent(town, (meant + wrong_by).isoformat(), offset_s)
        assert abs(row.said_at - meant) < timedelta(seconds=1)
        assert said.first_hour == local(meant).weekday() * 24 + local(meant).hour

    @pytest.mark.parametrize(
        ("created_at", "offset_s"),
        [
            ("2099-01-01T00:00:00+00:00", None),
            ("2001-01-01T00:00:00+00:00", 0),
            ("0001-01-01T00:00:00+23:00", -9e99),
            ("9999-12-31T23:59:59-23:00", 1e300),
            ("2026-11-22T18:00:00", 0),
            ("nyss", 0),
            (5, 0),
            (None, None),
        ],
    )
    def test_what_cannot_be_is_when_it_came(self, town, created_at, offset_s):
        row, _ = self.sent(town, created_at, offset_s)
        assert abs(row.said_at - row.received_at) < timedelta(seconds=5)


class TestWhoAsks:
    def test_an_unknown_walk_is_not_there(self, town):
        assert put(town, walks.finding(town.walk), walk=uuid4()).status_code == 404

    @pytest.mark.parametrize("token", ["", "okänd", "ö" * 20, "x" * 5_000])
    def test_without_a_token_that_is_known_one_scans_again(self, town, token):
        answer = put(town, walks.finding(town.walk), token=token.encode().decode("latin-1"))
        assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
        assert (answer.json["code"], "QR-koden" in answer.json["detail"]) == ("walk.token", True)

    def test_nor_with_that_of_another_walk_or_one_taken_back(self, town):
        other = walks.device(town.engine, walks.walk(town.engine))
        gone = walks.device(town.engine, town.walk, revoked_at=datetime.now(UTC))
        answers = [put(town, walks.finding(town.walk), token=token) for token in (other, gone)]
        assert [answer.status_code for answer in answers] == [401, 401]

    def test_a_login_gives_nothing(self, town, logged_in):
        town.client = logged_in()
        assert put(town, walks.finding(town.walk), token="").status_code == 401

    @pytest.mark.parametrize(("hours", "status"), [(1, 202), (71, 202), (73, 401)])
    def test_a_token_that_has_run_out_is_good_for_keeping_aside(self, town, hours, status):
        ended = datetime.now(UTC) - timedelta(hours=hours)
        changed(town, day=to_day_number(today() - timedelta(days=30)))
        token = walks.device(town.engine, town.walk, expires_at=ended)
        answer = put(town, walks.finding(town.walk), token=token)
        assert answer.status_code == status
        assert [each.reason for each in asides(town)] == ["token_expired"] * (status == 202)

    @pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
    def test_a_page_elsewhere_is_refused(self, town, site):
        answer = put(town, walks.finding(town.walk), **{"Sec-Fetch-Site": site})
        assert answer.status_code == 400

    def test_our_own_page_is_not_and_no_cookie_is_set(self, town):
        answer = put(town, walks.finding(town.walk), **{"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 201
        assert "Set-Cookie" not in answer.headers

    def test_the_phone_was_heard_of(self, town):
        put(town, walks.finding(town.walk))
        with reading(town.engine) as session:
            assert session.scalars(select(WalkDevice.seen_at)).one() is not None


class TestKeptAside:
    @pytest.mark.parametrize("state", [each for each in WalkState if each not in ("planned", "open")])
    def test_what_comes_when_the_walk_is_over(self, town, state):
        changed(town, state=state)
        body = walks.finding(town.walk)
        first, again = put(town, body), put(town, body)
        assert (first.status_code, first.json["quarantined"], first.json["state"]) == (202, True, "aside")
        assert (again.status_code, again.json) == (202, first.json)
        assert [(each.reason, each.body) for each in asides(town)] == [
            ("walk_closed", walks.as_sent(body).decode())
        ]

    @pytest.mark.parametrize(
        ("said", "reason"),
        [
            ({"schema": 2}, "schema_unknown"),
            ({"schema": None}, "schema_unknown"),
            ({"schema": True}, "schema_unknown"),
            ({"polarity": "sad"}, "content_unknown"),
            ({"kind": "poem"}, "content_unknown"),
            ({"categories": ["dragons"]}, "content_unknown"),
            ({"text": "x" * 501}, "content_unknown"),
            ({"id": str(uuid4())}, "content_unknown"),
            ({"walk": str(uuid4())}, "content_unknown"),
            ({"photos": {"first": str(uuid4())}}, "content_unknown"),
            ({"severity": 6}, "content_unknown"),
            ({"device_seq": 2**31}, "content_unknown"),
            ({"mood": "x"}, "content_unknown"),
            ({"revision": str(uuid4())}, "content_unknown"),
        ],
    )
    def test_what_is_not_understood(self, town, said, reason):
        body = walks.finding(town.walk) | said
        assert put(town, body, uid=uuid4() if "id" in said else None).status_code == 202
        assert [each.reason for each in asides(town)] == [reason]

    def test_two_contents_under_one_id_are_both_kept(self, town):
        body = walks.finding(town.walk, schema=7)
        assert {put(town, body | {"text": text}).status_code for text in "ab"} == {202}
        assert len(asides(town)) == 2

    @pytest.mark.parametrize("raw", [b"", b"{", b"\xff{}", b"<html>", b'{"a":'])
    def test_what_is_no_json_is_not(self, town, raw):
        assert put(town, raw).status_code == 422
        assert asides(town) == []

    def test_nor_what_is_too_large_or_of_another_type(self, town):
        assert put(town, b'"' + b"x" * 66_000 + b'"').status_code == 413
        path = f"/api/v1/walks/{town.walk.uid}/findings/{uuid4()}"
        assert town.client.put(path, data=b"{}", content_type="text/plain").status_code == 415

    def test_sixty_four_kilobytes_are_kept(self, town):
        assert put(town, b'"' + b"x" * 65_534 + b'"').status_code == 202

    @pytest.mark.parametrize(
        "raw", [b"[" * 30_000 + b"]" * 30_000, b"9" * 60_000, b'"\\ud800\\u0000"', b"1e999"]
    )
    def test_nor_does_any_odd_json_break_it(self, town, raw):
        assert put(town, raw).status_code == 202


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
_NAMES = sorted(set(walks.finding(SimpleNamespace(uid=uuid4()))) | {"answers", "revision", "withdrawn"})


class TestAnything:
    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.dictionaries(st.sampled_from(_NAMES), _json, max_size=3))
    def test_any_member_changed_is_stored_or_kept_aside(self, town, said):
        uid = uuid4()
        body = walks.finding(town.walk, uid) | said
        raw = json.dumps(body).encode()
        assert put(town, raw, uid=uid).status_code in (201, 202)

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(_json)
    def test_any_json_is_kept_aside(self, town, said):
        assert put(town, json.dumps(said).encode()).status_code == 202
        with reading(town.engine) as session:
            assert verify(session).is_whole


class TestJoin:
    def join(self, town, code=None, walk=None, **said):
        body = {"code": town.walk.join_code if code is None else code} | said
        return town.client.post(f"/api/v1/walks/{walk or town.walk.uid}/join", json=body)

    def test_the_code_gives_a_token_that_is_kept_as_a_digest(self, town):
        answer = self.join(town)
        assert answer.status_code == 201
        assert (answer.json["walk"], answer.json["code"]) == (str(town.walk.uid), town.walk.join_code)
        assert len(answer.json["token"]) == 43
        assert put(town, walks.finding(town.walk), token=answer.json["token"]).status_code == 201

    def test_it_lasts_a_week_after_the_walk(self, town):
        answer = self.join(town)
        ends = local(datetime.fromisoformat(answer.json["expires_at"]))
        assert (ends.date() - town.walk.day).days == 8
        assert (ends.hour, ends.minute) == (0, 0)

    def test_a_code_is_the_same_however_it_is_typed(self, town):
        code = town.walk.join_code
        assert self.join(town, f" {code[:3].lower()}-{code[3:].lower()} ").status_code == 201

    @pytest.mark.parametrize("code", ["", "ABCDEF", "åäö", "x" * 1000])
    def test_another_code_is_refused(self, town, code):
        answer = self.join(town, code)
        assert (answer.status_code, answer.json["code"]) == (403, "walk.wrong_code")

    @pytest.mark.parametrize("body", [[], {}, {"code": 5}, "x"])
    def test_what_has_no_code_is_told(self, town, body):
        path = f"/api/v1/walks/{town.walk.uid}/join"
        assert town.client.post(path, json=body).status_code == 422

    def test_an_unknown_walk_is_not_there(self, town):
        assert self.join(town, walk=uuid4()).status_code == 404

    def test_phones_are_spread_over_the_groups_and_may_choose(self, town):
        changed(town, group_count=2)
        with writing(town.engine) as session:
            session.execute(update(WalkDevice).values(group_number=1))
        assert [self.join(town).json["group"] for _ in range(3)] == [2, 1, 2]
        assert self.join(town, group=1).json["group"] == 1
        assert self.join(town, group=9).json["group"] in (1, 2)

    def test_after_the_walk_one_may_join_for_three_days_with_what_one_has_left(self, town):
        changed(town, state=WalkState.CLOSED, ended_at=datetime.now(UTC) - timedelta(hours=71))
        assert self.join(town).status_code == 201
        changed(town, ended_at=datetime.now(UTC) - timedelta(hours=73))
        assert self.join(town).status_code == 409

    def test_nobody_joins_what_is_cancelled(self, town):
        changed(town, state=WalkState.CANCELLED)
        assert self.join(town).status_code == 409

    def test_a_form_is_not_taken(self, town):
        path = f"/api/v1/walks/{town.walk.uid}/join"
        assert town.client.post(path, data={"code": town.walk.join_code}).status_code == 415


class TestReceipts:
    def ask(self, town, ids):
        return town.client.post(
            f"/api/v1/walks/{town.walk.uid}/receipts",
            json={"ids": [str(each) for each in ids]},
            headers={"Authorization": f"Bearer {town.token}"},
        )

    def test_what_is_known_is_told_and_what_is_not_is_absent(self, town):
        photo = uuid4()
        kept, aside = walks.finding(town.walk, photos=[photo]), walks.finding(town.walk, schema=9)
        put(town, kept), put(town, aside)
        answer = self.ask(town, [kept["id"], aside["id"], uuid4()])
        assert set(answer.json) == {kept["id"], aside["id"]}
        known = answer.json[kept["id"]]
        assert (known["sha256"], known["seq"]) == (walks.sha256(walks.as_sent(kept)), 1)
        assert (known["photos"], known["safe_through"]) == ({str(photo): "missing"}, 0)
        assert answer.json[aside["id"]]["state"] == "aside"

    def test_a_fourth_photo_sends_nothing_aside_and_is_not_waited_for(self, town):
        four = [uuid4() for _ in range(4)]
        answer = put(town, body := walks.finding(town.walk, photos=four))
        assert (answer.status_code, answer.json["photos_missing"]) == (201, [str(each) for each in four[:3]])
        assert len(self.ask(town, [body["id"]]).json[body["id"]]["photos"]) == 3

    def test_those_of_another_walk_are_not(self, town):
        elsewhere = walks.walk(town.engine)
        body = walks.finding(elsewhere)
        put(town, body, token=walks.device(town.engine, elsewhere), walk=elsewhere.uid)
        assert self.ask(town, [body["id"]]).json == {}

    def test_two_hundred_are_told_and_no_more(self, town):
        assert self.ask(town, [uuid4() for _ in range(200)]).status_code == 200
        assert self.ask(town, [uuid4() for _ in range(201)]).status_code == 422
        assert self.ask(town, ["x"]).status_code == 422


class TestWaiting:
    def say(self, town, **said):
        return town.client.put(
            f"/api/v1/walks/{town.walk.uid}/waiting",
            json=said,
            headers={"Authorization": f"Bearer {town.token}"},
        )

    def test_the_leader_sees_what_is_still_on_the_phone(self, town):
        assert self.say(town, entries=3, photos=2).status_code == 200
        with reading(town.engine) as session:
            row = session.scalars(select(WalkDevice)).one()
        assert (row.unsent_entries, row.unsent_photos) == (3, 2)
        assert row.seen_at is not None

    def test_it_is_answered_in_which_group_it_goes(self, town):
        changed(town, group_count=3)
        told = self.say(town, entries=0, photos=0, group=2).json
        assert (told["group"], told["groups"]) == (2, 3)

    @pytest.mark.parametrize("said", [{}, {"entries": -1, "photos": 0}, {"entries": True, "photos": 1}])
    def test_only_counts_are_taken(self, town, said):
        assert self.say(town, **said).status_code == 422
