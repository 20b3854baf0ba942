"""Records that are handed out as PDF: our template, and words in which nothing masked is left."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import typst

from webmap.maps.sheet import fonts

TEMPLATE = Path(__file__).with_name("handout.typ")
STANDARDS = ("a-2a", "ua-1")
"""To be kept for long, and to be listened to."""
BOX = "□"
_MOST_TRIES = 30
_WITHOUT_FONT = re.compile(r'the (?:text|PDF contains the codepoint) `"(.+?)"`', re.DOTALL)
_CODED = re.compile(r"\\u\{([0-9a-fA-F]+)\}")
_OFTEN_SEEN = re.compile(r"[^\n\t\u0020-\u024f\u2010-\u2027\u2030-\u203a\u2588\u25a1]")


def print_handout(said: Mapping[str, Any], pictures: Mapping[str, bytes]) -> bytes:
    """The PDF; the same words and pictures, the same bytes.

    pictures: JPEG by the name the words have for them. A sign that no font of ours has becomes □: people
    write what they like, and the file must be made.
    """
    words = _mapped(said, _plain)
    for _ in range(_MOST_TRIES):
        try:
            return _compiled(words, pictures)
        except typst.TypstError as fault:
            missing = _missing_in(str(fault))
            boxed = _mapped(words, partial(_boxed, missing)) if missing else words
            if boxed == words:
                break
            words = boxed
    return _compiled(without_strange_signs(words), pictures)


def without_strange_signs(said: Any) -> Any:
    """The same with □ for every sign that letters of ours may lack, in every text of it."""
    return _mapped(said, lambda text: _OFTEN_SEEN.sub(BOX, _plain(text)))


def _boxed(sign: str, text: str) -> str:
    return text.replace(sign, BOX)


def _compiled(said: Any, pictures: Mapping[str, bytes]) -> bytes:
    text = json.dumps(said | {"has_boxes": BOX in _all_of(said["reports"])}, ensure_ascii=False)
    # As numbers: a file that is handed over has to be text.
    photos = {f"{name}.json": json.dumps(list(content)).encode() for name, content in pictures.items()}
    files = {"main.typ": TEMPLATE.read_bytes(), "said.json": text.encode(), **photos}
    return typst.compile(files, font_paths=fonts(), pdf_standards=list(STANDARDS))  # type: ignore[call-overload]  # its stub does not know of several files by name


def _all_of(reports: Any) -> str:
    return json.dumps(reports, ensure_ascii=False)


def _plain(text: str) -> str:
    """The text with a box for what is no sign at all: controls, halves of signs, private use."""
    even = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    return "".join(BOX if _is_no_sign(sign) else sign for sign in even)


def _is_no_sign(sign: str) -> bool:
    return sign not in "\n\t" and unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn")


def _missing_in(fault: str) -> str:
    found = _WITHOUT_FONT.search(fault)
    if found is None:
        return ""
    return _CODED.sub(lambda coded: chr(int(coded[1], 16)), found[1])


def _mapped(said: Any, change: Callable[[str], str]) -> Any:
    """The same with every text changed, the keys as they are."""
    if isinstance(said, str):
        return change(said)
    if isinstance(said, Mapping):
        return {key: _mapped(value, change) for key, value in said.items()}
    if isinstance(said, list | tuple):
        return [_mapped(value, change) for value in said]
    return said
