"""A zip file, looked through before it is believed: names, sizes, kinds and what they unfold to."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections import Counter
from pathlib import PurePosixPath

from geodata.errors import FileFault

_MOST_ENTRIES = 2_000
_MOST_BYTES = 200_000_000
_MOST_TIMES = 300
_SMALL_BYTES = 1_000_000
"""What an entry may unfold to, however hard it is packed."""
_END = b"PK\x05\x06"
_END_BYTES = 22
_LONGEST_COMMENT = 65_535
_LARGE_MARK = b"PK\x06\x07"
_LARGE_MARK_BYTES = 20
_LARGE_END_BYTES = _LARGE_MARK_BYTES + 56
"""What stands before the end of an archive of more than 65,535 entries, and of some small ones."""
_LEAST_ENTRY_BYTES = 46
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED_FLAG = 1
_UNFORESEEN = (RuntimeError, ValueError, OSError, struct.error)
"""What the standard library raises beside its own where a file is broken in ways it did not think of."""
_ARCHIVES = (".zip", ".7z", ".rar", ".gz", ".tar", ".kmz", ".xlsx", ".xlsm")


class Container:
    """The entries of a zip file, by name. Nothing goes to disk; an entry is unfolded when it is read."""

    def __init__(self, archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
        self._archive = archive
        self._entries = {entry.filename: entry for entry in entries}

    @property
    def names(self) -> tuple[str, ...]:
        """Files only, in the order of the archive."""
        return tuple(self._entries)

    def read(self, name: str) -> bytes:
        """An entry whole. Raises FileFault where it is other than its head says."""
        entry = self._entries[name]
        try:
            with self._archive.open(entry) as file:
                data = file.read(entry.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, *_UNFORESEEN) as fault:
            raise FileFault("zip.broken", "file") from fault
        if len(data) != entry.file_size:
            raise FileFault("zip.broken", "file")
        return data


def open_container(data: bytes) -> Container:
    """The zip file, if all of it may be opened. Raises FileFault."""
    if _count_at_most(data) > _MOST_ENTRIES:
        raise FileFault("zip.too_many", "file", most=_MOST_ENTRIES)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, *_UNFORESEEN) as fault:
        raise FileFault("zip.broken", "file") from fault
    entries = archive.infolist()
    for entry in entries:
        _refuse_form(entry)
    twins = [name for name, count in Counter(entry.filename for entry in entries).items() if count > 1]
    if twins:
        raise FileFault("zip.bad_name", "file", name=_shown(twins[0]))
    if sum(entry.file_size for entry in entries) > _MOST_BYTES:
        raise FileFault("zip.too_large", "file", most_mb=_MOST_BYTES // 10**6)
    return Container(archive, [entry for entry in entries if not entry.is_dir()])


def _count_at_most(data: bytes) -> int:
    """How many entries the directory at the end has room for; reading one of a million takes seconds."""
    at = data.rfind(_END, max(0, len(data) - _END_BYTES - _LONGEST_COMMENT))
    if at < 0 or at + _END_BYTES > len(data):
        raise FileFault("zip.broken", "file")
    directory_bytes = struct.unpack_from("<I", data, at + 12)[0]
    if at >= _LARGE_END_BYTES and data.startswith(_LARGE_MARK, at - _LARGE_MARK_BYTES):
        directory_bytes = struct.unpack_from("<Q", data, at - _LARGE_END_BYTES + 40)[0]
    return int(directory_bytes // _LEAST_ENTRY_BYTES)


def _refuse_form(entry: zipfile.ZipInfo) -> None:
    """Nothing is unpacked to disk, but a name that would leave a folder says what the file is for."""
    name = entry.filename
    path = PurePosixPath(name)
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    if is_link or path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or not name:
        raise FileFault("zip.bad_name", "file", name=_shown(name))
    if entry.flag_bits & _ENCRYPTED_FLAG:
        raise FileFault("zip.locked", "file")
    if path.suffix.casefold() in _ARCHIVES:
        raise FileFault("zip.nested", "file", name=_shown(name))
    if entry.compress_type not in _METHODS:
        raise FileFault("zip.broken", "file")
    if entry.file_size > max(_SMALL_BYTES, _MOST_TIMES * entry.compress_size):
        raise FileFault("zip.too_dense", "file", name=_shown(name))


def _shown(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:80]
