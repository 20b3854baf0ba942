"""A phone with an app for codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pyotp


@dataclass(frozen=True)
class Phone:
    """key: what was scanned or typed in."""

    key: str

    def code(self, later_s: int = 0) -> str:
        """The six digits it shows now, or a while later."""
        return pyotp.TOTP(self.key).at(int(datetime.now(UTC).timestamp()) + later_s)
