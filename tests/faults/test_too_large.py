"""What is too large is refused at once, and none of it is kept in memory: against a real server process."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from geodata.tables.engine import make_engine, writing
from tests import factories
from tests.browser.site import House, serving

pytestmark = pytest.mark.faults

SENT_BYTES, REFUSED_S, GROWN_KB = 13_000_000, 1.0, 50_000
ROUNDS = 3
"""What is kept grows every time; what a database beside it happens to take does not."""
UID = "00000000-0000-4000-8000-000000000000"
FORM, JSON = "application/x-www-form-urlencoded", "application/geo+json"
DOORS = [
    ("POST", "/login", FORM),
    ("POST", "/report", FORM),
    ("POST", "/report/words", "multipart/form-data; boundary=x"),
    ("POST", "/follow", FORM),
    ("PUT", f"/api/v1/reports/{UID}", JSON),
    ("PUT", f"/api/v1/photos/{UID}", "image/jpeg"),
    ("POST", "/staff/import", "multipart/form-data; boundary=x"),
]


@pytest.fixture(scope="module")
def site(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("large")
    path = folder / "large.gpkg"
    path.write_bytes(migrated_file.read_bytes())
    engine = make_engine(f"sqlite:///{path}")
    with writing(engine) as session:
        factories.municipality(session)
    engine.dispose()
    with serving(House(folder, path), workers=1) as address:
        yield address


def resident_kb() -> int:
    """Of every process that this one has started, and those they have."""
    parents, sizes = {}, {}
    for each in Path("/proc").glob("[0-9]*"):
        try:
            said = dict(
                line.split(":", 1) for line in (each / "status").read_text().splitlines() if ":" in line
            )
        except OSError:
            continue
        parents[int(each.name)] = int(said["PPid"])
        sizes[int(each.name)] = int(said.get("VmRSS", "0 kB").split()[0])
    ours, found = {os.getpid()}, set[int]()
    while ours:
        ours = {child for child, parent in parents.items() if parent in ours}
        found |= ours
    return sum(sizes[each] for each in found)


def send(site: str, door: tuple[str, str, str], is_chunked: bool = False) -> tuple[int, float]:
    """Status and seconds; the answer is read while there is still more to send."""
    host, port = site.removeprefix("http://").split(":")
    method, path, kind = door
    length = "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {SENT_BYTES}"
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: {kind}\r\n{length}\r\n\r\n"
    piece = b"--x\r\n" + b"a" * 65_531
    began = time.perf_counter()
    with socket.create_connection((host, int(port)), 10) as line:
        line.sendall(head.encode())
        try:
            for _ in range(SENT_BYTES // len(piece)):
                line.sendall(b"%x\r\n%b\r\n" % (len(piece), piece) if is_chunked else piece)
        except OSError:
            pass  # it has been refused already
        try:
            answer = line.recv(200)
        except ConnectionError:
            answer = b"HTTP/1.1 000 cut off"
    return int(answer.split()[1]), time.perf_counter() - began


@pytest.mark.parametrize("is_chunked", [False, True], ids=["length said", "in chunks"])
def test_thirteen_megabytes_are_refused_within_a_second(site: str, is_chunked: bool) -> None:
    for door in DOORS * 2:
        send(site, door, is_chunked)
    found, grown = {}, []
    while len(grown) < ROUNDS and min(grown, default=GROWN_KB) >= GROWN_KB:
        before = resident_kb()
        for door in DOORS * 5:
            status, seconds = send(site, door, is_chunked)
            found[door[1]] = max(found.get(door[1], (0, 0.0)), (status, round(seconds, 2)))
        grown.append(resident_kb() - before)
    print(f"\n13 MB to each of {len(DOORS)} doors five times: {found}; grown by {min(grown)} kB")  # noqa: T201
    assert {status for status, _ in found.values()} <= {413}
    assert max(seconds for _, seconds in found.values()) < REFUSED_S
    assert min(grown) < GROWN_KB
