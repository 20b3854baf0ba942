"""The picture that a phone scans to make codes, drawn here and sent with the page itself."""

from __future__ import annotations

from dataclasses import dataclass

import segno

from webmap.services import second_factor

_GROUP = 4


@dataclass(frozen=True)
class ScanCode:
    """picture: the square code as a data: address of an SVG. key: the same in letters to type. link: opens
    the app on the phone that shows the page.
    """

    picture: str
    key: str
    link: str


def scan_code(key: str, email: str) -> ScanCode:
    address = second_factor.address_of(key, email)
    drawn = segno.make(address, error="m", micro=False)
    picture = drawn.svg_data_uri(scale=4, border=4, dark="#000", light="#fff")
    letters = " ".join(key[start : start + _GROUP] for start in range(0, len(key), _GROUP))
    return ScanCode(picture, letters, address)
