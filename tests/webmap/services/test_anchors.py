"""Anchors: what the journal once was, written where whoever can alter the database does not come."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import Engine, select

from geodata.errors import Conflict, FileFault
from geodata.tables import JournalEntry
from geodata.tables.chain import Entry, append, verify
from geodata.tables.engine import make_engine, reading, writing
from geodata.tables.marks import DatabaseMark
from tests.journals import tamper, true_chain, write_long_chain
from tests.webmap.mailservers import Box, serving
from webmap.cli import main
from webmap.services import anchor_file, anchors, journal_watch
from webmap.services.anchor_file import Anchor
from webmap.services.reception import DEMO_MARK
from webmap.settings import BadSettings, Settings
from webmap.words import words_for

Run = Callable[..., tuple[int, str]]
SV = words_for("sv")
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECRET = "a secret of the tests that is long enough"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=str(tmp_path))


def more(engine: Engine, rows: int = 1) -> None:
    with writing(engine) as session:
        for _ in range(rows):
            append(session, Entry("coordinator", "review.accept", "report", "17", "1470", 3))


def _say_demo(engine: Engine) -> None:
    with writing(engine) as session:
        session.add(DatabaseMark(key=DEMO_MARK, value="1"))


def path_of(settings: Settings) -> Path:
    return settings.anchors_folder / anchor_file.NAME


class TestFile:
    def test_every_line_follows_on_the_one_before(self, tmp_path: Path) -> None:
        with anchor_file.held(tmp_path / "far") as path:
            for rows in (1, 5, 9):
                anchor_file.add(path, Anchor(NOON, rows, f"{rows}" * 64))
        found = anchor_file.read(path)
        assert ([each.rows for each in found.anchors], found.faulty_line) == ([1, 5, 9], 0)
        assert path.stat().st_mode & 0o777 == 0o600

    @pytest.mark.parametrize("line", [0, 1])
    def test_a_line_that_is_changed_or_taken_away_is_seen(self, tmp_path: Path, line: int) -> None:
        with anchor_file.held(tmp_path) as path:
            for rows in (1, 5, 9):
                anchor_file.add(path, Anchor(NOON, rows, f"{rows}" * 64))
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(
            b"".join([*lines[:line], lines[line].replace(b'"rows": ', b'"rows": 1'), *lines[line + 1 :]])
        )
        assert anchor_file.read(path).faulty_line == line + 2
        path.write_bytes(b"".join(lines[:line] + lines[line + 1 :]))
        assert anchor_file.read(path).faulty_line == line + 1

    def test_half_a_line_that_a_power_cut_left_is_no_line(self, tmp_path: Path) -> None:
        with anchor_file.held(tmp_path) as path:
            anchor_file.add(path, Anchor(NOON, 1, "1" * 64))
            with path.open("ab") as file:
                file.write(b'{"at": "2026-11-')
            anchor_file.add(path, Anchor(NOON, 2, "2" * 64))
        assert [each.rows for each in anchor_file.read(path).anchors] == [1, 2]

    def test_where_there_is_no_folder_it_says_so(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(FileFault, match=r"anchor\.unwritable"), anchor_file.held(tmp_path / "file"):
            pass


class TestPaper:
    @pytest.mark.parametrize("language", ["sv", "en"])
    def test_a_line_is_read_as_it_was_written(self, language: str) -> None:
        line = anchor_file.on_paper(Anchor(NOON, 12_345, "4f3a" * 16), words_for(language))
        assert anchor_file.from_paper(line) == (12_345, "4f3a" * 8)
        assert anchor_file.from_paper(line.upper().replace("\N{NO-BREAK SPACE}", " ")) == (12_345, "4f3a" * 8)

    def test_it_is_short(self) -> None:
        line = anchor_file.on_paper(Anchor(NOON, 12_345, "4f3a" * 16), SV)
        assert line == "2026-11-22 · rad 12\N{NO-BREAK SPACE}345 · " + "-".join(["4f3a"] * 8)

    @pytest.mark.parametrize(
        "line", ["", "rad 12", "2026-11-22 · rad 12 · 4f3a-4f3a", "rad x · " + "4f3a" * 8]
    )
    def test_what_is_no_line_is_refused(self, line: str) -> None:
        with pytest.raises(FileFault, match=r"anchor\.not_a_line"):
            anchor_file.from_paper(line)


class TestRestore:
    """A backup put back that is older than the anchors."""

    @pytest.fixture
    def restored(self, sqlite_url: str, settings: Settings, tmp_path: Path) -> Engine:
        engine = make_engine(sqlite_url)
        write_long_chain(engine, 10)
        anchors.drop(engine, settings)
        engine.dispose()
        source = Path(sqlite_url.removeprefix("sqlite:///"))
        backup = tmp_path / "backup.gpkg"
        shutil.copy(source, backup)
        engine = make_engine(sqlite_url)
        more(engine, 5)
        anchors.drop(engine, settings)
        engine.dispose()
        return make_engine(f"sqlite:///{backup}")

    def test_it_is_told_with_both_numbers(self, restored: Engine, settings: Settings) -> None:
        held = anchors.held_now(restored, settings)
        assert (held.reason, held.first_bad_seq, held.known) == ("short", 11, 15)
        with pytest.raises(Conflict, match=r"anchor\.short"):
            anchors.drop(restored, settings)
        restored.dispose()

    def test_what_was_written_since_does_not_hide_it(self, restored: Engine, settings: Settings) -> None:
        more(restored, 20)
        held = anchors.held_now(restored, settings)
        assert (held.reason, held.first_bad_seq, held.known) == ("other", 11, 15)
        restored.dispose()

    @pytest.mark.parametrize("since", [0, 20])
    def test_one_goes_on_openly(self, restored: Engine, settings: Settings, since: int) -> None:
        more(restored, since)
        dropped = anchors.drop_after_restore(restored, settings, "disken gick sönder")
        assert (dropped.kept, dropped.reason) == (10, "disken gick sönder")
        assert anchors.held_now(restored, settings).agrees
        with reading(restored) as session:
            last = session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc())).first()
            assert verify(session).is_whole
        assert last is not None
        assert (last.action, last.object_id, last.object_rev) == ("journal.restore", "10", 15)
        more(restored)
        anchors.drop(restored, settings)
        assert anchors.held_now(restored, settings).agrees
        with writing(restored) as session:
            tamper(session, "DELETE FROM journal WHERE seq > 8")
            tail = list(true_chain(8))[-1]["hash"]
            tamper(session, f"UPDATE journal_tail SET seq = 8, hash = x'{tail}'")  # noqa: S608 - ours
        assert anchors.held_now(restored, settings).reason == "short"
        restored.dispose()

    def test_where_nothing_is_lost_there_is_nothing_to_go_on_from(
        self, sqlite_engine: Engine, settings: Settings
    ) -> None:
        more(sqlite_engine)
        anchors.drop(sqlite_engine, settings)
        with pytest.raises(Conflict, match=r"anchor\.nothing_lost"):
            anchors.drop_after_restore(sqlite_engine, settings, "varför inte")


class TestWatch:
    def test_an_anchor_a_day_and_no_more(self, engine: Engine, settings: Settings) -> None:
        more(engine, 3)
        for hours in (0, 1, 11, 25):
            with time_machine.travel(NOON + timedelta(hours=hours), tick=False):
                assert journal_watch.keep_watch(engine, settings) == ""
        assert len(anchor_file.read(path_of(settings)).anchors) == 2  # one midnight between

    def test_an_empty_journal_needs_none(self, engine: Engine, settings: Settings) -> None:
        assert journal_watch.keep_watch(engine, settings) == ""
        assert journal_watch.journal_state(engine, settings).watch is None

    def test_what_is_broken_is_told_until_it_is_mended_and_no_anchor_is_put_on_it(
        self, engine: Engine, settings: Settings
    ) -> None:
        write_long_chain(engine, 5)
        with writing(engine) as session:
            tamper(session, "UPDATE journal SET role = 'admin' WHERE seq = 3")
        assert journal_watch.keep_watch(engine, settings) == "journal.hash"
        assert journal_watch.keep_watch(engine, settings) == "journal.hash"
        state = journal_watch.journal_state(engine, settings)
        assert (state.is_broken, state.anchors, state.rows) == (True, 0, 5)
        assert state.watch is not None
        assert (state.watch.first_bad_seq, state.watch.reason) == (3, "hash")

    @pytest.mark.parametrize("was_demo", [True, False])
    def test_only_the_anchors_of_a_demo_are_set_aside_for_another(
        self, engine: Engine, settings: Settings, was_demo: bool
    ) -> None:
        """The eighth way: all of the journal written anew, and the database said to be a demo."""
        if was_demo:
            _say_demo(engine)
        more(engine, 5)
        journal_watch.keep_watch(engine, settings)
        with writing(engine) as session:
            tamper(session, "DELETE FROM journal")
        write_long_chain(engine, 5)
        if not was_demo:
            _say_demo(engine)
        with time_machine.travel(datetime.now(UTC) + timedelta(days=2), tick=False):
            found = journal_watch.keep_watch(engine, settings)
        assert found == ("" if was_demo else "journal.other")

    def test_a_folder_that_is_away_is_told(self, engine: Engine, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        settings = Settings(data_dir=str(tmp_path), anchor_dir=str(tmp_path / "file" / "below"))
        more(engine)
        assert journal_watch.keep_watch(engine, settings) == "journal.folder"

    def test_the_line_is_sent_where_that_is_set(self, sqlite_engine: Engine, tmp_path: Path) -> None:
        more(sqlite_engine, 3)
        box = Box()
        with serving(box) as port:
            settings = _mailing(tmp_path, port)
            assert journal_watch.keep_watch(sqlite_engine, settings) == ""
            assert journal_watch.keep_watch(sqlite_engine, settings) == ""
        assert box.recipients == ["registrator@vara.example"]
        newest = journal_watch.journal_state(sqlite_engine, settings).anchor
        assert newest is not None
        assert anchor_file.on_paper(newest, SV) in box.letters[0].get_content()

    def test_a_server_that_is_away_is_tried_again_in_an_hour(
        self, sqlite_engine: Engine, tmp_path: Path
    ) -> None:
        more(sqlite_engine)
        with time_machine.travel(NOON, tick=False):
            journal_watch.keep_watch(sqlite_engine, _mailing(tmp_path, 9))
        watch = journal_watch.journal_state(sqlite_engine, _mailing(tmp_path, 9)).watch
        assert watch is not None
        assert (watch.mail, watch.is_whole) == ("mail.no_server", True)
        box = Box()
        with serving(box) as port:
            for minutes, letters in ((10, 0), (61, 1), (130, 1)):
                with time_machine.travel(NOON + timedelta(minutes=minutes), tick=False):
                    journal_watch.keep_watch(sqlite_engine, _mailing(tmp_path, port))
                assert len(box.letters) == letters


def _mailing(folder: Path, port: int) -> Settings:
    return Settings(
        data_dir=str(folder),
        secret_key=SECRET,
        public_url="https://trygg.vara.example",
        smtp_url=f"smtp://127.0.0.1:{port}",
        mail_from="trygg@vara.example",
        anchor_mail="registrator@vara.example",
    )


def test_an_address_for_anchors_needs_a_server() -> None:
    with pytest.raises(BadSettings, match="ANCHOR_MAIL"):
        Settings.from_environment({"TRYGGKARTA_ANCHOR_MAIL": "registrator@vara.example"})


class TestCommand:
    @pytest.fixture
    def run(self, database_url: str, tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Run:
        write_long_chain(engine, 12)
        monkeypatch.setenv("TRYGGKARTA_DATABASE_URL", database_url)
        monkeypatch.setenv("TRYGGKARTA_DATA_DIR", str(tmp_path))

        def invoke(*words: str) -> tuple[int, str]:
            answer = CliRunner().invoke(main, ["journal", *words])
            return answer.exit_code, answer.output

        return invoke

    def test_an_anchor_is_a_line_that_the_journal_is_held_to(self, run: Run, engine: Engine) -> None:
        code, line = run("anchor")
        assert code == 0
        assert " · rad 12 · " in line
        code, said = run("verify", "--head", line)
        assert (code, said.splitlines()[0]) == (0, "12 rader, kedjan är hel.")
        assert "Raden från papper stämmer." in said
        other = line.replace(line.split("·")[-1].strip()[:4], "0000")
        assert run("verify", "--head", other)[0] == 1
        with writing(engine) as session:
            tamper(session, "DELETE FROM journal WHERE seq = 12")
        code, said = run("verify", "--json")
        assert (code, json.loads(said)["first_bad_seq"], json.loads(said)["reason"]) == (1, 12, "tail")

    def test_what_only_the_anchors_show_ends_with_one_too(
        self, run: Run, engine: Engine, tmp_path: Path
    ) -> None:
        run("anchor")
        kept = tmp_path / "kept.jsonl"
        shutil.copy(tmp_path / "anchors" / anchor_file.NAME, kept)
        with writing(engine) as session:
            tail = list(true_chain(8))[-1]["hash"]
            digest = f"x'{tail}'" if engine.dialect.name == "sqlite" else f"'\\x{tail}'::bytea"
            end = f"UPDATE journal_tail SET seq = 8, hash = {digest}"  # noqa: S608 - ours
            tamper(session, "DELETE FROM journal WHERE seq > 8", end)
        (tmp_path / "anchors" / anchor_file.NAME).unlink()
        assert run("verify")[0] == 0  # nothing tells, when the anchors are gone too
        code, said = run("verify", "--anchors", str(kept))
        assert code == 1
        assert "före rad 9" in said
        shutil.copy(kept, tmp_path / "anchors" / anchor_file.NAME)
        assert run("anchor")[0] == 1
        assert run("anchor", "--after-restore", "ny disk")[0] == 0
        assert run("verify")[0] == 0
