"""The minutes of a walk as PDF: our template, the words as data, the map and the photos as pictures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

from webmap.maps.handout import without_strange_signs
from webmap.maps.sheet import STANDARD, fonts

TEMPLATE = Path(__file__).with_name("minutes.typ")


def print_minutes(said: Mapping[str, Any], svg: bytes, photos: Mapping[str, bytes]) -> bytes:
    """The minutes as PDF/UA; the same words and pictures, the same bytes. photos: JPEG by the name said."""
    text = json.dumps(without_strange_signs(said), ensure_ascii=False)
    # As numbers: a file that is handed over has to be text.
    pictures = {f"{name}.json": json.dumps(list(content)).encode() for name, content in photos.items()}
    files = {"main.typ": TEMPLATE.read_bytes(), "said.json": text.encode(), "map.svg": svg, **pictures}
    return typst.compile(files, font_paths=fonts(), pdf_standards=[STANDARD])  # type: ignore[call-overload]  # its stub does not know of several files by name
