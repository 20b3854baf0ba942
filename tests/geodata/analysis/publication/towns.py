"""Small invented towns as material for editions, the same every time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.analysis.publication.edition import ALL, BLOCK_VIEWS, FOCUS_VIEWS, SAFE
from geodata.analysis.publication.making import Frame
from geodata.analysis.publication.material import NO_DAY, Grain, Material
from geodata.analysis.publication.views import BIT

CORNER = np.array([370_000, 6_450_000])
PERIOD = (date(2023, 11, 1), date(2026, 10, 31))
GRAIN = Grain.of(5, 250, 1_000)


def material(xy: Any, voice: Any = None, views: Any = None, **more: Any) -> Material:
    """Reports at places. voice: everyone's own unless told. views: names, `all` unless told."""
    places = np.array(xy, dtype=np.float64).reshape(-1, 2)
    count = len(places)
    bits = np.full(count, BIT[ALL], dtype=np.uint16)
    if views is not None:
        bits = np.array([sum(BIT[view] for view in each) for each in views], dtype=np.uint16)
    said = {
        "voice": np.arange(1, count + 1) if voice is None else np.array(voice, dtype=np.int64),
        "day": np.full(count, NO_DAY, dtype=np.int32),
        "cell": bits,
        "whole": bits,
        "is_effort": np.zeros(count, dtype=bool),
    }
    return Material(places[:, 0], places[:, 1], **(said | more))


def frame(**said: Any) -> Frame:
    """Vara's first edition, without a locality unless told."""
    return replace(Frame("1470", 1, PERIOD, GRAIN), **said)


def town(count: int, seed: int, span_m: int = 12_000, voices: int = 0) -> tuple[Material, Any]:
    """So many reports around some centres, and the ground of its localities."""
    chance = np.random.default_rng(seed)
    centres = CORNER + chance.uniform(1_000, span_m - 1_000, (1 + seed % 6, 2))
    at = chance.choice(len(centres), count, p=chance.dirichlet(np.full(len(centres), 0.7)))
    spread = chance.choice([60, 200, 1_500], count)
    places = (centres[at] + chance.normal(0, 1, (count, 2)) * spread[:, None]).round(1)
    said = said_of(chance, count)
    voice = chance.integers(1, (voices or max(8, count // 2)) + 1, count)
    voice[chance.random(count) < 0.1] = 0
    day = np.where(chance.random(count) < 0.3, chance.integers(20_000, 20_600, count), NO_DAY)
    whole = said | np.where(chance.random(count) < 0.1, BIT["focus:drugs"], 0).astype(np.uint16)
    cell = np.where(chance.random(count) < 0.1, 0, said).astype(np.uint16)
    made = Material(*places.T, voice, day.astype(np.int32), cell, whole, chance.random(count) < 0.2)
    return made, shapely.unary_union([shapely.Point(*each).buffer(1_000) for each in centres])


def said_of(chance: np.random.Generator, count: int) -> NDArray[np.uint16]:
    """Views of so many reports, about as people tell of them."""
    bits = np.full(count, BIT[ALL], dtype=np.uint16)
    for view in FOCUS_VIEWS[:2]:
        bits[chance.random(count) < 0.45] |= BIT[view]
    block = chance.choice(5, count, p=[0.2, 0.05, 0.15, 0.4, 0.2])
    for number, view in enumerate(BLOCK_VIEWS):
        bits[block == number] |= BIT[view]
    bits[chance.random(count) < 0.12] = BIT[SAFE]
    return bits


def some(made: Material, rows: Any) -> Material:
    """Some of the reports."""
    return Material(
        made.east[rows],
        made.north[rows],
        made.voice[rows],
        made.day[rows],
        made.cell[rows],
        made.whole[rows],
        made.is_effort[rows],
    )
