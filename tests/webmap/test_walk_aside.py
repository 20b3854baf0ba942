"""Beside a walk: what came late comes in once, clashes are chosen between, a phone's file loses nothing."""

from __future__ import annotations

import hashlib
import json
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from uuid import UUID, uuid4

import pytest

from geodata.queries.findings import findings_of, tombstones_of
from geodata.queries.walk_aside import clashes_of, settled_aside, unsettled_count
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.findings import FindingRevision, Quarantine, WalkEntry
from geodata.tables.photos import Photo
from geodata.vocabulary import QuarantineReason, RecordClass, RevisionState, State, WalkState
from tests import factories, findings, walks
from tests.geodata.exchange.pictures import picture, told
from tests.webmap.application import LEADER, post, token_in
from webmap.services import destroying
from webmap.services.destroying import Doomed


@pytest.fixture
def engine(app):
    return app.extensions["works"].engine


@pytest.fixture
def walk(engine):
    return walks.walk(engine, state=WalkState.CLOSED)


@pytest.fixture
def staff(logged_in):
    return logged_in()


def room(walk):
    return f"/staff/walks/{walk.uid}/aside"


def put_aside(engine, walk, body, reason=QuarantineReason.WALK_CLOSED, uid=None):
    """What a phone sent too late; its key."""
    sent = walks.as_sent(body)
    with writing(engine) as session:
        row = Quarantine(uid=uid or UUID(body["id"]), walk_id=walk.id, reason=reason, body=sent.decode())
        row.sha256, row.received_at = walks.sha256(sent), datetime.now(UTC)
        session.add(row)
        session.flush()
        return row.id


def clash(engine, finding, walk, **said):
    """A change of a finding that waits to be chosen; its id."""
    uid = uuid4()
    body = walks.finding(walk, finding.uid, **{"revision": str(uid)} | said)
    sent = walks.as_sent(body)
    with writing(engine) as session:
        row = FindingRevision(uid=uid, walk_entry_id=finding.id, base_revision=0, sha256=walks.sha256(sent))
        row.state, row.body, row.received_at = RevisionState.CONFLICT, sent.decode(), datetime.now(UTC)
        session.add(row)
    return uid


def stored(engine, walk):
    with reading(engine) as session:
        return findings_of(session, walk.id)


