"""Classes instead of counts: from how many reports to how many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from geodata.analysis.publication.edition import Band, Edition, PublicSquare


def square_bands(k: int) -> tuple[Band, ...]:
    """Of squares. Each is at least k wide, also to one who knows that a view is shown from k + 1 on."""
    return Band(k, 2 * k + 1), Band(2 * k + 2, 5 * k), Band(5 * k + 1, 12 * k), Band(12 * k + 1, None)


def whole_bands(k: int) -> tuple[Band, ...]:
    """Of the municipality as a whole."""
    return Band(k, 5 * k), Band(5 * k + 1, 20 * k), Band(20 * k + 1, 100 * k), Band(100 * k + 1, None)


def class_of(count: int, bands: Sequence[Band]) -> int:
    """Number of the class that holds a count, from 1. The count is at least the first's."""
    return sum(count >= band.first for band in bands)


def bands_of(square: PublicSquare, edition: Edition) -> dict[str, Band]:
    """View → what its class says."""
    return named(square.classes, edition.bands)


def named(classes: Mapping[str, int], bands: Sequence[Band]) -> dict[str, Band]:
    """View → band, of view → class."""
    return {view: bands[class_ - 1] for view, class_ in classes.items()}
