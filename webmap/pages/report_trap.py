"""A field that people leave empty and programs fill in. Nobody is stopped by it: see docs/decisions."""

from __future__ import annotations

from flask import request

FIELD = "homepage"


def is_filled() -> bool:
    """Whether what was sent has something in it."""
    return bool(request.form.get(FIELD, "").strip())