class TestKeptAside:
    def test_it_is_told_in_words(self, staff, engine, walk):
        put_aside(engine, walk, walks.finding(walk, text="Mörkt i tunneln", severity=4))
        page = staff.get(room(walk)).text
        assert "Kom när vandringen var avslutad" in page
        assert "<dd>Mörkt i tunneln</dd>" in page
        assert "Bristfällig belysning" in page

    def test_it_is_taken_in_under_its_own_id_and_once(self, staff, engine, walk):
        body = walks.finding(walk, text="Mörkt i tunneln")
        key = put_aside(engine, walk, body)
        assert post(staff, f"{room(walk)}/{key}", do="take").status_code == 303
        assert post(staff, f"{room(walk)}/{key}", do="take").status_code == 409
        (known,) = stored(engine, walk)
        assert (str(known.uid), known.private_text, known.state) == (body["id"], "Mörkt i tunneln", State.NEW)

    def test_one_that_is_left_stays_as_it_came(self, staff, engine, walk):
        key = put_aside(engine, walk, walks.finding(walk))
        assert post(staff, f"{room(walk)}/{key}", do="leave").status_code == 303
        with reading(engine) as session:
            (item,) = settled_aside(session, walk.id, 9)
            assert unsettled_count(session, walk.id) == 0
        assert (item.outcome, bool(item.body)) == ("dismissed", True)

    def test_of_another_version_what_can_be_read_is_taken_in(self, staff, engine, walk):
        body = walks.finding(walk, text="Mörkt", schema=7, mood="sad", severity=99)
        key = put_aside(engine, walk, body, QuarantineReason.SCHEMA_UNKNOWN)
        assert post(staff, f"{room(walk)}/{key}", do="take").status_code == 303
        (known,) = stored(engine, walk)
        assert (known.private_text, known.severity, known.place is None) == ("Mörkt", None, False)

    def test_what_cannot_be_read_is_said_so_and_stays(self, staff, engine, walk):
        body = {"id": str(uuid4()), "hello": "world"}
        key = put_aside(engine, walk, body, QuarantineReason.CONTENT_UNKNOWN)
        sent = post(staff, f"{room(walk)}/{key}", do="take")
        assert sent.status_code == 422
        assert "Det går inte att läsa." in sent.text
        assert stored(engine, walk) == []

    def test_a_checklist_is_taken_in_too(self, staff, engine, walk):
        stop = walks.stops(engine, walk)[0]
        said = {"kind": "check", "stop": str(stop.uid), "answers": {"lighting": "poor"}}
        kept = {name: value for name, value in walks.finding(walk).items() if name in _OF_CHECK}
        key = put_aside(engine, walk, kept | said)
        assert post(staff, f"{room(walk)}/{key}", do="take").status_code == 303
        assert "mindre bra 1" in staff.get(f"/staff/walks/{walk.uid}/findings").text

    def test_a_change_that_came_late_becomes_a_choice(self, staff, engine, walk):
        finding = findings.found(engine, walk)
        uid = uuid4()
        body = walks.finding(walk, finding.uid, text="Nu är den hel", revision=str(uid))
        key = put_aside(engine, walk, body, uid=uid)
        assert post(staff, f"{room(walk)}/{key}", do="take").status_code == 303
        with reading(engine) as session:
            assert [each.entry for each in clashes_of(session, walk.id)] == [finding.uid]

    @pytest.mark.parametrize(
        ("language", "said"), [("sv", "Det är gallrat."), ("en", "It was destroyed under")]
    )
    def test_what_was_destroyed_is_told_in_words(self, staff, engine, walk, language, said):
        finding = findings.found(engine, walk)
        with writing(engine) as session:
            change = next_change(session, walk.municipality_id)
            doomed = Doomed(walk.municipality_id, change, [finding.report_id])
            destroying.destroy(session, RecordClass.REPORT, doomed)
        staff.set_cookie("language", language)
        assert said in staff.get(room(walk)).text

    def test_only_those_who_follow_up_get_in(self, logged_in, walk):
        assert logged_in(LEADER).get(room(walk)).status_code == 403


_OF_CHECK = {"schema", "kind", "id", "walk", "device_seq", "created_at", "clock_offset_s", "stop"}


