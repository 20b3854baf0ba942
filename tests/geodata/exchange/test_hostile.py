"""Every hostile file is answered with its own fault, quickly, in little memory, touching nothing outside.

Files that could reach out (they name the bait) or weigh much go through the confined reader, watched by
strace where there is one; the others are read here. FULL=1 puts all of them to the confined reader.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from geodata.errors import Fault
from geodata.exchange.reader import read
from tests.geodata.exchange.files import order
from tests.geodata.exchange.hostile import Hostile, corpus
from tests.geodata.exchange.hostile_run import first_of, told
from webmap.words import words_for

pytestmark = pytest.mark.xdist_group("hostile")

ROOT = Path(__file__).parents[3]
CORPUS = corpus()
SECRET = "hemlig-lapp-1470"
HEAVY_BYTES = 150_000
MOST_S, MOST_MB = 5.0, 500.0
UNFOLDING = {
    "far-cell.xlsx",
    "no-references.xlsx",
    "deep-sheet.xlsx",
    "deep-book.xlsx",
    "sheet-bomb.xlsx",
    "overlap-bomb.zip",
    "many-points.zip",
    "many-parts.zip",
    "many-rows.zip",
    "deep-shape.geojson",
    "valid-bomb.geojson",
    "huge-column.gpkg",
    "file-column.gpkg",
    "view-endless.gpkg",
    "wkt-bomb.csv",
}
"""Small until they are read."""
RUNNERS = 2
CALLS = "openat,open,openat2,creat,execve,socket,connect,sendto"
OPENED = re.compile(r'^(\d+) +(?:openat|open|openat2|creat)\((?:[^,"]+, )?"([^"]*)".* = (\d+)')
OWN_SCRATCH = "/etilqs_"
"""SQLite's name for a file made new, to sort in: PROJ's tables of systems are searched with it."""
MAY_BE_OPENED = tuple(
    str(path)
    for path in (
        *{sys.prefix, sys.base_prefix, ROOT / "geodata", "/lib", "/lib64", "/usr/lib", "/usr/local/lib"},
        *(
            "/usr/share/locale",
            "/usr/share/zoneinfo",
            "/etc/ld.so.cache",
            "/etc/localtime",
            "/proc/",
            "/sys/",
            "/dev/",
        ),
    )
)


@dataclass
class Trial:
    """What came of the confined files. answers: by name. traces: of strace, none where there is none."""

    folder: Path
    caged: list[str]
    answers: dict[str, dict[str, Any]]
    traces: list[Path]
    calls: int = 0
    bait_read: bool = False


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """Every file written, and those that bite put to the confined reader by two watched processes."""
    folder = tmp_path_factory.mktemp("hostile")
    bait = folder / "bait"
    bait.write_text(SECRET)
    os.utime(bait, (1, 2))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        biting = _write(folder, (bait, listener.getsockname()[1]))
        made = Trial(folder, [each.name for each in biting], {}, [])
        _run(made, biting)
        made.bait_read = bait.stat().st_atime != 1
        made.calls = _calls(listener)
    return made


def _write(folder: Path, bait: tuple[Path, int]) -> list[Hostile]:
    """Write all; those that bite, heaviest first so that two processes share them evenly."""
    biting = []
    for each in CORPUS:
        data = each.make(bait)
        (folder / each.name).write_bytes(data)
        is_heavy = len(data) > HEAVY_BYTES or each.name in UNFOLDING or "FULL" in os.environ
        if is_heavy or each.make((bait[0], bait[1] + 1)) != data or str(bait[0]).encode() in data:
            biting.append((len(data), each))
    return [each for _, each in sorted(biting, key=lambda pair: -pair[0])]


def _run(made: Trial, biting: list[Hostile]) -> None:
    running = []
    for number in range(RUNNERS):
        orders = made.folder / f"orders{number}.json"
        orders.write_text(json.dumps({each.name: each.order for each in biting[number::RUNNERS]}))
        command = [sys.executable, "-m", "tests.geodata.exchange.hostile_run", str(orders)]
        if watches():
            made.traces.append(made.folder / f"trace{number}")
            command = [
                "strace",
                "-f",
                "-qq",
                "-s",
                "300",
                "-e",
                f"trace={CALLS}",
                "-o",
                str(made.traces[-1]),
                *command,
            ]
        running.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True))
    for process in running:
        said, _ = process.communicate()
        made.answers |= {answer["name"]: answer for answer in map(json.loads, said.splitlines())}


def watches() -> bool:
    """Whether this system has strace and lets it watch."""
    if not shutil.which("strace"):
        return False
    return (
        subprocess.run(
            ["strace", "-qq", "-o", "/dev/null", "true"], check=False, capture_output=True
        ).returncode
        == 0
    )


def _calls(listener: socket.socket) -> int:
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return 0
    return 1


def _read_here(path: Path, said: dict[str, str]) -> dict[str, Any]:
    try:
        return first_of(read(path.read_bytes(), path.name, order(**said)))
    except Fault as fault:
        return told(fault, 0)


def test_there_are_more_than_sixty() -> None:
    assert sum(each.code != "" for each in CORPUS) > 60
    assert len({each.name for each in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("hostile", CORPUS, ids=lambda each: each.name)
def test_it_is_answered_with_its_own_fault(hostile: Hostile, trial: Trial) -> None:
    answer = trial.answers.get(hostile.name) or _read_here(trial.folder / hostile.name, hostile.order)
    assert (answer["code"], answer["line"]) == (hostile.code, hostile.line)
    assert SECRET not in json.dumps(answer)
    if hostile.code:
        fault = Fault(answer["code"], answer["field"], **answer["values"])
        said = {language: words_for(language).fault(fault) for language in ("sv", "en")}
        assert hostile.code not in said.values()
        assert said["sv"] != said["en"]


def test_none_takes_more_than_its_time_and_memory(trial: Trial, capsys: pytest.CaptureFixture[str]) -> None:
    slowest = max(trial.answers.values(), key=lambda answer: answer["cpu_s"])
    largest_mb = max(answer["largest_mb"] for answer in trial.answers.values())
    with capsys.disabled():
        print(  # noqa: T201 - the figures are the result
            f"\n{len(CORPUS)} hostile files, {len(trial.answers)} confined: slowest {slowest['name']}"
            f" {slowest['cpu_s']:.1f} s of work, largest process {largest_mb:.0f} MB"
        )
    assert slowest["cpu_s"] <= MOST_S
    assert largest_mb <= MOST_MB


def test_all_that_bite_were_confined(trial: Trial) -> None:
    assert sorted(trial.answers) == sorted(trial.caged)


def test_nothing_outside_is_touched(trial: Trial) -> None:
    assert not trial.bait_read
    assert trial.calls == 0


def test_nothing_else_is_opened(trial: Trial, capsys: pytest.CaptureFixture[str]) -> None:
    """The reader opens its own program, and no socket."""
    if not trial.traces:
        pytest.skip("this system has no strace, or does not let it watch")
    caged = [line for trace in trial.traces for line in _caged(trace.read_text(errors="replace"))]
    opened = {found[2] for line in caged if (found := OPENED.match(line)) and OWN_SCRATCH not in line}
    strange = {path for path in opened if not path.startswith(MAY_BE_OPENED) and path != str(ROOT)}
    sockets = [line for line in caged if re.match(r"\d+ +(socket|connect|sendto)\(", line)]
    with capsys.disabled():
        print(f"\nstrace: {len(caged)} calls, {len(strange)} files outside, {len(sockets)} sockets")  # noqa: T201
    assert len(opened) > 100
    assert (strange, sockets) == (set(), [])


def _caged(trace: str) -> list[str]:
    """The calls of the processes that became a confined reader."""
    lines = trace.splitlines()
    confined = {line.split()[0] for line in lines if "execve(" in line and "geodata.exchange.cage" in line}
    return [line for line in lines if line.split(" ", 1)[0] in confined]
