"""For machines: alive, and ready."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from webmap.access import Permission
from webmap.database import is_ready
from webmap.gate import needs, works
from webmap.services.choices import contact_addresses

bp = Blueprint("machines", __name__)
_SAID_FOR = timedelta(days=90)


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


@bp.get("/.well-known/security.txt")
@needs(Permission.SEE_PUBLIC)
def security_contact() -> ResponseReturnValue:
    """Whom to tell of a hole (RFC 9116): the addresses that the municipalities have chosen."""
    addresses = contact_addresses(works().engine)
    if not addresses:
        abort(404)
    until = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + _SAID_FOR
    told = [f"Contact: mailto:{each}" for each in addresses]
    told += [f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}", "Preferred-Languages: sv, en"]
    if works().settings.public_url:
        told.append(f"Canonical: {works().settings.public_url.rstrip('/')}/.well-known/security.txt")
    return Response("\n".join(told) + "\n", content_type="text/plain; charset=utf-8")
