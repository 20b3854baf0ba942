"""Free text screened for what points at a person."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.privacy import Suspect, SuspectKind, masked, screen
from geodata.privacy.addresses import find_addresses
from geodata.privacy.identity_numbers import find_identity_numbers
from geodata.privacy.names import find_names
from geodata.privacy.plates import find_plates
from geodata.privacy.telephones import find_telephones

MARK = "[borttaget]"
LONG = 10_000
SECONDS_PER_FINDER = 0.05


def _found(text: str, places: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return [(str(one.kind), text[one.start : one.end]) for one in screen(text, places)]


def _check_digit(nine: str) -> int:
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(nine)]
    return -sum(value - 9 if value > 9 else value for value in doubled) % 10


@st.composite
def identity_numbers(draw: st.DrawFn) -> str:
    """A true personal or coordination number in one of its spellings."""
    day = draw(st.dates(date(1890, 1, 1), date(2026, 1, 1)))
    shift = draw(st.sampled_from([0, 60]))
    six = f"{day:%y%m}{day.day + shift:02d}"
    serial = draw(st.integers(0, 999))
    century = draw(st.sampled_from(["", f"{day.year // 100}"]))
    mark = draw(st.sampled_from(["", "-", "+", " ", " - ", "–", "−", "\u00a0", "‑", "—", " -"]))
    inner = draw(st.sampled_from(["", " ", "-"]))
    written = inner.join([f"{century}{six[:2]}", six[2:4], six[4:]])
    return f"{written}{mark}{serial:03d}{_check_digit(f'{six}{serial:03d}')}"


around = st.text(max_size=30).filter(lambda text: not any(sign.isdecimal() for sign in text[:1] + text[-1:]))


class TestIdentityNumbers:
    @given(identity_numbers(), around, around)
    def test_each_is_found_in_any_text(self, number: str, before: str, after: str) -> None:
        text = f"{before}{number}{after}"
        start, end = len(before), len(before) + len(number)
        assert any(one.start <= start and end <= one.end for one in screen(text))

    @given(identity_numbers(), around, around)
    def test_none_is_left_in_the_masked_text(self, number: str, before: str, after: str) -> None:
        text = f"{before}{number}{after}"
        left = masked(text, screen(text), MARK)
        assert number not in left or number in before + after
        assert not list(find_identity_numbers(left))

    def test_digits_of_other_scripts_count_too(self) -> None:
        assert _found("٦٤٠٨٢٣-٩٨١٩") == [("identity_number", "٦٤٠٨٢٣-٩٨١٩")]

    def test_a_company_is_no_person(self) -> None:
        assert _found("org.nr 556677-8899") == []


class TestTelephones:
    @pytest.mark.parametrize(
        "number",
        [
            "070-174 06 05",
            "+46 (0)70-174 06 05",
            "0046701740605",
            "08-465 004 00",
            "0512-990 01",
            "+47 912 34 567",
        ],
    )
    def test_they_are_found_in_the_usual_spellings(self, number: str) -> None:
        assert _found(f"Ring {number}, tack") == [("phone", number)]

    @pytest.mark.parametrize(
        "text", ["Ring 112", "ring 114 14 nu", "kl 08.15-16.45", "den 08-12-2024", "tel 1177"]
    )
    def test_what_belongs_to_nobody_is_left(self, text: str) -> None:
        assert _found(text) == []

    def test_what_comes_after_a_number_is_not_part_of_it(self) -> None:
        assert _found("070-174 06 05 12 gånger") == [("phone", "070-174 06 05")]


class TestPlates:
    @pytest.mark.parametrize("plate", ["ABC 123", "abc123", "ABC12D", "abc 12d", "BRM-640"])
    def test_they_are_found_in_both_forms(self, plate: str) -> None:
        assert _found(f"en röd {plate} stod där") == [("plate", plate)]

    @pytest.mark.parametrize(
        "text", ["Rum 123", "E20", "väg 187", "QVI 123", "ABC 12O", "tog 150 steg", "SEX 112"]
    )
    def test_what_no_plate_can_be_is_left(self, text: str) -> None:
        assert _found(text) == []


class TestNames:
    @pytest.mark.parametrize(
        "text", ["Björn", "Sten i vägen", "Alm vid bron", "Bo på landet", "Viktoriaparken"]
    )
    def test_a_name_that_is_another_word_too_does_not_alarm_alone(self, text: str) -> None:
        assert _found(text) == []

    @pytest.mark.parametrize("name", ["Björn Alm", "Sten K", "mohammed ali", "Åsa Öberg", "Renée Müller"])
    def test_two_parts_make_it_a_name(self, name: str) -> None:
        assert _found(f"det var {name}, igen") == [("name", name)]

    def test_a_cue_makes_it_a_name(self) -> None:
        assert _found("han heter Sten") == [("name", "Sten")]
        assert _found("min granne Björn ser allt") == [("name", "Björn")]

    def test_a_street_named_after_somebody_is_a_street(self) -> None:
        assert _found("vid Selma Lagerlöfs gata") == []

    def test_a_known_place_is_no_person_but_its_namesake_is(self) -> None:
        assert _found("utanför Lottas", ("Lottas",)) == []
        assert _found("Anders Lund", ("Lund",)) == [("name", "Anders Lund")]

    def test_a_new_line_ends_a_name(self) -> None:
        assert _found("mvh Emma\nStorgatan") == [("name", "Emma")]


class TestMasked:
    def test_each_suspect_becomes_a_mark(self) -> None:
        text = "Emma Johansson, 070-174 06 05"
        assert masked(text, screen(text), MARK) == f"{MARK}, {MARK}"

    def test_two_over_each_other_become_one(self) -> None:
        suspects = [Suspect(SuspectKind.NAME, 0, 4), Suspect(SuspectKind.EMAIL, 2, 8)]
        assert masked("abcdefghij", suspects, "…") == "…ij"

    @given(st.text(max_size=80))
    def test_any_text_can_be_screened(self, text: str) -> None:
        found = screen(text)
        assert all(0 <= one.start < one.end <= len(text) for one in found)
        assert all(one.end <= other.start for one, other in zip(found, found[1:], strict=False))


HOSTILE = [
    "0 ",
    "0",
    "01 ",
    "1 - ",
    "19 ",
    "070-",
    "a",
    "a@",
    "@",
    "a.b@a.b.",
    " (at) ",
    "a punkt ",
    "abc 12",
]
HOSTILE += [
    "ABC 123 ",
    "a b c 1 2 3 ",
    "tel. 1 ",
    "Anna ",
    "anna och ",
    "Ahmed, ",
    "a-",
    "é",
    "640823-9819 ",
    ".a",
]

Finder = Callable[[str], Iterator[Suspect]]
FINDERS = [find_addresses, find_identity_numbers, find_telephones, find_plates, find_names]


class TestSpeed:
    @pytest.mark.parametrize("find", FINDERS)
    def test_no_text_takes_long(self, find: Finder) -> None:
        list(find("Anna"))  # the lists are read once
        slowest = max(_fastest_of_three(find, (part * LONG)[:LONG]) for part in HOSTILE)
        sys.stdout.write(f"{find.__name__}: {slowest * 1000:.0f} ms for {LONG} signs at worst\n")
        assert slowest < SECONDS_PER_FINDER


def _fastest_of_three(find: Finder, text: str) -> float:
    taken = []
    for _ in range(3):
        start = time.process_time()
        list(find(text))
        taken.append(time.process_time() - start)
    return min(taken)
