"""Any JSON that is kept aside can be stored, shown and read, and holds no identity number any more."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import InvalidValue
from geodata.privacy import mask_identity_numbers
from geodata.queries.walk_aside import Clash
from geodata.vocabulary import Polarity, Theme
from tests import walks
from webmap.services.aside_reading import document_in, entry_in, is_change, told_by
from webmap.services.aside_words import body_words
from webmap.services.clash_words import side_by_side
from webmap.services.kept_text import kept_text
from webmap.services.walk_body import Address, Told, sent
from webmap.words import words_for

WALK, ENTRY, CHANGE = (uuid4() for _ in range(3))
NUMBERS = st.sampled_from(["19121212-1212", "121212-1212", "ring 191212121212 nu", "8501011239"])
ODD = st.sampled_from(["\ud800", "a\udfffb", "\0", "\u202eabc", "\ufeff"])
TEXTS = st.text(alphabet=st.characters(), max_size=20) | NUMBERS | ODD
MOMENTS = st.sampled_from(
    ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-11-22T18:00:00+01:00"]
)
WORDS = st.sampled_from([*Polarity, *Theme, "lighting", "good", "poor", "finding", "check"])
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | MOMENTS | WORDS | st.just(191212121212)
)
ANY = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS | WORDS, inner, max_size=4),
    max_leaves=10,
)
NAMES = sorted({*walks.finding(SimpleNamespace(uid=WALK)), "answers", "revision", "withdrawn", "mood"})
BODIES = ANY | st.dictionaries(st.sampled_from(NAMES), ANY, max_size=6)


def sent_of(said: Any):
    return sent(json.dumps(said).encode())


def spoken(said: Any) -> list[str]:
    """Every text in a document."""
    if isinstance(said, dict):
        return [*map(str, said), *(text for each in said.values() for text in spoken(each))]
    if isinstance(said, list):
        return [text for each in said for text in spoken(each)]
    return [said] if isinstance(said, str) else []


def is_showable(text: str) -> bool:
    return "\0" not in text and text.encode("utf-8").decode("utf-8") == text


class TestAnyBody:
    @settings(max_examples=300, deadline=None)
    @given(BODIES)
    def test_what_is_kept_holds_no_number_and_can_be_stored(self, said):
        kept = kept_text(sent_of(said))
        assert is_showable(kept)
        assert [text for text in spoken(document_in(kept)) if mask_identity_numbers(text)[1]] == []

    @settings(max_examples=300, deadline=None)
    @given(BODIES)
    def test_what_is_kept_says_the_same_when_it_is_kept_again(self, said):
        kept = kept_text(sent_of(said))
        assert kept_text(sent(kept.encode())) == kept

    @settings(max_examples=300, deadline=None)
    @given(BODIES, st.sampled_from(["sv", "en"]))
    def test_it_can_be_shown(self, said, language):
        lines = body_words(kept_text(sent_of(said)), words_for(language))
        assert all(is_showable(text) for line in lines for text in line)

    @settings(max_examples=300, deadline=None)
    @given(BODIES)
    def test_it_can_be_shown_as_it_was_sent_too(self, said):
        """What is stored was written by this version or by another."""
        lines = body_words(json.dumps(said), words_for("sv"))
        assert all(is_showable(text) for line in lines for text in line)

    @settings(max_examples=300, deadline=None)
    @given(BODIES)
    def test_it_is_read_or_refused(self, said):
        body = json.dumps(said)
        with suppress(InvalidValue):
            assert isinstance(told_by(body, Address(WALK, ENTRY, CHANGE)), Told)
        assert is_change(body, ENTRY) in (True, False)
        assert entry_in(body) is None or isinstance(entry_in(body), UUID)

    @settings(max_examples=200, deadline=None)
    @given(BODIES)
    def test_it_stands_beside_what_it_would_change(self, said):
        clash = Clash(
            CHANGE, ENTRY, None, '{"lighting": "good"}', 1, False, 0, json.dumps(said), datetime.now(UTC)
        )
        sides = side_by_side(clash, words_for("sv"))
        assert all(is_showable(text) for row in (*sides.rows, (sides.text,)) for text in row)


class TestDepth:
    def test_what_is_deep_is_kept_as_it_came_but_for_numbers(self):
        raw = b'["19121212-1212",' + b"[" * 30 + b"]" * 30 + b"]"
        assert sent(raw).document is None
        assert kept_text(sent(raw)).startswith('["******-****",[')
