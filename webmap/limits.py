"""How often one address may do what anybody may: guess a code, send a report, a photo, a search.

Counted in memory, or in Redis where one is named; where Redis is gone, in memory until it is back. An address
is never stored or logged: what is counted is its HMAC, under a key that lasts for a day.
"""

from __future__ import annotations

import hmac
import logging
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from ipaddress import IPv6Address, ip_address
from typing import Any, ParamSpec, TypeVar, cast

from flask import Flask, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_limiter.errors import RateLimitExceeded
from limits.errors import ConfigurationError

from geodata.errors import TooOften
from webmap.gate import words
from webmap.settings import BadSettings, Settings
from webmap.typed import again

P = ParamSpec("P")
R = TypeVar("R")

LIMITS = {
    "follow": "10 per 1 minute",
    "report": "30 per 10 minute",
    "report_door": "120 per 1 minute",
    "photo": "60 per 10 minute",
    "places": "120 per 1 minute",
    "oidc": "30 per 1 minute",
    "walk": "600 per 1 minute",
    "walk_join": "60 per 1 minute",
    "premap": "600 per 10 minute",
    "walk_letters": "20 per 10 minute",
}
_COUNTED_IF = {"walk_join": (403, 404)}
"""Of these only such answers count: forty phones behind one address may join, and each may mistype its code.
One that was exchanged for another is no mistake, and not counted. Sixty guesses a minute among nearly 900
million codes come upon none.
"""
_BY_TOKEN = ("walk", "photo")
"""Here whoever shows a token is counted by it; one that is worth nothing is refused before anything else."""
_MOVING_WINDOW = "moving-window"
_SITE_BITS = 64
"""Of an IPv6 address: the rest is whatever the device chose this hour."""


def limited(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Lets a view be called only so often from one address; views of one name are counted together."""

    def wrap(view: Callable[P, R]) -> Callable[P, R]:
        view.limit_name = name  # type: ignore[attr-defined]
        return view

    return wrap


class Addresses:
    """Turns the address a request comes from into a name for it that lasts for a day.

    The key is made at random in each process; where several count together it comes of the server's secret.
    """

    def __init__(self, shared_secret: str = "") -> None:
        self._shared_secret = shared_secret.encode()
        self._day, self._key = "", b""

    def name_of(self, address: str, now: datetime) -> str:
        """The name of an address on that day."""
        day = now.date().isoformat()
        if day != self._day:
            self._day, self._key = day, self._made_for(day)
        return hmac.digest(self._key, _site_of(address).encode(), "sha256").hex()[:32]

    def _made_for(self, day: str) -> bytes:
        if self._shared_secret:
            return hmac.digest(self._shared_secret, f"limits {day}".encode(), "sha256")
        return secrets.token_bytes(32)


def _site_of(address: str) -> str:
    """An IPv4 address, or the network an IPv6 address is in."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return str(known)
    return str(known.ipv4_mapped or int(known) >> (128 - _SITE_BITS))


def install(app: Flask, settings: Settings) -> None:
    """Hold every view that says `limited` to its limit. Raises BadSettings where Redis cannot be used."""
    if not settings.has_rate_limits:
        return
    addresses = Addresses(settings.secret() if settings.redis_url else "")
    limiter = Limiter(
        lambda: addresses.name_of(request.remote_addr or "", datetime.now(UTC)),
        storage_uri=settings.redis_url or "memory://",
        storage_options={"socket_connect_timeout": 1, "socket_timeout": 1} if settings.redis_url else {},
        strategy=_MOVING_WINDOW,
        in_memory_fallback_enabled=True,
    )
    logging.getLogger("flask-limiter").setLevel(logging.WARNING)  # below, it writes who was stopped
    try:
        limiter.init_app(app)
    except ConfigurationError as fault:
        raise BadSettings([f"TRYGGKARTA_REDIS_URL: {fault}"]) from fault
    app.register_error_handler(RateLimitExceeded, lambda fault: _answer(limiter))
    for endpoint, view in app.view_functions.items():
        name = getattr(view, "limit_name", "")
        if name:
            held: Any = limiter.shared_limit(
                partial(_limit, name),
                scope=name,
                key_func=partial(_asker, addresses, name),
                deduct_when=_counted_if(name),
            )
            app.view_functions[endpoint] = held(view)


def _asker(addresses: Addresses, name: str) -> str:
    """Who is counted: the phones of a walk may share one address, and each has a token of its own."""
    counted = (_shown() if name in _BY_TOKEN else "") or request.remote_addr or ""
    return addresses.name_of(counted, datetime.now(UTC))


def _shown() -> str:
    return request.headers.get("Authorization", "")


def _limit(name: str) -> str:
    return LIMITS["walk" if name in _BY_TOKEN and _shown() else name]


def _counted_if(name: str) -> Callable[[Response], bool] | None:
    statuses = _COUNTED_IF.get(name)
    return None if statuses is None else lambda answer: answer.status_code in statuses


def _answer(limiter: Limiter) -> ResponseReturnValue:
    """Wait a while; a page keeps what was typed and sends it again when asked to."""
    hit = limiter.current_limit
    seconds = max(1, min(round(hit.reset_at - time.time()), hit.limit.get_expiry())) if hit else 60
    if request.path.startswith("/api/"):
        said: Any = current_app.handle_user_exception(TooOften("limit.wait", seconds=seconds))
    else:
        said = _page(seconds), 429
    answer = make_response(cast(ResponseReturnValue, said))
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _page(seconds: int) -> str:
    return render_template(
        "problem/wait.html",
        happened=words().fault(TooOften("limit.wait", seconds=seconds)),
        again=again(),
        address=request.full_path.rstrip("?"),
    )
