"""A provider of log-ins in a process of its own: OpenID Connect with real keys, codes good once, and PKCE.

Run as a program it serves until it is ended. `Provider` starts it, and tells it what to be like: honest, or
lying in one of the ways a provider or somebody between can lie.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import requests
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import Flask, Response, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, CLIENT_SECRET = "tryggkarta", "a-secret-between-the-two-of-them"
HONEST: dict[str, Any] = {
    "sub": "a1b2c3",
    "email": "eva@vara.example",
    "email_verified": True,
    "name": "Eva Exempel",
    "groups": ["TRYGG-Samordnare"],
}


class Desk:
    """What the provider answers. mood: how it lies, if it does; else it is honest."""

    def __init__(self, issuer: str) -> None:
        self.issuer, self.mood = issuer, dict[str, Any]()
        self.keys = {name: RSAKey.generate_key(2_048, {"kid": name}) for name in ("now", "new", "foreign")}
        self.codes: dict[str, dict[str, Any]] = {}

    def change(self) -> ResponseReturnValue:
        self.mood = request.get_json()
        return "", 204

    def metadata(self) -> ResponseReturnValue:
        mood = self.mood
        odd: dict[str, Callable[[], ResponseReturnValue]] = {
            "slow": lambda: Response(_drip(), content_type="application/json"),
            "garbage": lambda: "<html>404</html>",
            "elsewhere": lambda: redirect("http://127.0.0.1:9/"),
            "endless": lambda: Response(
                (b" " * 65_536 for _ in range(1_000)), content_type="application/json"
            ),
        }
        for name, answer in odd.items():
            if mood.get(name):
                return answer()
        said = {
            "issuer": mood.get("other_issuer", self.issuer),
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "authorization_response_iss_parameter_supported": True,
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "code_challenge_methods_supported": ["S256"],
        }
        return jsonify(said | mood.get("metadata", {}))

    def key_list(self) -> ResponseReturnValue:
        shown = self.keys["new" if self.mood.get("rotated") else "now"]
        odd = {"kty": "AKP", "kid": "of a kind nobody knows"}
        return jsonify({"keys": [odd, shown.as_dict(private=False, alg="RS256", use="sig")]})

    def authorize(self) -> ResponseReturnValue:
        asked = request.args
        right = {"client_id": CLIENT, "response_type": "code", "code_challenge_method": "S256"}
        if any(asked.get(name) != value for name, value in right.items()) or not asked.get("code_challenge"):
            return "invalid_request", 400
        if not asked["redirect_uri"].startswith("http://localhost") or "openid" not in asked["scope"].split():
            return "invalid_request", 400
        back = {"state": asked["state"], "iss": self.mood.get("iss_said", self.issuer)}
        if self.mood.get("error"):
            return redirect(f"{asked['redirect_uri']}?{urlencode(back | {'error': self.mood['error']})}")
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked.to_dict()
        return redirect(f"{asked['redirect_uri']}?{urlencode(back | {'code': code})}")

    def token(self) -> ResponseReturnValue:
        given, mood = request.authorization, self.mood
        if not given or (given.username, given.password) != (CLIENT, CLIENT_SECRET):
            return jsonify(error="invalid_client"), 401
        asked = self.codes.pop(request.form.get("code", ""), None)
        verifier = request.form.get("code_verifier", "")
        if asked is None or create_s256_code_challenge(verifier) != asked["code_challenge"]:
            return jsonify(error="invalid_grant"), 400
        if request.form.get("redirect_uri") != asked["redirect_uri"]:
            return jsonify(error="invalid_grant"), 400
        if mood.get("token_garbage"):
            return str(mood["token_garbage"])
        said = {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "expires_in": 60}
        if mood.get("no_id_token"):
            return jsonify(said)
        return jsonify({**said, "id_token": self._signed(self._claims(asked))})

    def _claims(self, asked: dict[str, Any]) -> dict[str, Any]:
        now = int(time.time())
        times = {"iat": now, "exp": now + 60, "aud": CLIENT, "iss": self.issuer, "nonce": asked.get("nonce")}
        found = HONEST | times | self.mood.get("claims", {})
        return {name: value for name, value in found.items() if value is not None}

    def _signed(self, claims: dict[str, Any]) -> str:
        now, foreign = self.keys["now"], self.keys["foreign"]
        own = foreign.as_dict(private=False)
        honest, hmac_head = {"alg": "RS256", "kid": "now"}, {"alg": "HS256", "kid": "now"}
        ways: dict[str, Callable[[], str]] = {
            "none": lambda: ".".join((_packed({"alg": "none", "kid": "now"}), _packed(claims), "")),
            "hs256": lambda: _marked(
                hmac_head, claims, now.as_pem(private=False)
            ),  # the public key is the secret
            "client_secret": lambda: _marked({"alg": "HS256"}, claims, CLIENT_SECRET.encode()),
            "foreign": lambda: jwt.encode(honest, claims, foreign),
            "own_key": lambda: jwt.encode({**honest, "jwk": own}, claims, foreign),  # brings its own key
            "changed": lambda: _changed(jwt.encode(honest, claims, now), claims),
        }
        kid = "new" if self.mood.get("rotated") else "now"
        way = ways.get(self.mood.get("signed", ""))
        return way() if way else jwt.encode({"alg": "RS256", "kid": kid}, claims, self.keys[kid])


def made(issuer: str) -> Flask:
    """The provider as an application."""
    app, desk = Flask(__name__), Desk(issuer)
    app.post("/mood")(desk.change)
    app.get("/.well-known/openid-configuration")(desk.metadata)
    app.get("/keys")(desk.key_list)
    app.get("/authorize")(desk.authorize)
    app.post("/token")(desk.token)
    return app


def _changed(signed: str, claims: dict[str, Any]) -> str:
    head, _, mark = signed.split(".")
    return ".".join((head, _packed(claims | {"groups": ["Alla-Admin"]}), mark))


def _packed(said: dict[str, Any] | bytes) -> str:
    raw = said if isinstance(said, bytes) else json.dumps(said).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _marked(head: dict[str, Any], claims: dict[str, Any], secret: bytes) -> str:
    """By hand: the library will not sign with a secret that is a public key."""
    said = f"{_packed(head)}.{_packed(claims)}"
    return f"{said}.{_packed(hmac.digest(secret, said.encode(), 'sha256'))}"


def _drip() -> Any:
    for _ in range(60):
        yield b" "
        time.sleep(0.5)


class Provider:
    """The process, and how to tell it what to be like."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.issuer = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        path = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        words = [sys.executable, "-W", "ignore", __file__, str(self.port)]
        self._process = subprocess.Popen(words, env=path, stderr=subprocess.DEVNULL)
        for _ in range(400):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("the provider does not start")

    def stop(self) -> None:
        """End it."""
        if self._process:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def be(self, **mood: Any) -> None:
        """Be honest but for this; claims: said of whoever logs in, None for one left out."""
        requests.post(f"{self.issuer}/mood", json=mood, timeout=10).raise_for_status()

    @staticmethod
    def visit(address: str) -> str:
        """Log in there as a browser would; the address one is sent back to."""
        answer = requests.get(address, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]


if __name__ == "__main__":
    own_port = int(sys.argv[1])
    made(f"http://127.0.0.1:{own_port}").run("127.0.0.1", own_port, threaded=True)
