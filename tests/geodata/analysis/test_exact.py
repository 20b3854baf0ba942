"""The plain sum against `kde_memphis.json`: exact sums made with another program."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geodata.analysis.exact import Rectangle, exact_density, mass_inside
from geodata.analysis.kernels import Kernel
from tests.geodata.analysis.conftest import Points, read_points


@pytest.fixture(scope="module")
def memphis(shared: Callable[[str], Path]) -> dict[str, Any]:
    return json.loads(shared("reference/kde_memphis.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def points(memphis: dict[str, Any], shared: Callable[[str], Path]) -> Points:
    return read_points(shared(memphis["source"]), f"EPSG:{memphis['epsg']}")


def gaussian(memphis: dict[str, Any]) -> Kernel:
    return Kernel("gaussian", memphis["sigma"] * math.sqrt(8.0), is_cut=False)


def assert_equal(found: Points, expected: list[float]) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=0.0)


class TestExactDensity:
    def test_the_quartic_is_the_reference(self, memphis: dict[str, Any], points: Points) -> None:
        found = exact_density(points, 1.0, memphis["query_xy"], Kernel("quartic", memphis["h"]))
        assert_equal(found, memphis["quartic_intensity_per_km2"])

    def test_the_weighted_quartic_is_the_reference(self, memphis: dict[str, Any], points: Points) -> None:
        weights = 1 + np.arange(len(points)) % 3
        found = exact_density(points, weights, memphis["query_xy"], Kernel("quartic", memphis["h"]))
        assert_equal(found, memphis["quartic_weighted_per_km2"])

    def test_the_gaussian_is_the_reference(self, memphis: dict[str, Any], points: Points) -> None:
        found = exact_density(points, 1.0, memphis["query_xy"], gaussian(memphis))
        assert_equal(found, memphis["gaussian_intensity_per_km2"])

    def test_nothing_gives_nothing(self) -> None:
        found = exact_density(np.zeros((0, 2)), np.zeros(0), [[1.0, 2.0]], Kernel("quartic", 300.0))
        assert found.tolist() == [0.0]


class TestMassInside:
    def test_the_mass_in_the_window_is_the_reference(self, memphis: dict[str, Any]) -> None:
        mass = mass_inside(Rectangle(*memphis["window_rect"]), memphis["query_xy"], gaussian(memphis))
        assert_equal(mass, memphis["edge_mass_rect"])

    def test_the_uniform_correction_is_the_reference(self, memphis: dict[str, Any], points: Points) -> None:
        plain = exact_density(points, 1.0, memphis["query_xy"], gaussian(memphis))
        mass = mass_inside(Rectangle(*memphis["window_rect"]), memphis["query_xy"], gaussian(memphis))
        assert_equal(plain / mass, memphis["gaussian_uniform_edge_per_km2"])

    def test_diggles_correction_is_the_reference(self, memphis: dict[str, Any], points: Points) -> None:
        mass = mass_inside(Rectangle(*memphis["window_rect"]), points, gaussian(memphis))
        found = exact_density(points, 1.0 / mass, memphis["query_xy"], gaussian(memphis))
        assert_equal(found, memphis["gaussian_diggle_edge_per_km2"])
