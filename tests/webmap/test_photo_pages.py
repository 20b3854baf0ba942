"""Photos sent by machines and by the form, and who sees them: the sender before, those who review after."""

from __future__ import annotations

import io
import os
import re
import time
from http.client import HTTPConnection
from uuid import uuid4

import pytest
from flask import session
from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from geodata.tables import Photo
from geodata.tables.engine import reading, writing
from geodata.vocabulary import PhotoState, Polarity, State
from tests import factories
from tests.browser.site import House, serving
from tests.geodata.exchange import pictures
from tests.geodata.exchange.pictures import picture, told
from tests.webmap.application import ADMIN, COORDINATOR, ELSEWHERE, PLANNER, token_in
from webmap.pages.report_answers import Answers, PlaceAnswer, WhenAnswer, keep
from webmap.services import photos
from webmap.services.photo_files import PhotoFiles

RAW = told(picture())
_PREVIEW = re.compile(r'src="(/report/photo/[0-9a-f-]{36}/small\.jpg)"')


@pytest.fixture
def engine(app):
    return app.extensions["works"].engine


@pytest.fixture
def folder(app):
    return app.extensions["works"].settings.photos_folder


@pytest.fixture
def photo(app, engine, folder):
    """A photo of a report in Vara."""
    uid = uuid4()
    photos.store(engine, folder, uid, RAW)
    with writing(engine) as session:
        there = factories.home_in(session)
        sent = factories.draft(state=State.NEW)
        factories.store(session, there, [sent])
        row = session.scalar(select(Photo).where(Photo.uid == uid))
        row.report_id = session.scalar(select(photos.Report.id).where(photos.Report.uid == sent.uid))
    return now(engine, uid)


def now(engine, uid):
    with reading(engine) as session:
        return photos.view_of(session.scalar(select(Photo).where(Photo.uid == uid)))


def files(photo):
    return [f"/staff/photos/{photo.address}/{size}.jpg" for size in ("large", "small")]


class TestPut:
    def test_it_is_made_then_known_then_refused_with_another_content(self, client):
        path = f"/api/v1/photos/{uuid4()}"
        answers = [client.put(path, data=raw) for raw in (RAW, RAW, told(picture(300, 300)))]
        assert [answer.status_code for answer in answers] == [201, 200, 409]
        assert answers[0].json == answers[1].json
        assert answers[2].json["code"] == "photo.other_content"

    @pytest.mark.parametrize(
        ("name", "status"),
        [("phone.heic", 415), ("drawing.png", 415), ("page.jpg", 415), ("half.jpg", 422), ("empty.jpg", 422)],
    )
    def test_what_is_no_photo_is_told_so_in_words(self, client, name, status):
        code, raw = pictures.bad()[name]
        answer = client.put(f"/api/v1/photos/{uuid4()}", data=raw)
        assert (answer.status_code, answer.json["code"]) == (status, code)
        assert answer.content_type == "application/problem+json"
        assert answer.json["detail"].endswith(".")

    def test_a_report_that_may_have_it_gets_it_and_another_does_not_show(self, client, engine):
        with writing(engine) as session:
            sent = factories.draft(state=State.NEW)
            factories.store(session, factories.home_in(session), [sent])
            session.execute(
                photos.Report.__table__.update().values(created_at=photos.datetime.now(photos.UTC))
            )
        for report, shown in ((sent.uid, str(sent.uid)), (uuid4(), None)):
            answer = client.put(f"/api/v1/photos/{uuid4()}?report={report}", data=RAW)
            assert (answer.status_code, answer.json["report"]) == (201, shown)

    def test_a_report_that_is_no_id_is_told_before_anything_is_kept(self, client, folder):
        answer = client.put(f"/api/v1/photos/{uuid4()}?report=1", data=RAW)
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "report")
        assert not folder.exists()

    def test_nothing_gives_it_back_to_the_public(self, client):
        path = f"/api/v1/photos/{uuid4()}"
        client.put(path, data=RAW)
        assert client.get(path).status_code == 405


