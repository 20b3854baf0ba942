"""Photos are kept once, belong to one report, and are gone when taken away, blacked out or forgotten."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy import select, update

from geodata.errors import Conflict, FileFault, NotFound, TooOften
from geodata.exchange.photo_boxes import Box
from geodata.tables import JournalEntry, Photo, Report
from geodata.tables.chain import verify
from geodata.tables.engine import reading, writing
from geodata.vocabulary import PhotoState, State
from tests import factories
from tests.geodata.exchange.pictures import picture, told
from webmap.services import photo_review, photos
from webmap.services.actors import Actor
from webmap.services.photo_files import PhotoFiles
from webmap.services.photo_review import Redaction, Reviewer
from webmap.services.receiving import Arrival, receive
from webmap.services.sayings import Saying, draft_of

SECRET = "a secret of the tests that is long enough"
RAW = told(picture(), orientation=6)
REVIEWER = Reviewer(Actor(None, "coordinator"), ["1470"])
CORNER = [Box(0, 0, 50, 50)]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "photos"


@pytest.fixture
def home(engine):
    with writing(engine) as session:
        return factories.municipality(session)


@pytest.fixture
def report(engine, home):
    """A report just received; its uid."""
    return receive(engine, home, Arrival(draft_of(home, Saying(uuid4(), text="Mörkt"))), SECRET).uid


@pytest.fixture
def attached(engine, folder, report):
    """A photo of the report, as it is looked at."""
    return stored(engine, folder, report)


def stored(engine, folder, report=None, raw=RAW):
    uid = uuid4()
    photos.store(engine, folder, uid, raw)
    if report is not None:
        assert photos.attach(engine, uid, report)
    with reading(engine) as session:
        return photos.view_of(session.scalar(select(Photo).where(Photo.uid == uid)))


def addresses(folder):
    return sorted(PhotoFiles(folder).addresses())


def acts(engine):
    with reading(engine) as session:
        assert verify(session).is_whole
        return [
            act
            for act in session.scalars(select(JournalEntry.action).order_by(JournalEntry.seq))
            if "photo" in act
        ]


class TestStore:
    def test_its_files_are_there_with_its_row_and_nobody_elses_to_read(self, engine, folder):
        kept = stored(engine, folder)
        assert (kept.width, kept.height, kept.small_size) == (400, 600, (267, 400))
        files = sorted((folder / kept.address).iterdir())
        assert [file.name for file in files] == ["large.jpg", "small.jpg"]
        assert {file.stat().st_mode & 0o777 for file in files} == {0o600}

    def test_the_original_is_nowhere(self, engine, folder, tmp_path):
        stored(engine, folder)
        sizes = {path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()}
        assert len(RAW) not in sizes

    def test_the_same_again_is_the_same(self, engine, folder):
        uid = uuid4()
        first, again = (photos.store(engine, folder, uid, RAW) for _ in range(2))
        assert (first.is_new, again.is_new, again.digest) == (True, False, first.digest)
        assert len(addresses(folder)) == factories.rows(engine, Photo)["photo"] == 1

    def test_another_under_the_same_id_is_refused(self, engine, folder):
        uid = uuid4()
        photos.store(engine, folder, uid, RAW)
        with pytest.raises(Conflict, match=r"photo\.other_content"):
            photos.store(engine, folder, uid, told(picture(300, 300)))

    def test_many_at_once_keep_it_once(self, engine, folder):
        uid = uuid4()
        with ThreadPoolExecutor(4) as pool:
            kept = list(pool.map(lambda _: photos.store(engine, folder, uid, RAW), range(4)))
        assert sum(each.is_new for each in kept) == 1
        assert len(addresses(folder)) == factories.rows(engine, Photo)["photo"] == 1

    def test_what_is_no_photo_leaves_nothing(self, engine, folder):
        with pytest.raises(FileFault, match=r"photo\.unreadable"):
            photos.store(engine, folder, uuid4(), RAW[: len(RAW) // 2])
        assert (addresses(folder), factories.rows(engine, Photo)) == ([], {"photo": 0})

    def test_a_flood_of_photos_without_a_report_ends(self, engine, folder, monkeypatch):
        monkeypatch.setattr(photos, "MOST_WAITING_BYTES", 1_000)
        stored(engine, folder)
        with pytest.raises(TooOften, match=r"photo\.full"):
            stored(engine, folder)
        assert len(addresses(folder)) == 1


class TestAttach:
    def test_a_new_report_gets_it_once_and_it_is_written_down(self, engine, folder, report):
        kept = stored(engine, folder)
        assert photos.attach(engine, kept.uid, report)
        assert photos.attach(engine, kept.uid, report)
        assert acts(engine) == ["photo.attach"]

    def test_the_fourth_stays_alone(self, engine, folder, report):
        kept = [stored(engine, folder) for _ in range(4)]
        assert [photos.attach(engine, each.uid, report) for each in kept] == [True, True, True, False]
        with reading(engine) as session:
            row = session.scalar(select(Report).where(Report.uid == report))
            assert [view.uid for view in photos.of_report(session, row.id)] == [each.uid for each in kept[:3]]

    def test_only_soon_after_a_report_that_is_new(self, engine, folder, report):
        kept, late = stored(engine, folder), datetime.now(UTC) + timedelta(hours=2, minutes=1)
        assert not photos.attach(engine, kept.uid, uuid4())
        assert not photos.attach(engine, kept.uid, report, now=late)
        with writing(engine) as session:
            session.execute(update(Report).values(state=State.ACCEPTED))
        assert not photos.attach(engine, kept.uid, report)

    def test_one_of_another_report_stays_there(self, engine, home, attached, report):
        other = receive(engine, home, Arrival(draft_of(home, Saying(uuid4(), text="Annat"))), SECRET).uid
        assert not photos.attach(engine, attached.uid, other)
        assert photo_review.sheet(engine, attached.uid, ["1470"]).report == report

    def test_a_report_that_comes_after_its_photos_takes_them(self, engine, home, folder):
        kept = stored(engine, folder)
        late = Arrival(draft_of(home, Saying(uuid4(), text="Mörkt")), photos=(kept.uid,))
        sent = receive(engine, home, late, SECRET)
        assert photo_review.sheet(engine, kept.uid, ["1470"]).report == sent.uid


class TestRemove:
    def test_one_that_waits_goes_with_its_files(self, engine, folder):
        kept = stored(engine, folder)
        photos.remove(engine, folder, kept.uid)
        assert (addresses(folder), photos.waiting(engine, [kept.uid])) == ([], [])

    def test_one_of_a_report_stays(self, engine, folder, attached):
        photos.remove(engine, folder, attached.uid)
        assert addresses(folder) == [attached.address]


class TestDecide:
    def test_each_decision_is_a_version_and_a_journal_row(self, engine, attached):
        shown = photo_review.decide(engine, attached.uid, 1, PhotoState.REJECTED, REVIEWER).photo
        assert (shown.state, shown.version) == (PhotoState.REJECTED, 2)
        photo_review.decide(engine, attached.uid, 2, PhotoState.ACCEPTED, REVIEWER)
        assert acts(engine) == ["photo.attach", "photo.reject", "photo.accept"]

    def test_who_looked_at_an_older_one_is_told_and_changes_nothing(self, engine, attached):
        photo_review.decide(engine, attached.uid, 1, PhotoState.ACCEPTED, REVIEWER)
        with pytest.raises(Conflict, match=r"photo\.changed"):
            photo_review.decide(engine, attached.uid, 1, PhotoState.REJECTED, REVIEWER)
        assert photo_review.sheet(engine, attached.uid, ["1470"]).photo.state == PhotoState.ACCEPTED

    def test_of_many_at_once_one_is_first_and_the_others_are_told(self, engine, attached):
        def decide(state):
            try:
                return photo_review.decide(engine, attached.uid, 1, state, REVIEWER).photo.version
            except Conflict:
                return 0

        with ThreadPoolExecutor(6) as pool:
            versions = list(pool.map(decide, [PhotoState.ACCEPTED, PhotoState.REJECTED] * 6))
        assert sorted(versions) == [0] * 11 + [2]

    def test_elsewhere_it_is_not_there(self, engine, folder, attached):
        alone = stored(engine, folder)
        for uid, codes in ((attached.uid, ["1446"]), (attached.uid, []), (alone.uid, ["1470"])):
            with pytest.raises(NotFound, match=r"photo\.absent"):
                photo_review.sheet(engine, uid, codes)


class TestRedact:
    def test_every_size_is_black_there_and_every_old_address_is_empty(self, engine, folder, attached):
        begun_s = time.perf_counter()
        after = photo_review.redact(engine, folder, Redaction(attached.uid, 1, CORNER), REVIEWER).photo
        assert time.perf_counter() - begun_s < 5
        assert (after.address == attached.address, after.is_redacted, after.version) == (False, True, 2)
        assert addresses(folder) == [after.address]
        for size in ("large", "small"):
            shown = Image.open(photo_review.file_at(engine, folder, (after.address, size), ["1470"]))
            assert max(shown.getpixel((shown.width // 4, shown.height // 4))) < 12
            with pytest.raises(NotFound):
                photo_review.file_at(engine, folder, (attached.address, size), ["1470"])
        assert acts(engine) == ["photo.attach", "photo.redact"]

    def test_an_old_address_is_empty_even_if_its_files_are_still_there(self, engine, folder, attached):
        kept = (folder / attached.address / "large.jpg").read_bytes()
        photo_review.redact(engine, folder, Redaction(attached.uid, 1, CORNER), REVIEWER)
        (folder / attached.address).mkdir()
        (folder / attached.address / "large.jpg").write_bytes(kept)
        with pytest.raises(NotFound):
            photo_review.file_at(engine, folder, (attached.address, "large"), ["1470"])

    def test_of_two_at_once_one_is_told_and_leaves_no_file(self, engine, folder, attached):
        def redact(_):
            try:
                return photo_review.redact(engine, folder, Redaction(attached.uid, 1, CORNER), REVIEWER)
            except (Conflict, FileFault):
                return None

        with ThreadPoolExecutor(2) as pool:
            done = [each for each in pool.map(redact, range(2)) if each]
        assert addresses(folder) == [each.photo.address for each in done]

    def test_without_its_file_it_says_so(self, engine, folder, attached):
        PhotoFiles(folder).drop(attached.address)
        with pytest.raises(FileFault, match=r"photo\.gone"):
            photo_review.redact(engine, folder, Redaction(attached.uid, 1, CORNER), REVIEWER)


class TestFileAt:
    @pytest.mark.parametrize("address", ["", "..", "a" * 31, "A" * 32, "../../../../../../../etc/passwd"])
    def test_what_is_no_address_is_not_there(self, engine, folder, attached, address):
        for asked in ((address, "large"), (attached.address, "../large"), (attached.address, "original")):
            with pytest.raises(NotFound):
                photo_review.file_at(engine, folder, asked, ["1470"])


class TestSweep:
    def test_what_no_report_came_for_in_a_day_goes(self, engine, folder, attached):
        alone = stored(engine, folder)
        now = datetime.now(UTC)
        assert photos.sweep(engine, folder, now + timedelta(hours=23)) == 0
        assert photos.sweep(engine, folder, now + timedelta(hours=25)) == 1
        assert addresses(folder) == [attached.address]
        assert photos.waiting(engine, [alone.uid]) == []

    def test_files_of_no_photo_go_but_not_those_that_are_being_written(self, engine, folder, attached):
        PhotoFiles(folder).put({"large": b"new"})
        old = folder / PhotoFiles(folder).put({"large": b"old"})
        unfinished = folder / f".part-{'0' * 32}"
        unfinished.mkdir()
        for each in (old, unfinished, folder / attached.address):
            os.utime(each, (time.time() - 7_200,) * 2)
        assert photos.sweep(engine, folder, datetime.now(UTC)) == 2
        assert len(addresses(folder)) == 2

    def test_files_of_another_database_stay(self, engine, folder, attached):
        (folder / ".owner").write_text("another")
        old = folder / PhotoFiles(folder).put({"large": b"theirs"})
        os.utime(old, (time.time() - 7_200,) * 2)
        assert photos.sweep(engine, folder, datetime.now(UTC)) == 0
        assert old.is_dir()

    def test_where_no_photo_ever_was_there_is_nothing_to_do(self, engine, folder):
        assert photos.sweep(engine, folder, datetime.now(UTC)) == 0
