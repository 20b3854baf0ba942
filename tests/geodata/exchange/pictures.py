"""Pictures to send: what phones, programs and people of ill will make of the formats that are taken in."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache
from typing import Any

import numpy as np
from PIL import Image, ImageCms, PngImagePlugin

SECRETS = (b"58.2612345", b"secret-comment", b"tryggkarta-xmp", b"SECRETCAM", b"secret-after")
"""What stands in the pictures beside their pixels, and in nothing that is made of them."""
_GPS = {1: "N", 2: (58.0, 15.0, 40.44), 3: "E", 4: (12.0, 57.0, 0.0), 29: "58.2612345"}
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><note>tryggkarta-xmp 58.2612345</note></x:xmpmeta>'


def picture(width: int = 600, height: int = 400, mode: str = "RGB") -> Image.Image:
    """Coloured squares: the upper left one red, the upper right one green."""
    blocks = np.random.default_rng(7).integers(0, 256, (height // 50 + 1, width // 50 + 1, 3), np.uint8)
    pixels = np.kron(blocks, np.ones((50, 50, 1), np.uint8))[:height, :width]
    pixels[: height // 4, : width // 4] = (220, 20, 20)
    pixels[: height // 4, -(width // 4) :] = (20, 200, 20)
    return Image.fromarray(np.ascontiguousarray(pixels)).convert(mode, dither=Image.Dither.NONE)


def saved(image: Image.Image, kind: str, **how: Any) -> bytes:
    """A file of a picture."""
    target = io.BytesIO()
    image.save(target, kind, **how)
    return target.getvalue()


def exif(orientation: int = 1, padding: int = 0) -> Image.Exif:
    """What a phone writes down: where it was, what it is called, and how it was held."""
    said = Image.Exif()
    said[0x0112], said[0x010F] = orientation, "SECRETCAM" + "x" * padding
    said.get_ifd(0x8825).update(_GPS)
    return said


def told(image: Image.Image, kind: str = "JPEG", orientation: int = 1, **how: Any) -> bytes:
    """A picture with everything beside its pixels that the format holds."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    extra: dict[str, Any] = {"exif": exif(orientation), "icc_profile": profile}
    if kind == "JPEG":
        extra |= {"comment": b"secret-comment", "xmp": XMP}
    elif kind == "WEBP":
        extra["xmp"] = XMP
    else:
        extra["pnginfo"] = _png_words()
    return saved(image, kind, **(extra | how))


