"""What is kept of something sent, until somebody has looked at it."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from geodata.privacy import MASK, mask_identity_numbers
from webmap.services.walk_body import Sent

_UNSAID = "\N{REPLACEMENT CHARACTER}"


def kept_text(sent: Sent) -> str:
    """The same document with identity numbers masked, as text that every database can hold. Its SHA-256 is
    another than that of what was sent, which is kept beside it.
    """
    if sent.document is None:
        return mask_identity_numbers(sent.text)[0].replace("\0", _UNSAID)
    # Written anew, for a name that was said twice hides what it said first.
    text = json.dumps(_masked(sent.document), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace").decode("utf-8")


def _masked(said: Any) -> Any:
    """It is not deep: `Sent` sees to that."""
    if isinstance(said, str):
        # An id is no personal number, whatever its digits: what it names would not be found again.
        return said if _is_id(said) else mask_identity_numbers(said)[0]
    if isinstance(said, list):
        return [_masked(each) for each in said]
    if isinstance(said, dict):
        return {_masked(name): _masked(value) for name, value in said.items()}
    is_whole = isinstance(said, int) and not isinstance(said, bool)
    return MASK if is_whole and mask_identity_numbers(str(said))[1] else said


def _is_id(text: str) -> bool:
    try:
        return text.isascii() and str(UUID(text)) == text.lower()
    except ValueError:
        return False
