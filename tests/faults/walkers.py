"""Phones that follow the protocol of a walk, without a browser: what they keep, send, and are told."""

from __future__ import annotations

import hashlib
import json
import random
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any
from uuid import UUID, uuid4

from geodata.queries.walks import KnownWalk
from tests import walks

JSON, JPEG = "application/json", "image/jpeg"
STORED = (200, 201)
_TIMEOUT_S = 20
_PATIENCE_S = 120


class Unanswered(Exception):
    """No answer that can be believed: whether it is stored, nobody knows."""


@dataclass(frozen=True)
class Told:
    """What the server said of an entry: how, as which number, and in how many seconds."""

    uid: UUID
    status: int
    seq: int
    received_at: str
    safe_through: int
    took_s: float


@dataclass
class Phone:
    """A phone on a walk. kept: what it still has, as bytes. told: what it was told first of each.

    written: the sum of all it ever had. attempts: how often it has asked the server to store something.
    """

    address: str
    walk: KnownWalk
    token: str = ""
    kept: dict[UUID, bytes] = field(default_factory=dict)
    written: dict[UUID, str] = field(default_factory=dict)
    told: dict[UUID, Told] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    attempts: int = 0

    def join(self) -> Phone:
        """With the walk's code, again until it is answered."""
        said = _again(lambda: self._ask("POST", "/join", {"code": self.walk.join_code}))
        assert said[0] == 201, said
        self.token = said[1]["token"]
        return self

    def write(self, photos: Iterable[UUID] = ()) -> UUID:
        """Save a finding on the phone. From here on its bytes are what they are."""
        uid = uuid4()
        self.kept[uid] = walks.as_sent(walks.finding(self.walk, uid, tuple(photos)))
        self.written[uid] = walks.sha256(self.kept[uid])
        return uid

    def photos_of(self, uid: UUID) -> list[UUID]:
        """Those that a finding says it has."""
        return [UUID(photo) for photo in json.loads(self.kept[uid])["photos"]]

    def waiting(self) -> list[UUID]:
        """What it has and was told nothing of."""
        return [uid for uid in self.kept if uid not in self.told]

    def send(self, uid: UUID) -> Told:
        """Ask once. Raises Unanswered also for an answer that is not of these bytes."""
        self.attempts += 1
        began_s = time.perf_counter()
        status, said = self._ask("PUT", f"/findings/{uid}", self.kept[uid])
        took_s = time.perf_counter() - began_s
        self.statuses[status] += 1
        if status not in STORED or (said.get("id"), said.get("sha256")) != (str(uid), self.written[uid]):
            raise Unanswered(f"{status} {said}")
        self.seconds.append(took_s)
        told = Told(uid, status, said["seq"], said["received_at"], said["safe_through"], took_s)
        return self.told.setdefault(uid, told)

    def deliver(self, uid: UUID) -> Told:
        """Ask with the same bytes until it is told."""
        return _again(lambda: self.send(uid))

    def deliver_all(self) -> None:
        for uid in self.waiting():
            self.deliver(uid)

    def receipts(self, uids: Iterable[UUID]) -> dict[UUID, Mapping[str, Any]]:
        """What the server knows of these; unknown ones are absent."""
        asked = {"ids": [str(uid) for uid in uids]}
        status, said = _again(lambda: self._ask("POST", "/receipts", asked))
        assert status == 200, said
        return {UUID(uid): each for uid, each in said.items()}

    def reconcile(self) -> int:
        """Drop what lies in a checked backup, send again what the server has not; how many it had not.

        What goes is what the server names itself, now: a number it gave before it went back to an older
        copy may be another's today.
        """
        known = self.receipts(self.kept)
        lost = [uid for uid in self.kept if uid in self.told and uid not in known]
        for uid in lost:
            del self.told[uid]
        for uid, said in known.items():
            if said["sha256"] == self.written[uid] and said["seq"] <= said["safe_through"]:
                del self.kept[uid]
        self.deliver_all()
        return len(lost)

    def photograph(self, photo: UUID, finding: UUID, raw: bytes) -> int:
        """Send a photo until it is stored and tied; the status."""
        digest = b64encode(hashlib.sha256(raw).digest()).decode()
        headers = {"Content-Type": JPEG, "Content-Digest": f"sha-256=:{digest}:"}
        status, said = _again(lambda: self._send(f"/api/v1/photos/{photo}?report={finding}", raw, headers))
        assert (status in STORED, said["report"]) == (True, str(finding)), said
        return status

    def _ask(self, method: str, path: str, said: Any) -> tuple[int, Any]:
        raw = said if isinstance(said, bytes) else json.dumps(said).encode()
        return self._send(f"/api/v1/walks/{self.walk.uid}{path}", raw, {"Content-Type": JSON}, method)

    def _send(self, path: str, raw: bytes, headers: dict[str, str], method: str = "PUT") -> tuple[int, Any]:
        connection = HTTPConnection(self.address.removeprefix("http://"), timeout=_TIMEOUT_S)
        shown = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            connection.request(method, path, raw, headers | shown)
            answer = connection.getresponse()
            said = json.loads(answer.read())
        except (OSError, HTTPException, ValueError) as fault:
            raise Unanswered(type(fault).__name__) from fault
        finally:
            connection.close()
        if answer.status in (429, 503) or answer.status >= 500:
            raise Unanswered(f"{answer.status} {said}")
        return answer.status, said


def _again(ask: Any) -> Any:
    """Ask until there is an answer, each time after a while longer, up to half a second."""
    deadline, wait_s = time.monotonic() + _PATIENCE_S, 0.02
    while True:
        try:
            return ask()
        except Unanswered:
            if time.monotonic() > deadline:
                raise
            time.sleep(random.uniform(0, wait_s))  # not all at once
            wait_s = min(2 * wait_s, 0.5)
