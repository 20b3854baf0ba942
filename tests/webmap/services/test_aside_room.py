"""Whatever a phone sends, the room for what lies beside a walk opens, and keeps no identity number."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
import time_machine
from sqlalchemy import select

from geodata.hours import to_day_number, today
from geodata.queries.walk_aside import unsettled_walks, waiting_aside
from geodata.tables.engine import reading, writing
from geodata.tables.findings import FindingRevision, Quarantine
from geodata.tables.walks import Walk
from geodata.vocabulary import State, WalkState
from tests import factories, findings, minutes, walks
from tests.webmap.application import COORDINATOR, application, closed, enter, post, token_in
from webmap.access import Role

NUMBER = "19121212-1212"


@pytest.fixture
def town(engine, tmp_path):
    """The application on either database, a walk with a phone, and the coordinator's browser."""
    with writing(engine) as session:
        factories.municipality(session)
    factories.user(engine, COORDINATOR, Role.COORDINATOR)
    app = application(engine.url.render_as_string(hide_password=False), tmp_path)
    walk, staff = walks.walk(engine), app.test_client()
    enter(staff, COORDINATOR)
    token = walks.device(engine, walk)
    room = f"/staff/walks/{walk.uid}/aside"
    yield SimpleNamespace(app=app, engine=engine, walk=walk, token=token, staff=staff, room=room)
    closed(app)


def send(town, said, uid=None, path="", **headers):
    raw = said if isinstance(said, bytes) else json.dumps(said).encode()
    uid = uid or said["id"]
    return town.app.test_client().put(
        f"/api/v1/walks/{town.walk.uid}/findings/{uid}{path}",
        data=raw,
        content_type="application/json",
        headers={"Authorization": f"Bearer {town.token}"} | headers,
    )


def set_walk(town, **said):
    with writing(town.engine) as session:
        for name, value in said.items():
            setattr(session.get_one(Walk, town.walk.id), name, value)


def asides(town):
    with reading(town.engine) as session:
        return list(session.scalars(select(Quarantine).order_by(Quarantine.id)))


def press(town, key, does):
    return post(town.staff, f"{town.room}/{key}", do=does).status_code


def nested(depth):
    return b'{"schema":9,"text":' + b"[" * depth + b"]" * depth + b"}"


class TestOddBodies:
    ODD = (
        {"text": "\ud800", "place_text": "\udfff", "mood": "\ud800"},
        {"created_at": "0001-01-01T00:00:00+23:59"},
        {"created_at": "9999-12-31T23:59:59-23:59"},
        {"created_at": "2026\ud800-11-22"},
        {"text": "a\x00b", "place_text": "\u202eabc"},
        {"position": {"lat": 1e308, "lon": float("nan")}},
        {"polarity": [], "categories": [[1], {}], "photos": {}, "answers": {"lighting": []}},
        {"text": {"a": []}, "severity": 10**40, "place_text": True},
    )

    def test_the_room_opens_with_all_of_them_and_the_others_beside(self, town):
        for more in self.ODD:
            said = walks.finding(town.walk) | more
            assert send(town, said | {"schema": 9, "id": str(uuid4())}).status_code == 202
        for raw in (b"null", b"[]", b'"\\ud800"', b"{}", b"9" * 600, *map(nested, (19, 400, 900, 990))):
            assert send(town, raw, uuid4()).status_code == 202
        send(town, walks.finding(town.walk, schema=9, text="Mörkt i tunneln"))
        page = town.staff.get(town.room)
        assert page.status_code == 200
        assert "Mörkt i tunneln" in page.text

    def test_each_can_be_taken_in_or_is_refused_in_words(self, town):
        for more in self.ODD:
            send(town, walks.finding(town.walk, schema=9) | more)
        statuses = [press(town, each.id, "take") for each in asides(town)]
        assert set(statuses) <= {303, 422}
        pages = [town.staff.get(f"/staff/walks/{town.walk.uid}/{name}") for name in ("findings", "aside")]
        pages.append(town.staff.get(f"/staff/walks/{town.walk.uid}/findings.csv"))
        assert [each.status_code for each in pages] == [200, 200, 200]

    def test_a_clash_of_such_is_shown_too(self, town):
        body = walks.finding(town.walk)
        send(town, body)
        for more in self.ODD:
            revision = str(uuid4())
            said = body | {"revision": revision, "text": "\ud800"} | more | {"schema": 1}
            assert send(town, said, body["id"], f"/revisions/{revision}").status_code in (202, 412)
        for each in asides(town):
            assert press(town, each.id, "take") in (303, 422)
        assert town.staff.get(town.room).status_code == 200

    def test_two_changes_under_one_id_do_not_break_it(self, town):
        body = walks.finding(town.walk)
        send(town, body)
        set_walk(town, state=WalkState.CLOSED)
        revision = str(uuid4())
        for text in "ab":
            said = body | {"revision": revision, "text": text}
            assert send(town, said, body["id"], f"/revisions/{revision}").status_code == 202
        assert [press(town, each.id, "take") for each in asides(town)] == [303, 409]

    def test_a_checklist_is_no_change_of_a_finding(self, town):
        body = walks.finding(town.walk)
        send(town, body)
        revision = str(uuid4())
        said = {**body, "schema": 9, "answers": {"lighting": "poor"}, "revision": revision}
        send(town, said, body["id"], f"/revisions/{revision}")
        assert press(town, asides(town)[0].id, "take") == 422


