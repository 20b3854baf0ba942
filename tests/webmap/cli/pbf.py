"""An OpenStreetMap extract in its binary form, written by the letter of the format and nothing else."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

Way = tuple[Sequence[int], dict[str, str]]
_GRANULE = 1e7


def write_pbf(path: Path, nodes: Sequence[tuple[float, float]], ways: Sequence[Way]) -> Path:
    """nodes: longitude, latitude, numbered from 1. ways: numbers of nodes, and tags."""
    words = [b"", *sorted({word.encode() for _, tags in ways for pair in tags.items() for word in pair})]
    strings = b"".join(_field(1, word) for word in words)
    points = b"".join(_field(1, _node(number, *at)) for number, at in enumerate(nodes, start=1))
    lines = b"".join(_field(3, _way(number, way, words)) for number, way in enumerate(ways, start=1))
    block = _field(1, strings) + _field(2, points) + _field(2, lines)
    head = _field(4, b"OsmSchema-V0.6")
    path.write_bytes(_blob(b"OSMHeader", head) + _blob(b"OSMData", block))
    return path


def _varint(value: int) -> bytes:
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*written, value])


def _signed(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


def _field(number: int, value: bytes | int) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _packed(values: Iterable[int]) -> bytes:
    return b"".join(_varint(value) for value in values)


def _node(number: int, longitude: float, latitude: float) -> bytes:
    at = [_signed(round(angle * _GRANULE)) for angle in (latitude, longitude)]
    return _field(1, _signed(number)) + _field(8, at[0]) + _field(9, at[1])


def _way(number: int, way: Way, words: Sequence[bytes]) -> bytes:
    nodes, tags = way
    steps = [_signed(node - before) for before, node in zip([0, *nodes], nodes, strict=False)]
    keys, values = ([words.index(word.encode()) for word in side] for side in (tags.keys(), tags.values()))
    return (
        _field(1, number) + _field(2, _packed(keys)) + _field(3, _packed(values)) + _field(8, _packed(steps))
    )


def _blob(kind: bytes, content: bytes) -> bytes:
    body = _field(2, len(content)) + _field(3, zlib.compress(content))
    head = _field(1, kind) + _field(3, len(body))
    return struct.pack(">I", len(head)) + head + body
