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
from geodata.exchange.reading import MOST_ROWS
from tests.geodata.exchange.files import collection, order, point
from webmap.words import words_for

ROOT = Path(__file__).parents[3]
ROWS = "öst;nord;datum;text\n" + "380000,5;6460000,5;2025-01-01;Mörkt ”här”\n;;;\n;;2025-13-01;fel\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "file.csv"
    made.write_text(ROWS, encoding="utf-8")
    return made


def _fault(path: Path, **limits: float) -> Fault:
    with pytest.raises(Fault) as caught:
        read_limited(path, order(system="EPSG:3006"), limits=Limits(**limits))  # type: ignore[arg-type]
    return caught.value


def _refused(path: Path, **limits: float) -> str:
    return _fault(path, **limits).code


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
    @pytest.mark.parametrize("memory_mb", [300, 400, 500])
    def test_too_little_memory_is_told_as_that(self, tmp_path: Path, memory_mb: int) -> None:
        made = tmp_path / "file.geojson"
        made.write_bytes(b"[" + b"[0,0]," * 4_000_000 + b"0]")
        fault = _fault(made, memory_bytes=memory_mb << 20)
        assert (fault.code, fault.values) == ("file.out_of_memory", {"most_mb": memory_mb})
        assert f"{memory_mb} MB minne" in words_for("sv").fault(fault)
        assert f"{memory_mb} MB of memory" in words_for("en").fault(fault)

    @pytest.mark.parametrize("limit", [{"cpu_s": 1}, {"wall_s": 0.6}])
    def test_too_much_time_is_told_as_that(self, tmp_path: Path, limit: dict[str, float]) -> None:
        made = tmp_path / "file.csv"
        made.write_text("text\n" + "hej\n" * 400_000)
        fault = _fault(made, **limit)
        assert (fault.code, [*fault.values]) == ("file.out_of_time", ["most_s"])
        assert "sekunder" in words_for("sv").fault(fault)
        assert "seconds" in words_for("en").fault(fault)

    def test_too_many_rows_are_told_as_that_at_once(self, tmp_path: Path) -> None:
        made = tmp_path / "file.csv"
        made.write_text("text\n" + "hej\n" * (MOST_ROWS + 1))
        began_s = time.monotonic()
        fault = _fault(made)
        assert (fault.code, fault.values) == ("rows.too_many", {"most": MOST_ROWS})
        assert time.monotonic() - began_s < 20

    def test_too_large_and_missing_files_are_not_opened(self, path: Path) -> None:
        assert _refused(path, file_bytes=10) == "file.too_large"
        assert _refused(path.with_name("other.csv")) == "file.not_found"
        assert _refused(Path("/dev/zero")) == "file.not_found"


def _largest_mb(path: Path) -> float:
    """The largest the confined reader gets, of all the processes it becomes."""
    program = """
        import json, resource, sys
        from pathlib import Path
        from geodata.exchange.limited import Question, converse
        from geodata.exchange.instructions import to_json
        from tests.geodata.exchange.files import order

        class Idle:
            part, is_whole = 0.0, False
            def take(self, line):
                self.is_whole = self.is_whole or b'"end"' in line

        converse(Question(Path(sys.argv[1]), "geodata.exchange.child", to_json(order())), Idle())
        print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
        """
    said = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), str(path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    return float(said.stdout)


def _rows_to(path: Path, count: int) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.write("lon,lat,start,category,text\n")
        for row in range(count):
            place = f"{12.9 + row % 997 / 10_000:.4f},{58.2 + row % 991 / 10_000:.4f}"
            file.write(f"{place},2025-01-{row % 28 + 1:02d}T{row % 24:02d}:00,klotter,rad {row}\n")
    return path


def test_memory_does_not_grow_with_the_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few, many = 10_000, 100_000
    few_mb = _largest_mb(_rows_to(tmp_path / "few.csv", few))
    many_mb = _largest_mb(_rows_to(tmp_path / "many.csv", many))
    with capsys.disabled():
        print(f"\nconfined reader of CSV: {few_mb:.0f} MB for {few:,} rows, {many_mb:.0f} MB for {many:,}")  # noqa: T201 - the figures are the result
    assert many_mb < few_mb + 15
    assert many_mb < 200


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
