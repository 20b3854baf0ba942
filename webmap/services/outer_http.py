"""Asking a provider of log-ins over HTTP: not for long, not much, and nobody else than was asked."""

from __future__ import annotations

import json
import time
from typing import Any

from authlib.integrations.requests_client import OAuth2Session
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import RequestException

PATIENCE_S = 5.0
"""How long one answer may take, from the first byte sent to the last one read."""
MOST_BYTES = 200_000
_PIECE = 16_384
_REDIRECTS = range(300, 400)


class ProviderAway(Exception):
    """The provider does not answer, or not as a provider does."""


class _Guarded(HTTPAdapter):
    """Answers that are small, quick and final."""

    def send(self, request: PreparedRequest, *arguments: Any, **said: Any) -> Response:
        until = time.monotonic() + PATIENCE_S
        answer = super().send(request, *arguments, **(said | {"stream": True, "timeout": PATIENCE_S}))
        if answer.status_code in _REDIRECTS:
            answer.close()
            raise RequestException("leads elsewhere")
        read = bytearray()
        for piece in answer.iter_content(_PIECE):
            read += piece
            if len(read) > MOST_BYTES or time.monotonic() > until:
                answer.close()
                raise RequestException("too much or too slow")
        answer._content = bytes(read)
        return answer


def session_of(client_id: str, client_secret: str, redirect_uri: str, is_by_form: bool = False) -> Any:
    """A session with the provider. is_by_form: the secret goes in the form and not in a header."""
    method = "client_secret_post" if is_by_form else "client_secret_basic"
    made = OAuth2Session(
        client_id,
        client_secret or None,
        scope="openid email profile",
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
        token_endpoint_auth_method=method if client_secret else "none",
    )
    for scheme in ("https://", "http://"):
        made.mount(scheme, _Guarded())
    made.max_redirects = 0
    return made


def document_at(session: Any, address: str) -> dict[str, Any]:
    """A JSON document of the provider. Raises ProviderAway."""
    try:
        answer = session.get(address, withhold_token=True, headers={"Accept": "application/json"})
        answer.raise_for_status()
        found = json.loads(answer.content)
    except (RequestException, ValueError, RecursionError) as fault:
        raise ProviderAway(type(fault).__name__) from fault
    if not isinstance(found, dict):
        raise ProviderAway("no document")
    return found
