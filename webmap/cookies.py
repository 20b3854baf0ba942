"""The session's cookie: sealed, so that it says nothing to whoever looks into the browser.

A report that is half told lies in it, and the code of one that is followed. AES-GCM under a key made of the
server's secret, with the second it was written in, which the cookie cannot outlive.
"""

from __future__ import annotations

import hmac
import secrets
import time
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask
from flask.sessions import SecureCookieSessionInterface, session_json_serializer
from itsdangerous import BadSignature, Signer

_NONCE_BYTES = 12
_TIME_BYTES = 5
_LARGEST_COOKIE = 4_096
_MOST_UNPACKED = 100_000


class Sealer:
    """Turns what a session holds into a cookie and back, as Flask asks a signer to."""

    def __init__(self, secret: str) -> None:
        self._cipher = AESGCM(hmac.digest(secret.encode(), b"session cookie", "sha256"))

    def dumps(self, held: Any) -> str:
        """A cookie that holds this."""
        nonce, written = secrets.token_bytes(_NONCE_BYTES), int(time.time()).to_bytes(_TIME_BYTES)
        packed = zlib.compress(session_json_serializer.dumps(held).encode(), 9)
        sealed = self._cipher.encrypt(nonce, packed, written)
        return urlsafe_b64encode(nonce + written + sealed).rstrip(b"=").decode("ascii")

    def loads(self, cookie: str, max_age: int | None = None) -> Any:
        """What a cookie holds. Raises BadSignature for one that is not ours, was altered or is too old."""
        try:
            whole = urlsafe_b64decode(cookie[:_LARGEST_COOKIE].encode("ascii") + b"==")
            nonce, rest = whole[:_NONCE_BYTES], whole[_NONCE_BYTES:]
            written, sealed = rest[:_TIME_BYTES], rest[_TIME_BYTES:]
            packed = self._cipher.decrypt(nonce, sealed, written)
            said = zlib.decompressobj().decompress(packed, _MOST_UNPACKED)
        except (InvalidTag, ValueError, zlib.error) as fault:
            raise BadSignature("not a cookie of ours") from fault
        if max_age is not None and time.time() - int.from_bytes(written) > max_age:
            raise BadSignature("too old")
        return session_json_serializer.loads(said.decode())


class SealedCookies(SecureCookieSessionInterface):
    """Flask's own sessions, in a cookie that is sealed and not only signed."""

    def get_signing_serializer(self, app: Flask) -> Sealer | None:  # type: ignore[override]
        """What makes the cookie."""
        return Sealer(str(app.secret_key)) if app.secret_key else None


def install(app: Flask) -> None:
    """Seal the application's session; what else is signed, a form's token, is signed by SHA-256."""
    app.session_interface = SealedCookies()
    Signer.default_digest_method = staticmethod(sha256)
