"""Phones go in the groups of a walk: dealt out when it is split, told to each, changed by who carries one."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.queries.walks import devices_of
from geodata.tables.engine import reading, writing
from tests import factories, walks
from webmap.services import walk_leading, walk_receipts
from webmap.services.actors import Actor
from webmap.services.walk_groups import spread
from webmap.services.walk_leading import Leading

GROUPS = st.integers(1, 9)


@pytest.fixture
def home(engine):
    with writing(engine) as session:
        return factories.municipality(session)


@pytest.fixture
def walk(engine, home):
    return walks.walk(engine)


@pytest.fixture
def split(engine, home, walk):
    def into(groups):
        leader = Leading(home, walk.uid, Actor(None, "walk_leader"))
        walk_leading.split(engine, leader, groups)
        with reading(engine) as session:
            return [each.group_number for each in devices_of(session, walk.id)]

    return into


class TestSpread:
    @given(now=st.lists(GROUPS, max_size=40), groups=GROUPS)
    def test_no_group_has_two_more_than_another(self, now, groups):
        sizes = Counter({group: 0 for group in range(1, groups + 1)})
        sizes.update(spread(now, groups))
        assert set(sizes) == set(range(1, groups + 1))
        assert max(sizes.values()) - min(sizes.values()) <= 1

    @given(now=st.lists(GROUPS, max_size=40), groups=GROUPS)
    def test_nobody_moves_out_of_a_group_that_has_room(self, now, groups):
        made = spread(now, groups)
        most = max(Counter(made).values(), default=0)
        moved = {was for was, is_now in zip(now, made, strict=True) if was != is_now and was <= groups}
        assert all(Counter(made)[group] in (most, len(now) // groups) for group in moved)

    @given(now=st.lists(GROUPS, max_size=40), groups=GROUPS)
    def test_dealt_again_everybody_stays(self, now, groups):
        once = spread(now, groups)
        assert spread(once, groups) == once


class TestSplit:
    def test_four_phones_in_two_groups_are_two_and_two(self, engine, walk, split):
        for _ in range(4):
            walks.device(engine, walk)
        assert split(2) == [1, 1, 2, 2]

    def test_a_phone_keeps_its_group_where_it_can(self, engine, walk, split):
        for group in (3, 2, 2, 1):
            walks.device(engine, walk, group_number=group)
        assert split(2) == [1, 2, 2, 1]
        assert split(1) == [1, 1, 1, 1]

    def test_one_that_was_turned_away_takes_no_place(self, engine, walk, split):
        walks.device(engine, walk, revoked_at=datetime.now(UTC))
        for _ in range(2):
            walks.device(engine, walk)
        assert split(2)[1:] == [1, 2]


class TestHeard:
    def heard(self, engine, walk, token, group=None):
        told = walk_receipts.note_waiting(engine, walk.uid, token, (0, 0), group)
        return told.group, told.groups

    def test_a_phone_is_told_its_group(self, engine, walk, split):
        tokens = [walks.device(engine, walk) for _ in range(2)]
        assert self.heard(engine, walk, tokens[1]) == (1, 1)
        split(2)
        assert [self.heard(engine, walk, token) for token in tokens] == [(1, 2), (2, 2)]

    def test_it_goes_in_the_one_it_asks_for(self, engine, walk, split):
        token = walks.device(engine, walk)
        split(2)
        assert self.heard(engine, walk, token, 2) == (2, 2)
        assert self.heard(engine, walk, token) == (2, 2)

    @pytest.mark.parametrize("asked", [0, 3, -1])
    def test_one_that_there_is_not_changes_nothing(self, engine, walk, split, asked):
        token = walks.device(engine, walk)
        split(2)
        assert self.heard(engine, walk, token, asked) == (1, 2)
