"""What a further worker's copy of a municipality weighs: mapped by all, or kept by each.

The reports are in a file that one process has mapped and read through, as a first worker has. Two more
processes then make the municipality ready with its layout: ours maps the file, the peer holds it in its own
memory. What is counted is private memory, from /proc/self/smaps_rollup.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import shutil
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from bench.town import _columns, _invent
from geodata.analysis.layout import Layout
from geodata.hours import HourColumns
from geodata.queries.column_files import open_file, write_file
from geodata.queries.columns import Columns
from geodata.queries.history import Past
from webmap.services.situation import in_blocks

REPEATS = 3
_PAGE_BYTES = 4096
"""Less is not told apart."""
_ANY, _PAST = 1, Past("0" * 64, 1, "0" * 64, "0001")
_PEER = "the same columns, unmapped, in its own memory"


def rows(n: int) -> list[dict[str, Any]]:
    folder = Path(tempfile.mkdtemp(prefix="tryggkarta-bench-"))
    try:
        path = folder / "reports.columns"
        write_file(path, _ANY, in_blocks(_columns(_invent(n), 1)), _PAST)
        first = _mapped(path)
        _read_through(first)
        ours = [_private_mb(_mapped, path) for _ in range(REPEATS)]
        peer = [_private_mb(_copied, path) for _ in range(REPEATS)]
    finally:
        shutil.rmtree(folder)
    return [_row(n, *([each * 1_000_000 / n for each in some] for some in (ours, peer)))]


def _row(n: int, ours: list[float], peer: list[float]) -> dict[str, Any]:
    own, other = statistics.median(ours), statistics.median(peer)
    spread = (max(ours) - min(ours)) / own
    figures = {"ours": own, "peer": other, "ratio": own / other, "spread": spread}
    return {"name": "memory per million", "n": n, "unit": "MB", "peer_name": _PEER, **figures}


def _mapped(path: Path) -> Columns:
    file = open_file(path, _ANY)
    columns = file.columns() if file else None
    assert columns is not None
    return columns


def _copied(path: Path) -> Columns:
    """As they came from the database: in memory, and in no order."""
    columns = _mapped(path)
    return columns.take(np.random.default_rng(3).permutation(len(columns)))


def _read_through(columns: Columns) -> Layout:
    for each in fields(HourColumns):
        getattr(columns.hours, each.name).max(initial=0)
    for name in ("row_id", "day", "categories", "kind", "origin", "polarity", "state", "light", "voice"):
        getattr(columns, name).max(initial=0)
    return Layout(columns.east, columns.north)


def _private_mb(make: Callable[[Path], Columns], path: Path) -> float:
    """How much more memory of its own a new process has after it made the municipality ready."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_weigh, args=(make, path, there))
    process.start()
    found: float = here.recv()
    process.join()
    return found


def _weigh(make: Callable[[Path], Columns], path: Path, told: Any) -> None:
    _read_through(make(path).take(slice(0, 100)))  # what a process loads once is not the municipality's
    before = _private_bytes()
    columns = make(path)
    layout = _read_through(columns)
    told.send(max(_private_bytes() - before, _PAGE_BYTES) / 1_000_000)
    assert len(layout) == len(columns)


def _private_bytes() -> int:
    """What is in use: what was freed is first given back to the system."""
    ctypes.CDLL(None).malloc_trim(0)
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))
