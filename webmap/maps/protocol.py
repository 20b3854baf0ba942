"""The protocol of a run of destruction as PDF: our template, the words as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

from webmap.maps.sheet import STANDARD, fonts

TEMPLATE = Path(__file__).with_name("protocol.typ")


def print_protocol(said: Mapping[str, Any]) -> bytes:
    """The protocol as PDF/UA; the same words, the same bytes. What is said never becomes markup."""
    return typst.compile(  # type: ignore[call-overload]  # its stub does not know of files by name
        {"main.typ": TEMPLATE.read_bytes()},
        font_paths=fonts(),
        sys_inputs={"protocol": json.dumps(said, ensure_ascii=False)},
        pdf_standards=[STANDARD],
    )