class TestClash:
    @pytest.fixture
    def finding(self, engine, walk):
        stop = walks.stops(engine, walk)[0]
        return findings.found(engine, walk, stop, text="Lampan är trasig", state=State.ACCEPTED)

    def chosen(self, staff, walk, uid, choice, **said):
        return post(
            staff, f"{room(walk)}/clash", revision=str(uid), **({"version": "1", "choice": choice} | said)
        )

    def test_both_stand_beside_each_other(self, staff, engine, walk, finding):
        clash(engine, finding, walk, text="Två lampor är trasiga")
        page = staff.get(room(walk)).text
        assert "<td>Lampan är trasig</td><td>Två lampor är trasiga</td>" in page

    def test_what_stands_is_kept(self, staff, engine, walk, finding):
        uid = clash(engine, finding, walk, text="Två lampor är trasiga")
        assert self.chosen(staff, walk, uid, "now").status_code == 303
        known = findings.again(engine, walk, finding.uid)
        assert (known.private_text, known.revision) == ("Lampan är trasig", 1)
        assert "Inga ändringar krockar." in staff.get(room(walk)).text

    def test_the_phones_is_taken_and_review_stands(self, staff, engine, walk, finding):
        uid = clash(engine, finding, walk, text="Två lampor är trasiga", severity=4)
        assert self.chosen(staff, walk, uid, "phone").status_code == 303
        known = findings.again(engine, walk, finding.uid)
        assert (known.private_text, known.severity, known.revision) == ("Två lampor är trasiga", 4, 2)
        assert known.state == State.ACCEPTED

    def test_both_are_brought_together_at_the_place_that_stands(self, staff, engine, walk, finding):
        uid = clash(engine, finding, walk, text="Två lampor")
        sent = self.chosen(staff, walk, uid, "both", text="Lampan är trasig, och en till", place="now")
        assert sent.status_code == 303
        known = findings.again(engine, walk, finding.uid)
        assert known.private_text == "Lampan är trasig, och en till"
        assert known.place.equals(finding.place)

    def test_a_wish_to_take_it_back_is_granted(self, staff, engine, walk, finding):
        uid = clash(engine, finding, walk, withdrawn=True)
        assert self.chosen(staff, walk, uid, "phone").status_code == 303
        with reading(engine) as session:
            assert [each.uid for each in tombstones_of(session, walk.id)] == [finding.uid]
        assert "Den som skickade det tog tillbaka det." in staff.get(room(walk)).text

    def test_nobody_chooses_over_a_change_they_have_not_seen(self, staff, engine, walk, finding):
        uid = clash(engine, finding, walk)
        with writing(engine) as session:
            session.get_one(WalkEntry, finding.id).revision = 2
        assert self.chosen(staff, walk, uid, "phone").status_code == 409
        assert self.chosen(staff, walk, uid, "maybe", version="2").status_code == 422


def outbox(walk, bodies, photos=(), device=None, changes=None):
    """A file as the app writes it."""
    entries = []
    for body in bodies:
        sent = walks.as_sent(body)
        revisions = [
            {"id": each["revision"], "base": None, "body": walks.as_sent(each).decode()}
            | {"sha256": walks.sha256(walks.as_sent(each))}
            for each in (changes or {}).get(body["id"], [])
        ]
        entry = {"id": body["id"], "kind": body["kind"], "body": sent.decode(), "revisions": revisions}
        entries.append(entry | {"sha256": walks.sha256(sent)})
    said = {"schema": 1, "walk": str(walk.uid), "device": device, "entries": entries}
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("outbox.json", json.dumps(said))
        for uid, raw in photos:
            file.writestr(f"photos/{uid}.jpg", raw)
    return made.getvalue()


