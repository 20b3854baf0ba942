"""Sessions: rows on the server, known by the digest of a token that only the cookie holds.

A session is whole once everything asked of its account is done; until then it is half and opens nothing but
the page that asks. Its token is changed at every step.
"""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Engine, delete, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from geodata.errors import NotAllowed, NotFound
from geodata.queries.people import Holder, holder_of
from geodata.tables.chain import Entry, append
from geodata.tables.engine import reading, writing
from geodata.tables.users import User, UserSession
from webmap.access import Role, Viewer

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
HALF = timedelta(minutes=5)
PREPARING = timedelta(minutes=15)
"""A half session of one who has to fetch something first: an app on the phone, a new password."""
_SEEN_EVERY = timedelta(minutes=1)
_SEEN_PATIENCE_MS = 20
_LARGEST_KEY = 2**63 - 1


class Way(StrEnum):
    """How somebody came in."""

    PASSWORD = "password"  # noqa: S105
    TOTP = "totp"
    RECOVERY = "recovery"
    OIDC = "oidc"


class Step(StrEnum):
    """What is still asked of one who is half in."""

    CODE = "code"
    CHANGE = "change"
    ENROL = "enrol"


@dataclass(frozen=True)
class Presence:
    """Who a token belongs to, and which session it is. A half session says who knocks, not who is in."""

    viewer: Viewer
    session_id: int
    way: Way = Way.PASSWORD
    is_whole: bool = True
    has_second_factor: bool = False
    must_change_password: bool = False

    @property
    def user_id(self) -> int:
        """The account."""
        return self.viewer.user_id or 0

    def missing(self, needs_code: bool) -> Step | None:
        """What is asked next. needs_code: whether this server asks for a second factor."""
        is_by_password = needs_code and self.way == Way.PASSWORD
        if is_by_password and self.has_second_factor:
            return Step.CODE
        if self.must_change_password and self.way != Way.OIDC:
            return Step.CHANGE
        return Step.ENROL if is_by_password else None


def put(session: Session, user: User, way: Way, needs_code: bool) -> str:
    """Begin a session, whole if nothing more is asked of the account; its token."""
    token, now = secrets.token_urlsafe(32), datetime.now(UTC)
    knocking = Presence(
        Viewer(user.id), 0, way, False, user.totp_key is not None, bool(user.must_change_password)
    )
    step = knocking.missing(needs_code)
    begun = UserSession(token_digest=_digest(token), user_account_id=user.id, way=way, is_whole=step is None)
    begun.created_at = begun.last_seen_at = now
    begun.expires_at = now + (ABSOLUTE if step is None else HALF if step == Step.CODE else PREPARING)
    session.add(begun)
    if step is None:
        append(session, Entry("user", "session.begin", "user", str(user.id), None, user.id))
    return token


def begin(engine: Engine, user_id: int, way: str) -> str:
    """A whole session of somebody whom another has vouched for; its token.

    Raises NotAllowed for an account that is shut.
    """
    with writing(engine) as session:
        user = session.get(User, user_id)
        if user is None or user.is_disabled:
            raise NotAllowed("login.refused")
        sweep(session)
        return put(session, user, Way(way), needs_code=False)


def advance(session: Session, present: Presence, way: Way, needs_code: bool) -> str:
    """Take a half session one step on: its token dies, and a new one is given.

    Raises NotAllowed when another request has taken the step, or the account is shut.
    """
    gone = delete(UserSession).where(UserSession.id == present.session_id, UserSession.is_whole.is_(False))
    user = session.get(User, present.user_id, populate_existing=True)
    if session.execute(gone.returning(UserSession.id)).first() is None or user is None or user.is_disabled:
        raise NotAllowed("access.login")
    return put(session, user, way, needs_code)


def renew(session: Session, present: Presence) -> str:
    """A new token for a whole session, which lasts no longer for it; the account's others end."""
    token = secrets.token_urlsafe(32)
    own = UserSession.user_account_id == present.user_id
    session.execute(delete(UserSession).where(own, UserSession.id != present.session_id))
    kept = update(UserSession).where(own, UserSession.id == present.session_id)
    done = session.execute(kept.values(token_digest=_digest(token)).returning(UserSession.id)).first()
    if done is None:
        raise NotAllowed("access.login")
    return token


def sweep(session: Session) -> None:
    """Take away sessions that have run out."""
    session.execute(delete(UserSession).where(UserSession.expires_at <= datetime.now(UTC)))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def presence(engine: Engine, token: str) -> Presence | None:
    """Who holds this token, or None: unknown, run out, idle for half an hour, or shut."""
    now = datetime.now(UTC)
    with reading(engine) as session:
        holder = holder_of(session, _digest(token))
    if holder is None or holder.is_disabled:
        return None
    if holder.expires_at <= now or now - holder.last_seen_at > IDLE:
        return None
    if now - holder.last_seen_at > _SEEN_EVERY:
        # Nobody waits for a page while a hundred thousand rows are stored: the next request says it.
        with suppress(OperationalError), writing(engine, _SEEN_PATIENCE_MS) as session:
            seen = update(UserSession).where(UserSession.id == holder.session_id)
            session.execute(seen.values(last_seen_at=now))
    return _presence_of(holder)


def _presence_of(holder: Holder) -> Presence:
    roles = {code: frozenset(Role(role) for role in held) for code, held in holder.roles.items()}
    return Presence(
        Viewer(holder.user_id, holder.email, roles),
        holder.session_id,
        Way(holder.way),
        holder.is_whole,
        holder.has_second_factor,
        holder.must_change_password,
    )


def end_session(engine: Engine, viewer: Viewer, session_id: int) -> None:
    """End one of the viewer's own sessions. Raises NotFound for anybody else's."""
    if session_id > _LARGEST_KEY:
        raise NotFound("session.unknown")
    with writing(engine) as session:
        ended = session.execute(
            delete(UserSession)
            .where(UserSession.id == session_id, UserSession.user_account_id == viewer.user_id)
            .returning(UserSession.id)
        ).first()
        if ended is None:
            raise NotFound("session.unknown")
        append(session, Entry("user", "session.end", "user", str(viewer.user_id), None, viewer.user_id))


def end_others(engine: Engine, present: Presence) -> None:
    """End every session of the account but this one."""
    own = UserSession.user_account_id == present.user_id
    with writing(engine) as session:
        session.execute(delete(UserSession).where(own, UserSession.id != present.session_id))
        append(session, Entry("user", "session.end", "user", str(present.user_id), None, present.user_id))
