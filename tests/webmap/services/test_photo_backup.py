"""A copy of the database takes its photos along, and they come back as they were or not at all."""

from __future__ import annotations

import io
import json
import tarfile
from uuid import uuid4

import pytest
from click.testing import CliRunner

from geodata.errors import FileFault
from geodata.tables.engine import make_engine, writing
from tests import factories
from tests.geodata.exchange.pictures import picture, told
from webmap.cli import main
from webmap.services import photo_backup, photos
from webmap.services.photo_files import PhotoFiles


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "house" / "photos"


@pytest.fixture
def engine(database_url):
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def kept(engine, folder):
    """Two photos, as they are looked at."""
    with writing(engine) as session:
        factories.municipality(session)
    uids = [uuid4(), uuid4()]
    for side, uid in enumerate(uids, start=3):
        photos.store(engine, folder, uid, told(picture(side * 100, side * 100)))
    return photos.waiting(engine, uids)


@pytest.fixture
def command(database_url, folder, monkeypatch):
    monkeypatch.setenv("TRYGGKARTA_DATABASE_URL", database_url)
    monkeypatch.setenv("TRYGGKARTA_DATA_DIR", str(folder.parent))

    def run(*words):
        result = CliRunner().invoke(main, [*words, "--json"])
        return result.exit_code, json.loads(result.stdout or "{}")

    return run


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.glob("*/*.jpg")}


class TestCommands:
    def test_what_is_put_back_is_what_was_there(self, command, engine, folder, kept, tmp_path):
        file, before = tmp_path / "copy", contents(folder)
        assert command("db", "backup", str(file))[1]["photos"] == 2
        photos.remove(engine, folder, kept[0].uid)
        PhotoFiles(folder).drop(kept[1].address)
        assert command("db", "restore", str(file)) == (0, {"file": str(file), "missing_photos": 0})
        assert contents(folder) == before
        assert command("db", "check")[0] == 0

    def test_a_photo_without_its_file_is_found(self, command, folder, kept):
        (folder / kept[0].address / "small.jpg").unlink()
        status, said = command("db", "check")
        assert (status, said["faults"]) == (1, [{"code": "photo.missing", "uid": str(kept[0].uid)}])

    def test_a_copy_that_lost_its_photos_says_how_many(self, command, folder, kept, tmp_path):
        command("db", "backup", str(tmp_path / "copy"))
        (tmp_path / "copy.photos.tar").unlink()
        for photo in kept:
            PhotoFiles(folder).drop(photo.address)
        assert command("db", "restore", str(tmp_path / "copy"))[1]["missing_photos"] == 2


class TestSave:
    def test_without_photos_there_is_no_file_and_none_from_before(self, engine, folder, tmp_path):
        photo_backup.beside(tmp_path / "copy").write_bytes(b"from before")
        assert photo_backup.save(engine, folder, tmp_path / "copy") == 0
        assert list(tmp_path.glob("copy*")) == []

    def test_one_that_goes_meanwhile_is_left_out(self, engine, folder, kept, tmp_path):
        PhotoFiles(folder).drop(kept[0].address)
        assert photo_backup.save(engine, folder, tmp_path / "copy") == 1
        assert [path.name for path in tmp_path.glob("copy*")] == ["copy.photos.tar"]


class TestUnpacked:
    @pytest.fixture
    def file(self, engine, folder, kept, tmp_path):
        photo_backup.save(engine, folder, tmp_path / "copy")
        return tmp_path / "copy"

    def refused(self, folder, file):
        before = contents(folder)
        with pytest.raises(FileFault, match=r"backup\."), photo_backup.unpacked(folder, file):
            pass
        assert contents(folder) == before
        assert [path.name for path in folder.parent.iterdir()] == [folder.name]

    def test_half_a_file_changes_nothing(self, folder, file):
        tar = photo_backup.beside(file)
        tar.write_bytes(tar.read_bytes()[: tar.stat().st_size // 2])
        self.refused(folder, file)

    def test_one_byte_that_is_another_changes_nothing(self, folder, file):
        tar = photo_backup.beside(file)
        content = bytearray(tar.read_bytes())
        content[content.index(b"\xff\xd8\xff") + 400] ^= 1
        tar.write_bytes(content)
        self.refused(folder, file)

    @pytest.mark.parametrize("name", ["../../etc/evil", "/evil", f"{'0' * 32}/other.jpg", "evil"])
    def test_a_name_that_is_not_ours_changes_nothing(self, folder, file, name):
        with tarfile.open(photo_backup.beside(file), "w") as archive:
            member = tarfile.TarInfo(name)
            member.size = 4
            archive.addfile(member, io.BytesIO(b"evil"))
        self.refused(folder, file)

    def test_a_link_changes_nothing(self, folder, file):
        with tarfile.open(photo_backup.beside(file), "w") as archive:
            member = tarfile.TarInfo(f"{'0' * 32}/large.jpg")
            member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(member)
        self.refused(folder, file)
