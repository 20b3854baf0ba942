"""The application as it is served: a real server process over a database of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).parents[2]
PASSWORD = "ett-lösenord-för-prov"
COORDINATOR = "samordnare@demo.example"
_START_S = 60


@dataclass(frozen=True)
class House:
    """A data folder and the database in it; what is run here sees nothing of the machine's own settings."""

    folder: Path
    database: Path

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TRYGGKARTA_")}
        return kept | {
            "TRYGGKARTA_DATA_DIR": str(self.folder),
            "TRYGGKARTA_RATE_LIMITS": "off",
            "TRYGGKARTA_SECOND_FACTOR": "off",
            "TRYGGKARTA_QUICKEST_REPORT_S": "0",
            "TRYGGKARTA_DATABASE_URL": f"sqlite:///{self.database}",
            "TRYGGKARTA_DEMO_PASSWORD": PASSWORD,
        }

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "webmap", *words]

    def run(self, *words: str) -> None:
        done = subprocess.run(
            self.command(*words), env=self.environment(), cwd=ROOT, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)}: {done.stderr}")


@contextmanager
def serving(house: House, workers: int) -> Iterator[str]:
    """The address of the application over a house, served until the block ends."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    log = (house.folder / "server.log").open("wb")
    words = house.command("serve", "--port", str(port), "--workers", str(workers))
    process = subprocess.Popen(words, env=house.environment(), cwd=ROOT, stdout=log, stderr=log)
    try:
        await_ready(address, process, house.folder / "server.log")
        yield address
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the server answers. Raises RuntimeError with its log where it does not."""
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            connection = HTTPConnection(address.removeprefix("http://"), timeout=5)
            connection.request("GET", "/readyz")
            connection.getresponse().read()
            connection.close()
        except OSError:  # refused, or too busy to answer yet
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(log.read_text(errors="replace"))
