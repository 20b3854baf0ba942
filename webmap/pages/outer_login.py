"""Logging in at a provider of log-ins: away to it, and back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from geodata.errors import NotAllowed, NotFound
from webmap.access import Permission
from webmap.gate import needs, say, viewer, words, works
from webmap.limits import limited
from webmap.pages.next_page import own_path
from webmap.refusals import note_entry
from webmap.services import outer_login, sessions
from webmap.services.outer_http import ProviderAway
from webmap.services.outer_provider import Provider, Trip

bp = Blueprint("outer_login", __name__)

_KEPT = "oidc"
_KEPT_FOR = timedelta(minutes=10)
_BACK = "/login/oidc/back"


@bp.get("/login/oidc")
@limited("oidc")
@needs(Permission.LOG_IN)
def leave() -> ResponseReturnValue:
    provider = _provider()
    trip = Trip(secrets.token_urlsafe(24), _back())
    try:
        address = provider.address_for(trip)
    except ProviderAway:
        return _refused("oidc.away", 503)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    session[_KEPT] = {"state": trip.state, "next": request.args.get("next", "")[:500], "at": now}
    return redirect(address)


@bp.get(_BACK)
@limited("oidc")
@needs(Permission.LOG_IN)
def enter() -> ResponseReturnValue:
    provider, kept = _provider(), session.pop(_KEPT, None)
    if not _is_ours(kept, request.args.get("state", "")):
        return _refused("oidc.astray", 400)
    try:
        claims = provider.claims(Trip(kept["state"], _back()), request.args)
        person = outer_login.person_in(claims, provider.settings)
        token = outer_login.let_in(works().engine, person, provider.settings)
    except ProviderAway:
        return _refused("oidc.away", 503)
    except NotAllowed as fault:
        return _refused(fault.code, 403)
    if g.get("session_id"):
        sessions.end_session(works().engine, viewer(), g.session_id)
    session.clear()
    session["sid"] = token
    if present := sessions.presence(works().engine, token):
        note_entry(present.user_id, present.way)
    return redirect(own_path(kept["next"]), 303)


def _provider() -> Provider:
    found = works().provider
    if found is None:
        raise NotFound("oidc.none")
    return found


def _back() -> str:
    """Where the provider sends people back to: what it was told of us, whatever host was asked for."""
    return (works().settings.public_url or request.host_url).rstrip("/") + _BACK


def _is_ours(kept: Any, state: str) -> bool:
    """Whether this browser began what comes back now, and not long ago."""
    if not isinstance(kept, Mapping):
        return False
    if not secrets.compare_digest(str(kept.get("state")).encode(), state[:100].encode()):
        return False
    return datetime.now(UTC) - datetime.fromisoformat(kept["at"]) < _KEPT_FOR


def _refused(code: str, status: int) -> ResponseReturnValue:
    """What happened, in plain words, and the way to log in with a password."""
    provider = _provider()
    said = {"title": say("Inloggningen gick inte"), "happened": words().fault(NotAllowed(code)), "code": code}
    return render_template("account/outer.html", problem=said, label=provider.settings.label), status
