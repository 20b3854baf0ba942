"""Where one goes after logging in."""

from __future__ import annotations

from flask import url_for


def own_path(asked: str) -> str:
    """A path on this host and nothing else; what waits, and every room, where none was asked for."""
    is_path = asked.startswith("/") and not asked.startswith(("//", "/\\")) and asked.isprintable()
    return asked if is_path and "\\" not in asked else url_for("staff_start.show")
