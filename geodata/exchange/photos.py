"""Photos from strangers, made anew by a process that has little time, little memory, no network and no files.

What was sent goes to it through a pipe: the original is never written anywhere.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from geodata.errors import FileFault
from geodata.exchange import photo_boxes
from geodata.exchange.cage import OUT_OF_MEMORY
from geodata.exchange.limited import Limits
from geodata.exchange.photo_boxes import Box
from geodata.exchange.photo_kinds import LONGEST_PX, MOST_BYTES, kind_of

SIZES = tuple(LONGEST_PX)
LIMITS = Limits(cpu_s=6, wall_s=20.0, memory_bytes=200_000_000, file_bytes=MOST_BYTES)
_ROOT = Path(__file__).parents[2]
_MAKER = "geodata.exchange.photo_child"
_TOO_HEAVY = (OUT_OF_MEMORY, -signal.SIGXCPU, -signal.SIGKILL, -signal.SIGABRT)


@dataclass(frozen=True)
class Made:
    """A photo as it is kept. width, height: of the large one. files: JPEG by size, `large` and `small`."""

    width: int
    height: int
    files: dict[str, bytes]


def make(raw: bytes, boxes: Sequence[Box] = (), limits: Limits = LIMITS) -> Made:
    """A photo from what was sent: upright, at most 1600 and 400 pixels wide or high, pixels and nothing else.

    boxes: what is painted black in it. Raises FileFault and UnknownMedia: those of `kind_of` and
    `photo_maker.made`, `photo.too_heavy` beyond the limits, `photo.failed` where the process came to grief.
    """
    kind = kind_of(raw)
    said, _, rest = _told(raw, [kind, photo_boxes.to_json(boxes)], limits).partition(b"\n")
    answer = json.loads(said)
    if "fault" in answer:
        raise FileFault(answer["fault"], "photo", **answer["values"])
    width, height = answer["size"]
    large_bytes, small_bytes = answer["bytes"]
    if len(rest) != large_bytes + small_bytes:
        raise FileFault("photo.failed", "photo")
    return Made(width, height, {"large": rest[:large_bytes], "small": rest[large_bytes:]})


def _told(raw: bytes, words: list[str], limits: Limits) -> bytes:
    """All that the confined process answers."""
    own = [str(os.getpid()), str(limits.cpu_s), str(limits.memory_bytes)]
    command = [sys.executable, "-S", "-P", "-s", "-B", "-m", "geodata.exchange.cage", *own, _MAKER, *words]
    surroundings = {"PYTHONPATH": str(_ROOT), "LC_ALL": "C.UTF-8", "HOME": "/"}
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
        env=surroundings,
    ) as child:
        try:
            answer, _ = child.communicate(raw, timeout=limits.wall_s)
        except subprocess.TimeoutExpired as fault:
            child.kill()
            raise FileFault("photo.too_heavy", "photo") from fault
    if child.returncode in _TOO_HEAVY:
        raise FileFault("photo.too_heavy", "photo")
    if child.returncode or not answer:
        raise FileFault("photo.failed", "photo")
    return answer
