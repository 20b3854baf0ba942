"""How much is found in texts as residents write them, and how often nothing is taken for something."""

from __future__ import annotations

import sys
from collections import Counter

import pytest

from geodata.privacy import SuspectKind, screen
from tests.geodata.privacy.samples import Sample, samples

LEAST_RECALL = 0.95
MOST_FALSE_ALARMS = 0.05


def _is_found(sample: Sample, kind: SuspectKind, start: int, end: int) -> bool:
    return any(one.kind == kind and one.start <= start and one.end >= end for one in screen(sample.text))


def _recall(named: str, told: list[Sample]) -> float:
    """Print found/all for each kind, and give the share of all."""
    everything, found = Counter[SuspectKind](), Counter[SuspectKind]()
    for sample in told:
        for expected in sample.expected:
            everything[expected.kind] += 1
            found[expected.kind] += _is_found(sample, expected.kind, expected.start, expected.end)
    kinds = ", ".join(f"{kind} {found[kind]}/{everything[kind]}" for kind in SuspectKind)
    sys.stdout.write(f"{named}: {kinds}, all {found.total()}/{everything.total()}\n")
    return found.total() / everything.total()


def _false_alarms(named: str, harmless: list[Sample]) -> float:
    """Print how many texts alarm though nothing is in them, and give their share."""
    alarming = sum(bool(screen(sample.text)) for sample in harmless)
    sys.stdout.write(f"{named}: {alarming} of {len(harmless)} alarm\n")
    return alarming / len(harmless)


class TestSamples:
    @pytest.mark.parametrize("named", ["told.txt", "kept_aside.txt"])
    def test_nearly_all_is_found(self, named: str) -> None:
        assert _recall(named, samples(named)) >= LEAST_RECALL

    @pytest.mark.parametrize("named", ["harmless.txt", "harmless_kept_aside.txt"])
    def test_hardly_any_harmless_text_alarms(self, named: str) -> None:
        assert _false_alarms(named, samples(named)) <= MOST_FALSE_ALARMS

    def test_there_are_enough_of_them(self) -> None:
        told = samples("told.txt") + samples("kept_aside.txt")
        harmless = samples("harmless.txt") + samples("harmless_kept_aside.txt")
        assert len(told) >= 200
        assert len(harmless) >= 200
        assert len({sample.text for sample in told + harmless}) == len(told) + len(harmless)

    def test_little_else_is_taken_out_of_them(self) -> None:
        told = samples("told.txt") + samples("kept_aside.txt")
        beside = sum(
            not any(one.start < expected.end and expected.start < one.end for expected in sample.expected)
            for sample in told
            for one in screen(sample.text)
        )
        sys.stdout.write(f"beside what is expected: {beside} in {len(told)} texts\n")
        assert beside <= MOST_FALSE_ALARMS * len(told)
