"""Drafts: the same saying has the same digest, and another saying another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.drafts import LONGEST_TEXT, checked_severity, checked_text, imported_uid
from geodata.errors import InvalidValue
from geodata.hours import ANY_HOUR
from geodata.vocabulary import Kind, Light, Origin, Owner, Polarity, State
from tests.factories import draft
from tests.places import place_at

OTHERWISE = {
    "place": place_at(0.01, 0),
    "kind": Kind.OBSERVATION,
    "polarity": Polarity.SAFE,
    "categories": frozenset({"litter"}),
    "source_category": "skräp",
    "severity": 3,
    "hours": ANY_HOUR,
    "day": date(2026, 11, 21),
    "light": Light.DARK,
    "text": "Mörkt",
    "voice": "a",
    "accuracy_m": 5.0,
}
NOT_CONTENT = {
    "uid": uuid4(),
    "source": "annan",
    "source_id": "7",
    "state": State.NEW,
    "owner": Owner.POLICE,
    "municipality": "1446",
}


class TestDigest:
    @pytest.mark.parametrize("name", OTHERWISE)
    def test_another_saying_has_another(self, name):
        said = draft()
        assert replace(said, **{name: OTHERWISE[name]}).digest != said.digest

    @pytest.mark.parametrize("name", NOT_CONTENT)
    def test_where_it_is_kept_is_not_what_it_says(self, name):
        said = draft()
        assert replace(said, **{name: NOT_CONTENT[name]}).digest == said.digest

    def test_less_than_a_millimetre_is_the_same_place(self):
        said = draft(place_at(1.0, 2.0))
        assert replace(said, place=place_at(1.0001, 2.0)).digest == said.digest

    @given(st.text(), st.text())
    def test_two_texts_share_one_only_when_they_are_the_same(self, one, other):
        assert (draft(text=one).digest == draft(text=other).digest) == (one == other)

    @given(st.permutations(["lighting", "litter", "drugs"]))
    def test_the_order_of_categories_says_nothing(self, order):
        expected = draft(categories=frozenset({"lighting", "litter", "drugs"})).digest
        assert draft(categories=frozenset(order)).digest == expected


class TestImportedUid:
    def test_the_same_row_has_the_same_one(self):
        asked = ("1470", Origin.STATISTICS, "statistics", "42")
        assert imported_uid(*asked) == imported_uid(*asked)

    def test_another_municipality_origin_source_or_id_has_another(self):
        rows = [
            ("1470", "a", "b", "c"),
            ("1446", "a", "b", "c"),
            ("1470", "b", "b", "c"),
            ("1470", "a", "bb", "c"),
        ]
        assert len({imported_uid(*row) for row in [*rows, ("1470", "a", "b", "cc")]}) == 5


class TestChecks:
    @pytest.mark.parametrize("value", [None, 1, 5])
    def test_a_severity_is_one_to_five_or_none(self, value):
        assert checked_severity(value) == value

    @pytest.mark.parametrize("value", [0, 6, -1])
    def test_other_severities_are_refused(self, value):
        with pytest.raises(InvalidValue, match="severity.out_of_range"):
            checked_severity(value)

    def test_a_text_keeps_its_lines_and_loses_control_signs(self):
        assert checked_text(" rad ett\nrad\x00 två\x1b[31m ") == "rad ett\nrad två[31m"

    def test_a_text_may_be_just_so_long(self):
        assert len(checked_text("å" * LONGEST_TEXT)) == LONGEST_TEXT
        with pytest.raises(InvalidValue) as raised:
            checked_text("å" * (LONGEST_TEXT + 1), "beskrivning")
        assert (raised.value.code, raised.value.field) == ("text.too_long", "beskrivning")
