"""One tile from another server: one host, short patience, pictures only."""

from __future__ import annotations

import re
import ssl
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

from webmap.settings import is_loopback

CONNECT_S = 1.0
TOTAL_S = 2.5
LARGEST_TILE_BYTES = 2_000_000
_PIECE_BYTES = 65_536
_MOST_REDIRECTS = 2
_MAX_AGE = re.compile(r"max-age=(\d{1,10})")
_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")
_TYPES = ("image/png", "image/jpeg", "image/jpg", "image/webp")
_NOT_THERE = (204, 404)
_ELSEWHERE = (301, 302, 303, 307, 308)


class Refused(Exception):
    """The source did not give a tile: silent, slow, or not what it should be."""


@dataclass(frozen=True)
class Fetched:
    """A tile. picture: empty where the source has none. lasts_s: how long the source says it may be kept."""

    picture: bytes
    lasts_s: float


@dataclass(frozen=True)
class TileSource:
    """A server of tiles. template: with {z}, {x} and {y}. public_url: who we say we ask for."""

    template: str
    public_url: str = ""
    connect_s: float = CONNECT_S
    patience_s: float = TOTAL_S

    def fetch(self, z: int, x: int, y: int) -> Fetched:
        """One tile, within `patience_s`. Raises Refused."""
        address = self.template.replace("{z}", str(z)).replace("{x}", str(x)).replace("{y}", str(y))
        last_s = time.monotonic() + self.patience_s
        try:
            for _ in range(1 + _MOST_REDIRECTS):
                found = self._ask(address, last_s)
                if isinstance(found, Fetched):
                    return found
                address = self._same_host(urljoin(address, found))
        except (OSError, HTTPException, ValueError) as fault:
            raise Refused(str(fault)) from fault
        raise Refused("redirects")

    def _same_host(self, address: str) -> str:
        own, other = urlsplit(self.template), urlsplit(address)
        if (own.scheme, own.hostname, own.port) != (other.scheme, other.hostname, other.port):
            raise Refused("another host")
        return address

    def _ask(self, address: str, last_s: float) -> Fetched | str:
        """The tile, or where it is said to be instead."""
        connection, target = _connection(address, self.connect_s)
        try:
            connection.connect()
            _set_patience(connection, last_s)
            connection.request("GET", target, headers=self._headers())
            answer = connection.getresponse()
            if answer.status in _ELSEWHERE:
                return answer.headers.get("Location", "")
            if answer.status in _NOT_THERE:
                return Fetched(b"", 0.0)
            return Fetched(_picture(answer, last_s), _lasts_s(answer))
        finally:
            connection.close()

    def _headers(self) -> dict[str, str]:
        who = self.public_url or "http://127.0.0.1/"
        return {
            "User-Agent": f"Tryggkarta/1 (+{who})",
            "Referer": who,
            "Accept": "image/webp,image/png,image/jpeg",
        }


def _connection(address: str, connect_s: float) -> tuple[HTTPConnection, str]:
    """A connection to the host, by way of the machine's proxy where it has one, and what to ask there."""
    asked = urlsplit(address)
    host, is_https = asked.hostname or "", asked.scheme == "https"
    target = asked._replace(scheme="", netloc="", fragment="").geturl() or "/"
    proxy = "" if is_loopback(host) or proxy_bypass(host) else getproxies().get(asked.scheme, "")
    if not proxy:
        made = _to(host, asked.port, is_https, connect_s)
        return made, target
    way = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    if not is_https:
        return HTTPConnection(way.hostname or "", way.port, timeout=connect_s), address
    made = _to(way.hostname or "", way.port, True, connect_s)
    made.set_tunnel(host, asked.port or 443)
    return made, target


def _to(host: str, port: int | None, is_https: bool, connect_s: float) -> HTTPConnection:
    if is_https:
        return HTTPSConnection(host, port, timeout=connect_s, context=ssl.create_default_context())
    return HTTPConnection(host, port, timeout=connect_s)


def _set_patience(connection: HTTPConnection, last_s: float) -> None:
    left_s = last_s - time.monotonic()
    if left_s <= 0 or connection.sock is None:
        raise Refused("too slow")
    connection.sock.settimeout(left_s)


def _picture(answer: HTTPResponse, last_s: float) -> bytes:
    kind = answer.headers.get_content_type()
    if answer.status != 200 or kind not in _TYPES or answer.headers.get("Content-Encoding"):
        raise Refused(f"{answer.status} {kind}")
    said = bytearray()
    while piece := answer.read1(_PIECE_BYTES):
        said += piece
        if len(said) > LARGEST_TILE_BYTES:
            raise Refused("too large")
        if time.monotonic() > last_s:
            raise Refused("too slow")
    if not said.startswith(_BEGINNINGS):
        raise Refused("not a picture")
    return bytes(said)


def _lasts_s(answer: HTTPResponse) -> float:
    """How long the answer says it may be kept; 0 when it says nothing that can be read."""
    if age := _MAX_AGE.search(answer.headers.get("Cache-Control", "")):
        return float(age[1])
    try:
        until = parsedate_to_datetime(answer.headers.get("Expires", ""))
        return max(0.0, until.timestamp() - time.time())
    except (ValueError, TypeError):
        return 0.0
