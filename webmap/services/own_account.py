"""A person's own account, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine

from geodata.hours import local
from geodata.queries.people import open_sessions
from geodata.tables.engine import reading
from webmap.access import Viewer
from webmap.services.reception import homes_by_code
from webmap.services.sessions import IDLE, Way
from webmap.words import Words
from webmap.words.labels import N_

WAYS: dict[str, str] = {
    Way.PASSWORD: N_("Med lösenord"),
    Way.TOTP: N_("Med lösenord och kod från telefonen"),
    Way.RECOVERY: N_("Med lösenord och reservkod"),
    Way.OIDC: N_("Genom kommunens egen inloggning"),
}


@dataclass(frozen=True)
class OwnSession:
    """A browser somebody is logged in with, known by when it was; what it is, nobody keeps."""

    device: str
    started: str
    last_seen: str
    way: str
    is_current: bool
    end_url: str


@dataclass(frozen=True)
class OwnAccount:
    """Who one is here, and where one is logged in."""

    email: str
    roles: list[str]
    sessions: list[OwnSession]


def own_account(engine: Engine, viewer: Viewer, session_id: int, words: Words) -> OwnAccount:
    """The viewer's own account, roles and sessions."""
    names = {home.code: home.name for home in homes_by_code(engine, list(viewer.roles))}
    roles = [
        f"{words.label(role)}, {names.get(code, code)}"
        for code, held in viewer.roles.items()
        for role in sorted(held)
    ]
    now = datetime.now(UTC)
    with reading(engine) as session:
        rows = open_sessions(session, viewer.user_id or 0, now - IDLE, now)
    sessions = [
        OwnSession(
            words("Inloggning %(number)s", number=place),
            words.moment(local(row.created_at)),
            words.moment(local(row.last_seen_at)),
            words(WAYS.get(row.way, WAYS[Way.PASSWORD])),
            row.id == session_id,
            f"/account/sessions/{row.id}/end",
        )
        for place, row in enumerate(rows, start=1)
    ]
    return OwnAccount(viewer.email, roles, sessions)
