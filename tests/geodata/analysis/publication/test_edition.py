"""An edition's bytes: the same for the same content, and read back whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from geodata.analysis.publication.edition import Band, Edition, EffortSquare, PublicSquare

SQUARES = (
    PublicSquare(383_500, 6_462_500, 250, "Levene", {"all": 2, "focus:traffic": 1}),
    PublicSquare(380_000, 6_460_000, 1_000, "", {"all": 1}),
)
EDITION = Edition(
    municipality="1470",
    number=3,
    period=(date(2025, 1, 1), date(2026, 10, 31)),
    k=5,
    fine_m=250,
    coarse_m=1_000,
    bands=(Band(5, 10), Band(11, None)),
    whole_bands=(Band(5, 25), Band(26, None)),
    squares=SQUARES,
    effort=(EffortSquare(380_000, 6_460_000, 1_000),),
    whole={"all": 2},
    is_something_left_out=True,
)


class TestBytes:
    def test_they_are_read_back_as_they_were_written(self) -> None:
        assert Edition.from_bytes(EDITION.to_bytes()) == EDITION

    def test_the_order_in_which_squares_were_found_does_not_show(self) -> None:
        assert replace(EDITION, squares=tuple(reversed(SQUARES))).to_bytes() == EDITION.to_bytes()


class TestKey:
    def test_it_names_side_and_place_of_a_square(self) -> None:
        assert SQUARES[0].key == "250-1534-25850"
