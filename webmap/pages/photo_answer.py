"""A photo as an answer: nobody keeps it, so that what is blacked out later is not seen again."""

from __future__ import annotations

from pathlib import Path

from flask import Response, send_file


def photo_answer(path: Path) -> Response:
    """The file, for this once."""
    answer = send_file(path, mimetype="image/jpeg", conditional=False, etag=False)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
