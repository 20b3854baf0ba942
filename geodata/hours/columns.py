"""Hours of many records at once, as NumPy columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from geodata.hours.week import ALL_WORDS, HOURS, Words

Floats = NDArray[np.float64]
_WORD, _LANE = 56, 16
_ALL = np.array(ALL_WORDS, dtype=np.uint64).reshape(3, 1)
_BYTE = 256
_BITS: Floats = (np.arange(_BYTE)[:, None] >> np.arange(8) & 1).astype(np.float64)
"""(256, 8) 0 or 1: the bits of every number that eight hours can make."""


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
    for rows, _, trimmed in _trims(hours, keep):
        minutes[rows] -= trimmed
    return np.divide(minutes, hours.span_minutes, dtype=np.float64)


def _trims(
    hours: HourColumns, keep: NDArray[np.uint64]
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.uint8], NDArray[np.int32]]]:
    """For either end: rows with something trimmed off, the hour it is trimmed off, kept minutes trimmed."""
    for minutes, hour in (
        (hours.minutes_before_first, hours.first_hour),
        (hours.minutes_after_last, hours.last_hour),
    ):
        rows = np.flatnonzero(minutes)
        at = hour[rows]
        column = rows if keep.shape[1] > 1 else np.zeros(1, dtype=np.intp)
        held = keep[at // _WORD, column] >> (at % _WORD).astype(np.uint64) & np.uint64(1)
        yield rows, at, (minutes[rows] * held).astype(np.int32)


def expected_shares(hours: HourColumns, allowed: Words | NDArray[np.uint64], worth: Floats) -> Floats:
    """As `shares`, each hour of the week counted for its worth only. worth: (168,) 0 to 1."""
    keep = np.asarray(allowed, dtype=np.uint64).reshape(3, -1)
    minutes = np.zeros(len(hours))
    for first, lane in _lanes(hours.words & keep):
        minutes += 60 * _sums_of_bits(worth[first : _end(first)])[lane]
    for rows, hour, trimmed in _trims(hours, keep):
        minutes[rows] -= trimmed * worth[hour]
    return np.divide(minutes, hours.span_minutes)


def profile(
    hours: HourColumns, weight: Floats | None = None, allowed: NDArray[np.uint64] | None = None
) -> Floats:
    """The week's 168 sums of shares, Monday 00–01 first; without `allowed` they add up to the weights.

    allowed: words (3, n), each record's own; what lies outside them counts nothing.
    """
    if allowed is not None:
        return _by_lanes(hours, hours.words & allowed, weight, allowed)
    is_run = _are_runs(hours)
    if is_run.all():
        return _by_runs(hours, weight)
    week = np.zeros(HOURS)
    for rows, sums in ((np.flatnonzero(is_run), _by_runs), (np.flatnonzero(~is_run), _by_words)):
        week += sums(hours.take(rows), None if weight is None else weight[rows])
    return week


def _are_runs(hours: HourColumns) -> NDArray[np.bool_]:
    """Which records hold every hour from their first to their last, over the end of the week if need be."""
    trimmed = hours.minutes_before_first.astype(np.uint16) + hours.minutes_after_last
    between = (hours.last_hour.astype(np.int16) - hours.first_hour) % HOURS + 1
    return (hours.span_minutes + trimmed) // 60 == between


def _by_runs(hours: HourColumns, weight: Floats | None) -> Floats:
    """From where each run begins and ends only."""
    part = _parts(hours, weight)
    begun = np.bincount(hours.first_hour, part, HOURS + 1)
    ended = np.bincount(hours.last_hour.astype(np.intp) + 1, part, HOURS + 1)
    over_the_end = part[hours.last_hour < hours.first_hour].sum()
    week = np.cumsum(begun - ended)[:HOURS] + over_the_end
    return np.asarray(week - _trimmed_off(hours, part, _ALL))


def _by_words(hours: HourColumns, weight: Floats | None) -> Floats:
    return _by_lanes(hours, hours.words, weight, _ALL)


def _parts(hours: HourColumns, weight: Floats | None) -> Floats:
    """(n,) what an hour wholly within each record counts."""
    part = np.divide(60.0, hours.span_minutes)
    return part if weight is None else part * weight


def _trimmed_off(hours: HourColumns, part: Floats, keep: NDArray[np.uint64]) -> Floats:
    week = np.zeros(HOURS)
    for rows, hour, trimmed in _trims(hours, keep):
        week += np.bincount(hour, part[rows] * trimmed / 60, HOURS)
    return week


def _by_lanes(
    hours: HourColumns, words: NDArray[np.uint64], weight: Floats | None, keep: NDArray[np.uint64]
) -> Floats:
    """Sums by the value of sixteen hours first: twelve passes over the records instead of 168."""
    part, week = _parts(hours, weight), np.zeros(HOURS)
    for first, lane in _lanes(words):
        of_hour = _sums_by_bit(np.bincount(lane, part, _BYTE**2).astype(np.float64, copy=False))
        week[first : _end(first)] = of_hour[: _end(first) - first]
    return week - _trimmed_off(hours, part, keep)


def _sums_by_bit(by_value: Floats) -> Floats:
    """(16,) what lies at the numbers that hold each bit. by_value: (65536,)."""
    square = by_value.reshape(_BYTE, _BYTE)
    return np.concatenate([(square.sum(axis=axis)[:, None] * _BITS).sum(axis=0) for axis in (0, 1)])


def _sums_of_bits(worth: Floats) -> Floats:
    """(65536,) for every number what the bits it holds are worth. worth: of up to sixteen bits."""
    each = np.zeros(_LANE)
    each[: len(worth)] = worth
    low, high = (_BITS * each[:8]).sum(axis=1), (_BITS * each[8:]).sum(axis=1)
    return (high[:, None] + low).ravel()


def _end(first: int) -> int:
    """The hour after the last of those that a lane holds: eight in a word's last, sixteen else."""
    return min(first + _LANE, (first // _WORD + 1) * _WORD)


def _lanes(words: NDArray[np.uint64]) -> Iterator[tuple[int, NDArray[np.uint16]]]:
    """Sixteen hours of every record at a time, as bits, and the first of those hours."""
    for place, word in enumerate(words):
        lanes = np.ascontiguousarray(word, dtype="<u8").view("<u2").reshape(-1, 4)
        for lane in range(4):
            yield place * _WORD + lane * _LANE, lanes[:, lane]
