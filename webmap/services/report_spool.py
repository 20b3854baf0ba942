"""Reports taken in while the database is away: one file each, until they can be stored.

A file is whole or not there, and on the disk before anybody is told that it is; only its owner may read it
(folder 0700, file 0600). Its name is the report's uid and nothing else.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from geodata.drafts import packed, unpacked
from geodata.errors import Conflict
from webmap.services.actors import Actor
from webmap.services.receiving import PUBLIC, Arrival

_WHOLE, _ASIDE, _UNFINISHED = ".json", ".aside", ".part"
_UNFINISHED_S = 3_600.0


@dataclass(frozen=True)
class Waiting:
    """A report in the spool: what came, from whom, and when."""

    arrival: Arrival
    at: datetime
    actor: Actor = PUBLIC


class ReportSpool:
    """The folder of waiting reports under a data folder."""

    def __init__(self, data_folder: Path) -> None:
        self._folder = data_folder / "spool" / "reports"

    def keep(self, waiting: Waiting) -> Waiting:
        """Put a report down, durable when this returns; the one that lies there already if it says the same.

        Raises Conflict `report.other_content`, and OSError where the disk will not have it.
        """
        uid = waiting.arrival.draft.uid
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(suffix=_UNFINISHED, dir=self._folder)  # mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as made:
                json.dump(_words_of(waiting), made)
                made.flush()
                os.fsync(made.fileno())
            os.link(beside, self._path(uid))
            self._settle()
        except FileExistsError:
            return self._same(uid, waiting)
        finally:
            os.unlink(beside)
        return waiting

    def _same(self, uid: UUID, waiting: Waiting) -> Waiting:
        there = self.read(uid)
        if there is not None and there.arrival.draft.digest != waiting.arrival.draft.digest:
            raise Conflict("report.other_content", "id")
        return there or self.keep(waiting)

    def read(self, uid: UUID) -> Waiting | None:
        """A waiting report, or None where it has been stored. Raises ValueError for what is no such file."""
        try:
            said = json.loads(self._path(uid).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        try:
            return _waiting_of(said)
        except (KeyError, TypeError) as fault:
            raise ValueError("not a waiting report") from fault

    def has(self, uid: UUID) -> bool:
        """Whether a report waits here."""
        return self._path(uid).exists()

    def uids(self) -> list[UUID]:
        """What waits, oldest first."""
        return [UUID(path.stem) for _, path in sorted(self._written(_WHOLE))]

    def drop(self, uid: UUID) -> None:
        """A report that is stored goes."""
        self._path(uid).unlink(missing_ok=True)

    def forget(self, uid: UUID) -> None:
        """A report that is destroyed goes from here too, also one that was set aside."""
        self.drop(uid)
        self._path(uid).with_suffix(_ASIDE).unlink(missing_ok=True)

    def set_aside(self, uid: UUID, why: str) -> None:
        """A report that can never be stored stays for somebody to look at, and no longer waits."""
        os.replace(self._path(uid), self._path(uid).with_suffix(_ASIDE))
        sys.stderr.write(f"waiting report {uid}: {why}\n")

    def sweep(self) -> None:
        """Files that nobody finished go: whoever sent them was not told that they were taken."""
        for written, path in self._written(_UNFINISHED):
            if written < time.time() - _UNFINISHED_S:
                path.unlink(missing_ok=True)

    def _written(self, ending: str) -> Iterator[tuple[float, Path]]:
        """When each file was written; one that another process has just stored or finished is not there."""
        for path in self._folder.glob(f"*{ending}"):
            with suppress(FileNotFoundError):
                yield path.stat().st_mtime, path

    @contextmanager
    def held(self, is_patient: bool) -> Iterator[bool]:
        """Hold the spool while storing from it: True for one at a time, False for who would not wait.

        The system lets go of it when the process dies, however it dies.
        """
        with (self._folder / "held").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | (0 if is_patient else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
            else:
                yield True

    def _path(self, uid: UUID) -> Path:
        return self._folder / f"{uid}{_WHOLE}"

    def _settle(self) -> None:
        """Have the folder itself on the disk, with the new name in it."""
        for folder in (self._folder, self._folder.parent, self._folder.parent.parent):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _words_of(waiting: Waiting) -> dict[str, Any]:
    arrival = waiting.arrival
    return {
        "draft": packed(arrival.draft),
        "email": arrival.email,
        "language": arrival.language,
        "photos": [str(uid) for uid in arrival.photos],
        "at": waiting.at.isoformat(),
        "actor": [waiting.actor.user_id, waiting.actor.role],
    }


def _waiting_of(said: dict[str, Any]) -> Waiting:
    photos = tuple(UUID(uid) for uid in said["photos"])
    arrival = Arrival(unpacked(said["draft"]), said["email"], said["language"], photos)
    return Waiting(arrival, datetime.fromisoformat(said["at"]), Actor(*said["actor"]))