class TestIdentityNumbers:
    def texts(self, town):
        with reading(town.engine) as session:
            bodies = [
                *session.scalars(select(Quarantine.body)),
                *session.scalars(select(FindingRevision.body)),
            ]
        return " ".join(bodies)

    def test_they_are_masked_at_the_door_and_a_replay_is_known(self, town):
        said = walks.finding(town.walk, text=f"Ring {NUMBER}", schema=9)
        said |= {"more": [{"who": NUMBER, NUMBER: 191212121212}]}
        first, again = send(town, said), send(town, said)
        assert (first.status_code, again.json) == (202, first.json)
        assert "1212" not in self.texts(town)
        assert NUMBER not in town.staff.get(town.room).text

    def test_also_where_a_name_is_said_twice(self, town):
        raw = b'{"schema":9,"text":"' + NUMBER.encode() + b'","text":"Tom"}'
        assert send(town, raw, uuid4()).status_code == 202
        assert "1212" not in self.texts(town)

    def test_also_in_a_change_that_clashes(self, town):
        body = walks.finding(town.walk)
        send(town, body)
        revision = str(uuid4())
        said = body | {"text": f"Ring {NUMBER}", "revision": revision}
        assert send(town, said, body["id"], f"/revisions/{revision}").status_code == 412
        assert "1212" not in self.texts(town)
        assert NUMBER not in town.staff.get(town.room).text

    def test_ids_that_look_like_them_stay(self, town):
        uid = UUID("ab850101-1239-4212-9850-850101123400")
        send(town, walks.finding(town.walk, uid, schema=9))
        assert str(uid) in self.texts(town)

    def test_nothing_is_left_of_what_was_taken_in(self, town):
        said = walks.finding(town.walk, text=f"Ring {NUMBER} Kalle", schema=9)
        send(town, said)
        assert press(town, asides(town)[0].id, "take") == 303
        assert [each.body for each in asides(town)] == [""]
        known = findings.again(town.engine, town.walk, UUID(said["id"]))
        assert known.private_text == "Ring ******-**** Kalle"


class TestChangedMind:
    def test_what_was_left_can_be_taken_in(self, town):
        said = walks.finding(town.walk, schema=9, text="Mörkt i tunneln")
        send(town, said)
        key = asides(town)[0].id
        assert [press(town, key, does) for does in ("leave", "leave", "take", "take")] == [303, 409, 303, 409]
        assert findings.again(town.engine, town.walk, UUID(said["id"])).private_text == "Mörkt i tunneln"

    def test_the_page_offers_it(self, town):
        send(town, walks.finding(town.walk, schema=9))
        press(town, asides(town)[0].id, "leave")
        assert "Ta in ändå" in town.staff.get(town.room).text

    @pytest.mark.parametrize("does", ["", "burn"])
    def test_a_press_that_says_nothing_does_nothing(self, town, does):
        send(town, walks.finding(town.walk, schema=9))
        assert press(town, asides(town)[0].id, does) == 422
        assert asides(town)[0].outcome is None


class TestFile:
    def test_odd_bodies_in_a_file_wait_aside_and_are_shown(self, town):
        bodies = ["a\0b", f"Ring {NUMBER}", '"\\ud800"', "[" * 990 + "]" * 990, "", "{}"]
        entries = [{"id": str(uuid4()), "body": body, "sha256": [[body]]} for body in bodies]
        made = BytesIO()
        with zipfile.ZipFile(made, "w") as file:
            file.writestr(
                "outbox.json", json.dumps({"schema": 1, "walk": str(town.walk.uid), "entries": entries})
            )
        form = {
            "csrf_token": token_in(town.staff.get("/account")),
            "file": (BytesIO(made.getvalue()), "a.zip"),
        }
        answer = town.staff.post(f"{town.room}/file", data=form, content_type="multipart/form-data")
        assert (answer.status_code, len(asides(town))) == (200, len(bodies))
        assert NUMBER not in " ".join(each.body for each in asides(town))