def _png_words() -> PngImagePlugin.PngInfo:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "secret-comment", zip=True)
    words.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return words


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def blank_png(width: int, height: int) -> bytes:
    """A picture of one colour that is far smaller as a file than in memory."""
    packer, row = zlib.compressobj(9), bytes(1 + -(-width // 8))
    rows = b"".join(packer.compress(row * 1_000) for _ in range(height // 1_000)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def words_bomb() -> bytes:
    """A picture of one pixel with a hundred million letters to say about it."""
    whole = saved(Image.new("RGB", (1, 1)), "PNG")
    bomb = _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"x" * 100_000_000, 9))
    return whole[:33] + bomb + whole[33:]


def webp_of(width: int, height: int) -> bytes:
    """A header that promises so many pixels, and no more."""
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = (
        b"WEBPVP8X"
        + struct.pack("<I", 10)
        + b"\x02\0\0\0"
        + canvas
        + b"ANIM"
        + struct.pack("<I", 6)
        + bytes(6)
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def moving(kind: str) -> bytes:
    """Three pictures, one after another."""
    first, *more = (picture().rotate(turn) for turn in (0, 90, 180))
    return saved(first, kind, save_all=True, append_images=more, duration=100)


def deep(kind: str = "PNG") -> bytes:
    """Sixteen bits of grey, dark to the left and light to the right."""
    return saved(Image.fromarray(np.tile(np.linspace(0, 65_535, 800).astype(np.uint16), (400, 1))), kind)


def see_through() -> bytes:
    """Red where it is dense, nothing at all to the right."""
    image = Image.new("RGBA", (400, 200), (200, 0, 0, 255))
    image.paste((0, 0, 0, 0), (200, 0, 400, 200))
    return saved(image, "PNG")


def heic() -> bytes:
    """How a file of a phone begins that was not asked for JPEG."""
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(2_000)


@cache
def largest() -> Image.Image:
    """As many pixels as are taken in, nearly."""
    return picture(5770, 4330)


@cache
def good() -> dict[str, bytes]:
    """What is taken in, by name."""
    shapes = {f"orientation-{turn}.jpg": told(picture(), orientation=turn) for turn in range(1, 9)}
    return shapes | {
        "everything.png": told(picture(), "PNG"),
        "everything.webp": told(picture(), "WEBP"),
        "huge-exif.jpg": told(picture(), exif=exif(6, padding=60_000)),
        "phone-12.jpg": told(picture(4000, 3000), quality=92),
        "phone-24.jpg": told(largest().crop((0, 0, 5712, 4284)), orientation=6),
        "pixels-25.png": saved(largest(), "PNG", compress_level=1),
        "pixels-25-alpha.png": saved(largest().convert("RGBA"), "PNG", compress_level=1),
        "palette-25.gif": saved(largest().convert("P", dither=Image.Dither.NONE), "GIF"),
        "pixels-6.webp": saved(picture(2900, 2060), "WEBP"),
        "cmyk.jpg": saved(picture(mode="CMYK"), "JPEG"),
        "grey-16.png": deep(),
        "palette.png": saved(picture(mode="P"), "PNG"),
        "see-through.png": see_through(),
        "progressive.jpg": told(picture(3000, 2000), progressive=True),
        "one-pixel.png": saved(Image.new("RGB", (1, 1), "red"), "PNG"),
        "narrow.png": saved(Image.new("RGB", (20_000, 3), "blue"), "PNG"),
        "moving.gif": moving("GIF"),
        "moving.webp": moving("WEBP"),
        "moving.png": moving("PNG"),
        "two-in-one.jpg": saved(picture(), "MPO", save_all=True, append_images=[picture(mode="L")]),
        "and-a-page.jpg": told(picture()) + b"<html><script>alert('secret-after')</script></html>",
    }


@cache
def bad() -> dict[str, tuple[str, bytes]]:
    """What is refused, by name: with which code, and what it is."""
    whole, png = told(picture()), saved(picture(), "PNG")
    drawing = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'
    return {
        "bomb-20000.png": ("photo.too_many_pixels", blank_png(20_000, 20_000)),
        "bomb-13000.png": ("photo.too_many_pixels", blank_png(13_000, 13_000)),
        "bomb-words.png": ("photo.unreadable", words_bomb()),
        "bomb.webp": ("photo.too_many_pixels", webp_of(16_000, 16_000)),
        "tall.png": ("photo.too_heavy", saved(Image.new("1", (1, 25_000_000)), "PNG")),
        "progressive-25.jpg": (
            "photo.too_many_pixels",
            saved(largest(), "JPEG", progressive=True, subsampling=0),
        ),
        "half.jpg": ("photo.unreadable", whole[: len(whole) // 2]),
        "half.png": ("photo.unreadable", png[: len(png) // 2]),
        "begun.jpg": ("photo.unreadable", whole[:20]),
        "empty.jpg": ("photo.empty", b""),
        "drawing.png": ("photo.drawing", drawing),
        "page.jpg": ("photo.page", b"<!DOCTYPE html><title>1</title>"),
        "paper.jpg": ("photo.document", b"%PDF-1.7\n" + bytes(200)),
        "phone.heic": ("photo.heic", heic()),
        "noise.jpg": ("photo.unknown", np.random.default_rng(3).bytes(5_000)),
        "noise-inside.jpg": ("photo.unreadable", b"\xff\xd8\xff\xe0" + np.random.default_rng(4).bytes(5_000)),
        "header.webp": ("photo.unreadable", b"RIFF\x10\0\0\0WEBPVP8 "),
        "large.jpg": ("photo.too_large", b"\xff\xd8\xff" + bytes(12_000_000)),
    }
