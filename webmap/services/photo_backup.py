"""The photos beside a copy of the database: saved, looked over, and put back whole or not at all.

A copy of the database is FILE as it always was; its photos are FILE.photos.tar, with a digest of each file.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy import Engine, select

from geodata.errors import DatabaseFault, Fault, FileFault
from geodata.exchange.photo_kinds import LONGEST_PX
from geodata.tables.engine import reading
from geodata.tables.photos import Photo
from webmap.services.photo_files import PhotoFiles

_MEMBER = re.compile(rf"([0-9a-f]{{32}})/({'|'.join(LONGEST_PX)})\.jpg")
_SUMS = "sums.json"
_MOST_FILE_BYTES = 20_000_000


def beside(file: Path) -> Path:
    """Where the photos of a copy are."""
    return file.with_name(f"{file.name}.photos.tar")


def missing(engine: Engine, folder: Path) -> list[Fault]:
    """A fault `photo.missing` for every photo whose files are not there, or not as they were written."""
    files = PhotoFiles(folder)
    with reading(engine) as session:
        known = session.execute(select(Photo.uid, Photo.address, Photo.size).order_by(Photo.id)).all()
    return [
        DatabaseFault("photo.missing", uid=str(uid))
        for uid, address, size in known
        if sum(path.stat().st_size for path in _paths(files, address)) != size
    ]


def _paths(files: PhotoFiles, address: str) -> list[Path]:
    return [path for size in LONGEST_PX if (path := files.path(address, size)) is not None]


def save(engine: Engine, folder: Path, file: Path) -> int:
    """Write the photos of a copy beside it, whole or not at all; how many. Without any there is no such file.

    Call it after the database was copied: what was blacked out or taken away meanwhile is not in it.
    """
    target = beside(file)
    with reading(engine) as session:
        addresses = list(session.scalars(select(Photo.address).order_by(Photo.id)))
    if not addresses:
        target.unlink(missing_ok=True)
        return 0
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f"{target.name}.", delete=False) as part:
        try:
            count = _pack(PhotoFiles(folder), addresses, part)
            part.flush()
            os.fsync(part.fileno())
            os.replace(part.name, target)
        finally:
            Path(part.name).unlink(missing_ok=True)
    return count


def _pack(files: PhotoFiles, addresses: list[str], target: IO[bytes]) -> int:
    sums: dict[str, str] = {}
    paths = (path for address in addresses for path in _paths(files, address))
    with tarfile.open(fileobj=target, mode="w") as archive:
        for path in paths:
            if content := _content(path):
                name = f"{path.parent.name}/{path.name}"
                sums[name] = hashlib.sha256(content).hexdigest()
                _add(archive, name, content)
        _add(archive, _SUMS, json.dumps(sums).encode())
    return len({name.split("/")[0] for name in sums})


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""  # it was blacked out or taken away just now


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    archive.addfile(member, io.BytesIO(content))


@contextmanager
def unpacked(folder: Path, file: Path) -> Iterator[Callable[[], None]]:
    """The photos of a copy, unpacked and looked over; what it gives is called to put them in their place.

    Raises FileFault `backup.unreadable`, `backup.not_ours` before anything in use is touched. Where the copy
    has no photos beside it, those in use stay as they are.
    """
    source = beside(file)
    if not source.is_file():
        yield lambda: None
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f"{folder.name}-") as aside:
        new, old = Path(aside) / "new", Path(aside) / "old"
        new.mkdir(mode=0o700)
        _unpack(source, new)

        def settle() -> None:
            if folder.exists():
                folder.rename(old)
            new.rename(folder)

        yield settle


def _unpack(source: Path, target: Path) -> None:
    sums: dict[str, str] = {}
    said: object = None
    for name, content in _members(source):
        if name == _SUMS:
            said = json.loads(content)
            continue
        sums[name] = hashlib.sha256(content).hexdigest()
        path = target / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o600)
    if sums != said:
        raise FileFault("backup.unreadable", "file", name=source.name)


def _members(source: Path) -> Iterator[tuple[str, bytes]]:
    """Names and contents; nothing but what we write ourselves is taken out of the file."""
    try:
        with tarfile.open(source, mode="r:") as archive:
            for member in archive:
                yield member.name, _read(archive, member)
    except FileFault as fault:
        raise FileFault(fault.code, "file", name=source.name) from fault
    except (tarfile.TarError, OSError, ValueError) as fault:
        raise FileFault("backup.unreadable", "file", name=source.name) from fault


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    content = archive.extractfile(member) if _is_ours(member) else None
    if content is None:
        raise FileFault("backup.not_ours", "file", name=member.name)
    return content.read()


def _is_ours(member: tarfile.TarInfo) -> bool:
    is_named = member.name == _SUMS or _MEMBER.fullmatch(member.name) is not None
    return member.isreg() and is_named and (member.name == _SUMS or member.size <= _MOST_FILE_BYTES)
