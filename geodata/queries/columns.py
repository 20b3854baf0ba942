"""What a map needs of every report, as NumPy columns: read once per municipality, then only what changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Text, select, type_coerce
from sqlalchemy.orm import Session

from geodata.hours import HourColumns
from geodata.tables.changes import last_change
from geodata.tables.reports import Removed, Report
from geodata.vocabulary import Kind, Light, Origin, Owner, Polarity, State

NO_DAY = np.iinfo(np.int32).min
NO_VOICE = 0
_ROWS_AT_ONCE = 50_000
WORDS: tuple[tuple[str, type[StrEnum]], ...] = (
    ("kind", Kind),
    ("origin", Origin),
    ("polarity", Polarity),
    ("state", State),
    ("light", Light),
    ("owner", Owner),
)
"""Columns that hold a word's ordinal, and the vocabulary it is of."""


@dataclass(frozen=True)
class Columns:
    """The n reports of a municipality, side by side, in no order that means anything.

    version: the change they are read up to. row_id: key in the table. east, north: metres, EPSG:3006, NaN
    without position. day: days since 1970-01-01 or NO_DAY. categories: bit sets. kind, origin, polarity,
    state, owner: ordinal in their vocabulary; light: the same, or 255. voice: a mark of who said it, or
    NO_VOICE.
    """

    version: int
    row_id: NDArray[np.int64]
    east: NDArray[np.float64]
    north: NDArray[np.float64]
    hours: HourColumns
    day: NDArray[np.int32]
    categories: NDArray[np.int64]
    kind: NDArray[np.uint8]
    origin: NDArray[np.uint8]
    polarity: NDArray[np.uint8]
    state: NDArray[np.uint8]
    light: NDArray[np.uint8]
    owner: NDArray[np.uint8]
    voice: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.row_id)

    @cached_property
    def every_row(self) -> NDArray[np.intp]:
        """(n,) the number of each, made once: most filters begin with all of them."""
        every = np.arange(len(self))
        every.flags.writeable = False
        return every

    def take(self, rows: NDArray[Any] | slice) -> Columns:
        """Some of the reports."""
        chosen: dict[str, Any] = {
            column.name: self.hours.take(rows) if column.name == "hours" else getattr(self, column.name)[rows]
            for column in fields(self)
            if column.name != "version"
        }
        return Columns(self.version, **chosen)

    @property
    def nbytes(self) -> int:
        """Size in memory."""
        arrays = [each for name, each in vars(self).items() if name != "version"]
        own = sum(array.nbytes for array in arrays if isinstance(array, np.ndarray))
        return own + sum(getattr(self.hours, column.name).nbytes for column in fields(self.hours))


def ordinals(family: type[StrEnum]) -> dict[str, int]:
    """The number that stands for each word of a vocabulary in the columns."""
    return {member.value: place for place, member in enumerate(family)}


_ORDINALS = {name: ordinals(family) for name, family in WORDS}


def voice_mark(voice: str | None) -> int:
    """A voice as a number that is never NO_VOICE."""
    if not voice:
        return NO_VOICE
    return int.from_bytes(blake2b(voice.encode(), digest_size=7).digest()) + 1


SAID = (
    Report.east,
    Report.north,
    Report.week_a,
    Report.week_b,
    Report.week_c,
    Report.first_hour,
    Report.last_hour,
    Report.minutes_before_first,
    Report.minutes_after_last,
    Report.day,
    Report.categories,
    Report.voice,
)
"""Where, when and what of a report, as maps and editions read it."""


def _statement(municipality_id: int, after: int) -> Any:
    words = [type_coerce(getattr(Report, name), Text) for name, _ in WORDS]
    return (
        select(Report.id, *SAID, *words)
        .where(Report.municipality_id == municipality_id, Report.change_seq > after)
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )


def _chunks(session: Session, municipality_id: int, after: int) -> Iterator[list[tuple[Any, ...]]]:
    for part in session.execute(_statement(municipality_id, after)).partitions():
        yield list(zip(*part, strict=True))


def _floats(values: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array(values, dtype=np.float64)  # None becomes NaN


def _columns(version: int, chunk: Sequence[Sequence[Any]]) -> Columns:
    words = np.array(chunk[3:6], dtype=np.uint64).reshape(3, -1)
    ends = np.array(chunk[6:10], dtype=np.uint8).reshape(4, -1)
    coded: dict[str, Any] = {
        name: np.array([_ORDINALS[name].get(word, 255) for word in values], dtype=np.uint8)
        for (name, _), values in zip(WORDS, chunk[13:19], strict=True)
    }
    return Columns(
        version,
        row_id=np.array(chunk[0], dtype=np.int64),
        east=_floats(chunk[1]),
        north=_floats(chunk[2]),
        hours=HourColumns.of(words, ends),
        day=np.array([NO_DAY if day is None else day for day in chunk[10]], dtype=np.int32),
        categories=np.array(chunk[11], dtype=np.int64),
        voice=np.array([voice_mark(voice) for voice in chunk[12]], dtype=np.int64),
        **coded,
    )


def _joined(version: int, parts: Sequence[Columns]) -> Columns:
    joined: dict[str, Any] = {
        column.name: np.concatenate([getattr(part, column.name) for part in parts])
        for column in fields(Columns)
        if column.name not in ("version", "hours")
    }
    hours = HourColumns(
        *(
            np.concatenate([getattr(part.hours, column.name) for part in parts], axis=-1)
            for column in fields(HourColumns)
        )
    )
    return Columns(version, hours=hours, **joined)


_NOTHING = tuple(() for _ in range(19))


def read_columns(session: Session, municipality_id: int, known: Columns | None = None) -> Columns:
    """The municipality's reports as columns; with `known`, only what changed since is read.

    The version is read before the rows: a row that commits in between is read again next time, never missed.
    What is known is not used where it is newer than the database, which then is another.
    """
    version = last_change(session, municipality_id)
    if known is not None and known.version > version:
        known = None
    if known is not None and known.version == version:
        return known
    after = known.version if known else 0
    parts = [_columns(version, chunk) for chunk in _chunks(session, municipality_id, after)]
    if known is not None:
        gone = session.scalars(
            select(Removed.report_id).where(
                Removed.municipality_id == municipality_id, Removed.change_seq > after
            )
        ).all()
        stale = np.concatenate([np.array(gone, dtype=np.int64), *(part.row_id for part in parts)])
        parts.insert(0, known.take(~np.isin(known.row_id, stale)))
    return _joined(version, parts or [_columns(version, _NOTHING)])
