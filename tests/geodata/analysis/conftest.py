"""Points and sums that the tests of the surface share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from geodata import crs

Points = NDArray[np.float64]


def read_points(path: Path, system: str = crs.METRES) -> Points:
    """(n, 2) metres of a file whose first columns are longitude and latitude."""
    degrees = np.genfromtxt(path, delimiter=",", skip_header=1, usecols=(0, 1))
    return np.column_stack(crs.transform_xy(degrees[:, 0], degrees[:, 1], crs.DEGREES, system))


@pytest.fixture(scope="session")
def robberies(shared: Callable[[str], Path]) -> Points:
    return read_points(shared("data/robberies.csv"))


@pytest.fixture(scope="session")
def towns() -> Points:
    """Invented points around four towns, over several blocks and their borders."""
    random = np.random.default_rng(7)
    centres = np.array([[376_000.0, 6_456_000.0], [377_900.0, 6_459_990.0], [383_000.0, 6_462_500.0]])
    return centres[random.integers(0, 3, 600)] + random.normal(0, 420, (600, 2))
