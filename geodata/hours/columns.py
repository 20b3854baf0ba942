"""Hours of many records at once, as NumPy columns."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from geodata.hours.week import HOURS, Words

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class HourColumns:
    """n records: words (3, n) uint64; the four others and span_minutes (n,) of unsigned integers."""

    words: NDArray[np.uint64]
    first_hour: NDArray[np.uint8]
    last_hour: NDArray[np.uint8]
    minutes_before_first: NDArray[np.uint8]
    minutes_after_last: NDArray[np.uint8]
    span_minutes: NDArray[np.uint16]

    @classmethod
    def of(cls, words: NDArray[np.uint64], ends: NDArray[np.uint8]) -> HourColumns:
        """From words (3, n) and ends (4, n): first hour, last hour, minutes before, minutes after."""
        hours = np.bitwise_count(words).sum(axis=0, dtype=np.int32)
        span = 60 * hours - ends[2].astype(np.int32) - ends[3]
        return cls(words, ends[0], ends[1], ends[2], ends[3], span.astype(np.uint16))

    def __len__(self) -> int:
        return self.words.shape[1]

    def take(self, rows: NDArray[np.intp] | slice) -> HourColumns:
        """Some of the records, in that order."""
        return HourColumns(*(getattr(self, column.name)[..., rows] for column in fields(self)))


def shares(hours: HourColumns, allowed: Words | NDArray[np.uint64]) -> Floats:
    """The part of each record, 0 to 1, in the allowed hours.

    allowed: one set for all, or words (3, n): each record its own.
    """
    keep = np.asarray(allowed, dtype=np.uint64).reshape(3, -1)
    first, second, third = (
        np.bitwise_count(word & kept) for word, kept in zip(hours.words, keep, strict=True)
    )
    minutes = (first + second + third).astype(np.int32) * 60  # at most 168 hours: eight bits hold the sum
    _trim(minutes, hours.minutes_before_first, hours.first_hour, keep)
    _trim(minutes, hours.minutes_after_last, hours.last_hour, keep)
    return np.divide(minutes, hours.span_minutes, dtype=np.float64)


def _trim(
    minutes: NDArray[np.int32], trimmed: NDArray[np.uint8], hour: NDArray[np.uint8], keep: NDArray[np.uint64]
) -> None:
    rows = np.flatnonzero(trimmed)
    at = hour[rows]
    column = rows if keep.shape[1] > 1 else np.zeros(1, dtype=np.intp)
    held = keep[at // 56, column] >> (at % 56).astype(np.uint64) & np.uint64(1)
    minutes[rows] -= (trimmed[rows] * held).astype(np.int32)


def profile(hours: HourColumns, weight: Floats | None = None) -> Floats:
    """The week's 168 sums of shares, Monday 00–01 first; they add up to the sum of the weights."""
    each = np.ones(len(hours)) if weight is None else weight
    per_minute = each / hours.span_minutes
    week = np.empty(HOURS)
    for hour in range(HOURS):
        held = hours.words[hour // 56] >> np.uint64(hour % 56) & np.uint64(1)
        week[hour] = 60 * np.dot(held.astype(np.float64), per_minute)
    week -= np.bincount(hours.first_hour, per_minute * hours.minutes_before_first, HOURS)
    week -= np.bincount(hours.last_hour, per_minute * hours.minutes_after_last, HOURS)
    return week
