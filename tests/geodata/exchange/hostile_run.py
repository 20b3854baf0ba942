"""Puts files to the confined reader, one after another, and tells what each came to, as JSON lines.

python -m tests.geodata.exchange.hostile_run ORDERS: beside the files, name → what the one who imports has
said. Nothing heavy is imported here, for what the reader uses is measured from here.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

from geodata.errors import Fault
from geodata.exchange.limited import read_limited
from geodata.exchange.reading import Reading
from tests.geodata.exchange.files import order


def answered(path: Path, said: dict[str, str]) -> dict[str, Any]:
    """What came of one file: its first fault, the texts it gave, seconds of clock and of work, and the
    largest process so far."""
    began_s, worked_s = time.monotonic(), _worked_s()
    try:
        found = first_of(read_limited(path, order(**said)))
    except Fault as fault:
        found = told(fault, 0)
    used = {"wall_s": time.monotonic() - began_s, "cpu_s": _worked_s() - worked_s}
    largest_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {**found, **used, "largest_mb": largest_mb}


def _worked_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def told(fault: Fault, line: int, texts: list[str] | None = None) -> dict[str, Any]:
    """A fault as plain values."""
    said = {"code": fault.code, "field": fault.field, "values": fault.values}
    return {**said, "line": line, "texts": texts or []}


def first_of(reading: Reading) -> dict[str, Any]:
    """The first fault of a reading, or none, and its texts."""
    texts = [draft.text for draft in reading.drafts]
    for each in reading.faults[:1]:
        return told(each.fault, each.line, texts)
    return {"code": "", "field": "", "values": {}, "line": 0, "texts": texts}


def main(orders: str) -> None:
    """Run the files named in `orders`, which lie beside it."""
    for name, said in json.loads(Path(orders).read_text()).items():
        answer = answered(Path(orders).with_name(name), said)
        sys.stdout.write(json.dumps({"name": name, **answer}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
