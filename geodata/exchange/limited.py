"""Reads a stranger's file in a process of its own that has little time, little memory and no network."""

from __future__ import annotations

import gc
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from geodata.errors import FileFault
from geodata.exchange import drivers
from geodata.exchange.cage import OUT_OF_MEMORY
from geodata.exchange.handover import Receiver
from geodata.exchange.instructions import Instructions, to_json
from geodata.exchange.reading import Reading
from geodata.exchange.ticker import Progress, Tally, Ticker, silent

_ROOT = Path(__file__).parents[2]
READER = "geodata.exchange.child"
_HEARTBEAT_S = 0.5
_PIECE_BYTES = 1 << 20
_LONGEST_LINE_BYTES = 256 << 20
_OUT_OF_MEMORY = (OUT_OF_MEMORY, -signal.SIGKILL, -signal.SIGABRT, -signal.SIGSEGV)
"""How a process ends that ran out of memory; libraries in C abort when it is refused."""


@dataclass(frozen=True)
class Limits:
    """What the process may use; wall_s counts from its start, file_bytes is the largest file it is given."""

    cpu_s: int = 120
    wall_s: float = 240.0
    memory_bytes: int = 1 << 30
    file_bytes: int = 250_000_000


LIMITS = Limits()


def read_limited(
    path: Path,
    order: Instructions,
    progress: Progress = silent,
    limits: Limits = LIMITS,
    tally: Tally | None = None,
) -> Reading:
    """A file as drafts and faults, read by a confined process; progress is told at least twice a second.

    The process gets the open file, never its path. Raises FileFault (unreadable, refused, or beyond the
    limits) and InvalidValue where the instructions lack something. tally is kept up to date meanwhile.
    """
    receiver = Receiver(order.municipality, tally)
    converse(Question(path, READER, to_json(order)), receiver, progress, limits)
    progress(1.0)
    return receiver.reading


@dataclass(frozen=True)
class Question:
    """What a confined process is asked. module: what it runs. said: its standard input."""

    path: Path
    module: str
    said: str


class Listener(Protocol):
    """Whoever takes the answer, line by line."""

    @property
    def part(self) -> float:
        """How far the answer has come, 0 to 1."""

    @property
    def is_whole(self) -> bool:
        """Whether it has come to its end."""

    def take(self, line: bytes) -> None:
        """One line. May raise what it tells of."""


def converse(
    question: Question, listener: Listener, progress: Progress = silent, limits: Limits = LIMITS
) -> None:
    """Let a confined process answer about a file. Raises FileFault, and what the listener raises."""
    with _opened(question.path, limits) as file, tempfile.TemporaryFile("w+") as said:
        said.write(question.said)
        said.seek(0)
        child = _start(file, said, question, limits)
        try:
            for line in _lines(child, Ticker(progress), listener, limits):
                listener.take(line)
        finally:
            _end(child)
    if not listener.is_whole:
        raise _why_ended(child.returncode, limits)


def _why_ended(code: int, limits: Limits) -> FileFault:
    if code in _OUT_OF_MEMORY:
        return FileFault("file.out_of_memory", "file", most_mb=limits.memory_bytes >> 20)
    if code == -signal.SIGXCPU:
        return FileFault("file.out_of_time", "file", most_s=limits.cpu_s)
    return FileFault("file.unreadable", "file")


@contextmanager
def collector_paused() -> Iterator[None]:
    """While drafts come by the hundred thousand, looking for cycles among them takes half the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _opened(path: Path, limits: Limits) -> IO[bytes]:
    if not path.is_file():
        raise FileFault("file.not_found", "file", name=path.name)
    try:
        size = path.stat().st_size
        if size > limits.file_bytes:
            raise FileFault(
                "file.too_large", "file", size_mb=size // 10**6, most_mb=limits.file_bytes // 10**6
            )
        return path.open("rb")
    except OSError as fault:
        raise FileFault("file.unreadable", "file") from fault


def _start(file: IO[bytes], said: IO[str], asked: Question, limits: Limits) -> subprocess.Popen[bytes]:
    own = [str(os.getpid()), str(limits.cpu_s), str(limits.memory_bytes)]
    reader = [asked.module, str(file.fileno()), "file" + asked.path.suffix]
    return subprocess.Popen(
        [sys.executable, "-P", "-s", "-B", "-m", "geodata.exchange.cage", *own, *reader],
        stdin=said,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=(file.fileno(),),
        start_new_session=True,
        cwd="/",
        env={
            "PYTHONPATH": str(_ROOT),
            "LC_ALL": "C.UTF-8",
            "OPENBLAS_NUM_THREADS": "1",
            "PROJ_NETWORK": "OFF",
            "HOME": "/",  # unset, the list of users would be asked for it
            "GDAL_SKIP": drivers.LEFT_OUT,
        },
    )


def _lines(
    child: subprocess.Popen[bytes], ticker: Ticker, listener: Listener, limits: Limits
) -> Iterator[bytes]:
    """Whole lines as they come; the time between them is used to tell progress and watch the clock."""
    last_s = time.monotonic() + limits.wall_s
    pending = bytearray()
    for piece in _pieces(child):
        *whole, rest = (bytes(pending) + piece).split(b"\n")
        pending = bytearray(rest)
        for line in whole:
            yield line
            ticker.tell(listener.part)
        ticker.tell(listener.part)
        if time.monotonic() > last_s:
            raise FileFault("file.out_of_time", "file", most_s=limits.wall_s)
        if len(pending) > _LONGEST_LINE_BYTES:
            raise FileFault("file.out_of_memory", "file", most_mb=_LONGEST_LINE_BYTES >> 20)


def _pieces(child: subprocess.Popen[bytes]) -> Iterator[bytes]:
    """What the child writes; empty now and then while it is silent."""
    if child.stdout is None:
        return
    with child.stdout as pipe, selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            if not selector.select(_HEARTBEAT_S):
                yield b""
                continue
            piece = os.read(pipe.fileno(), _PIECE_BYTES)
            if not piece:
                return
            yield piece


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.stdout is not None:
        child.stdout.close()
    if child.poll() is None and _has_not_ended(child):
        child.kill()
    child.wait()


def _has_not_ended(child: subprocess.Popen[bytes]) -> bool:
    try:
        child.wait(_HEARTBEAT_S)
    except subprocess.TimeoutExpired:
        return True
    return False
