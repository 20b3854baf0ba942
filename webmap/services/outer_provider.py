"""A provider of log-ins: where one is sent, and what it then says of who came back.

Nothing is asked of it before somebody wants to log in. What it says of itself is kept for an hour; where it
does not answer, it is left alone for ten seconds, so that nobody waits for it in line.
"""

from __future__ import annotations

import base64
import hmac
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.integrations.base_client.errors import OAuthError
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey, import_key
from joserfc.jws import JWSRegistry
from requests.exceptions import RequestException

from geodata.errors import NotAllowed
from webmap.outer_settings import OuterSettings, is_sound_address
from webmap.services.outer_http import ProviderAway, document_at, session_of

SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519")
"""By keys that only the provider has: never `none`, and never a secret that is shared."""
_KEPT_S = 3_600.0
_SILENT_S = 10.0
_KEYS_AGAIN_S = 60.0
_LEEWAY_S = 60
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_LONGEST_CODE = 4_000


@dataclass(frozen=True)
class Trip:
    """One log-in under way. state: random, and kept in the browser that began. back: where it returns to."""

    state: str
    back: str


class Provider:
    """The provider that the settings name. secret: the server's own."""

    def __init__(self, settings: OuterSettings, secret: str) -> None:
        self.settings = settings
        self._secret = secret.encode()
        self._guard = threading.Lock()
        self._metadata: dict[str, Any] = {}
        self._keys = KeySet([])
        self._known_until = self._silent_until = self._keys_at = 0.0

    def address_for(self, trip: Trip) -> str:
        """Where the browser is sent to log in. Raises ProviderAway."""
        more = {"acr_values": self.settings.acr} if self.settings.acr else {}
        address, _ = self._session(trip).create_authorization_url(
            self._known()["authorization_endpoint"],
            state=trip.state,
            nonce=self._word("nonce", trip),
            code_verifier=self._word("verifier", trip),
            **more,
        )
        return str(address)

    def claims(self, trip: Trip, returned: Mapping[str, str]) -> dict[str, Any]:
        """What the provider says of whoever came back with these words in the address.

        Raises ProviderAway, and NotAllowed `oidc.refused` where anything is not as it has to be.
        """
        self._check_sender(returned)
        code = returned.get("code", "")
        if "error" in returned or not 0 < len(code) <= _LONGEST_CODE:
            raise NotAllowed("oidc.stopped")
        token = self._token(trip, code)
        found = self._verified(token, self._word("nonce", trip))
        if self.settings.acr and found.get("acr") not in self.settings.acr.split():
            raise NotAllowed("oidc.too_weak")
        return found

    def _check_sender(self, returned: Mapping[str, str]) -> None:
        """That the answer is of this provider and not of another that a browser was led to (RFC 9207)."""
        says_so = self._known().get("authorization_response_iss_parameter_supported") is True
        if returned.get("iss", "" if says_so else self.settings.issuer) != self.settings.issuer:
            raise NotAllowed("oidc.refused")

    def _token(self, trip: Trip, code: str) -> Mapping[str, Any]:
        address, verifier = self._known()["token_endpoint"], self._word("verifier", trip)
        try:
            found = self._session(trip).fetch_token(address, code=code, code_verifier=verifier)
        except OAuthError as fault:
            raise NotAllowed("oidc.refused") from fault
        except (RequestException, ValueError, RecursionError) as fault:
            raise ProviderAway(type(fault).__name__) from fault
        if not isinstance(found, Mapping) or not isinstance(found.get("id_token"), str):
            raise NotAllowed("oidc.refused")
        return found

    def _verified(self, token: Mapping[str, Any], nonce: str) -> dict[str, Any]:
        asked, us = self.settings.issuer, self.settings.client_id
        rules = {name: {"essential": True, "value": value} for name, value in (("iss", asked), ("aud", us))}
        said = {"nonce": nonce, "client_id": us, "access_token": token.get("access_token")}
        try:
            read = self._read(token["id_token"])
            claims = CodeIDToken(read.claims, read.header, rules, said)
            claims.validate(leeway=_LEEWAY_S)
        except (JoseError, ValueError, TypeError, KeyError, RecursionError) as fault:
            raise NotAllowed("oidc.refused") from fault
        return dict(claims)

    def _read(self, signed: str) -> jwt.Token:
        self._known()
        registry = JWSRegistry(algorithms=SIGNED_BY, strict_check_header=False)
        try:
            return jwt.decode(signed, self._keys, registry=registry)
        except (InvalidKeyIdError, ValueError):
            # Keys are changed now and then: asked for again, though not for every forged token.
            if time.monotonic() < self._keys_at + _KEYS_AGAIN_S:
                raise
            with self._guard:
                self._fetch_keys()
            return jwt.decode(signed, self._keys, registry=registry)

    def _known(self) -> dict[str, Any]:
        """What the provider says of itself. Raises ProviderAway."""
        with self._guard:
            now = time.monotonic()
            if now < self._silent_until:
                raise ProviderAway("left alone")
            if now >= self._known_until:
                self._ask()
            return self._metadata

    def _ask(self) -> None:
        session = session_of(self.settings.client_id, "", "")
        where = f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            said = document_at(session, where)
            if said.get("issuer") != self.settings.issuer:
                raise ProviderAway("another issuer")
            if not all(is_sound_address(said.get(name)) for name in _ENDPOINTS):
                raise ProviderAway("no sound endpoints")
            self._metadata = said
            self._fetch_keys()
        except ProviderAway:
            self._silent_until = time.monotonic() + _SILENT_S
            raise
        self._known_until = time.monotonic() + _KEPT_S

    def _fetch_keys(self) -> None:
        self._keys_at = time.monotonic()
        found = document_at(session_of(self.settings.client_id, "", ""), self._metadata["jwks_uri"])
        listed = found.get("keys")
        keys = [key for each in listed if (key := _key(each))] if isinstance(listed, list) else []
        if not keys:
            raise ProviderAway("no keys")
        self._keys = KeySet(keys)

    def _session(self, trip: Trip) -> Any:
        ways = self._known().get("token_endpoint_auth_methods_supported")
        is_by_form = isinstance(ways, list) and "client_secret_basic" not in ways
        return session_of(self.settings.client_id, self.settings.client_secret, trip.back, is_by_form)

    def _word(self, use: str, trip: Trip) -> str:
        """A secret of this one trip, which need not be kept: it comes of the server's and the state."""
        made = hmac.digest(self._secret, f"oidc {use} {trip.state}".encode(), "sha256")
        return base64.urlsafe_b64encode(made).rstrip(b"=").decode("ascii")


def _key(said: Any) -> Key | None:
    """A public key of the list, or None for what is none or is of a kind that we do not know."""
    try:
        found = import_key(said)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return found if isinstance(found, (RSAKey, ECKey, OKPKey)) else None
