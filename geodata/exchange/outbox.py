"""The file a phone writes of all that it holds of a walk: a zip of one list and its photos."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from geodata.errors import FileFault
from geodata.exchange.container import Container, open_container

MOST_BYTES = 60_000_000
MOST_ENTRIES = 500
MOST_CHANGES = 50
LONGEST_BODY = 64_000
LIST = "outbox.json"
_SCHEMA = 1
_LARGEST_LIST = 10_000_000
_MOST_REVISIONS = 10**6
_PHOTOS, _SUFFIX = "photos/", ".jpg"


@dataclass(frozen=True)
class OutboxChange:
    """A change of an entry. base: the revision the phone had before it. body: the bytes it sends, as text."""

    uid: UUID
    base: int
    body: str
    sha256: str


@dataclass(frozen=True)
class OutboxEntry:
    """An entry as the phone sends it, with its changes in their order. unread: how many more there are that
    could not be read.
    """

    uid: UUID
    body: str
    sha256: str
    changes: tuple[OutboxChange, ...]
    unread: int


@dataclass(frozen=True)
class Outbox:
    """What the file holds. unread: how many entries and changes could not be read at all."""

    walk: UUID
    device: UUID | None
    entries: tuple[OutboxEntry, ...]
    unread: int
    _names: Mapping[UUID, str]
    _container: Container

    @property
    def photos(self) -> tuple[UUID, ...]:
        """The photos in the file."""
        return tuple(self._names)

    def photo(self, uid: UUID) -> bytes:
        """One of them, as it was sent. Raises FileFault where the file is broken there."""
        return self._container.read(self._names[uid])


def read_outbox(data: bytes) -> Outbox:
    """The file, looked through before any of it is believed. Raises FileFault."""
    if len(data) > MOST_BYTES:
        raise FileFault("outbox.too_large", "file", most=MOST_BYTES // 10**6)
    container = open_container(data)
    said = _list(container)
    entries = said.get("entries")
    if said.get("schema") != _SCHEMA or not isinstance(entries, list):
        raise FileFault("outbox.no_list", "file")
    if len(entries) > MOST_ENTRIES:
        raise FileFault("outbox.too_many", "file", most=MOST_ENTRIES)
    walk = _uid(said.get("walk"))
    if walk is None:
        raise FileFault("outbox.no_list", "file")
    read = [entry for entry in map(_entry, entries) if entry is not None]
    unread = len(entries) - len(read) + sum(entry.unread for entry in read)
    return Outbox(walk, _uid(said.get("device")), tuple(read), unread, _photos(container), container)


def _list(container: Container) -> dict[str, Any]:
    if LIST not in container.names:
        raise FileFault("outbox.no_list", "file")
    raw = container.read(LIST)
    if len(raw) > _LARGEST_LIST:
        raise FileFault("outbox.too_large", "file", most=_LARGEST_LIST // 10**6)
    try:
        said = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as fault:
        raise FileFault("outbox.no_list", "file") from fault
    if not isinstance(said, dict):
        raise FileFault("outbox.no_list", "file")
    return said


def _entry(said: Any) -> OutboxEntry | None:
    """An entry; None for what is none: it never stands in the way of the others."""
    if not isinstance(said, dict):
        return None
    uid, body, changes = _uid(said.get("id")), _body(said.get("body")), said.get("revisions") or []
    if uid is None or body is None or not isinstance(changes, list):
        return None
    read = [change for change in map(_change, changes[:MOST_CHANGES]) if change is not None]
    return OutboxEntry(uid, body, _sum(said), tuple(read), len(changes) - len(read))


def _change(said: Any) -> OutboxChange | None:
    if not isinstance(said, dict):
        return None
    uid, body, base = _uid(said.get("id")), _body(said.get("body")), said.get("base")
    if uid is None or body is None:
        return None
    if not isinstance(base, int) or isinstance(base, bool) or not 0 <= base < _MOST_REVISIONS:
        base = 0
    return OutboxChange(uid, base, body, _sum(said))


def _body(text: Any) -> str | None:
    """Text that can be sent: no half of a letter, and not longer than the door takes; None for all else."""
    if not isinstance(text, str):
        return None
    try:
        return text if len(text.encode("utf-8")) <= LONGEST_BODY else None
    except UnicodeEncodeError:
        return None


def _sum(said: Mapping[str, Any]) -> str:
    given = said.get("sha256")
    return given if isinstance(given, str) else ""


def _photos(container: Container) -> dict[UUID, str]:
    found = {}
    for name in container.names:
        if name.startswith(_PHOTOS) and name.endswith(_SUFFIX):
            uid = _uid(name.removeprefix(_PHOTOS).removesuffix(_SUFFIX))
            if uid is not None:
                found[uid] = name
    return found


def _uid(given: Any) -> UUID | None:
    try:
        return UUID(given) if isinstance(given, str) else None
    except ValueError:
        return None
