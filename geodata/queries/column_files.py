"""Columns in a file of their own, mapped into memory: as many processes as look at it share one copy."""

from __future__ import annotations

import json
import mmap
import os
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from hashlib import blake2b
from io import BufferedWriter
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from geodata.hours import HourColumns
from geodata.queries.columns import WORDS, Columns
from geodata.queries.history import Past

_MAGIC = b"tkcols1\n"
_HEADER_BYTES = 4096
_ALIGNED = 64
_HOURS: dict[str, DTypeLike] = {
    "words": "<u8",
    "first_hour": "u1",
    "last_hour": "u1",
    "minutes_before_first": "u1",
    "minutes_after_last": "u1",
    "span_minutes": "<u2",
}
_OWN: dict[str, DTypeLike] = {
    "row_id": "<i8",
    "east": "<f8",
    "north": "<f8",
    "day": "<i4",
    "categories": "<i8",
    "kind": "u1",
    "origin": "u1",
    "polarity": "u1",
    "state": "u1",
    "light": "u1",
    "owner": "u1",
    "voice": "<i8",
}
_ARRAYS = {**_OWN, **_HOURS}
_VOCABULARY = [[name, *(word.value for word in family)] for name, family in WORDS]
_FORMAT = blake2b(repr((_ARRAYS, _VOCABULARY)).encode(), digest_size=16).hexdigest()
"""What the numbers in a file mean: arrays, their types, and the ordinals of the words."""


@dataclass(frozen=True)
class Header:
    """What a file says of itself. n: reports. data_sum: CRC-32 of all that follows the header."""

    format: str
    municipality_id: int
    version: int
    n: int
    past: Past
    data_sum: int


@dataclass(frozen=True)
class ColumnFile:
    """A file whose header and length are right. It stays readable when another takes its name."""

    header: Header
    _mapped: mmap.mmap

    def columns(self) -> Columns | None:
        """The columns, read-only and in the file's own pages; None where the content is damaged."""
        if zlib.crc32(memoryview(self._mapped)[_HEADER_BYTES:]) != self.header.data_sum:
            return None
        arrays = {
            name: np.ndarray(shape, _ARRAYS[name], self._mapped, start)
            for name, start, shape in _places(self.header.n)
        }
        hours = HourColumns(**{name: arrays.pop(name) for name in _HOURS})
        return Columns(self.header.version, hours=hours, **arrays)


def open_file(path: Path, municipality_id: int) -> ColumnFile | None:
    """The file of a municipality; None where there is none, or it is cut, damaged or not of this format."""
    try:
        with open(path, "rb", opener=_never_a_link) as file:
            header = _header_in(file.read(_HEADER_BYTES))
            size = os.fstat(file.fileno()).st_size
            if header is None or (header.format, header.municipality_id) != (_FORMAT, municipality_id):
                return None
            if size != _size(header.n):
                return None
            return ColumnFile(header, mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ))
    except (OSError, ValueError, TypeError):
        return None


def write_file(path: Path, municipality_id: int, columns: Columns, past: Past) -> None:
    """Put columns in the file's place, whole, for its owner's eyes only. Raises OSError.

    For one process at a time. Not waited for to reach the disk: a file that a power cut left half
    written does not agree with its sums.
    """
    beside = path.with_suffix(".part")
    beside.unlink(missing_ok=True)
    try:
        with open(beside, "xb", opener=_for_the_owner) as file:
            file.write(bytes(_HEADER_BYTES))
            data_sum = _write_arrays(file, columns)
            header = Header(_FORMAT, municipality_id, columns.version, len(columns), past, data_sum)
            file.seek(0)
            file.write(_header_bytes(header))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _for_the_owner(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


def _never_a_link(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def _places(n: int) -> Iterator[tuple[str, int, tuple[int, ...]]]:
    """Each array's name, where it begins and its shape, in the order of the file."""
    start = _HEADER_BYTES
    for name, kind in _ARRAYS.items():
        shape = (3, n) if name == "words" else (n,)
        yield name, start, shape
        start += _padded(prod(shape) * np.dtype(kind).itemsize)


def _padded(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED


def _size(n: int) -> int:
    name, start, shape = list(_places(n))[-1]
    return start + _padded(prod(shape) * np.dtype(_ARRAYS[name]).itemsize)


def _write_arrays(file: BufferedWriter, columns: Columns) -> int:
    """Write every array and return the sum of what was written."""
    found = 0
    for name, kind in _ARRAYS.items():
        holder = columns.hours if name in _HOURS else columns
        array: NDArray[Any] = np.ascontiguousarray(getattr(holder, name), dtype=kind)
        for part in (array.reshape(-1).view(np.uint8).data, bytes(_padded(array.nbytes) - array.nbytes)):
            file.write(part)
            found = zlib.crc32(part, found)
    return found


def _header_bytes(header: Header) -> bytes:
    said = json.dumps(asdict(header)).encode()
    return (_MAGIC + len(said).to_bytes(4) + zlib.crc32(said).to_bytes(4) + said).ljust(_HEADER_BYTES, b"\0")


def _header_in(block: bytes) -> Header | None:
    length, expected = int.from_bytes(block[8:12]), int.from_bytes(block[12:16])
    said = block[16 : 16 + length]
    if not block.startswith(_MAGIC) or len(block) != _HEADER_BYTES or zlib.crc32(said) != expected:
        return None
    given = json.loads(said)
    if not isinstance(given, dict) or given.keys() != {each.name for each in fields(Header)}:
        return None
    return Header(**(given | {"past": Past(**given["past"])}))
