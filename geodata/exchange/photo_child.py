"""The confined maker of photos: what was sent on standard input, what was made of it on standard output.

Started by `cage`, never by hand.
"""

from __future__ import annotations

import json
import resource
import sys

from geodata.errors import Fault
from geodata.exchange.cage import ending_out_of_memory
from geodata.exchange.photo_boxes import from_json
from geodata.exchange.photo_kinds import MOST_BYTES
from geodata.exchange.photo_maker import made

_STANDARD_STREAMS = 3


def _answer(raw: bytes, kind: str, boxes: str) -> bytes:
    try:
        pictures = made(raw, kind, from_json(boxes))
    except Fault as fault:
        return json.dumps({"fault": fault.code, "values": fault.values}).encode() + b"\n"
    said = {"size": [pictures.width, pictures.height], "bytes": [len(pictures.large), len(pictures.small)]}
    return json.dumps(said).encode() + b"\n" + pictures.large + pictures.small


def main(kind: str, boxes: str) -> None:
    """Make the photo that comes, of this format, with these boxes."""
    # No file beyond those that are open already: all there is to import is imported.
    resource.setrlimit(resource.RLIMIT_NOFILE, (_STANDARD_STREAMS, _STANDARD_STREAMS))
    with ending_out_of_memory():
        sys.stdout.buffer.write(_answer(sys.stdin.buffer.read(MOST_BYTES), kind, boxes))
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
