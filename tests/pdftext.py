"""What a PDF says, read without any program: enough for the ones that are made here."""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
_PLAIN = rb"(?:\\.|[^\\()])"
_STRING = rb"\((?:" + _PLAIN + rb"|\(" + _PLAIN + rb"*\))*\)"
"""Brackets that come in pairs stand as they are."""
_SHOWN = re.compile(rb"/(f\d+) [\d.]+ Tf|(" + _STRING + rb")|(ET)", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, in the order it is drawn."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    pages = [body for body in objects.values() if re.search(rb"/Type/Page\b", body)]
    return [_text(objects, page) for page in pages]


def streams_of(pdf: bytes) -> list[bytes]:
    """Every stream that can be unpacked, fonts and pictures too."""
    return [_stream(body) for _, body in _OBJECT.findall(pdf) if b"\nstream" in body]


def _text(objects: dict[int, bytes], page: bytes) -> str:
    resources = page
    if found := re.search(rb"/Resources (\d+) 0 R", page):
        resources = objects[int(found[1])]
    fonts = {name: _letters(objects, int(key)) for name, key in re.findall(rb"/(f\d+) (\d+) 0 R", resources)}
    contents = re.search(rb"/Contents\[?\s*(\d+) 0 R", page)
    assert contents is not None
    said, letters = "", {}
    for font, string, end in _SHOWN.findall(_stream(objects[int(contents[1])])):
        letters = fonts[font] if font else letters
        said += " " if end else ""
        codes = _ESCAPE.sub(_unescaped, string[1:-1])
        said += "".join(letters.get(codes[at : at + 2], "") for at in range(0, len(codes), 2))
    return re.sub(r"\s+", " ", said)


def _unescaped(found: re.Match[bytes]) -> bytes:
    code = found[1]
    return bytes([int(code, 8)]) if len(code) == 3 else _ESCAPED.get(code, code)


def _letters(objects: dict[int, bytes], font: int) -> dict[bytes, str]:
    """Glyph, as the two bytes it is shown by → letters."""
    found = re.search(rb"/ToUnicode (\d+) 0 R", objects[font])
    assert found is not None
    table = _stream(objects[int(found[1])]).decode("ascii")
    pairs = re.findall(r"^<([0-9A-F]{4})> <([0-9A-F]+)>$", table, re.MULTILINE)
    return {bytes.fromhex(glyph): bytes.fromhex(said).decode("utf-16-be") for glyph, said in pairs}


def _stream(body: bytes) -> bytes:
    packed = body[body.index(b"\nstream") :].split(b"\n", 2)[2]
    return zlib.decompressobj().decompress(packed) if b"/FlateDecode" in body else packed
