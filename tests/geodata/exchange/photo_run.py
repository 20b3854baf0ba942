"""Photos made one after another, each in a process of its own: what came of it, and what it took.

Light itself, because what begins as a copy of a large process counts as large.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

from geodata.errors import Fault
from geodata.exchange.photos import make


def main(*paths: str) -> None:
    """Make the photo in each file; the figures beside it as JSON, the large and the small one too."""
    for each in map(Path, paths):
        process = os.fork()
        if process == 0:
            _make(each)
            os._exit(0)
        os.waitpid(process, 0)


def _make(path: Path) -> None:
    raw, code = path.read_bytes(), ""
    begun_s = time.perf_counter()
    try:
        for size, content in make(raw).files.items():
            path.with_name(f"{path.name}.{size}").write_bytes(content)
    except Fault as fault:
        code = fault.code
    seconds = time.perf_counter() - begun_s
    mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    path.with_name(f"{path.name}.json").write_text(json.dumps({"code": code, "seconds": seconds, "mb": mb}))


if __name__ == "__main__":
    main(*sys.argv[1:])
