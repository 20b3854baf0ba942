"""Keeps a spreadsheet from running what somebody wrote (CWE-1236)."""

from __future__ import annotations

import re

_STARTERS = r"[=+\-@\uff1d\uff0b\uff0d\uff20\t\r\n\0]"
"""What a cell that is run begins with; the signs of full width too, which some programs take for the same."""
_RUNS = re.compile(f"'*{_STARTERS}")
_GUARDED = re.compile(f"''*{_STARTERS}")


def guarded(text: str) -> str:
    """The text as a cell that is only text: an apostrophe before what a spreadsheet might run."""
    return "'" + text if _RUNS.match(text) else text


def unguarded(cell: str) -> str:
    """What was written before it was guarded."""
    return cell[1:] if cell.startswith("'") and _GUARDED.match(cell) else cell
