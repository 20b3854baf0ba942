"""A door between a browser and the server, where answers get lost, delayed, cut short or given by another."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_PATIENCE_S = 30
_OF_THE_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
_UNPACKED = {"accept-encoding"}
"""What is not asked for, so that answers come as they are and can be read and changed."""
_ALERT = b"\x15\x03\x03\x00\x02\x02\x28"
"""What says, in TLS, that a handshake failed."""


@dataclass(frozen=True)
class Answer:
    """What goes back to the browser. told: the length that is said of the body, where it is not the true."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    told: int | None = None


@dataclass
class Passage:
    """One request at the door: what is sent on, and what came of it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    status: int = 0

    @property
    def token(self) -> str:
        return self.headers.get("Authorization", "").removeprefix("Bearer ")


Act = Callable[[Passage, Callable[[], Answer]], Answer | bytes | None]
"""Given a request and a way to ask the server: an answer, bytes instead of one, or None to hang up."""


def page(status: int, *headers: tuple[str, str]) -> Act:
    """The page of a network that wants one to log in first."""
    body = b"<!doctype html><title>Wi-Fi</title><p>Logga in"
    said = (("Content-Type", "text/html"), *headers)
    return lambda _passage, _ask: Answer(status, said, body)


def problem(status: int, code: str, *headers: tuple[str, str]) -> Act:
    """A problem document, as the application answers."""
    body = f'{{"status": {status}, "code": "{code}"}}'.encode()
    said = (("Content-Type", "application/problem+json"), *headers)
    return lambda _passage, _ask: Answer(status, said, body)


def json_body(body: bytes, status: int = 200) -> Act:
    return lambda _passage, _ask: Answer(status, (("Content-Type", "application/json"),), body)


def handshake(_passage: Passage, _ask: Callable[[], Answer]) -> bytes:
    """Not HTTP at all."""
    return _ALERT


def hang_up(_passage: Passage, _ask: Callable[[], Answer]) -> None:
    """The request never arrives."""


def lose(_passage: Passage, ask: Callable[[], Answer]) -> None:
    """The request arrives and is answered; the answer does not."""
    ask()


def halve(_passage: Passage, ask: Callable[[], Answer]) -> Answer:
    """Half the answer, said to be all of it."""
    whole = ask()
    return Answer(whole.status, whole.headers, whole.body[: len(whole.body) // 2])


def cut(_passage: Passage, ask: Callable[[], Answer]) -> Answer:
    """The line goes dead in the middle of the answer."""
    whole = ask()
    return Answer(whole.status, whole.headers, whole.body[: len(whole.body) // 2], told=len(whole.body))


@dataclass
class Door:
    """Listens on a port and asks the server at another. rules: pattern of "METHOD path" to an act."""

    upstream: int
    rules: dict[str, Act] = field(default_factory=dict)
    seen: list[Passage] = field(default_factory=list)
    is_shut: bool = False
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def sent(self, pattern: str, status: int | None = None) -> list[Passage]:
        """What has come through, by the pattern of its method and path."""
        return [
            each
            for each in list(self.seen)
            if re.fullmatch(pattern, f"{each.method} {each.path}") and status in (None, each.status)
        ]

    def answer(self, passage: Passage) -> Answer | bytes | None:
        if self.is_shut:
            return None
        said = f"{passage.method} {passage.path}"
        act = next((act for pattern, act in list(self.rules.items()) if re.fullmatch(pattern, said)), None)
        given = act(passage, lambda: self._ask(passage)) if act else self._ask(passage)
        passage.status = given.status if isinstance(given, Answer) else 0
        self.seen.append(passage)
        return given

    def _ask(self, passage: Passage) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.upstream, timeout=_PATIENCE_S)
        try:
            connection.request(passage.method, passage.path, passage.body or None, passage.headers)
            answer = connection.getresponse()
            kept = [pair for pair in answer.getheaders() if pair[0].lower() not in _OF_THE_HOP]
            return Answer(answer.status, tuple(kept), answer.read())
        finally:
            connection.close()


@contextmanager
def door_to(upstream: int) -> Iterator[Door]:
    """A door that is open until the block ends."""
    door = Door(upstream)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(door))
    server.daemon_threads = True
    door.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield door
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def wait_until(is_so: Callable[[], Any], seconds: float, what: str = "") -> Any:
    """What `is_so` says once it is true. Raises AssertionError when it is not in time."""
    deadline = time.monotonic() + seconds
    while not (said := is_so()):
        assert time.monotonic() < deadline, what or is_so
        time.sleep(0.05)
    return said


def _handler(door: Door) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """One request a connection: what is cut is cut for all that comes after it too."""

        def _pass(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            left_out = _OF_THE_HOP | _UNPACKED
            headers = {name: said for name, said in self.headers.items() if name.lower() not in left_out}
            with suppress(OSError, HTTPException):
                self._reply(door.answer(Passage(self.command, self.path, headers, body)))
            self.close_connection = True

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _pass

        def _reply(self, given: Answer | bytes | None) -> None:
            if isinstance(given, bytes):
                self.wfile.write(given)
            elif given is not None:
                self.send_response_only(given.status)
                for name, said in given.headers:
                    self.send_header(name, said)
                self.send_header("Content-Length", str(len(given.body) if given.told is None else given.told))
                self.end_headers()
                self.wfile.write(given.body)

        def log_message(self, format: str, *args: Any) -> None:
            """Not into the report of the tests."""

    return Handler
