"""For machines: alive, and ready."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from webmap.access import Permission
from webmap.database import is_ready
from webmap.gate import needs, works

bp = Blueprint("machines", __name__)


@bp.get("/healthz")
@needs(Permission.SEE_PUBLIC)
def alive() -> ResponseReturnValue:
    return {"status": "alive"}


@bp.get("/readyz")
@needs(Permission.SEE_PUBLIC)
def ready() -> ResponseReturnValue:
    if is_ready(works().engine):
        return {"status": "ready"}
    return {"status": "not ready"}, 503
