"""What is written down of a request: where it went, and never what somebody sent.

A path that is not ours, a method that is none, the message of an exception: each may hold a stranger's words.
"""

from __future__ import annotations

import logging
import traceback
from types import TracebackType
from uuid import UUID

from flask import request
from jinja2 import TemplateError

ASKED = "tryggkarta.asked"
"""Where a request's line for the access log is kept in its environment."""
NOWHERE = "-"

_OF_CODE = (AttributeError, ImportError, NameError, TemplateError)
"""What these say is of the program, and of nothing that was sent."""

Caught = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def note_request() -> None:
    """Put down what may be written of this request."""
    request.environ[ASKED] = f"{request.method if request.url_rule else NOWHERE} {_path()}"


def asked() -> str:
    """What may be written of this request."""
    return str(request.environ.get(ASKED, NOWHERE))


def _path() -> str:
    """The path itself where all that varies in it is numbers and ids of ours; else its pattern."""
    if request.url_rule is None:
        return NOWHERE
    is_ours = all(isinstance(value, int | UUID) for value in (request.view_args or {}).values())
    return request.path if is_ours else request.url_rule.rule


def log_exception(caught: Caught) -> None:
    """Write where in the code an exception came from, and of which kind; not what it says."""
    logging.getLogger(__name__).error("%s failed\n%s", asked(), "\n".join(_lines(caught[1])))


def _lines(fault: BaseException | None) -> list[str]:
    lines: list[str] = []
    while fault is not None:
        frames = "".join(traceback.format_tb(fault.__traceback__)).rstrip()
        kind = f"{type(fault).__module__}.{type(fault).__qualname__}"
        lines.append(f"{frames}\n{kind}{f': {fault}' if isinstance(fault, _OF_CODE) else ''}".strip("\n"))
        fault = fault.__cause__ or fault.__context__
    return lines
