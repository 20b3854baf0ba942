"""Strangers' files while a job has use for them, and how far the job has come, in the data folder.

A job has a folder of its own name, which is random; nothing in it is called what its owner called it. How far
a job has come and whether it is to stop stand here and not in the database, because both have to be said
while the job holds the one write lock that SQLite has.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any
from uuid import UUID

KEPT_S = 24 * 3600.0
_PIECE_BYTES = 1 << 20
_FILE, _LIVE, _STOP, _FAULTS, _FAULTY = "file", "live.json", "stop", "faults.json", "faulty.csv"


@dataclass(frozen=True)
class Live:
    """How far a running job has come. part: 0 to 1. phase: `reading`, `storing` or `settling`."""

    part: float = 0.0
    phase: str = "reading"
    rows: int = 0
    faulty: int = 0


class Spool:
    """The folders of jobs under a data folder; only their owner may read them (mode 0700, files 0600)."""

    def __init__(self, data_folder: Path) -> None:
        self._folder = data_folder / "jobs"

    def keep(self, uid: UUID, suffix: str, source: IO[bytes]) -> int:
        """Take in a file, a piece at a time; its size in bytes. suffix: of a known format, with its dot."""
        folder = self._of(uid)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"{_FILE}{suffix}"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as kept:
            shutil.copyfileobj(source, kept, _PIECE_BYTES)
            return kept.tell()

    def file(self, uid: UUID) -> Path | None:
        """The file of a job, or None once it is gone."""
        return next(iter(self._of(uid).glob(f"{_FILE}.*")), None)

    def has(self, uid: UUID) -> bool:
        """Whether anything of a job is here."""
        return self._of(uid).is_dir()

    def drop(self, uid: UUID) -> None:
        """Everything of a job goes."""
        shutil.rmtree(self._of(uid), ignore_errors=True)

    def drop_file(self, uid: UUID) -> None:
        """The file itself goes; what was wrong with it stays for its time."""
        if path := self.file(uid):
            path.unlink(missing_ok=True)

    def sweep(self) -> None:
        """What is older than a day goes, unless a job is at it."""
        oldest_s = time.time() - KEPT_S
        for folder in self._folder.glob("*-*-*-*-*"):
            if folder.stat().st_mtime < oldest_s and not self.is_held(UUID(folder.name)):
                shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def held(self, uid: UUID) -> Iterator[None]:
        """Hold a job while working on it: the system lets go of it when the process dies, however it dies."""
        with (self._of(uid) / "held").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def is_held(self, uid: UUID) -> bool:
        """Whether a living process works on the job."""
        try:
            with (self._of(uid) / "held").open() as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def begin(self, uid: UUID) -> None:
        """A job is to run, perhaps again: what an earlier run left is forgotten."""
        for name in (_LIVE, _STOP, _FAULTS, _FAULTY):
            (self._of(uid) / name).unlink(missing_ok=True)

    def tell(self, uid: UUID, live: Live) -> None:
        """Say how far a job has come."""
        self._write(uid, _LIVE, json.dumps(asdict(live)))

    def live(self, uid: UUID) -> Live:
        """How far a job has come."""
        said = self._read(uid, _LIVE)
        return Live(**json.loads(said)) if said else Live()

    def stop(self, uid: UUID) -> None:
        """Ask a job to end where it is."""
        if self._of(uid).is_dir():
            self._write(uid, _STOP, "")

    def is_to_stop(self, uid: UUID) -> bool:
        """Whether somebody asked for that."""
        return (self._of(uid) / _STOP).exists()

    def keep_faults(self, uid: UUID, faults: list[Any]) -> None:
        """Keep what is wrong with the first rows."""
        self._write(uid, _FAULTS, json.dumps(faults))

    def faults(self, uid: UUID) -> list[Any] | None:
        """What is wrong with the first rows, or None where that is no longer kept."""
        said = self._read(uid, _FAULTS)
        return json.loads(said) if said else None

    def faulty(self, uid: UUID) -> Path:
        """Where the faulty rows are, or are to be, as a file of their own."""
        return self._of(uid) / _FAULTY

    def _of(self, uid: UUID) -> Path:
        return self._folder / str(uid)

    def _write(self, uid: UUID, name: str, text: str) -> None:
        try:
            handle, beside = tempfile.mkstemp(dir=self._of(uid))  # mode 0600
        except FileNotFoundError:
            return  # somebody took the job away: nobody reads this any more
        with os.fdopen(handle, "w", encoding="utf-8") as made:
            made.write(text)
        os.replace(beside, self._of(uid) / name)

    def _read(self, uid: UUID, name: str) -> str:
        try:
            return (self._of(uid) / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
