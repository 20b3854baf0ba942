from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from webmap import browserfiles
from webmap.browserfiles import BrowserFile, FetchFault, as_served, install, lay_out, listed, missing


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """A node_modules of one package."""
    package = tmp_path / "node_modules" / "drawing"
    package.mkdir(parents=True)
    (package / "drawing.js").write_bytes(b"draw()\n//# sourceMappingURL=drawing.js.map")
    (package / "drawing.css").write_bytes(
        b".a { background: url(images/a.png) } /* https://example.org/why */\n"
    )
    return package.parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "static" / "vendor"


def file_of(name: str, content: bytes) -> BrowserFile:
    return BrowserFile(f"drawing/{name}", f"drawing/{name}", hashlib.sha256(content).hexdigest())


def file_at(modules: Path, name: str) -> BrowserFile:
    return file_of(name, as_served(file_of(name, b""), modules))


class TestLayOut:
    def test_it_holds_exactly_what_is_listed(self, modules: Path, folder: Path) -> None:
        files = [file_at(modules, "drawing.js"), file_at(modules, "drawing.css")]
        (folder / "old").mkdir(parents=True)
        lay_out(files, modules, folder)
        assert missing(files, folder) == []
        assert {path.name for path in folder.rglob("*") if path.is_file()} == {"drawing.js", "drawing.css"}
        assert not (folder / "old").exists()

    def test_it_drops_the_pointer_to_a_source_map(self, modules: Path, folder: Path) -> None:
        lay_out([file_of("drawing.js", b"draw()\n")], modules, folder)
        assert (folder / "drawing" / "drawing.js").read_bytes() == b"draw()\n"

    def test_it_refuses_a_file_with_other_content_and_changes_nothing(
        self, modules: Path, folder: Path
    ) -> None:
        kept = [file_at(modules, "drawing.js")]
        lay_out(kept, modules, folder)
        with pytest.raises(FetchFault, match=r"drawing\.css is not the file"):
            lay_out([*kept, file_of("drawing.css", b"another")], modules, folder)
        assert missing(kept, folder) == []

    def test_it_refuses_a_file_that_its_package_lacks(self, modules: Path, folder: Path) -> None:
        with pytest.raises(FetchFault, match=r"gone\.js is not in its package"):
            lay_out([file_of("gone.js", b"")], modules, folder)

    @pytest.mark.parametrize(
        "style",
        [
            b"@import 'more.css';",
            b".a { background: url(//example.org/a.png) }",
            b".a { background: url( 'https://example.org/a.png') }",
            b'.a { background: URL("HTTP://example.org/a.png") }',
        ],
    )
    def test_it_refuses_styles_that_load_from_elsewhere(
        self, modules: Path, folder: Path, style: bytes
    ) -> None:
        (modules / "drawing" / "drawing.css").write_bytes(style)
        with pytest.raises(FetchFault, match="loads from an address of others"):
            lay_out([file_of("drawing.css", style)], modules, folder)


class TestMissing:
    def test_a_changed_file_counts_as_missing(self, modules: Path, folder: Path) -> None:
        file = file_at(modules, "drawing.js")
        lay_out([file], modules, folder)
        (folder / file.target).write_bytes(b"draw(); tell()\n")
        assert missing([file], folder) == [file]


class TestInstall:
    def test_what_cannot_be_fetched_is_said_in_one_line(self, tmp_path: Path) -> None:
        for name in browserfiles.NPM_FILES:
            (tmp_path / name).write_text("{" if name.endswith(".json") else "")
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        with pytest.raises(FetchFault, match="could not fetch the browser packages") as raised:
            install(scratch, tmp_path)
        assert "\n" not in str(raised.value)


class TestManifest:
    def test_every_file_is_there_and_right(self) -> None:
        assert missing(listed()) == []

    def test_every_picture_that_a_style_names_is_listed(self) -> None:
        targets = {file.target for file in listed()}
        named = {
            str(Path(style).parent / picture)
            for style in targets
            if style.endswith(".css")
            for picture in re.findall(r"url\(([^)#]+)\)", (browserfiles.VENDOR / style).read_text())
        }
        assert named - targets == set()

    def test_every_package_brings_its_licence(self) -> None:
        folders = {Path(file.target).parts[0] for file in listed()}
        assert {
            Path(file.target).parts[0] for file in listed() if Path(file.target).name == "LICENSE"
        } == folders

    def test_every_file_comes_from_a_locked_package(self) -> None:
        lock = json.loads((browserfiles.ROOT / "package-lock.json").read_text())
        packages = tuple(name.removeprefix("node_modules/") + "/" for name in lock["packages"] if name)
        assert [file.source for file in listed() if not file.source.startswith(packages)] == []

    def test_it_is_quick_and_silent_when_all_is_there(self) -> None:
        command = [sys.executable, "-I", str(browserfiles.ROOT / "webmap" / "browserfiles.py")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=5)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
