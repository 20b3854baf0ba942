"""Answers in text go out packed, and the style sheets of a page as one file."""

from __future__ import annotations

import gzip
import io
import re
import secrets
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from flask import Response, request
from werkzeug.exceptions import NotFound

_TEXTS = ("text/", "application/json", "application/geo+json", "application/problem+json", "image/svg+xml")
_LEAST_BYTES = 1_000
_MOST_BYTES = 20_000_000
_LEVEL = 6
_PADDING_BYTES = 24
FILES = ("static", "styles", "modules")
"""Endpoints of what is everybody's: who asks for it is not looked up."""

_SHEETS = Path(__file__).parent / "static/css"
_SHEET = re.compile(r"[a-z_]+")


def pack(answer: Response) -> Response:
    """The answer, packed with gzip where that is of use and the browser takes it.

    Every packing gets a name of random length in its header, so that the length of a page does not tell
    what is in it (BREACH).
    """
    if not _is_text(answer) or "gzip" not in request.accept_encodings:
        return answer
    answer.vary.add("Accept-Encoding")
    if answer.status_code != 200 or answer.content_encoding:
        return answer
    answer.direct_passthrough = False
    plain = answer.get_data()
    if not _LEAST_BYTES <= len(plain) <= _MOST_BYTES:
        return answer
    answer.set_data(_packed_file(plain) if request.endpoint in FILES else _packed(plain))
    answer.content_encoding = "gzip"
    tag, _ = answer.get_etag()
    if tag:
        answer.set_etag(tag, weak=True)
    return answer


def pack_ahead(*files: bytes) -> None:
    """Pack these files of ours now, so that who first asks for one does not wait for it."""
    for plain in files:
        _packed_file(plain)


def together(names: str) -> Response:
    """Style sheets of ours one after another: `tokens.base.map`. Raises NotFound."""
    content = b"\n".join(_sheet(name) for name in names.split("."))
    return file_answer(content, "text/css")


def file_answer(content: bytes | None, mimetype: str) -> Response:
    """A file of ours that was made and not read: asked for by its ETag. Raises NotFound for None."""
    if content is None:
        raise NotFound
    answer = Response(content, mimetype=mimetype)
    answer.set_etag(blake2b(content, digest_size=12).hexdigest())
    answer.headers["Cache-Control"] = "no-cache"
    answer.make_conditional(request)
    return answer


def _sheet(name: str) -> bytes:
    path = _SHEETS / f"{name}.css"
    if not _SHEET.fullmatch(name) or not path.is_file():
        raise NotFound
    return path.read_bytes()


def _is_text(answer: Response) -> bool:
    """A file to save is sent as it is: it may be large, and is read from the disk."""
    is_saved = answer.headers.get("Content-Disposition", "").startswith("attachment")
    return not is_saved and (answer.mimetype or "").startswith(_TEXTS)


def _packed(plain: bytes) -> bytes:
    name = "x" * (1 + secrets.randbelow(_PADDING_BYTES))
    target = io.BytesIO()
    with gzip.GzipFile(name, "wb", _LEVEL, target, mtime=0) as packing:
        packing.write(plain)
    return target.getvalue()


@lru_cache(maxsize=128)
def _packed_file(plain: bytes) -> bytes:
    """Files are everybody's: their length tells nothing."""
    return gzip.compress(plain, _LEVEL, mtime=0)
