"""Who acts, as the journal writes it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """user_id: the account, or None. role: the role acted in, or `command`, `system`, `public`."""

    user_id: int | None
    role: str


COMMAND = Actor(None, "command")
"""Whoever has a shell on the server."""