class TestTogether:
    def all_of(self, town, reason):
        return post(town.staff, town.room, reason=reason)

    def test_one_press_takes_in_ten_and_says_so(self, town):
        set_walk(town, state=WalkState.CLOSED)
        for _ in range(10):
            assert send(town, walks.finding(town.walk)).status_code == 202
        assert "Ta in alla" in town.staff.get(town.room).text
        answer = self.all_of(town, "walk_closed")
        assert answer.status_code == 303
        assert "10 är intagna." in town.staff.get(answer.location).text
        assert {each.outcome for each in asides(town)} == {"taken_in"}

    def test_what_cannot_be_is_named_and_does_not_stop_the_others(self, town):
        send(town, {"schema": 9, "hello": "world"}, uuid4())
        send(town, walks.finding(town.walk, schema=9))
        send(town, walks.finding(town.walk, mood="sad"))
        answer = self.all_of(town, "schema_unknown")
        assert answer.status_code == 200
        assert all(said in answer.text for said in ("1 är intagen.", "Det går inte att läsa."))
        assert [each.outcome for each in asides(town)] == [None, "taken_in", None]

    def test_a_change_comes_after_what_it_changes(self, town):
        set_walk(town, state=WalkState.CLOSED)
        body, revision = walks.finding(town.walk), str(uuid4())
        send(town, body)
        send(town, body | {"revision": revision, "text": "Ny"}, body["id"], f"/revisions/{revision}")
        assert self.all_of(town, "walk_closed").status_code == 303

    def test_a_kind_that_nobody_knows_is_refused(self, town):
        assert self.all_of(town, "bad_mood").status_code == 422

    def test_the_start_page_names_the_walk(self, town):
        send(town, walks.finding(town.walk, schema=9))
        with reading(town.engine) as session:
            assert unsettled_walks(session, town.walk.municipality_id) == [
                (town.walk.uid, town.walk.title, 1)
            ]
            assert len(waiting_aside(session, town.walk.id, 9)) == 1
        page = town.staff.get("/staff/").text
        assert f"1 ligger vid sidan: {town.walk.title}" in page
        assert f'href="{town.room}"' in page


class TestMinutes:
    @pytest.fixture
    def desk(self, town):
        town.walk = minutes.walked(town.engine)
        town.token = walks.device(town.engine, town.walk)
        return f"/staff/walks/{town.walk.uid}/minutes"

    def test_they_wait_for_what_lies_beside(self, town, desk):
        send(town, walks.finding(town.walk))
        version = str(minutes.again(town.engine, town.walk).version)
        answer = post(town.staff, f"{desk}/publish", version=version, is_read="1")
        assert answer.status_code == 409
        link = f'<a href="/staff/walks/{town.walk.uid}/aside">1 ligger vid sidan.</a>'
        assert link in answer.text

    def test_the_walks_page_leads_there_first(self, town, desk):
        send(town, walks.finding(town.walk))
        assert "Se vad som ligger vid sidan" in town.staff.get(f"/staff/walks/{town.walk.uid}").text

    def test_they_do_not_wait_for_what_was_left(self, town, desk):
        send(town, walks.finding(town.walk))
        post(town.staff, f"/staff/walks/{town.walk.uid}/aside/{asides(town)[0].id}", do="leave")
        assert minutes.publish(town.engine, town.walk).state == WalkState.PUBLISHED

    def test_photos_that_have_not_come_are_warned_of(self, town, desk):
        found = findings.found(town.engine, town.walk, photos=2, state=State.ACCEPTED)
        page = town.staff.get(desk).text
        assert f"Har foton som inte har kommit: {found.seq}." in page
        assert f'href="/staff/walks/{town.walk.uid}/phones"' in page


class TestMovedDay:
    @pytest.mark.parametrize(("days", "status"), [(9, 201), (17, 201), (18, 202), (23, 401)])
    def test_a_phone_is_late_by_the_day_the_walk_has_now(self, town, days, status):
        joined = {"code": town.walk.join_code}
        town.token = (
            town.app.test_client().post(f"/api/v1/walks/{town.walk.uid}/join", json=joined).json["token"]
        )
        set_walk(town, day=to_day_number(today() + timedelta(days=10)))
        with time_machine.travel(datetime.now(UTC) + timedelta(days=days), tick=True):
            assert send(town, walks.finding(town.walk)).status_code == status
