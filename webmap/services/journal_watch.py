"""The journal looked through every night and held to its anchors; how it was found is kept for all to see."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from geodata.errors import Conflict, FileFault
from geodata.hours import local
from geodata.queries.journal import journal_end
from geodata.tables.chain import verify
from geodata.tables.columns import utc_text
from geodata.tables.engine import reading
from webmap.services import anchor_file, anchor_mail, anchors
from webmap.services.anchor_file import Anchor
from webmap.services.reception import is_demo
from webmap.settings import Settings

_MAIL_AGAIN = timedelta(hours=1)


@dataclass(frozen=True)
class Watch:
    """How the journal was found when it was last looked through.

    rows: as many as were whole. reason: "" when all is well; `gap`, `prev`, `hash`, `tail` of the chain,
    `short`, `other`, `file` of the anchors, or `folder` where the anchors cannot be reached. known: rows that
    the farthest anchor knows. mail: the code of why the anchor was not sent, or "". mailed_at: last tried.
    """

    at: datetime
    rows: int
    first_bad_seq: int | None
    reason: str
    known: int = 0
    mail: str = ""
    mailed_at: datetime | None = None

    @property
    def is_whole(self) -> bool:
        """Whether chain and anchors were as they should be."""
        return not self.reason


@dataclass(frozen=True)
class JournalState:
    """What there is to know of the journal without looking through it.

    rows: now. watch: None before the first night. anchors: how many; anchor: the last.
    """

    rows: int
    watch: Watch | None
    anchors: int
    anchor: Anchor | None

    @property
    def is_broken(self) -> bool:
        """Whether somebody has to look at it."""
        return self.watch is not None and not self.watch.is_whole


def journal_state(engine: Engine, settings: Settings) -> JournalState:
    """How the journal was found when it was last looked through. Quick; looks at no row but the last."""
    with reading(engine) as session:
        rows, _ = journal_end(session)
    try:
        lines = anchor_file.read(settings.anchors_folder / anchor_file.NAME)
    except FileFault:
        lines = anchor_file.AnchorLines()
    newest = lines.anchors[-1] if lines.anchors else None
    return JournalState(rows, _kept(settings.journal_watch_file), len(lines.anchors), newest)


def look_through(
    engine: Engine, settings: Settings, progress: Callable[[int], None] = lambda rows: None
) -> Watch:
    """Look through the whole journal now, hold it to its anchors, and keep how it was found."""
    with reading(engine) as session:
        verdict = verify(session, progress)
    found = Watch(datetime.now(UTC), verdict.rows, verdict.first_bad_seq, verdict.reason)
    if verdict.is_whole:
        try:
            held = anchors.held_now(engine, settings)
            found = replace(found, first_bad_seq=held.first_bad_seq, reason=held.reason, known=held.known)
        except FileFault:
            found = replace(found, reason="folder")
    known = _kept(settings.journal_watch_file)
    if known is not None:
        found = replace(found, mail=known.mail, mailed_at=known.mailed_at)
    _keep(settings.journal_watch_file, found)
    return found


def keep_watch(engine: Engine, settings: Settings) -> str:
    """Once a day: look through the journal, drop an anchor, send it. A code of what is wrong, or ""."""
    found = _kept(settings.journal_watch_file)
    if found is None or _day(found.at) != _day(datetime.now(UTC)):
        with reading(engine) as session:
            if journal_end(session)[0] == 0:
                return ""
        found = look_through(engine, settings)
        if found.reason in ("short", "other") and is_demo(engine) and anchors.are_of_a_demo(settings):
            anchors.set_aside(settings)  # a demo that was filled anew
            found = look_through(engine, settings)
        found = _anchored(engine, settings, found)
    if found.mail and found.mailed_at and datetime.now(UTC) - found.mailed_at >= _MAIL_AGAIN:
        _mail(engine, settings, found)
    return f"journal.{found.reason}" if found.reason else ""


def _anchored(engine: Engine, settings: Settings, found: Watch) -> Watch:
    """With an anchor dropped and sent, where the journal was found whole."""
    if not found.is_whole:
        return found
    try:
        anchors.drop(engine, settings)
    except (FileFault, Conflict):  # away, or another process was first to find otherwise
        found = replace(found, reason="folder")
        _keep(settings.journal_watch_file, found)
        return found
    return _mail(engine, settings, found)


def _mail(engine: Engine, settings: Settings, found: Watch) -> Watch:
    newest = journal_state(engine, settings).anchor
    if not settings.anchor_mail or newest is None:
        return found
    found = replace(found, mail=anchor_mail.send(settings, newest), mailed_at=datetime.now(UTC))
    _keep(settings.journal_watch_file, found)
    return found


def _day(moment: datetime) -> str:
    return local(moment).date().isoformat()


def _kept(path: Path) -> Watch | None:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        moments = {name: datetime.fromisoformat(said[name]) for name in ("at", "mailed_at") if said[name]}
        return Watch(**(said | moments))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(path: Path, watch: Watch) -> None:
    """Written whole beside its place and then put there."""
    said = asdict(watch) | {
        "at": utc_text(watch.at),
        "mailed_at": utc_text(watch.mailed_at) if watch.mailed_at else None,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(json.dumps(said))
    Path(beside).replace(path)
