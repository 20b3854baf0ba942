"""A file understood, in the process that asks. Strangers' files go through `limited` instead."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from typing import IO

from geodata.exchange.formats import recognised
from geodata.exchange.gathering import gathered
from geodata.exchange.instructions import Instructions
from geodata.exchange.reading import Batch, Reading, Table
from geodata.exchange.rows import understand
from geodata.exchange.ticker import Progress, Tally, Ticker, silent

_HEAD_BYTES = 4096
_BLOCK_BYTES = 1 << 20


def read(
    data: bytes,
    name: str,
    order: Instructions,
    progress: Progress = silent,
    tally: Tally | None = None,
) -> Reading:
    """The bytes of a file of this name. Raises FileFault, InvalidValue where the order lacks something."""
    return gathered(*read_batches(io.BytesIO(data), name, order, progress, tally))


def read_batches(
    file: IO[bytes],
    name: str,
    order: Instructions,
    progress: Progress = silent,
    tally: Tally | None = None,
) -> tuple[Reading, Iterator[Batch]]:
    """The same, batch by batch: the reading is empty but for what concerns all of the file."""
    digest = _digest(file)
    format_name, pieces = read_pieces(file, name, order.layer, progress)
    reading, batches = understand(pieces, format_name, order, tally or Tally())
    reading.digest = digest
    return reading, batches


def read_pieces(
    file: IO[bytes], name: str, layer: str, progress: Progress = silent
) -> tuple[str, Iterator[Table]]:
    """The name of the format, and the file as rows of text, piece by piece. Raises FileFault."""
    file.seek(0)
    known = recognised(file.read(_HEAD_BYTES), name)
    file.seek(0)
    return known.name, known.read(file, layer, Ticker(progress))


def _digest(file: IO[bytes]) -> str:
    found = hashlib.sha256()
    while block := file.read(_BLOCK_BYTES):
        found.update(block)
    return found.hexdigest()
