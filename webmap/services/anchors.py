"""The journal held to what was known of it before: so it is seen that its end, or all of it, is another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.errors import Conflict
from geodata.queries.journal import hashes_at, journal_end
from geodata.tables.chain import Entry, append
from geodata.tables.engine import reading, writing
from webmap.services import anchor_file
from webmap.services.actors import COMMAND
from webmap.services.anchor_file import Anchor, AnchorLines
from webmap.services.reception import is_demo
from webmap.settings import Settings

RESTORED = "journal.restore"
LONGEST_REASON = 300
_OF_A_DEMO = "demo"


@dataclass(frozen=True)
class Held:
    """How a journal agrees with its anchors.

    reason: "" when it does; `short` when it ends before what an anchor knows; `other` when a row is not the
    one the anchor knows; `file` when the anchors' own file was written in. first_bad_seq: the first row that
    may be another, or of `file` the line. known: rows that the farthest anchor knows. at: of the one that
    does not agree. count: anchors there are. newest: the last of them.
    """

    count: int = 0
    newest: Anchor | None = None
    reason: str = ""
    first_bad_seq: int | None = None
    known: int = 0
    at: datetime | None = None

    @property
    def agrees(self) -> bool:
        """Whether no anchor says otherwise."""
        return not self.reason


def hold(session: Session, lines: AnchorLines) -> Held:
    """Hold the journal to every anchor that still holds."""
    newest = lines.anchors[-1] if lines.anchors else None
    holding = lines.holding
    known = max((each.rows for each in holding), default=0)
    if lines.faulty_line:
        return Held(len(lines.anchors), newest, "file", lines.faulty_line, known)
    found = hashes_at(session, sorted({each.rows for each in holding}))
    last, good = journal_end(session)[0], 0
    for each in holding:
        if found.get(each.rows) != each.head:
            is_short = each.rows > last
            first_bad = last + 1 if is_short else good + 1
            return Held(
                len(lines.anchors), newest, "short" if is_short else "other", first_bad, known, each.at
            )
        good = each.rows
    return Held(len(lines.anchors), newest, known=known)


def held_now(engine: Engine, settings: Settings) -> Held:
    """The journal held to the anchors in the folder that is set. Raises FileFault."""
    lines = anchor_file.read(settings.anchors_folder / anchor_file.NAME)
    with reading(engine) as session:
        return hold(session, lines)


def holds_on_paper(session: Session, line: str) -> bool:
    """Whether the journal agrees with a line from paper. Raises FileFault for what is not such a line."""
    rows, head = anchor_file.from_paper(line)
    return hashes_at(session, [rows]).get(rows, "").startswith(head)


def drop(engine: Engine, settings: Settings) -> Anchor:
    """Write down where the journal ends now. Raises FileFault, Conflict where an earlier anchor disagrees."""
    with anchor_file.held(settings.anchors_folder) as path:
        lines = anchor_file.read(path)
        with reading(engine) as session:
            _refuse(hold(session, lines))
            rows, head = journal_end(session)
        if not lines.anchors and is_demo(engine):
            (path.parent / _OF_A_DEMO).touch()
        anchor = Anchor(datetime.now(UTC), rows, head)
        anchor_file.add(path, anchor)
        return anchor


def drop_after_restore(engine: Engine, settings: Settings, reason: str) -> Anchor:
    """Go on after an older database was put back, openly: in the journal, and among the anchors.

    reason: in one's own words, kept among the anchors alone. Raises Conflict where there is nothing to go on
    from, or where the anchors' own file was written in.
    """
    with anchor_file.held(settings.anchors_folder) as path:
        lines = anchor_file.read(path)
        with writing(engine) as session:
            held = hold(session, lines)
            if held.reason == "file":
                _refuse(held)
            if held.agrees or held.first_bad_seq is None:
                raise Conflict("anchor.nothing_lost")
            kept = held.first_bad_seq - 1
            entry = Entry(COMMAND.role, RESTORED, "journal", str(kept), object_rev=held.known)
            append(session, entry)
            rows, head = journal_end(session)
        said = " ".join(reason.split())[:LONGEST_REASON]
        anchor = Anchor(datetime.now(UTC), rows, head, kept, said)
        anchor_file.add(path, anchor)
        return anchor


def are_of_a_demo(settings: Settings) -> bool:
    """Whether the anchors were begun for a demo. Told by the folder and not by the database: who can write
    that a database is a demo in it could else be rid of all its anchors.
    """
    return (settings.anchors_folder / _OF_A_DEMO).is_file()


def set_aside(settings: Settings) -> None:
    """Begin with a new file; the old one stays beside it, by another name."""
    with anchor_file.held(settings.anchors_folder) as path:
        path.rename(path.with_name(f"{path.stem}-{datetime.now(UTC):%Y%m%dT%H%M%S}{path.suffix}"))


def _refuse(held: Held) -> None:
    """Raises Conflict where the journal and its anchors do not agree."""
    if not held.agrees:
        raise Conflict(f"anchor.{held.reason}", row=held.first_bad_seq, known=held.known)
