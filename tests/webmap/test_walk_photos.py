"""Photos from a walk: each by itself, before its finding or long after, and never on another's."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from geodata.tables import Photo, Report
from geodata.tables.engine import reading, writing
from geodata.tables.findings import WalkEntry
from geodata.tables.walks import Walk
from geodata.vocabulary import State, WalkState
from tests import walks
from tests.geodata.exchange.pictures import picture, told
from webmap.services import photos

JPEG = told(picture())


@pytest.fixture
def town(app, client):
    engine = app.extensions["works"].engine
    walk = walks.walk(engine)
    folder = app.extensions["works"].settings.photos_folder
    return SimpleNamespace(
        app=app, client=client, engine=engine, walk=walk, token=walks.device(engine, walk), folder=folder
    )


def send(town, body):
    return town.client.put(
        f"/api/v1/walks/{town.walk.uid}/findings/{body['id']}",
        data=walks.as_sent(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {town.token}"},
    )


def change(town, body, **said):
    """A change that says not to what, so that both are kept."""
    revision = str(uuid4())
    return town.client.put(
        f"/api/v1/walks/{town.walk.uid}/findings/{body['id']}/revisions/{revision}",
        data=walks.as_sent(body | said | {"revision": revision}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {town.token}"},
    )


def put(town, uid, finding=None, raw=JPEG, token=None, digest=None):
    shown = {"Authorization": f"Bearer {token or town.token}"}
    said = b64encode(digest or hashlib.sha256(raw).digest()).decode()
    return town.client.put(
        f"/api/v1/photos/{uid}{f'?report={finding}' if finding else ''}",
        data=raw,
        content_type="image/jpeg",
        headers=shown | {"Content-Digest": f"sha-256=:{said}:"},
    )


def of_report(town, finding):
    with reading(town.engine) as session:
        asked = select(Photo.uid).join(Report, Report.id == Photo.report_id)
        return set(session.scalars(asked.where(Report.uid == UUID(str(finding)))))


class TestPhoto:
    def test_it_is_tied_to_its_finding_and_missed_no_longer(self, town):
        uid = uuid4()
        body = walks.finding(town.walk, photos=[uid])
        assert send(town, body).json["photos_missing"] == [str(uid)]
        answer = put(town, uid, body["id"])
        assert (answer.status_code, answer.json["report"]) == (201, body["id"])
        assert answer.json["sha256"] == hashlib.sha256(JPEG).hexdigest()
        assert (send(town, body).json["photos_missing"], of_report(town, body["id"])) == ([], {uid})

    def test_again_is_answered_the_same(self, town):
        uid, body = uuid4(), walks.finding(town.walk)
        send(town, body)
        first, again = put(town, uid, body["id"]), put(town, uid, body["id"])
        assert (first.status_code, again.status_code, first.json) == (201, 200, again.json)

    def test_before_its_finding_it_waits_for_it(self, town):
        uid = uuid4()
        body = walks.finding(town.walk, photos=[uid])
        assert put(town, uid, body["id"]).json["report"] is None
        assert send(town, body).json["photos_missing"] == []
        assert of_report(town, body["id"]) == {uid}

    def test_days_after_and_though_reviewed_and_over_it_is_tied(self, town):
        uid, body = uuid4(), walks.finding(town.walk)
        send(town, body)
        with writing(town.engine) as session:
            long_ago = datetime.now(UTC) - timedelta(days=3)
            session.execute(
                update(Report)
                .where(Report.uid == UUID(body["id"]))
                .values(created_at=long_ago, state=State.ACCEPTED)
            )
            session.execute(update(Walk).values(state=WalkState.PUBLISHED))
        assert put(town, uid, body["id"]).json["report"] == body["id"]

    def test_two_that_are_alike_are_two(self, town):
        body = walks.finding(town.walk)
        send(town, body)
        uids = {uuid4(), uuid4()}
        assert {put(town, uid, body["id"]).status_code for uid in uids} == {201}
        assert of_report(town, body["id"]) == uids

    def test_three_and_no_fourth(self, town):
        body = walks.finding(town.walk)
        send(town, body)
        tied = [put(town, uuid4(), body["id"]).json["report"] for _ in range(4)]
        assert tied == [body["id"]] * 3 + [None]

    def test_one_that_another_finding_has_stays_there(self, town):
        uid = uuid4()
        first, second = (walks.finding(town.walk, photos=[uid]) for _ in range(2))
        send(town, first), put(town, uid, first["id"])
        assert send(town, second).status_code == 201
        assert put(town, uid, second["id"]).json["report"] is None
        assert of_report(town, first["id"]) == {uid}


class TestRefused:
    def test_one_damaged_on_the_way(self, town):
        answer = put(town, uuid4(), digest=b"\0" * 32)
        assert (answer.status_code, answer.json["code"]) == (400, "photo.damaged")

    def test_one_over_two_megabytes(self, town):
        assert put(town, uuid4(), raw=JPEG + b"\0" * 2_000_000).status_code == 413

    def test_one_that_is_none(self, town):
        assert put(town, uuid4(), raw=b"<html>").status_code == 415

    def test_another_under_the_same_id(self, town):
        uid = uuid4()
        put(town, uid)
        assert put(town, uid, raw=told(picture(500, 300))).status_code == 409

    def test_one_with_a_token_that_is_worth_nothing(self, town):
        assert put(town, uuid4(), token="okand").status_code == 401

    def test_one_of_a_finding_that_is_gone(self, town):
        body = walks.finding(town.walk)
        send(town, body)
        with writing(town.engine) as session:
            session.execute(
                update(WalkEntry).values(deleted_at=datetime.now(UTC), deleted_reason="withdrawn")
            )
        assert put(town, uuid4(), body["id"]).status_code == 410

    def test_a_phone_of_another_walk_ties_none(self, town):
        body = walks.finding(town.walk)
        send(town, body)
        other = walks.device(town.engine, walks.walk(town.engine))
        assert put(town, uuid4(), body["id"], token=other).json["report"] is None


class TestReceipt:
    def of(self, town, finding):
        asked = {"ids": [finding]}
        headers = {"Authorization": f"Bearer {town.token}"}
        path = f"/api/v1/walks/{town.walk.uid}/receipts"
        return town.client.post(path, json=asked, headers=headers).json[finding]["photos"]

    @pytest.mark.parametrize("said", [{}, {"mood": "sad"}])
    def test_one_that_only_a_waiting_change_names_has_come(self, town, said):
        body, photo = walks.finding(town.walk), uuid4()
        send(town, body)
        change(town, body, photos=[str(photo)], **said)
        assert self.of(town, body["id"]) == {}
        put(town, photo, body["id"])
        assert self.of(town, body["id"]) == {str(photo): "received"}

    def test_one_that_is_tied_has_come_though_the_finding_never_spoke_of_it(self, town):
        body, photo = walks.finding(town.walk), uuid4()
        send(town, body)
        put(town, photo, body["id"])
        assert self.of(town, body["id"]) == {str(photo): "received"}


class TestSweep:
    def test_one_named_in_what_is_kept_aside_is_waited_for(self, town):
        wanted, alone = uuid4(), uuid4()
        send(town, walks.finding(town.walk, schema=9, photos=[wanted]))
        put(town, wanted), put(town, alone)
        assert photos.sweep(town.engine, town.folder, datetime.now(UTC) + timedelta(days=2)) == 1
        with reading(town.engine) as session:
            assert set(session.scalars(select(Photo.uid))) == {wanted}

    def test_nor_does_one_go_that_a_clash_names(self, town):
        body, wanted = walks.finding(town.walk), uuid4()
        send(town, body)
        assert change(town, body, photos=[str(wanted)]).status_code == 412
        put(town, wanted)
        assert photos.sweep(town.engine, town.folder, datetime.now(UTC) + timedelta(days=2)) == 0
