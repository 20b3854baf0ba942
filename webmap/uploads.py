"""Files in forms kept out of the disk, where a view says so."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from typing import IO, Any, ParamSpec, TypeVar

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge

P = ParamSpec("P")
R = TypeVar("R")


def keeps_off_disk(view: Callable[P, R]) -> Callable[P, R]:
    """The files that this view is sent are never written to a disk, not even for a moment."""
    view.keeps_off_disk = True  # type: ignore[attr-defined]
    return view


class OwnRequest(Request):
    """A request whose files can be kept in memory of no process: it is given back when they are closed."""

    is_off_disk = False

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if not self.is_off_disk:
            return super()._get_file_stream(total_content_length, content_type, filename, content_length)
        if hasattr(os, "memfd_create"):
            return os.fdopen(os.memfd_create("upload"), "w+b")
        return io.BytesIO()

    def get_data(self, *how: Any, **said: Any) -> Any:
        """The body. Raises RequestEntityTooLarge also for one that did not say how long it is, and is cut."""
        found = super().get_data(*how, **said)
        most = self.max_content_length
        if self.content_length is None and most is not None and len(found) >= most:
            raise RequestEntityTooLarge
        return found