class TestFile:
    def send(self, staff, walk, data, name="utkorg.zip"):
        token = token_in(staff.get("/account"))
        said = {"csrf_token": token, "file": (BytesIO(data), name)}
        return staff.post(f"{room(walk)}/file", data=said, content_type="multipart/form-data")

    def test_all_of_it_comes_in_and_a_second_time_nothing_is_new(self, staff, engine, walk):
        photo = uuid4()
        bodies = [walks.finding(walk, photos=[photo]), walks.finding(walk), walks.finding(walk)]
        data = outbox(walk, bodies, [(photo, told(picture()))])
        first = self.send(staff, walk, data).text
        assert all(said in first for said in ("3 poster är nya", "1 bild är ny"))
        again = self.send(staff, walk, data).text
        assert all(said in again for said in ("3 poster fanns redan", "1 bild fanns redan"))
        assert {str(each.uid) for each in stored(engine, walk)} == {body["id"] for body in bodies}
        assert factories.rows(engine, Photo, WalkEntry) == {"photo": 1, "walk_entry": 3}

    def test_a_photo_is_tied_to_its_finding(self, staff, engine, walk):
        photo = uuid4()
        body = walks.finding(walk, photos=[photo])
        self.send(staff, walk, outbox(walk, [body]))
        self.send(staff, walk, outbox(walk, [body], [(photo, told(picture()))]))
        (known,) = stored(engine, walk)
        assert [(each.uid, each.has_come) for each in known.photos] == [(photo, True)]

    def test_a_photo_that_nobody_speaks_of_is_not_kept(self, staff, engine, walk):
        self.send(staff, walk, outbox(walk, [walks.finding(walk)], [(uuid4(), told(picture()))]))
        assert factories.rows(engine, Photo) == {"photo": 0}

    def test_changes_of_a_known_phone_follow_their_entry(self, staff, engine, walk):
        walks.device(engine, walk, uid=(device := uuid4()))
        body = walks.finding(walk, text="Först")
        edits = [walks.finding(walk, UUID(body["id"]), text=text, revision=str(uuid4())) for text in "AB"]
        page = self.send(
            staff, walk, outbox(walk, [body], device=str(device), changes={body["id"]: edits})
        ).text
        assert "2 ändringar är införda" in page
        assert [each.private_text for each in stored(engine, walk)] == ["B"]

    def test_changes_of_a_phone_nobody_knows_wait_aside(self, staff, engine, walk):
        body = walks.finding(walk)
        edit = walks.finding(walk, UUID(body["id"]), text="Ny", revision=str(uuid4()))
        page = self.send(staff, walk, outbox(walk, [body], changes={body["id"]: [edit]})).text
        assert "1 ligger vid sidan" in page

    def test_what_is_not_what_was_hashed_waits_aside(self, staff, engine, walk):
        data = outbox(walk, [walks.finding(walk, text="Ett"), walks.finding(walk, text="Två")])
        harmed = BytesIO()
        with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(harmed, "w") as new:
            new.writestr("outbox.json", old.read("outbox.json").replace(b"Ett", b"Tre"))
        page = self.send(staff, walk, harmed.getvalue()).text
        assert all(said in page for said in ("1 post är ny", "1 ligger vid sidan"))
        assert [each.private_text for each in stored(engine, walk)] == ["Två"]

    def test_an_id_that_is_taken_by_another_content_waits_aside(self, staff, engine, walk):
        body = walks.finding(walk)
        self.send(staff, walk, outbox(walk, [body]))
        page = self.send(staff, walk, outbox(walk, [body | {"text": "Något annat"}])).text
        assert "1 ligger vid sidan" in page
        assert len(stored(engine, walk)) == 1

    def test_one_that_was_taken_back_does_not_come_again(self, staff, engine, walk):
        body = walks.finding(walk)
        self.send(staff, walk, outbox(walk, [body]))
        path = f"/staff/walks/{walk.uid}/findings/{body['id']}/withdraw"
        post(staff, path, revision="1", why="Dubbel")
        assert "redan tillbakatagen" in self.send(staff, walk, outbox(walk, [body])).text
        assert stored(engine, walk) == []

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            (b"", "Välj en fil."),
            (b"not a zip", "zip"),
            (b"PK\x05\x06" + b"\0" * 18, "Filen saknar listan"),
        ],
    )
    def test_what_is_no_such_file_is_refused(self, staff, engine, walk, data, said):
        sent = self.send(staff, walk, data, "utkorg.zip" if data else "")
        assert sent.status_code == 422
        assert said in sent.text

    def test_a_file_of_another_walk_is_refused(self, staff, engine, walk):
        other = walks.walk(engine)
        sent = self.send(staff, walk, outbox(other, [walks.finding(other)]))
        assert sent.status_code == 422
        assert "Filen är från en annan vandring." in sent.text

    def test_a_row_that_is_nothing_stops_nobody(self, staff, engine, walk):
        body = walks.finding(walk)
        sent = walks.as_sent(body).decode()
        entry = {"id": body["id"], "body": sent, "sha256": hashlib.sha256(sent.encode()).hexdigest()}
        made = BytesIO()
        with zipfile.ZipFile(made, "w") as file:
            said = {"schema": 1, "walk": str(walk.uid), "entries": [None, {"id": 4}, entry, {"id": "x"}]}
            file.writestr("outbox.json", json.dumps(said))
        page = self.send(staff, walk, made.getvalue()).text
        assert all(said in page for said in ("1 post är ny", "3 rader gick inte att läsa"))
