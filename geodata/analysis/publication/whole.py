"""What is told of the municipality as a whole, where the squares leave room for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from geodata.analysis.publication.audit import room_beside, whole_intervals
from geodata.analysis.publication.bands import class_of, named
from geodata.analysis.publication.edition import ALL, VIEWS, Edition
from geodata.analysis.publication.ground import chain
from geodata.analysis.publication.hiding import KEPT_FIRST, may_be_shown


def whole_classes(edition: Edition, counts: Mapping[str, int], earlier: Sequence[Edition]) -> dict[str, int]:
    """View → class of the whole, as many as can be told. counts: of the views with enough by themselves."""
    editions = chain(edition, earlier)
    known = room_beside(editions)
    classes = {
        view: class_of(count, edition.whole_bands)
        for view, count in counts.items()
        if _is_open(edition, known[0][VIEWS.index(view)] + (known[2] if view == ALL else 0))
    }
    bands = named(classes, edition.whole_bands)
    shown = [view for view in KEPT_FIRST if view in may_be_shown(bands, edition.k)]

    def is_wide(views: Sequence[str]) -> bool:
        tried = replace(edition, whole={view: classes[view] for view in views})
        told = whole_intervals(tried, *known)
        return all(high - low >= edition.k for _, (low, high) in told)

    while shown and not is_wide(shown):
        fewer = ([view for view in shown if view != left] for left in reversed(shown))
        shown = next((each for each in fewer if is_wide(each)), shown[:-1])
    return {view: classes[view] for view in sorted(shown)}


def _is_open(edition: Edition, least: float) -> bool:
    """Whether a count, of which others tell that it is at least so much, may be told whatever it is.

    Were it left out only where it lies close under the end of its class, that it is left out would tell it.
    """
    around = [
        band for band in edition.whole_bands if band.last is not None and band.first <= least <= band.last
    ]
    return all((band.last or 0) - least >= edition.k for band in around)
