"""Counts of the minutes in words: who came, and what came of what was said."""

from __future__ import annotations

from collections.abc import Mapping

from geodata.vocabulary import WalkRole
from webmap.services.minutes import Sums
from webmap.words import Words
from webmap.words.labels import N_
from webmap.words.walk_labels import WALK_ROLES

FEW = 3
"""A role with fewer than this is told as a range: one alone could be known by it."""
SUM_LABELS = {
    "said": N_("togs upp"),
    "good": N_("trygga platser"),
    "done": N_("klart"),
    "under_way": N_("på gång"),
    "late": N_("försenat"),
    "not_possible": N_("går inte att göra"),
}


def heads_words(heads: Mapping[WalkRole, int], words: Words) -> str:
    """Roles and how many, then all; where a role is told as a range the sum is one too."""
    if not heads:
        return ""
    named = [f"{words(WALK_ROLES[role])} {_head_count(heads[role])}" for role in WalkRole if role in heads]
    fewest, most = head_range(heads)
    whole = str(most) if fewest == most else f"{fewest}–{most}"
    return words("%(roles)s. Tillsammans %(sum)s.", roles=", ".join(named), sum=whole)


def head_range(heads: Mapping[WalkRole, int]) -> tuple[int, int]:
    """How few and how many came in all, as everybody is told."""
    few = [count for count in heads.values() if count < FEW]
    sure = sum(heads.values()) - sum(few)
    return sure + len(few), sure + len(few) * (FEW - 1)


def _head_count(count: int) -> str:
    return str(count) if count >= FEW else f"1–{FEW - 1}"


def sum_words(sums: Sums, words: Words) -> list[tuple[int, str, str]]:
    """How many of what, with its tone; what there is none of is left out, but for what was said and done."""
    kept = ("said", "done")
    counted = [(getattr(sums, name), words(label), name) for name, label in SUM_LABELS.items()]
    return [(count, label, name) for count, label, name in counted if count or name in kept]
