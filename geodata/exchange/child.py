"""The confined reader: a file on a descriptor, instructions on standard input, JSON lines on standard output.

Started by `cage`, never by hand.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from functools import partial

from geodata.errors import Fault
from geodata.exchange import handover
from geodata.exchange.cage import ending_out_of_memory
from geodata.exchange.handover import Message
from geodata.exchange.instructions import from_json
from geodata.exchange.reader import read_batches
from geodata.exchange.ticker import Tally


def _messages(descriptor: int, name: str) -> Iterator[Message]:
    try:
        with os.fdopen(descriptor, "rb") as file:
            tally, order = Tally(), from_json(sys.stdin.read())
            yield from handover.told(*read_batches(file, name, order, partial(_tell, tally), tally))
    except Fault as fault:
        yield handover.told_fault(fault)


def _tell(tally: Tally, part: float) -> None:
    sys.stdout.write(handover.as_line({"part": part, "tally": [tally.rows, tally.faulty]}))
    sys.stdout.flush()


def main(descriptor: str, name: str) -> None:
    """Read the file on this descriptor, which goes by this name."""
    # Millions of small objects and no cycles: looking for some takes half the time.
    gc.disable()
    with ending_out_of_memory():
        for message in _messages(int(descriptor), name):
            sys.stdout.write(handover.as_line(message))
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
