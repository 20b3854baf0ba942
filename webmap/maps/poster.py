"""An invitation to a walk as PDF, with the square code that a phone scans."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
import typst

from webmap.maps.sheet import STANDARD, fonts

TEMPLATE = Path(__file__).with_name("poster.typ")
_QUIET_MODULES = 4


def square_code(address: str) -> segno.QRCode:
    """The square code of an address. It can be read though a seventh of it is worn off or torn."""
    return segno.make(address, error="m", micro=False)


def square_picture(address: str) -> str:
    """The same as the data: address of an SVG, black on white in either theme."""
    return square_code(address).svg_data_uri(scale=4, border=_QUIET_MODULES, dark="#000", light="#fff")


def print_poster(said: Mapping[str, Any], address: str) -> bytes:
    """The poster as PDF/UA; the same words, the same bytes. What is said never becomes markup."""
    drawn = BytesIO()
    square_code(address).save(drawn, kind="svg", border=_QUIET_MODULES, dark="#000", light="#fff")
    return typst.compile(  # type: ignore[call-overload]  # its stub does not know of files by name
        {"main.typ": TEMPLATE.read_bytes(), "code.svg": drawn.getvalue()},
        font_paths=fonts(),
        sys_inputs={"poster": json.dumps(said, ensure_ascii=False)},
        pdf_standards=[STANDARD],
    )
