"""A photo made anew from the pixels of another: upright, on white, in two sizes, and nothing else of it.

Everything here is for the confined process. No more than one decoded picture is in memory at a time: what
comes after it is made of strips.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

# All that Pillow would fetch when it is needed: by then no more files can be opened.
from PIL import (  # noqa: F401
    BmpImagePlugin,
    ExifTags,
    GifImagePlugin,
    Image,
    ImageCms,
    ImageDraw,
    ImageFile,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    TiffImagePlugin,
    TiffTags,
    WebPImagePlugin,
)

from geodata.errors import FileFault
from geodata.exchange.photo_boxes import Box
from geodata.exchange.photo_kinds import LONGEST_PX

MOST_PIXELS = 25_000_000
MOST_WEBP_PIXELS = 6_000_000
"""Its decoder takes room for several whole pictures before it can be asked for one."""
MOST_PROGRESSIVE_PIXELS = 15_000_000
"""Such a JPEG is whole in memory, and in twice its size, before the first pixel of it can be had."""
_QUALITY = {"large": 84, "small": 78}
_LARGEST_PROFILE_BYTES = 1 << 20
_STRIP_PIXELS = 1_000_000
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, OverflowError, struct.error)
"""What Pillow raises over a file that is not whole or not sound."""


@dataclass(frozen=True)
class Pictures:
    """A photo as it is kept. width, height: of the large one. large, small: as JPEG."""

    width: int
    height: int
    large: bytes
    small: bytes


def made(raw: bytes, kind: str, boxes: Sequence[Box] = ()) -> Pictures:
    """Both sizes of a photo, with the boxes burnt in. kind: Pillow's name of the format.

    Raises FileFault `photo.too_many_pixels`, `photo.unreadable`, and MemoryError.
    """
    if kind == "WEBP":
        _check_pixels(_webp_size(raw), MOST_WEBP_PIXELS)
    try:
        large = _upright(raw, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as fault:
        raise _too_many(MOST_PIXELS) from fault
    except _BROKEN as fault:
        raise FileFault("photo.unreadable", "photo") from fault
    for box in boxes:
        ImageDraw.Draw(large).rectangle(box.pixels(large.size), fill="black")
    return Pictures(*large.size, _encoded(large, "large"), _encoded(large, "small"))


def _too_many(most: int) -> FileFault:
    return FileFault("photo.too_many_pixels", "photo", most_mp=most // 1_000_000)


def _check_pixels(size: tuple[int, int], most: int) -> None:
    if size[0] * size[1] > most:
        raise _too_many(most)


def _webp_size(raw: bytes) -> tuple[int, int]:
    """Width and height as the header says; its own reader would take the room at once."""
    if raw[12:16] == b"VP8X" and len(raw) >= 30:
        return int.from_bytes(raw[24:27], "little") + 1, int.from_bytes(raw[27:30], "little") + 1
    if raw[12:16] == b"VP8L" and len(raw) >= 25:
        bits = int.from_bytes(raw[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if raw[12:16] == b"VP8 " and len(raw) >= 30:
        width, height = struct.unpack_from("<HH", raw, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise FileFault("photo.unreadable", "photo")


def _upright(raw: bytes, kind: str) -> Image.Image:
    """The pixels of the first picture in the file, as RGB, no larger than the large size."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(raw), formats=[kind]) as opened:
            _check_pixels(
                opened.size, MOST_PROGRESSIVE_PIXELS if "progressive" in opened.info else MOST_PIXELS
            )
            opened.draft(None, _fitting(opened.size, LONGEST_PX["large"]))
            opened.load()
            _check_pixels(opened.size, MOST_PIXELS)
            turn = _UPRIGHT.get(_orientation(opened))
            colours = _profile(opened)
            small_enough = _flattened(opened)
    fitted = small_enough.resize(_fitting(small_enough.size, LONGEST_PX["large"]), Image.Resampling.LANCZOS)
    turned = fitted if turn is None else fitted.transpose(turn)
    return _in_srgb(turned, colours)


def _fitting(size: tuple[int, int], longest: int) -> tuple[int, int]:
    share = min(1.0, longest / max(size))
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def _orientation(opened: Image.Image) -> int:
    try:
        return int(opened.getexif().get(_ORIENTATION, 1))
    except _BROKEN:
        return 1


def _profile(opened: Image.Image) -> bytes:
    """What the colours mean, where that is said and can be of use; b"" otherwise."""
    said = opened.info.get("icc_profile")
    if opened.mode == "RGB" and isinstance(said, bytes) and len(said) <= _LARGEST_PROFILE_BYTES:
        return said
    return b""


def _flattened(opened: Image.Image) -> Image.Image:
    """The picture as RGB on white, shrunk by a whole number that leaves it no smaller than wanted."""
    width, height = opened.size
    factor = max(1, max(width, height) // LONGEST_PX["large"])
    shrunk = Image.new("RGB", (-(-width // factor), -(-height // factor)), "white")
    rows = max(1, _STRIP_PIXELS // (width * factor)) * factor
    for top in range(0, height, rows):
        strip = _on_white(opened.crop((0, top, width, min(height, top + rows))))
        shrunk.paste(strip.reduce(factor), (0, top // factor))
    return shrunk


def _on_white(strip: Image.Image) -> Image.Image:
    if strip.mode.startswith("I"):  # sixteen bits of grey, of which the upper eight are kept
        return strip.convert("I").point(lambda value: value / 256).convert("L").convert("RGB")
    if not strip.has_transparency_data:
        return strip.convert("RGB")
    see_through = strip.convert("RGBA")
    ground = Image.new("RGB", strip.size, "white")
    ground.paste(see_through, mask=see_through.getchannel("A"))
    return ground


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """The same colours, said as every screen understands them; as they are where the profile is no good."""
    if not profile:
        return picture
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(picture, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, *_BROKEN):
        return picture
    return picture if turned is None else turned


def _encoded(picture: Image.Image, size: str) -> bytes:
    """As JPEG, from a picture that has never been anything but these pixels."""
    fresh = Image.new("RGB", picture.size)
    fresh.paste(picture)
    fresh = fresh.resize(_fitting(fresh.size, LONGEST_PX[size]), Image.Resampling.LANCZOS)
    target = io.BytesIO()
    fresh.save(target, "JPEG", quality=_QUALITY[size], optimize=True)
    return target.getvalue()
