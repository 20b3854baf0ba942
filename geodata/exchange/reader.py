"""A file understood, in the process that asks. Strangers' files go through `limited` instead."""

from __future__ import annotations

import hashlib

from geodata.exchange.formats import recognised
from geodata.exchange.instructions import Instructions
from geodata.exchange.reading import Reading, Table
from geodata.exchange.rows import understand
from geodata.exchange.ticker import Progress, Tally, Ticker, silent

_HEAD_BYTES = 4096


def read(
    data: bytes,
    name: str,
    order: Instructions,
    progress: Progress = silent,
    tally: Tally | None = None,
) -> Reading:
    """The bytes of a file of this name. Raises FileFault, InvalidValue where the order lacks something."""
    format_name, table = read_table(data, name, order, progress)
    reading = understand(table, format_name, order, Ticker(progress, 0.25, 0.9), tally or Tally())
    reading.digest = hashlib.sha256(data).hexdigest()
    return reading


def read_table(data: bytes, name: str, order: Instructions, progress: Progress = silent) -> tuple[str, Table]:
    """The name of the format, and the file as rows of text. Raises FileFault."""
    known = recognised(data[:_HEAD_BYTES], name)
    return known.name, known.read(data, order.layer, Ticker(progress, 0.0, 0.25))