class TestTooLarge:
    def test_it_is_refused_at_once_and_not_taken_into_memory(self, tmp_path, migrated_file, capsys):
        house = House(tmp_path, tmp_path / "t.gpkg")
        house.database.write_bytes(migrated_file.read_bytes())
        with serving(house, workers=1) as address:
            asked = (address.removeprefix("http://"), f"/api/v1/photos/{uuid4()}")
            assert _sent(*asked, 11_000_000) == 415
            before_mb = _largest_mb(tmp_path)
            begun_s = time.perf_counter()
            status = _sent(*asked, 13_000_000)
            took_s, grown_mb = time.perf_counter() - begun_s, _largest_mb(tmp_path) - before_mb
        with capsys.disabled():
            print(f"\nphotos: 13 MB answered {status} in {took_s:.2f} s, {grown_mb:.0f} MB more")  # noqa: T201
        assert status == 413
        assert took_s < 1
        assert grown_mb < 50


def _sent(host, path, size):
    """The status of a body of so many zeros, which is not waited for before it is all sent."""
    connection = HTTPConnection(host, timeout=20)
    connection.putrequest("PUT", path)
    connection.putheader("Content-Length", str(size))
    connection.endheaders()
    try:
        for _ in range(size // 100_000):
            connection.send(bytes(100_000))
    except (BrokenPipeError, ConnectionResetError):
        pass  # an answer came before the end
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def _largest_mb(folder):
    """Of the processes that serve this folder."""
    found = [0.0]
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/environ", "rb") as said:
                is_ours = str(folder).encode() in said.read()
            if is_ours:
                with open(f"/proc/{process}/status") as said:
                    found += [int(line.split()[1]) / 1024 for line in said if line.startswith("VmHWM")]
        except OSError:
            continue
    return max(found)


class TestStaffFile:
    def test_only_those_who_review_there_see_it(self, logged_in, client, photo):
        for path in files(photo):
            seen = {
                who: logged_in(who).get(path).status_code for who in (COORDINATOR, PLANNER, ADMIN, ELSEWHERE)
            }
            assert seen == {COORDINATOR: 200, PLANNER: 403, ADMIN: 403, ELSEWHERE: 404}
            assert client.get(path).status_code == 302

    def test_nobody_keeps_it(self, logged_in, photo):
        answer = logged_in().get(files(photo)[0])
        assert answer.content_type == "image/jpeg"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "ETag" not in answer.headers

    def test_a_rejected_one_is_still_there_for_those_who_review(self, logged_in, engine, photo):
        browser = logged_in()
        _decide(browser, photo, state="rejected")
        assert now(engine, photo.uid).state == PhotoState.REJECTED
        assert browser.get(files(photo)[0]).status_code == 200


def _decide(browser, photo, **said):
    page = browser.get(f"/staff/photos/{photo.uid}")
    form = {"csrf_token": token_in(page), "version": str(photo.version), "back": "photo"} | said
    return browser.post(f"/staff/photos/{photo.uid}/state", data=form)


class TestDecide:
    def test_it_leads_back_to_where_it_was_done(self, logged_in, engine, photo):
        answer = _decide(logged_in(), photo, state="accepted")
        assert (answer.status_code, answer.location) == (303, f"/staff/photos/{photo.uid}#photos")
        answer = _decide(logged_in(), now(engine, photo.uid), state="rejected", back="report")
        assert re.fullmatch(r"/staff/reports/[0-9a-f-]{36}#photos", answer.location)

    def test_who_was_too_late_sees_how_it_is_now(self, logged_in, photo):
        browser = logged_in()
        _decide(browser, photo, state="accepted")
        answer = _decide(browser, photo, state="rejected")
        assert answer.status_code == 409
        assert "Någon annan har ändrat bilden" in answer.text
        assert "<title>Fel: " in answer.text

    def test_a_state_that_is_none_is_refused(self, logged_in, photo):
        assert _decide(logged_in(), photo, state="published").status_code == 422


def _redact(browser, photo, rows, **said):
    page = browser.get(f"/staff/photos/{photo.uid}")
    sides = {
        side: [row[place] for row in rows] for place, side in enumerate(("left", "top", "width", "height"))
    }
    form = {"csrf_token": token_in(page), "version": str(photo.version), "do": "save"} | sides | said
    return browser.post(f"/staff/photos/{photo.uid}", data=form)


class TestRedact:
    def test_every_old_address_is_gone_at_once(self, logged_in, engine, photo):
        browser = logged_in()
        assert {browser.get(path).status_code for path in files(photo)} == {200}
        answer = _redact(browser, photo, [("0", "0", "50", "12,5")])
        assert (answer.status_code, answer.location) == (303, f"/staff/photos/{photo.uid}")
        assert {browser.get(path).status_code for path in files(photo)} == {404}
        assert {browser.get(path).status_code for path in files(now(engine, photo.uid))} == {200}

    def test_what_was_typed_is_shown_over_the_photo_before_it_is_burnt_in(self, logged_in, engine, photo):
        answer = _redact(logged_in(), photo, [("10", "20", "30", "40"), ("", "", "", "")], do="preview")
        assert answer.status_code == 200
        assert '<rect x="60.0" y="80.0" width="180.0" height="160.0"/>' in answer.text
        assert now(engine, photo.uid).address == photo.address

    def test_a_row_is_added_and_taken_away_without_scripts(self, logged_in, photo):
        rows = [("10", "20", "30", "40"), ("5", "5", "5", "5")]
        added = _redact(logged_in(), photo, rows, do="add").text
        removed = _redact(logged_in(), photo, rows, do="remove-1").text
        assert [text.count('name="left"') for text in (added, removed)] == [3, 2]
        assert 'value="30"' not in removed

    @pytest.mark.parametrize("row", [("x", "0", "5", "5"), ("0", "0", "5", ""), ("120", "0", "5", "5"), ()])
    def test_what_is_no_box_is_told_and_kept_as_typed(self, logged_in, engine, photo, row):
        answer = _redact(logged_in(), photo, [row] if row else [])
        assert answer.status_code == 422
        assert 'href="#box-1"' in answer.text
        assert not row or f'value="{row[0]}"' in answer.text
        assert now(engine, photo.uid).version == 1

    def test_who_was_too_late_burns_nothing_in(self, logged_in, engine, photo):
        browser = logged_in()
        _decide(browser, photo, state="accepted")
        answer = _redact(browser, photo, [("0", "0", "50", "50")])
        assert (answer.status_code, now(engine, photo.uid).address) == (409, photo.address)
        assert 'value="50"' in answer.text

    def test_elsewhere_it_is_not_there(self, logged_in, photo):
        browser = logged_in(ELSEWHERE)
        token = token_in(browser.get("/account"))
        for path in (f"/staff/photos/{photo.uid}", f"/staff/photos/{photo.uid}/state"):
            assert browser.post(path, data={"csrf_token": token, "do": "save"}).status_code == 404


class TestStep:
    """The question in the form, as a browser without scripts asks it."""

    @pytest.fixture
    def sender(self, app, client):
        """Somebody who has come to the question of photos."""
        with app.test_request_context():
            unknown = {"place": PlaceAnswer("unknown"), "when": WhenAnswer("unknown")}
            keep(Answers(uuid4(), "1470", Polarity.UNSAFE, **unknown))
            kept = dict(session)
        with client.session_transaction() as cookie:
            cookie.update(kept)
        return client

    def send(self, browser, *sent, **said):
        token = token_in(browser.get("/report/photo"))
        chosen = [("photo", FileStorage(io.BytesIO(raw), name)) for name, raw in sent]
        boundary, body = encode_multipart(MultiDict([("csrf_token", token), *said.items(), *chosen]))
        self.before_it_is_sent()
        how = {"content_type": f"multipart/form-data; boundary={boundary}"}
        return browser.post("/report/photo", data=body, **how)

    def before_it_is_sent(self):
        """Nothing, but where a test has something to prepare for the server alone."""

    def shown(self, browser):
        return _PREVIEW.findall(browser.get("/report/photo").text)

    def test_it_can_be_passed_by(self, sender):
        answer = self.send(sender)
        assert (answer.status_code, answer.location) == (303, "/report/contact")

    def test_one_that_is_sent_is_shown_to_its_sender_alone(self, sender, app):
        answer = self.send(sender, ("a.jpg", RAW), do="add")
        assert (answer.status_code, answer.location) == (303, "/report/photo")
        (path,) = self.shown(sender)
        seen = sender.get(path)
        assert (seen.status_code, seen.headers["Cache-Control"]) == (200, "private, no-store")
        assert app.test_client().get(path).status_code == 404

    def test_the_same_twice_is_one(self, sender, engine):
        for _ in range(2):
            self.send(sender, ("a.jpg", RAW), do="add")
        assert len(self.shown(sender)) == factories.rows(engine, Photo)["photo"] == 1

    def test_what_is_good_is_kept_and_what_is_not_is_named(self, sender):
        answer = self.send(sender, ("a.jpg", RAW), ("<b>phone</b>.heic", pictures.heic()))
        assert answer.status_code == 422
        assert "&lt;b&gt;phone&lt;/b&gt;.heic: Bilden är i formatet HEIC" in answer.text
        assert len(self.shown(sender)) == 1

    def test_the_fourth_is_left_out(self, sender):
        some = [(f"{side}.jpg", told(picture(side, side))) for side in (100, 120, 140, 160)]
        answer = self.send(sender, *some)
        assert answer.status_code == 422
        assert "Högst 3 bilder" in answer.text
        assert len(self.shown(sender)) == 3

    def test_one_too_large_is_told_by_its_size(self, sender):
        answer = self.send(sender, ("large.jpg", pictures.bad()["large.jpg"][1]))
        assert answer.status_code == 422
        assert "large.jpg: Bilden är 13 MB. Högst 12 MB går bra." in answer.text

    def test_one_that_is_taken_away_is_gone(self, sender, folder):
        self.send(sender, ("a.jpg", RAW), do="add")
        (path,) = self.shown(sender)
        answer = self.send(sender, remove=path.split("/")[3])
        assert (answer.status_code, self.shown(sender)) == (303, [])
        assert list(PhotoFiles(folder).addresses()) == []

    def test_nobody_takes_anothers_away(self, sender, engine, folder):
        other = uuid4()
        photos.store(engine, folder, other, RAW)
        self.send(sender, remove=str(other))
        assert len(photos.waiting(engine, [other])) == 1

    def test_what_is_sent_is_never_on_the_disk(self, sender, monkeypatch, tmp_path):
        def without_disk():
            monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "not-there"))

        monkeypatch.setattr(self, "before_it_is_sent", without_disk)
        raw = told(picture(2_500, 2_000), quality=97)
        assert len(raw) > 600_000
        assert self.send(sender, ("a.jpg", raw)).status_code == 303

    def test_who_came_to_change_it_goes_back_to_the_check(self, sender):
        token = token_in(sender.get("/report/photo?change=1"))
        answer = sender.post("/report/photo?change=1", data={"csrf_token": token})
        assert answer.location == "/report/check"

    def test_nobody_begins_here(self, client):
        assert client.get("/report/photo").location == "/report"


def test_no_photo_changes_anything_by_being_looked_at(logged_in, engine, photo):
    browser, before = logged_in(), factories.rows(engine, Photo)
    for path in (*files(photo), f"/staff/photos/{photo.uid}"):
        browser.get(path)
    assert factories.rows(engine, Photo) == before
    assert now(engine, photo.uid) == photo
