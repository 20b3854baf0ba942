"""A file understood, in the process that asks. Strangers' files go through `limited` instead."""

from __future__ import annotations

import hashlib

from geodata.exchange.formats import recognised
from geodata.exchange.instructions import Instructions
from geodata.exchange.reading import Reading
from geodata.exchange.rows import understand
from geodata.exchange.ticker import Progress, Ticker, silent

_HEAD_BYTES = 4096


def read(data: bytes, name: str, order: Instructions, progress: Progress = silent) -> Reading:
    """The bytes of a file of this name. Raises FileFault, InvalidValue where the order lacks something."""
    known = recognised(data[:_HEAD_BYTES], name)
    table = known.read(data, Ticker(progress, 0.0, 0.25))
    reading = understand(table, known.name, order, Ticker(progress, 0.25, 0.9))
    reading.digest = hashlib.sha256(data).hexdigest()
    return reading
