"""When a row happened."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from geodata import hours
from geodata.errors import InvalidValue
from geodata.exchange.times import Clocks, When

CLOCKS = Clocks("Datum", "Från", "Till", date(2026, 11, 22))


def _when(day: str = "", start: str = "", end: str = "") -> When:
    return CLOCKS.when(day, start, end)


class TestHours:
    def test_nothing_is_any_hour_and_no_day(self) -> None:
        assert _when() == When(hours.ANY_HOUR)

    @pytest.mark.parametrize("day", ["2025-10-18", "20251018", "2025/10/18", "2025-10-18 00:00:00"])
    def test_a_date_is_any_hour_of_it(self, day: str) -> None:
        assert _when(day) == When(hours.whole_day(date(2025, 10, 18)), date(2025, 10, 18))

    @pytest.mark.parametrize("day", ["18 oktober 2025", "18 okt. 2025", "18/10 2025", "18 Okt 2025"])
    def test_a_date_in_swedish_words_is_the_same(self, day: str) -> None:
        assert _when(day) == _when("2025-10-18")
        assert _when("", f"{day} kl. 21.30") == _when("", "2025-10-18 21:30")

    @pytest.mark.parametrize("end", ["", "21:30", "21.30"])
    def test_a_start_alone_or_equal_to_the_end_is_exact(self, end: str) -> None:
        assert _when("2025-10-18", "21:30", end).hours == hours.exact(datetime(2025, 10, 18, 21))

    def test_a_clock_before_the_start_is_the_next_day(self) -> None:
        expected = hours.interval(datetime(2025, 9, 17, 22), datetime(2025, 9, 18, 2))
        assert _when("2025-09-17", "22:00", "02:00") == When(expected, date(2025, 9, 17))

    def test_24_00_is_midnight_after_the_day(self) -> None:
        expected = hours.interval(datetime(2025, 9, 17, 22), datetime(2025, 9, 18))
        assert _when("2025-09-17", "22:00", "24:00").hours == expected

    def test_timestamps_stand_on_their_own(self) -> None:
        expected = hours.interval(datetime(2025, 9, 17, 22), datetime(2025, 9, 19, 2))
        assert _when("", "2025-09-17T22:00", "2025-09-19 02:00:00").hours == expected

    def test_an_offset_is_put_on_swedish_clocks(self) -> None:
        when = _when("", "2025-07-01T23:30Z")
        assert (when.day, when.hours) == (date(2025, 7, 2), hours.exact(datetime(2025, 7, 2, 1)))


class TestSwitchNights:
    def test_an_hour_that_spring_skips_is_shifted_and_noted(self) -> None:
        when = _when("2025-03-30", "02:30")
        assert (when.hours, when.shifted) == (hours.exact(datetime(2025, 3, 30, 3)), "Från")

    def test_autumn_is_reckoned_on_the_wall(self) -> None:
        assert _when("2025-10-26", "01:30", "03:30").hours.span_minutes == 120

    def test_instants_across_the_autumn_switch_are_in_order(self) -> None:
        assert _when("", "2025-10-26T02:45+02:00", "2025-10-26T02:15+01:00").day == date(2025, 10, 26)


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        (("2025-02-30", "", ""), "Datum", "date.no_such_date"),
        (("igår", "", ""), "Datum", "date.not_a_date"),
        (("2026-11-23", "", ""), "Datum", "date.in_future"),
        (("1899-12-31", "", ""), "Datum", "date.too_old"),
        (("2025-01-01", "25:10", ""), "Från", "time.no_such_time"),
        (("2025-01-01", "24:00", ""), "Från", "time.no_such_time"),
        (("2025-01-01", "kväll", ""), "Från", "time.not_a_time"),
        (("2025-01-01", "", "22:00"), "Till", "time.end_without_start"),
        (("", "21:00", ""), "Från", "time.without_date"),
        (("", "2025-01-02T10:00", "2025-01-01T10:00"), "Till", "time.end_before_start"),
        (("", "9999-12-31T24:00+00:00", ""), "Från", "time.no_such_time"),
    ],
)
def test_a_fault_names_its_column(cells: tuple[str, str, str], column: str, code: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        _when(*cells)
    assert (caught.value.field, caught.value.code) == (column, code)
