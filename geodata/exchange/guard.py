"""Keeps a spreadsheet from running what somebody wrote (CWE-1236)."""

from __future__ import annotations

import re

_RUNS = re.compile(r"'*[=+\-@\t\r\n\0]")
_GUARDED = re.compile(r"''*[=+\-@\t\r\n\0]")


def guarded(text: str) -> str:
    """The text as a cell that is only text: an apostrophe before what a spreadsheet might run."""
    return "'" + text if _RUNS.match(text) else text


def unguarded(cell: str) -> str:
    """What was written before it was guarded."""
    return cell[1:] if cell.startswith("'") and _GUARDED.match(cell) else cell
