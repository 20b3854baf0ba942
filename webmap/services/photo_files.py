"""The files of photos in the data folder: one folder for each photo, called by its random address."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from geodata.errors import DatabaseFault
from geodata.exchange.photos import SIZES

ADDRESS = re.compile(r"[0-9a-f]{32}")
_UNFINISHED = ".part-"
_OWNER = ".owner"


class PhotoFiles:
    """The files under a folder; only their owner may read them (folders 0700, files 0600)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, files: Mapping[str, bytes]) -> str:
        """Keep a photo, JPEG by size, and return its new address; there whole and durable, or not at all.

        Raises DatabaseFault `photo.not_kept` where the disk does not take it.
        """
        address = secrets.token_hex(16)
        part = self._folder / f"{_UNFINISHED}{address}"
        try:
            part.mkdir(mode=0o700, parents=True)
            for size, content in files.items():
                _write(part / f"{size}.jpg", content)
            _settle(part)
            part.rename(self._folder / address)
            _settle(self._folder)
        except OSError as fault:
            shutil.rmtree(part, ignore_errors=True)
            raise DatabaseFault("photo.not_kept") from fault
        return address

    def path(self, address: str, size: str) -> Path | None:
        """A file of a photo, or None where there is none."""
        if not ADDRESS.fullmatch(address) or size not in SIZES:
            return None
        path = self._folder / address / f"{size}.jpg"
        return path if path.is_file() else None

    def drop(self, address: str) -> None:
        """Every size of a photo goes."""
        if ADDRESS.fullmatch(address):
            shutil.rmtree(self._folder / address, ignore_errors=True)

    def addresses(self) -> Iterator[str]:
        """Of all photos that are here."""
        for each in self._folders():
            if ADDRESS.fullmatch(each.name):
                yield each.name

    def claim(self, owner: str) -> None:
        """Write down whose files these are, where nobody has. owner: "" for one that cannot be told yet."""
        if not owner:
            return
        try:
            _write(self._folder / _OWNER, owner.encode())
        except FileExistsError:
            return

    @property
    def owner(self) -> str:
        """Whose files these are; "" where nobody has said."""
        try:
            return (self._folder / _OWNER).read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def older_than(self, least_age_s: float) -> list[Path]:
        """Folders of photos, whole or not, that have lain for a while."""
        newest_s = time.time() - least_age_s
        return [each for each in self._folders() if _changed_at(each) < newest_s]

    def _folders(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return [
            each
            for each in self._folder.iterdir()
            if ADDRESS.fullmatch(each.name.removeprefix(_UNFINISHED)) and each.is_dir()
        ]


def _changed_at(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:
        return time.time()


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as made:
        made.write(content)
        made.flush()
        os.fsync(made.fileno())


def _settle(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
