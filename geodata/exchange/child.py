"""The confined reader: a file on a descriptor, instructions on standard input, JSON lines on standard output.

Started by `cage`, never by hand.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from functools import partial

from geodata.errors import Fault, FileFault
from geodata.exchange import handover
from geodata.exchange.handover import Message
from geodata.exchange.instructions import from_json
from geodata.exchange.reader import read
from geodata.exchange.ticker import Tally


def _messages(descriptor: int, name: str) -> Iterator[Message]:
    try:
        with os.fdopen(descriptor, "rb") as file:
            tally = Tally()
            reading = read(file.read(), name, from_json(sys.stdin.read()), partial(_tell, tally), tally)
        yield from handover.told(reading)
    except MemoryError:
        yield handover.told_fault(FileFault("file.too_heavy", "file"))
    except Fault as fault:
        yield handover.told_fault(fault)


def _tell(tally: Tally, part: float) -> None:
    sys.stdout.write(handover.as_line({"part": part, "tally": [tally.rows, tally.faulty]}))
    sys.stdout.flush()


def main(descriptor: str, name: str) -> None:
    """Read the file on this descriptor, which goes by this name."""
    # Millions of small objects and no cycles: looking for some takes half the time.
    gc.disable()
    for message in _messages(int(descriptor), name):
        sys.stdout.write(handover.as_line(message))
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
