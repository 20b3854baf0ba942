"""A receipt works from paper: what is misread is told, what is guessed is not found."""

from __future__ import annotations

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from webmap.services.receipts import ALPHABET, LETTERS, code_of, digest_of, spelled, typed

SECRET = "a secret of the tests that is long enough"
codes = st.uuids(version=4).map(lambda uid: code_of(SECRET, uid))
letters = st.sampled_from(ALPHABET)
places = st.integers(0, LETTERS - 1)


def test_no_letter_can_be_taken_for_another():
    assert not set(ALPHABET) & set("0O1IL")
    assert len(ALPHABET) == 31


@given(codes)
def test_it_is_read_as_it_is_spelled_and_as_people_type_it(code):
    assert len(code) == LETTERS
    assert typed(spelled(code)) == typed(f" {spelled(code).lower().replace('-', ' ')} ") == code


@given(codes, places, letters)
def test_one_wrong_letter_is_noticed(code, place, letter):
    wrong = code[:place] + letter + code[place + 1 :]
    assert (typed(wrong) == code) == (wrong == code)
    assert wrong == code or typed(wrong) == ""


@given(codes, places, places)
def test_two_letters_that_changed_places_are_noticed(code, one, other):
    swapped = list(code)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    assert typed("".join(swapped)) in ("", code)
    assert ("".join(swapped) == code) == (typed("".join(swapped)) == code)


def test_another_secret_gives_another_code():
    uid = UUID(int=7)
    assert code_of(SECRET, uid) != code_of(SECRET + "x", uid)
    assert len({code_of(SECRET, uuid4()) for _ in range(2_000)}) == 2_000


def test_the_digest_holds_no_letter_of_it():
    code = code_of(SECRET, UUID(int=7))
    assert len(digest_of(code)) == 64
    assert digest_of(code) != digest_of("")
