"""Where the processes of a server keep the columns they share, and how one of them makes them for all."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from geodata.queries.column_files import ColumnFile, open_file, write_file
from geodata.queries.columns import Columns, read_columns
from geodata.queries.history import Past, holds, past
from geodata.tables.changes import last_change

_OURS = {".columns", ".part"}
_PATIENCE_S = 60.0
_PAUSE_S = 0.02
_UNUSED_S = 7 * 24 * 3600
"""After which a file that nobody has opened is deleted: it may hold what its database no longer does."""


@dataclass(frozen=True)
class KnownColumns:
    """Columns, and the moment of which database they are; None where its journal is empty."""

    columns: Columns
    past: Past | None


class ColumnShelf:
    """Columns by municipality in a folder, or in this process alone where there is no usable folder.

    arrange: puts freshly read columns in the order in which they are best kept.
    """

    def __init__(
        self, folder: Path | None = None, arrange: Callable[[Columns], Columns] = lambda columns: columns
    ) -> None:
        self._folder, self._arrange = folder, arrange

    def find(self, session: Session, municipality_id: int) -> KnownColumns | None:
        """The columns of what the session sees, if any process has put them here."""
        file = self._file(session, municipality_id)
        if file is None or file.header.version != last_change(session, municipality_id):
            return None
        return _known(file)

    @contextmanager
    def turn(self, municipality_id: int) -> Iterator[bool]:
        """Wait for one's turn to make the columns; false where files cannot be used, or it took too long.

        Begin the session that reads them inside: then it sees all that others have put here before.
        """
        handle = self._lock_file(municipality_id)
        try:
            yield handle is not None and _is_locked(handle)
        finally:
            if handle is not None:
                os.close(handle)

    def forget(self, municipality_id: int) -> None:
        """Take a municipality's files away: rows they hold are destroyed. Call it when that is committed.

        Whoever makes them holds the turn, and read the rows in it: what is made after this knows no more.
        """
        if self._folder is None:
            return
        with self.turn(municipality_id):
            for path in self._folder.glob(f"*-{municipality_id}.*"):
                if path.suffix in _OURS:
                    path.unlink(missing_ok=True)

    def read(
        self,
        session: Session,
        municipality_id: int,
        known: KnownColumns | None = None,
        has_turn: bool = False,
    ) -> KnownColumns:
        """The columns of what the session sees: found, or read from what is known on, and put here.

        A file that cannot be written (a full disk, a folder that is not ours) costs memory and no more.
        """
        found = self.find(session, municipality_id)
        if found is not None:
            return found
        start = self._start(session, municipality_id, known)
        columns = self._arrange(read_columns(session, municipality_id, start))
        made = KnownColumns(columns, past(session))
        return (has_turn and self._put(municipality_id, made)) or made

    def _start(self, session: Session, municipality_id: int, known: KnownColumns | None) -> Columns | None:
        """The latest columns to go on from: the process's own or the file's, if of this database's past."""
        if known is not None and known.past is not None and not holds(session, known.past):
            known = None
        file = self._file(session, municipality_id)
        if file is not None and (known is None or known.columns.version < file.header.version):
            known = _known(file)
        return known.columns if known else None

    def _file(self, session: Session, municipality_id: int) -> ColumnFile | None:
        now = past(session) if self._folder else None
        if now is None:
            return None
        file = open_file(self._path(municipality_id, now), municipality_id)
        return file if file is not None and holds(session, file.header.past) else None

    def _put(self, municipality_id: int, made: KnownColumns) -> KnownColumns | None:
        """The same, in a file's pages; None where that does not go."""
        if made.past is None:
            return None
        path = self._path(municipality_id, made.past)
        try:
            write_file(path, municipality_id, made.columns, made.past)
            self._sweep()
        except OSError:
            return None
        file = open_file(path, municipality_id)
        return _known(file) if file else None

    def _path(self, municipality_id: int, moment: Past) -> Path:
        return (self._folder or Path()) / f"{moment.first[:16]}-{municipality_id}.columns"

    def _lock_file(self, municipality_id: int) -> int | None:
        if self._folder is None:
            return None
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            wanted = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            return os.open(self._folder / f"{municipality_id}.lock", wanted, 0o600)
        except OSError:
            return None

    def _sweep(self) -> None:
        """Delete what no process has opened for long; who still looks at it keeps it."""
        for path in (self._folder or Path()).iterdir():
            with suppress(FileNotFoundError):
                used = path.stat()
                if path.suffix in _OURS and max(used.st_atime, used.st_mtime) < time.time() - _UNUSED_S:
                    path.unlink()


def _known(file: ColumnFile) -> KnownColumns | None:
    columns = file.columns()
    return KnownColumns(columns, file.header.past) if columns is not None else None


def _is_locked(handle: int) -> bool:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE_S)
        except OSError:
            return False
        else:
            return True
    return False
