"""The audit: reference numbers, the closed form, and an attacker who shares no code with either."""

from __future__ import annotations

import json
import os
from datetime import date
from itertools import combinations_with_replacement, product
from math import inf

import numpy as np
import pytest

from geodata.analysis.publication import making, whole
from geodata.analysis.publication.audit import audit, told_of
from geodata.analysis.publication.bands import square_bands
from geodata.analysis.publication.edition import BLOCK_VIEWS
from geodata.analysis.publication.ground import Piece
from geodata.analysis.publication.hiding import intervals
from geodata.analysis.publication.making import make
from geodata.analysis.publication.material import Grain
from geodata.analysis.publication.programme import Impossible, Programme
from geodata.analysis.publication.views import CELL_VIEWS
from tests.geodata.analysis.publication.attacker import narrow
from tests.geodata.analysis.publication.towns import PERIOD, frame, material, some, town

SEEDS = range(40 if os.environ.get("FULL") else 8)


def table_programme(table, hidden):
    """A table whose rows and columns are summed in print, with some cells hidden."""
    made, wide = Programme(table.size), table.shape[1]
    for row, column in np.ndindex(table.shape):
        if [row, column] not in hidden:
            made.state({row * wide + column: 1.0}, table[row, column], table[row, column])
    for row in range(table.shape[0]):
        made.state(dict.fromkeys(range(row * wide, (row + 1) * wide), 1.0), *[table[row].sum()] * 2)
    for column in range(wide):
        made.state(dict.fromkeys(range(column, table.size, wide), 1.0), *[table[:, column].sum()] * 2)
    return made


class TestReference:
    @pytest.mark.parametrize("name", ["primary", "secondary"])
    def test_the_published_table_is_told_as_closely(self, name, shared):
        said = json.loads(shared("reference/privacy.json").read_text())["suppression"]
        table = np.array(said["table"])
        hidden = [[0, 2]] if name == "primary" else said["with_secondary"]["cells"]
        expected = (
            said["primary_only_intervals"] if name == "primary" else said["with_secondary"]["intervals"]
        )
        found = table_programme(table, hidden).intervals([{row * 4 + col: 1.0} for row, col in hidden])
        assert {f"{r},{c}": list(told) for (r, c), told in zip(hidden, found, strict=True)} == expected


class TestProgramme:
    def test_what_has_no_end_is_told_to_have_none(self):
        made = Programme(2)
        made.state({0: 1.0}, 3.0)
        assert made.intervals([{0: 1.0}, {0: 1.0, 1: -1.0}]) == [(3.0, inf), (-inf, inf)]

    def test_what_cannot_be_is_refused(self):
        made = Programme(1)
        made.state({0: 1.0}, 3.0, 2.0)
        with pytest.raises(Impossible):
            made.intervals([{0: 1.0}])


class TestClosedForm:
    def test_it_leaves_open_what_the_programme_does(self):
        bands = square_bands(5)
        for all_, blocks in product((0, 1, 2), combinations_with_replacement((None, 0, 1), 4)):
            said = {"all": bands[all_], "focus:traffic": bands[0]}
            said |= {
                view: bands[each] for view, each in zip(BLOCK_VIEWS, blocks, strict=True) if each is not None
            }
            if sum(said[view].first for view in BLOCK_VIEWS if view in said) > (bands[all_].last or inf):
                continue
            piece = Piece(((((0, 0, 250), tuple(sorted(said.items()))),),))
            told = dict(told_of(piece))
            closed = intervals(said)
            assert {view: told[f"250 m at 0,0 {view} 0"] for view in CELL_VIEWS} == {
                view: closed[view] for view in CELL_VIEWS
            }


def successive(seed, k=5):
    """Three editions of a growing town, each made with those before it, and whether each passed its audit."""
    count = (150 if os.environ.get("FULL") else 40) + 10 * (seed % 3)
    made, ground = town(count, seed)
    share = np.random.default_rng(seed).random(count)
    editions, passed = [], []
    for number, part in enumerate((0.5, 0.75, 1.0), 1):
        said = frame(
            number=number,
            period=(PERIOD[0], date(2026, 7 + number, 28)),
            localities=ground,
            grain=Grain.of(k, 250, 1_000),
        )
        found = make(some(made, share < part), said, editions).edition
        passed.append(audit(found, editions).is_passed)
        editions.append(found)
    return editions, passed


class TestAttack:
    def test_no_count_of_three_editions_is_told_to_within_less_than_k(self, capsys):
        counts, found = 0, []
        for seed in SEEDS:
            editions, passed = successive(seed)
            assert all(passed)
            told, close = narrow([each.to_bytes() for each in editions], 5)
            counts, found = counts + told, found + close
        said = f"hidden counts with interval narrower than k: {len(found)}"
        with capsys.disabled():
            print(f"\n{len(SEEDS)} towns, {counts} counts; {said}")  # noqa: T201 - a figure
        assert found == []


class TestBroken:
    """The attacker catches engines that are broken on purpose."""

    def test_one_that_hides_nothing_more_than_the_small(self, monkeypatch):
        monkeypatch.setattr(making, "may_be_shown", lambda bands, k: frozenset(bands))
        views = [("all", "block:night")] * 12 + [("all", "block:evening")] * 12
        made = make(material(np.full((24, 2), (370_130, 6_450_130)), views=views), frame()).edition
        assert not audit(made).is_passed
        assert narrow([made.to_bytes()], 5)[1]

    def test_one_that_shows_squares_of_one(self):
        editions, _ = successive(4, k=1)
        assert narrow([editions[0].to_bytes()], 5)[1]

    def test_one_that_tells_of_a_whole_that_leaves_no_room(self, monkeypatch):
        places = np.array([(370_130 + 8_000 * (number // 25), 6_450_130) for number in range(100)])
        views = [("all", "block:night")] * 100
        made = make(material(places, views=views), frame()).edition
        assert "all" in made.whole
        monkeypatch.setattr(
            whole, "class_of", lambda count, bands: 1
        )  # says 5–25 where squares say 48 or more
        monkeypatch.setattr(whole, "whole_intervals", lambda *said: [])
        broken = make(material(places, views=views), frame()).edition
        assert not audit(broken).is_passed

    def test_one_that_forgets_what_was_published_before(self, monkeypatch):
        """Two squares, then the one they lie in with hardly more: what else is in it is told."""
        start = np.array([368_010, 6_448_010])
        two = np.vstack((np.tile(start, (5, 1)), np.tile(start + (1_000, 0), (5, 1))))
        few = np.vstack((np.tile(start + (0, 1_000), (1, 1)),))
        first = make(material(two), frame()).edition
        monkeypatch.setattr(making, "repaired", lambda edition, earlier, count: edition)
        coarser = frame(number=2, grain=Grain.of(5, 250, 2_000))
        second = make(material(np.vstack((two, few))), coarser, [first]).edition
        assert not audit(second, [first]).is_passed
        assert narrow([first.to_bytes(), second.to_bytes()], 5)[1]

    def test_and_the_whole_engine_does_not_make_that_mistake(self):
        start = np.array([368_010, 6_448_010])
        two = np.vstack((np.tile(start, (5, 1)), np.tile(start + (1_000, 0), (5, 1))))
        few = np.tile(start + (0, 1_000), (1, 1))
        first = make(material(two), frame()).edition
        coarser = frame(number=2, grain=Grain.of(5, 250, 2_000))
        second = make(material(np.vstack((two, few))), coarser, [first]).edition
        assert audit(second, [first]).is_passed
        assert narrow([first.to_bytes(), second.to_bytes()], 5)[1] == []
