"""Heads by role and group, as they are typed and as they are shown. Nobody is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine

from geodata.errors import InvalidValue
from geodata.queries.walk_heads import heads_of
from geodata.queries.walks import KnownWalk
from geodata.tables.engine import reading
from geodata.vocabulary import WalkRole
from webmap.services.walk_leading import MOST_HEADS
from webmap.words import Words
from webmap.words.walk_labels import WALK_ROLES


@dataclass(frozen=True)
class HeadRow:
    """A role: (name of the field, what stands in it) for each group, and the sum of what is stored."""

    label: str
    fields: tuple[tuple[str, str], ...]
    total: int


@dataclass(frozen=True)
class HeadTable:
    """Every role, and the sums of what is stored."""

    rows: tuple[HeadRow, ...]
    by_group: tuple[int, ...]
    total: int


def field_of(group: int, role: WalkRole) -> str:
    """What the field for a role in a group is called."""
    return f"heads-{group}-{role.value}"


def heads_typed(said: Mapping[str, str], groups: int) -> dict[tuple[int, WalkRole], int]:
    """The counts of a form; empty is nobody. Raises InvalidValue `walk.heads`."""
    found = {}
    for group in range(1, groups + 1):
        for role in WalkRole:
            name = field_of(group, role)
            typed = said.get(name, "").strip() or "0"
            if not (typed.isascii() and typed.isdigit() and int(typed[:9]) <= MOST_HEADS):
                raise InvalidValue("walk.heads", name, most=MOST_HEADS)
            found[group, role] = int(typed)
    return found


def head_table(engine: Engine, walk: KnownWalk, typed: Mapping[str, str] | None, words: Words) -> HeadTable:
    """What is stored, or in its fields what was typed."""
    with reading(engine) as session:
        heads = heads_of(session, walk.id)
    groups = range(1, walk.group_count + 1)
    rows = []
    for role in WalkRole:
        counts = {group: heads.get((group, role), 0) for group in groups}
        fields = tuple(
            (field_of(group, role), typed.get(field_of(group, role), "") if typed else f"{count or ''}")
            for group, count in counts.items()
        )
        rows.append(HeadRow(words(WALK_ROLES[role]), fields, sum(counts.values())))
    by_group = tuple(sum(heads.get((group, role), 0) for role in WalkRole) for group in groups)
    return HeadTable(tuple(rows), by_group, sum(by_group))
