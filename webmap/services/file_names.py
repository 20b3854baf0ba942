"""What a file is called that somebody takes with them: where, what and when, in plain letters."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from webmap.services.heat import Heat
from webmap.words import Words


def file_name(heat: Heat, day: date, suffix: str, words: Words) -> str:
    """`tryggkarta-vara-upplevd-otrygghet-2026-11-22.csv`: our own words only, none that a filter came with.

    suffix: with its dot.
    """
    return "-".join(("tryggkarta", _plain(heat.home.name), _plain(words.label(heat.kind)), f"{day}{suffix}"))


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or "x"
