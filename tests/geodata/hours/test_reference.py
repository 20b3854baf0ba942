"""Aoristic weights against the published table and the hand cases."""

from __future__ import annotations

import csv
import json
from datetime import datetime

import numpy as np
import pytest

from geodata.hours import WEEKDAYS, HourColumns, HoursOfWeek, exact, interval, profile


def columns_of(records: list[HoursOfWeek]) -> HourColumns:
    words = np.array([record.words for record in records], dtype=np.uint64).T
    ends = np.array(
        [(r.first_hour, r.last_hour, r.minutes_before_first, r.minutes_after_last) for r in records],
        dtype=np.uint8,
    ).T
    return HourColumns.of(words, ends)


@pytest.fixture(scope="module")
def reference(shared):
    return json.loads(shared("reference/aoristic.json").read_text())


def window(start: str, end: str | None) -> HoursOfWeek:
    begun = datetime.fromisoformat(start)
    return interval(begun, datetime.fromisoformat(end)) if end else exact(begun)


class TestHandCases:
    def test_each_gives_the_weights_reckoned_by_hand(self, reference):
        for case in reference["hand_cases"]:
            week = profile(columns_of([window(case["start"], case["end"])]))
            expected = np.zeros(168)
            if isinstance(case["weights"], str):
                expected[:] = 1 / 168
            else:
                for hour, weight in case["weights"].items():
                    expected[WEEKDAYS.index(hour[:3].lower()) * 24 + int(hour[3:])] = weight
            assert week == pytest.approx(expected, abs=1e-6), case


@pytest.fixture(scope="module")
def week(shared):
    with shared("data/dc_burglaries_2016h1.csv").open() as rows:
        return profile(columns_of([window(row["start"], row["end"]) for row in csv.DictReader(rows)]))


class TestPublishedTable:
    def test_every_hour_of_the_week_equals_the_reference(self, week, reference):
        assert week == pytest.approx(reference["dc_burglaries_2016h1"]["weights"], abs=1e-6)

    def test_it_equals_what_the_r_package_published(self, week, reference):
        table = reference["dc_burglaries_2016h1"]["published_R_aoristic_1.1.1_dcburgsum_24x7_MonSun"]
        assert pytest.approx(np.array(table), abs=5e-4) == week.reshape(7, 24).T

    def test_the_weights_add_up_to_the_number_of_reports(self, week):
        assert week.sum() == pytest.approx(1025)
