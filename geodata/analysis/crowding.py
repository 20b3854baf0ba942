"""How many reports have company."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

_SAMPLE = 300
MOST_JUDGED = 20_000
"""Of more the answer costs more than it is worth."""


def crowded_share(
    xy: NDArray[np.float64], share: NDArray[np.float64], radius_m: float, least: float
) -> float | None:
    """The part, 0 to 1, of the reports with a sum of shares of at least `least` within the radius.

    xy: (n, 2) metres. Judged on at most 300 of them, evenly spaced in the given order, the same each time.
    None for more than MOST_JUDGED.
    """
    if len(xy) > MOST_JUDGED:
        return None
    if not len(xy):
        return 0.0
    sample = np.unique(np.linspace(0, len(xy) - 1, min(_SAMPLE, len(xy))).astype(np.intp))
    near = cKDTree(xy).query_ball_point(xy[sample], radius_m)
    has_company = np.array([share[rows].sum() >= least for rows in near])
    return float(share[sample][has_company].sum() / share[sample].sum())
