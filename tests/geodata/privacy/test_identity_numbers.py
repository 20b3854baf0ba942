"""Identity numbers in free text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.privacy import MASK, mask_identity_numbers


def _check_digit(nine: str) -> int:
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(nine)]
    return -sum(value - 9 if value > 9 else value for value in doubled) % 10


@pytest.mark.parametrize(
    "number",
    [
        "19121212-1212",
        "191212121212",
        "19121212 1212",
        "121212-1212",
        "121212+1212",
        "19121272-1212",
        "121212–1212",
        "1212121212",
    ],
)
def test_it_masks_every_way_of_writing_a_number(number: str) -> None:
    assert mask_identity_numbers(f"pnr {number}, ring") == (f"pnr {MASK}, ring", 1)


@pytest.mark.parametrize(
    "text",
    ["0512-310 00", "070-123 45 67", "0701234567", "dnr 2025-01-01", "19121345-1212", "6459617,9", "a 1-2"],
)
def test_it_leaves_what_is_no_identity_number(text: str) -> None:
    assert mask_identity_numbers(text) == (text, 0)


def test_it_masks_a_mistyped_number_too() -> None:
    assert mask_identity_numbers("19121212-1213")[1] == 1


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 999), st.text(max_size=20))
def test_no_true_number_gets_through_without_a_mark(day: date, serial: int, around: str) -> None:
    nine = f"{day:%y%m%d}{serial:03d}"
    text = f"{around} {nine}{_check_digit(nine)} {around}"
    assert f"{nine}{_check_digit(nine)}" not in mask_identity_numbers(text)[0]
