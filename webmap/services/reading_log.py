"""Who read what not everybody may read: written in the journal before it is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from geodata.errors import DatabaseFault
from geodata.queries.journal import is_done
from geodata.tables.chain import Entry, append
from geodata.tables.engine import reading, writing
from webmap.access import Role, Viewer

ONCE_WITHIN = timedelta(hours=1)
_PATIENCE_MS = 5_000


def note_read(engine: Engine, viewer: Viewer, municipality: str, *what: *tuple[str, str, str]) -> None:
    """Write down that somebody reads something; once an hour for each person, act and object is enough.

    what: action, object type and object id, codes and ids only. Call it before anything is shown: raises
    DatabaseFault `journal.not_noted` where it cannot be written in five seconds, and then nothing is.
    """
    action, object_type, object_id = what
    entry = Entry(_role(viewer, municipality), action, object_type, object_id, municipality, viewer.user_id)
    with reading(engine) as session:
        if _is_noted(session, entry):
            return
    try:
        with writing(engine, _PATIENCE_MS) as session:
            if not _is_noted(session, entry):
                append(session, entry)
    except OperationalError as fault:
        raise DatabaseFault("journal.not_noted") from fault


def _is_noted(session: Session, entry: Entry) -> bool:
    return is_done(session, entry, datetime.now(UTC) - ONCE_WITHIN)


def _role(viewer: Viewer, municipality: str) -> str:
    held = viewer.roles.get(municipality, frozenset())
    return next((role.value for role in Role if role in held), "user")
