"""Numbers as people and spreadsheets write them."""

from __future__ import annotations

import math
import re

_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,4})?")
_SPACES = re.compile(r"(?<=[0-9])[ \u00a0\u2009\u202f'’](?=[0-9])")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*(?:(?!\1)[.,][0-9]+)?")


def parse_number(text: str) -> float | None:
    """A finite number from "379 900,1", "6.459.617,9", "12.95" or "−3"; None for anything else."""
    if _PLAIN.fullmatch(text):
        return _finite(text)
    plain = _SPACES.sub("", text.strip()).replace("−", "-")
    return _finite(plain) if _PLAIN.fullmatch(plain := _with_point(plain)) else None


def _with_point(text: str) -> str:
    if text.count(",") == 1 and "." not in text:
        return text.replace(",", ".")
    grouped = _GROUPED.fullmatch(text)
    if not grouped:
        return text
    return text.replace(grouped[1], "").replace(",", ".")


def _finite(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None
