"""The confined reader of context layers: like `child`, for ground and names instead of reports.

Started by `cage`, never by hand.
"""

from __future__ import annotations

import gc
import os
import sys

from geodata.exchange import layer_reader
from geodata.exchange.cage import ending_out_of_memory
from geodata.exchange.layer_order import LayerOrder
from geodata.exchange.layer_reader import ReadFile


def serve(descriptor: int, name: str, read: ReadFile) -> None:
    """Tell of the file on this descriptor, which goes by this name, in lines on standard output."""
    # Millions of small objects and no cycles: looking for some takes half the time.
    gc.disable()
    order = LayerOrder.from_json(sys.stdin.read())
    with ending_out_of_memory(), os.fdopen(descriptor, "rb") as file:
        for line in layer_reader.told(file.read, name, order, read):
            sys.stdout.write(line)
            sys.stdout.flush()


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2], layer_reader.read_table)
