"""What may be sent for a photo and what is kept of it; told from its first bytes, nothing is decoded here."""

from __future__ import annotations

import re

from geodata.errors import FileFault, UnknownMedia

MOST_BYTES = 12_000_000
LONGEST_PX = {"large": 1600, "small": 400}
"""The sizes that are kept, and the longer side of each in pixels; a photo that is smaller stays so."""
_HEAD_BYTES = 512
_BEGINNINGS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"GIF87a": "GIF", b"GIF89a": "GIF"}
_HEIC = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
_MARKUP = re.compile(rb"<(!doctype\s+html|html|head|body|script|\?xml|svg|!--)", re.IGNORECASE)


def kind_of(raw: bytes) -> str:
    """Pillow's name of the format: JPEG, PNG, GIF or WEBP.

    Raises FileFault `photo.empty`, `photo.too_large`; UnknownMedia `photo.heic`, `photo.drawing` (SVG),
    `photo.document` (PDF), `photo.page` (HTML), `photo.unknown`.
    """
    if not raw:
        raise FileFault("photo.empty", "photo")
    if len(raw) > MOST_BYTES:
        raise FileFault(
            "photo.too_large", "photo", size_mb=-(-len(raw) // 1_000_000), most_mb=MOST_BYTES // 1_000_000
        )
    head = raw[:_HEAD_BYTES]
    known = next((kind for beginning, kind in _BEGINNINGS.items() if head.startswith(beginning)), "")
    if known:
        return known
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    raise UnknownMedia(_other(head), "photo")


def _other(head: bytes) -> str:
    """The code of what is no photo that can be taken in."""
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC:
        return "photo.heic"
    if b"%PDF-" in head:
        return "photo.document"
    if _MARKUP.search(head):
        return "photo.drawing" if re.search(rb"<svg[\s>]", head, re.IGNORECASE) else "photo.page"
    return "photo.unknown"
