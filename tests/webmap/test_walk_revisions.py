"""Changes to what was sent from a walk: taken in when nothing came between, and never merged in silence."""

from __future__ import annotations

from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from geodata.tables import Photo, Report
from geodata.tables.chain import verify
from geodata.tables.engine import reading, writing
from geodata.tables.findings import FindingRevision, Quarantine, WalkEntry
from geodata.tables.journal import JournalEntry
from geodata.tables.walks import Walk
from geodata.vocabulary import QuarantineOutcome, State, WalkState
from tests import factories, walks
from tests.geodata.exchange.pictures import picture, told
from webmap.access import Role
from webmap.services import photos, reviewing
from webmap.services.actors import Actor
from webmap.services.review_moves import Action
from webmap.services.reviewing import Deed


@pytest.fixture
def town(app, client):
    engine = app.extensions["works"].engine
    walk = walks.walk(engine)
    made = SimpleNamespace(app=app, client=client, engine=engine, walk=walk)
    made.token = walks.device(engine, walk)
    made.body = walks.finding(walk, text="Först")
    assert send(made, made.body).status_code == 201
    return made


def send(town, body, path="", **headers):
    return town.client.put(
        f"/api/v1/walks/{town.walk.uid}/findings/{body['id']}{path}",
        data=walks.as_sent(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {town.token}"} | headers,
    )


def revise(town, match='"1"', revision=None, of=None, **said):
    revision = revision or uuid4()
    body = (of or town.body) | said | {"revision": str(revision)}
    headers = {} if match is None else {"If-Match": match}
    return send(town, body, f"/revisions/{revision}", **headers)


def report(town):
    with reading(town.engine) as session:
        return session.scalars(select(Report).where(Report.uid == UUID(town.body["id"]))).one()


def entry(town):
    with reading(town.engine) as session:
        return session.scalars(select(WalkEntry).where(WalkEntry.uid == UUID(town.body["id"]))).one()


def rows(town, table):
    with reading(town.engine) as session:
        return session.scalars(select(table).order_by(table.id)).all()


def review(town, action, **more):
    there = factories.home_of(town.engine, "1470")
    actor = Actor(None, Role.COORDINATOR)
    reviewing.act(town.engine, there, actor, Deed(UUID(town.body["id"]), 1, action, **more))


class TestApplied:
    def test_the_report_says_what_the_phone_says_now(self, town):
        before = report(town)
        answer = revise(town, text="Sedan", severity=2)
        assert (answer.status_code, answer.json["revision"], answer.json["state"]) == (201, 2, "received")
        after = report(town)
        assert (after.private_text, after.severity, after.version) == ("Sedan", 2, 2)
        assert after.digest != before.digest
        assert (after.voice, after.day) == (before.voice, before.day)

    def test_its_bytes_are_told_back_and_kept_no_longer(self, town):
        uid = uuid4()
        answer = revise(town, revision=uid, text="Sedan")
        sent = walks.as_sent(town.body | {"text": "Sedan", "revision": str(uid)})
        assert (answer.json["sha256"], answer.json["revision_id"]) == (walks.sha256(sent), str(uid))
        assert [(each.state, each.body) for each in rows(town, FindingRevision)] == [("applied", "")]

    def test_again_is_answered_the_same_and_done_once(self, town):
        uid = uuid4()
        first, again = (revise(town, revision=uid, text="Sedan") for _ in range(2))
        assert (first.status_code, again.status_code) == (201, 200)
        assert (first.json, entry(town).revision) == (again.json, 2)

    def test_the_first_bytes_are_still_known(self, town):
        revise(town, text="Sedan")
        answer = send(town, town.body)
        assert (answer.status_code, answer.json["revision"]) == (200, 2)

    def test_one_after_the_other(self, town):
        assert [revise(town, f'"{n}"', text=f"{n}").status_code for n in (1, 2, 3)] == [201] * 3
        assert (report(town).private_text, entry(town).revision) == ("3", 4)

    def test_the_journal_has_it_and_is_whole(self, town):
        revise(town, text="Sedan")
        with reading(town.engine) as session:
            done = session.scalars(select(JournalEntry.action).order_by(JournalEntry.seq)).all()
            assert verify(session).is_whole
        assert done[-2:] == ["finding.receive", "finding.revise"]

    def test_other_content_under_the_id_of_a_change_is_a_conflict(self, town):
        uid = uuid4()
        revise(town, revision=uid, text="Sedan")
        assert revise(town, revision=uid, text="Annat").status_code == 409

    def test_a_photo_taken_away_belongs_to_no_report(self, town):
        first, second = uuid4(), uuid4()
        for uid in (first, second):
            photos.store(
                town.engine, town.app.extensions["works"].settings.photos_folder, uid, told(picture())
            )
        revise(town, photos=[str(first), str(second)])
        assert {each.report_id for each in rows(town, Photo)} == {report(town).id}
        answer = revise(town, '"2"', photos=[str(second), str(uuid4())])
        assert len(answer.json["photos_missing"]) == 1
        assert {each.uid for each in rows(town, Photo) if each.report_id} == {second}


class TestBothAreKept:
    @pytest.mark.parametrize("match", ['"2"', "1x", None, '"0"', "*"])
    def test_where_it_was_made_to_another(self, town, match):
        answer = revise(town, match, text="Sedan")
        assert (answer.status_code, answer.json["state"], answer.json["revision"]) == (412, "conflict", 1)
        assert report(town).private_text == "Först"
        assert "Sedan" in rows(town, FindingRevision)[0].body

    def test_again_is_answered_the_same_and_kept_once(self, town):
        uid = uuid4()
        first, again = (revise(town, '"7"', uid, text="Sedan") for _ in range(2))
        assert (first.status_code, again.status_code, first.json) == (412, 412, again.json)
        assert len(rows(town, FindingRevision)) == 1

    def test_where_staff_have_reviewed_it(self, town):
        review(town, Action.ACCEPT)
        assert revise(town, text="Sedan").status_code == 412
        assert (report(town).private_text, report(town).state) == ("Först", State.ACCEPTED)

    def test_where_staff_have_set_it_right(self, town):
        review(town, Action.EDIT, changes={"public_text": "Vid bron"})
        assert revise(town, text="Sedan").status_code == 412


class TestWithdrawn:
    def withdraw(self, town, match='"1"', revision=None):
        body = {name: town.body[name] for name in ("schema", "kind", "id", "walk", "device_seq")}
        return revise(town, match, revision, of=body, withdrawn=True)

    def test_it_is_a_tombstone_then_and_a_report_taken_back(self, town):
        answer = self.withdraw(town)
        assert (answer.status_code, answer.json["state"]) == (201, "withdrawn")
        assert (report(town).state, entry(town).deleted_reason) == (State.WITHDRAWN, "withdrawn")
        assert send(town, town.body).status_code == 410

    def test_again_is_answered_and_anything_else_is_gone(self, town):
        uid = uuid4()
        self.withdraw(town, revision=uid)
        assert self.withdraw(town, revision=uid).status_code == 200
        answer = revise(town, '"2"', text="Ändå")
        assert (answer.status_code, answer.json["reason"]) == (410, "withdrawn")

    @pytest.mark.parametrize("action", [Action.ACCEPT, Action.REJECT])
    def test_whoever_said_it_may_take_it_back_though_it_is_reviewed(self, town, action):
        review(town, action, **({"reason": "not_here"} if action == Action.REJECT else {}))
        assert self.withdraw(town).status_code == 201
        assert report(town).state == State.WITHDRAWN

    def test_not_what_was_changed_since(self, town):
        revise(town, text="Sedan")
        assert self.withdraw(town).status_code == 412
        assert entry(town).deleted_at is None


class TestElsewhere:
    def test_of_nothing_that_is_here_it_is_told(self, town):
        answer = revise(town, of=walks.finding(town.walk))
        assert (answer.status_code, answer.json["code"]) == (404, "finding.unknown")

    def test_of_what_is_kept_aside_it_is_kept_aside_too(self, town):
        odd = walks.finding(town.walk, schema=9)
        send(town, odd)
        assert revise(town, of=odd).status_code == 202
        assert len(rows(town, Quarantine)) == 2

    def test_also_when_somebody_has_left_that_there(self, town):
        odd = walks.finding(town.walk, schema=9)
        send(town, odd)
        with writing(town.engine) as session:
            session.execute(update(Quarantine).values(outcome=QuarantineOutcome.DISMISSED))
        assert revise(town, of=odd).status_code == 202
        assert [each.outcome for each in rows(town, Quarantine)] == [QuarantineOutcome.DISMISSED, None]

    def test_when_the_walk_is_over_it_is_kept_aside(self, town):
        with writing(town.engine) as session:
            session.execute(update(Walk).values(state=WalkState.CLOSED))
        uid = uuid4()
        first, again = (revise(town, revision=uid, text="Sent") for _ in range(2))
        assert (first.status_code, again.status_code, first.json) == (202, 202, again.json)
        assert [each.uid for each in rows(town, Quarantine)] == [uid]
        assert (first.json["id"], first.json["revision_id"]) == (town.body["id"], str(uid))

    def test_what_is_not_understood_is_kept_aside(self, town):
        assert revise(town, polarity="sad").status_code == 202
        assert revise(town, of=town.body | {"kind": "check"}, answers={}).status_code == 202
