"""docs/asvs.md: every requirement of ASVS 5.0.0, levels 1 and 2, once: with a test, a reason or a gap."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
DOC = ROOT / "docs" / "asvs.md"
LEVELS = {
    1: """1.2.1-5 1.3.1-2 1.5.1 2.1.1 2.2.1-2 2.3.1 3.2.1-2 3.3.1 3.4.1-2 3.5.1-3 4.1.1 4.4.1 5.2.1-2 5.3.1-2
       6.1.1 6.2.1-8 6.3.1-2 6.4.1-2 7.2.1-4 7.4.1-2 8.1.1 8.2.1-2 8.3.1 9.1.1-3 9.2.1 10.4.1-5 11.3.1-2
       11.4.1 12.1.1 12.2.1-2 13.4.1 14.2.1 14.3.1 15.1.1 15.2.1 15.3.1""",
    2: """1.1.1-2 1.2.6-9 1.3.3-11 1.4.1-3 1.5.2 2.1.2-3 2.2.3 2.3.2-4 2.4.1 3.3.2-4 3.4.3-6 3.5.4-5 3.7.1-2
       4.1.2-3 4.2.1 4.3.1-2 4.4.2-4 5.1.1 5.2.3 5.4.1-3 6.1.2-3 6.2.9-12 6.3.3-4 6.4.3-4 6.5.1-5 6.6.1-3
       6.8.1-4 7.1.1-3 7.3.1-2 7.4.3-5 7.5.1-2 7.6.1-2 8.1.2 8.2.3 8.4.1 9.2.2-4 10.1.1-2 10.2.1-2 10.3.1-4
       10.4.6-11 10.5.1-5 10.6.1-2 10.7.1-3 11.1.1-2 11.2.1-3 11.3.3 11.4.2-4 11.5.1 11.6.1 12.1.2-3 12.3.1-4
       13.1.1 13.2.1-5 13.3.1-2 13.4.2-5 14.1.1-2 14.2.2-4 14.3.2-3 15.1.2-3 15.2.2-3 15.3.2-7 16.1.1
       16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3 17.1.1 17.2.1-4 17.3.1-2""",
}
"""The numbers of the standard, by level and section."""
ROW = re.compile(r"\| (\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| ([^|]+) \|")
TEST = re.compile(r"`(tests/[\w./]+\.py)(?:::(\w+))?(?:::(\w+))?`")
REASON = re.compile(r"not applicable: (.+)")
GAP = re.compile(r"\*\*gap\*\*: (.+)")


class Line(NamedTuple):
    """One requirement as the page has it."""

    number: str
    level: int
    asks: str
    held_by: str

    @property
    def mark(self) -> str:
        if self.held_by.startswith("not applicable"):
            return "not applicable"
        return "gap" if self.held_by.startswith("**gap**") else "tested"


def numbers(level: int) -> list[str]:
    """All requirements of a level, its sections spelled out."""
    found = []
    for said in LEVELS[level].split():
        section, _, span = said.rpartition(".")
        first, _, last = span.partition("-")
        found += [f"{section}.{each}" for each in range(int(first), int(last or first) + 1)]
    return found


@cache
def lines() -> list[Line]:
    rows = (ROW.fullmatch(line) for line in DOC.read_text(encoding="utf-8").splitlines())
    return [Line(row[1], int(row[2]), row[3], row[4]) for row in rows if row]


@cache
def names_in(path: str) -> set[tuple[str, str]]:
    """(class or function, method or nothing) of a file of tests."""
    found = set()
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            methods = [each.name for each in node.body if isinstance(each, ast.FunctionDef)]
            found |= {(node.name, "")} | {(node.name, each) for each in methods if each.startswith("test")}
        elif isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            found.add((node.name, ""))
    return found


@pytest.mark.parametrize(("level", "count"), [(1, 70), (2, 183)])
def test_every_requirement_is_there_once_with_its_level(level: int, count: int) -> None:
    wanted = numbers(level)
    assert len(wanted) == len(set(wanted)) == count
    assert sorted(line.number for line in lines() if line.level == level) == sorted(wanted)


def test_every_row_is_read() -> None:
    rows = [row for row in DOC.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d+\.", row)]
    assert len(rows) == len(lines()) == 253


def test_every_named_test_exists() -> None:
    missing = []
    for line in lines():
        for path, first, second in TEST.findall(line.held_by):
            if not (ROOT / path).is_file() or (first and (first, second) not in names_in(path)):
                missing.append(f"{line.number}: {path}::{first}::{second}")
        named = len(re.findall("`tests/", line.held_by))
        if named != len(TEST.findall(line.held_by)):
            missing.append(f"{line.number}: not to be read")
    assert missing == []


def test_each_has_a_test_a_reason_or_what_is_missing() -> None:
    empty = [
        line.number
        for line in lines()
        if (line.mark == "tested" and not TEST.match(line.held_by))
        or (line.mark == "not applicable" and len((REASON.fullmatch(line.held_by) or " ")[0]) < 24)
        or (line.mark == "gap" and len((GAP.fullmatch(line.held_by) or " ")[0]) < 40)
        or len(line.asks) < 8
    ]
    assert empty == []


def test_the_counts_at_the_head_are_those_of_the_rows(capsys: pytest.CaptureFixture[str]) -> None:
    head = DOC.read_text(encoding="utf-8")
    by_level = Counter((line.mark, line.level) for line in lines())
    for mark in ("tested", "not applicable", "gap"):
        first, second = by_level[mark, 1], by_level[mark, 2]
        assert f"| {mark} | {first} | {second} | {first + second} |" in head
    marks = Counter(line.mark for line in lines())
    told = f"{marks['tested']} tested, {marks['not applicable']} not applicable, {marks['gap']} gaps"
    with capsys.disabled():
        print(f"\nasvs: {len(lines())} of 253 classified, {told} (L1: {by_level['gap', 1]})")  # noqa: T201
