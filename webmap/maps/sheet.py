"""A printed sheet as PDF: our template, the words as data, and the map as a picture."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from webmap.maps.sheet_picture import Plan, draw_sheet_picture

TEMPLATE = Path(__file__).with_name("sheet.typ")
FONTS = Path(__file__).parents[1] / "static/vendor/source-sans"
STANDARD = "ua-1"
"""PDF/UA-1: tagged, with a title, a language and words for the picture, so that it can be listened to."""


def print_sheet(plan: Plan, said: Mapping[str, Any]) -> bytes:
    """The sheet as PDF; the same plan and words, the same bytes.

    said: every word of it. What is said never becomes markup: it is handed over as data, and the template can
    open no file but the picture and fetch no package.
    """
    return typst.compile(  # type: ignore[call-overload]  # its stub does not know of several files by name
        {"main.typ": TEMPLATE.read_bytes(), "map.svg": draw_sheet_picture(plan)},
        font_paths=fonts(),
        sys_inputs={"sheet": json.dumps(said, ensure_ascii=False)},
        pdf_standards=[STANDARD],
    )


@lru_cache(maxsize=1)
def fonts() -> typst.Fonts:
    """Ours where they are fetched, else typst's own; never the machine's: the same bytes everywhere."""
    paths = [str(FONTS)] if FONTS.is_dir() else []
    return typst.Fonts(include_system_fonts=False, font_paths=paths)
