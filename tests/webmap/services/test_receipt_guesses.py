"""Codes cannot be guessed: a million tries find none of ten thousand receipts."""

from __future__ import annotations

import random
import sys
from uuid import UUID

from webmap.services.receipts import ALPHABET, LETTERS, code_of, digest_of, typed

TRIES, STORED = 1_000_000, 10_000
SECRET = "a secret of the tests that is long enough"


def guesses(count, seed):
    letters = random.Random(seed).choices(ALPHABET, k=count * LETTERS)
    joined = "".join(letters)
    return (joined[start : start + LETTERS] for start in range(0, len(joined), LETTERS))


class TestGuessing:
    def test_a_million_guesses_hit_nothing(self):
        noise = random.Random(4)
        stored = {code_of(SECRET, UUID(int=noise.getrandbits(128))) for _ in range(STORED)}
        could_be = [guess for guess in guesses(TRIES, 1470) if typed(guess)]
        odds = STORED / len(ALPHABET) ** (LETTERS - 1)
        sys.stdout.write(
            f"receipts: {len(could_be)} of {TRIES} guesses spelled like a code, {stored & set(could_be)} hit;"
            f" odds of a hit by one well-spelled guess among {STORED} receipts: {odds:.1e}\n"
        )
        assert not stored & set(could_be)
        assert len(could_be) < 1.05 * TRIES / len(ALPHABET)

    def test_what_is_looked_up_is_the_slow_digest_and_never_the_code(self):
        code = code_of(SECRET, UUID(int=1))
        assert digest_of(code) != digest_of(code[:-1] + ("2" if code[-1] != "2" else "3"))
        assert code not in digest_of(code)

    def test_a_year_of_guesses_from_a_thousand_addresses_is_not_enough(self):
        a_year = 1_000 * 10 * 60 * 24 * 365
        assert a_year * STORED / len(ALPHABET) ** (LETTERS - 1) < 0.003
