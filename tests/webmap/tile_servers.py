"""Tile servers of the tests' own, on loopback: they answer, sleep, lie, or are dead."""

from __future__ import annotations

import io
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from PIL import Image


def picture(colour: str = "#336699", form: str = "PNG") -> bytes:
    """A tile of one colour."""
    written = io.BytesIO()
    Image.new("RGB", (256, 256), colour).save(written, form)
    return written.getvalue()


@dataclass
class Behaviour:
    """What a server answers. asked: every path and its headers."""

    status: int = 200
    body: bytes = field(default_factory=picture)
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "image/png"})
    sleep_s: float = 0.0
    drip_s: float = 0.0
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)


def _pieces(behaviour: Behaviour) -> Iterator[bytes]:
    """The body at once, or a sign at a time."""
    if not behaviour.drip_s:
        yield behaviour.body
        return
    for place in range(len(behaviour.body)):
        time.sleep(behaviour.drip_s)
        yield behaviour.body[place : place + 1]


def _handler(behaviour: Behaviour) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            behaviour.asked.append((self.path, dict(self.headers)))
            time.sleep(behaviour.sleep_s)
            try:
                self.send_response(behaviour.status)
                for name, value in behaviour.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(behaviour.body)))
                self.end_headers()
                for piece in _pieces(behaviour):
                    self.wfile.write(piece)
            except OSError:
                self.close_connection = True

        def log_message(self, *said: object) -> None:
            """Nothing."""

    return Handler


@contextmanager
def tile_server(behaviour: Behaviour) -> Iterator[str]:
    """The template of a server that behaves so."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(behaviour))
    server.daemon_threads, server.block_on_close = True, False
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/{{z}}/{{x}}/{{y}}.png"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def dead_template() -> str:
    """The template of a port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/{{z}}/{{x}}/{{y}}.png"


def make_mbtiles(path: Path, form: str = "png", attribution: str = "") -> Path:
    """A file with one tile at 10/548/305, counted from the north, and one zoom further in."""
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
    database.execute(
        "CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB)"
    )
    database.executemany(
        "INSERT INTO metadata VALUES (?, ?)", [("format", form), ("attribution", attribution)]
    )
    tiles = [(10, 548, 2**10 - 1 - 305, picture("#aa0000")), (11, 1096, 2**11 - 1 - 610, picture("#00aa00"))]
    database.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", tiles)
    database.commit()
    database.close()
    return path
