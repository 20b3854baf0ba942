"""The confined reader: what it may, what it may not, and how its end is told."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from geodata.errors import Fault
from geodata.exchange.limited import Limits, read_limited
from geodata.exchange.reader import read
from tests.geodata.exchange.files import collection, order, point

ROOT = Path(__file__).parents[3]
ROWS = "öst;nord;datum;text\n" + "380000,5;6460000,5;2025-01-01;Mörkt ”här”\n;;;\n;;2025-13-01;fel\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "file.csv"
    made.write_text(ROWS, encoding="utf-8")
    return made


def _refused(path: Path, **limits: float) -> str:
    with pytest.raises(Fault) as caught:
        read_limited(path, order(system="EPSG:3006"), limits=Limits(**limits))  # type: ignore[arg-type]
    return caught.value.code


def _caged(tmp_path: Path, program: str, *limits: int) -> subprocess.CompletedProcess[str]:
    """Run a program as the cage would run the reader."""
    (tmp_path / "caged.py").write_text(textwrap.dedent(program))
    own = [str(os.getpid()), *(str(limit) for limit in limits or (5, 1 << 30))]
    return subprocess.run(
        [sys.executable, "-P", "-s", "-m", "geodata.exchange.cage", *own, "caged"],
        env={"PYTHONPATH": f"{ROOT}:{tmp_path}", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class TestReading:
    def test_it_hands_over_what_reading_here_gives(self, path: Path) -> None:
        here = read(path.read_bytes(), path.name, order(system="EPSG:3006"))
        assert read_limited(path, order(system="EPSG:3006")) == here

    def test_it_hands_over_lines_and_areas(self, tmp_path: Path) -> None:
        made = tmp_path / "file.geojson"
        line = {"type": "LineString", "coordinates": [[12.95, 58.26], [12.96, 58.27]]}
        made.write_bytes(collection(line, None, point(12.95, 58.26)))
        assert read_limited(made, order()) == read(made.read_bytes(), made.name, order())

    def test_it_tells_how_far_it_has_come(self, path: Path) -> None:
        told: list[float] = []
        read_limited(path, order(system="EPSG:3006"), told.append)
        assert told == sorted(told)
        assert told[-1] == 1.0

    def test_what_the_order_lacks_is_told_as_it_is(self, path: Path) -> None:
        with pytest.raises(Fault) as caught:
            read_limited(path, order())
        assert (caught.value.code, caught.value.field) == ("crs.needed", "--crs")


class TestLimits:
    def test_too_little_memory_is_a_plain_fault(self, tmp_path: Path) -> None:
        made = tmp_path / "file.geojson"
        made.write_bytes(b"[" + b"[0,0]," * 4_000_000 + b"0]")
        assert _refused(made, memory_bytes=400 << 20) == "file.too_heavy"

    def test_too_much_time_is_a_plain_fault(self, tmp_path: Path) -> None:
        made = tmp_path / "file.csv"
        made.write_text("text\n" + "hej\n" * 400_000)
        assert _refused(made, cpu_s=1) == "file.too_heavy"
        assert _refused(made, wall_s=0.6) == "file.too_heavy"

    def test_too_large_and_missing_files_are_not_opened(self, path: Path) -> None:
        assert _refused(path, file_bytes=10) == "file.too_large"
        assert _refused(path.with_name("other.csv")) == "file.not_found"
        assert _refused(Path("/dev/zero")) == "file.not_found"


class TestCage:
    def test_the_network_is_gone(self, tmp_path: Path) -> None:
        program = """
            import socket
            try:
                socket.create_connection(("127.0.0.1", 9), 1)
            except OSError as fault:
                print(fault.errno, len(socket.if_nameindex()))
            """
        if subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode:
            pytest.skip("this system allows no network namespace")
        assert _caged(tmp_path, program).stdout.split() == ["101", "1"]

    def test_no_file_can_grow(self, tmp_path: Path) -> None:
        program = f"""
            with open({str(tmp_path / "out")!r}, "w") as file:
                file.write("x")
            """
        assert "File too large" in _caged(tmp_path, program).stderr

    def test_memory_ends(self, tmp_path: Path) -> None:
        assert "MemoryError" in _caged(tmp_path, "bytearray(1 << 30)", 5, 300 << 20).stderr

    def test_it_dies_with_its_parent(self, tmp_path: Path) -> None:
        program = f"""
            import subprocess, sys, os, time
            cage = [sys.executable, "-P", "-s", "-m", "geodata.exchange.cage"]
            child = subprocess.Popen([*cage, str(os.getpid()), "60", "{1 << 30}", "sleeper"], env=os.environ)
            print(child.pid, flush=True)
            time.sleep(0.5)
            """
        (tmp_path / "sleeper.py").write_text("import time; time.sleep(60)")
        environment = {"PYTHONPATH": f"{ROOT}:{tmp_path}"}
        ended = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(program)],
            env=environment,
            stdout=subprocess.PIPE,
            check=True,
        )
        assert _is_gone(int(ended.stdout))


def _is_gone(process: int) -> bool:
    deadline_s = time.monotonic() + 5
    while time.monotonic() < deadline_s:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False
