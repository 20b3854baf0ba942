"""An edition set right against those before it: where two together tell too much, the newer says less."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from geodata.analysis.publication.audit import is_safe
from geodata.analysis.publication.edition import Edition, PublicSquare
from geodata.analysis.publication.ground import Box, box_of, chain, holds, pieces

Count = Callable[[Sequence[Box]], list[PublicSquare]]
"""Counts some squares anew, with nothing but all in them."""


def repaired(edition: Edition, earlier: Sequence[Edition], count: Count) -> Edition:
    """The same edition, with less in it where it would give away too much together with earlier ones."""
    editions = chain(edition, earlier)
    if len(editions) == 1:
        return edition
    unsafe = [
        root
        for root, piece in pieces(editions).items()
        if len(piece.editions) > 1 and not is_safe(piece, edition.k)
    ]
    squares = list(edition.squares)
    for root in unsafe:
        beside = [square for square in squares if not holds(root, box_of(square))]
        squares = beside + _safe_squares(root, editions, count)
    ordered = sorted(squares, key=lambda each: (each.size_m, each.west_m, each.south_m))
    return replace(edition, squares=tuple(ordered))


def _safe_squares(root: Box, editions: Sequence[Edition], count: Count) -> list[PublicSquare]:
    """The most that can be said in a piece of ground: only all, only in the squares of before, or nothing."""
    within = [[each for each in edition.squares if holds(root, box_of(each))] for edition in editions]
    before = [replace(each, squares=tuple(own)) for each, own in zip(editions[:-1], within[:-1], strict=True)]
    for boxes in _choices(within, editions):
        found = count(boxes) if boxes else []
        together = [*before, replace(editions[-1], squares=tuple(found))]
        if all(is_safe(piece, editions[-1].k) for piece in pieces(together).values()):
            return found
    return []


def _choices(within: Sequence[Sequence[PublicSquare]], editions: Sequence[Edition]) -> Iterator[list[Box]]:
    """The newest edition's squares, then those of the ones before it that were no finer than is allowed."""
    newest = editions[-1]
    for squares, edition in reversed(list(zip(within, editions, strict=True))):
        if edition.fine_m >= newest.fine_m and edition.coarse_m >= newest.coarse_m:
            yield [box_of(square) for square in squares]
