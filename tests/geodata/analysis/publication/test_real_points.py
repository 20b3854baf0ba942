"""Points of real cities, moved to Vara, as if people had told of them: edition after edition, attacked."""

from __future__ import annotations

import csv
import os
from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
import shapely

from geodata import crs
from geodata.analysis.publication.audit import audit
from geodata.analysis.publication.edition import ALL, Edition
from geodata.analysis.publication.ground import nested
from geodata.analysis.publication.making import make
from geodata.analysis.publication.material import NO_DAY, Grain, Material
from tests.geodata.analysis.publication.attacker import narrow
from tests.geodata.analysis.publication.towns import frame, said_of, some

K = 5
TOWN_M = 2_500
PART_M = 1_000
SETS = {
    "robberies.csv": [(date(2019, 1, 1), date(2019, month, 28)) for month in (6, 7, 9)],
    "burglaries.csv": [(date(2016, 1, 1), date(2016, month, 28)) for month in (3, 5, 6)],
    "assaults.csv": [(date(2010, month, 1), date(2012, 11 + month, 28)) for month in (1,)]
    + [(date(2010, month, 1), date(2013, month - 1, 28)) for month in (2, 3)],
}
"""Periods of successive editions. Of the third, which is long, the beginning goes as the end comes."""
EVERY, PART = (20, 1) if os.environ.get("FULL") else (60, 3)
"""Of the third, one point in so many; of the parts of the ground, one in so many."""


def placed(path):
    """The points of a file as reports with invented voices, one in ten without, and the day of each."""
    with path.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    rows = rows[:: EVERY if len(rows) > 10_000 else 1]
    chance = np.random.default_rng(len(rows))
    east, north = crs.to_metres_xy(*np.array([[row["lon"], row["lat"]] for row in rows], dtype=float).T)
    voice = chance.integers(1, len(rows) // 2, len(rows))
    voice[chance.random(len(rows)) < 0.1] = 0
    days = np.array([date.fromisoformat(row["start"][:10]).toordinal() for row in rows])
    said, walks = said_of(chance, len(rows)), chance.random(len(rows)) < 0.15
    day = np.full(len(rows), NO_DAY, dtype=np.int32)
    return Material(east, north, voice, day, said, said, walks), days


def published(path, periods):
    """Editions one after the other, each made with all before it."""
    material, days = placed(path)
    middle = shapely.Point(np.median(material.east), np.median(material.north))
    ground, found = middle.buffer(TOWN_M), []
    for number, (first, last) in enumerate(periods, 1):
        within = (days >= first.toordinal()) & (days <= last.toordinal())
        framed = frame(number=number, period=(first, last), localities=ground)
        found.append(make(some(material, within), framed, found).edition)
    return found


def parts(editions):
    """The editions' ground in parts that no square joins, each with all that the editions say there."""
    side = max(PART_M, *(square.size_m for each in editions for square in each.squares))
    corners = {
        (square.west_m // side, square.south_m // side) for each in editions for square in each.squares
    }
    for corner in sorted(corners):
        yield [_part(each, corner, side) for each in editions]


def _part(edition, corner, side):
    def own(squares):
        return tuple(each for each in squares if (each.west_m // side, each.south_m // side) == corner)

    return replace(edition, squares=own(edition.squares), effort=own(edition.effort), whole={})


def attacked(editions):
    """How many counts, and those told to within less than k: of every part, then of the whole."""
    count, close = 0, []
    for part in list(parts(editions))[1::PART]:
        counted, found = narrow([each.to_bytes() for each in part], K, ["squares"])
        count, close = count + counted, close + found
    counted, found = narrow([_all_only(each).to_bytes() for each in editions[-1:]], K, ["whole"])
    return count + counted, close + found


def _all_only(edition: Edition) -> Edition:
    """What says most of the whole: every square's class of all."""
    squares = [replace(each, classes={ALL: each.classes[ALL]}) for each in edition.squares]
    return replace(edition, squares=tuple(squares))


def differences(editions):
    """Subtracted by hand, as somebody would: view from view, square from square around it, by edition."""
    for each in editions:
        bands = {box(square): band(each, square, ALL) for square in each.squares}
        for square in each.squares:
            for view in set(square.classes) - {ALL, "safe"}:
                part = band(each, square, view)
                yield bands[box(square)][1] - part[0] - max(0, bands[box(square)][0] - part[1])
    for before, now in [each for each in pairwise(editions) if nested(*each)]:
        known = {box(square): band(before, square, ALL) for square in before.squares}
        for square in now.squares:
            if box(square) in known:
                low, high = band(now, square, ALL)
                yield high - known[box(square)][0] - max(0, low - known[box(square)][1])


def box(square):
    return square.west_m, square.south_m, square.size_m


def band(edition, square, view):
    found = edition.bands[square.classes[view] - 1]
    return found.first, np.inf if found.last is None else found.last


class TestRealPoints:
    @pytest.mark.parametrize("name", SETS)
    def test_no_count_is_told_to_within_less_than_k(self, name, shared, capsys):
        editions = published(shared(f"data/{name}"), SETS[name])
        assert all(audit(each, editions[:number]).is_passed for number, each in enumerate(editions))
        subtracted = list(differences(editions))
        count, close = attacked(editions)
        squares = [len(each.squares) for each in editions]
        said = f"hidden counts with an interval narrower than k: {len(close)}"
        with capsys.disabled():
            print(f"\n{name}, {squares} squares, {count} attacked, {len(subtracted)} subtracted; {said}")  # noqa: T201 - a figure
        assert min(squares) > 3
        assert close == []
        assert min(subtracted) >= K

    def test_one_that_shows_squares_of_one_is_caught(self, shared):
        material, _ = placed(shared("data/burglaries.csv"))
        editions = [make(material, frame(grain=Grain.of(1, 250, 1_000))).edition]
        assert any(narrow([part[0].to_bytes()], K, ["squares"])[1] for part in parts(editions))
