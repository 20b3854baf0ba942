"""Accounts, logging in and out."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as insert_in_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_in_sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from geodata.errors import Conflict, InvalidValue, NotAllowed, NotFound
from geodata.queries.municipalities import home
from geodata.queries.people import holder_of, user_by_email
from geodata.tables.chain import Entry, append
from geodata.tables.engine import reading, writing
from geodata.tables.users import LoginAttempt, Membership, User, UserSession
from webmap.access import Role, Viewer
from webmap.services.actors import COMMAND, Actor

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1_000
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
_SEEN_EVERY = timedelta(minutes=1)
_SEEN_PATIENCE_MS = 20
ATTEMPTS = 5
WINDOW_S = 60
_LARGEST_KEY = 2**63 - 1
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")

_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))
"""Checked for an unknown address, so that it takes as long as for a known one."""


@dataclass(frozen=True)
class NewAccount:
    """An account to make, with one role in one municipality."""

    email: str
    password: str
    role: str
    municipality: str


def checked_email(text: str) -> str:
    """The address in lower case. Raises InvalidValue."""
    email = text.strip().lower()
    if not _EMAIL.fullmatch(email):
        raise InvalidValue("email.bad", "email", given=text[:80])
    return email


def checked_role(text: str) -> Role:
    """The role of this name. Raises InvalidValue."""
    try:
        return Role(text)
    except ValueError as fault:
        raise InvalidValue("role.unknown", "role", given=text[:40], roles=", ".join(Role)) from fault


def add(session: Session, new: NewAccount, actor: Actor = COMMAND) -> User:
    """Make an account.

    Raises InvalidValue, Conflict when the address is taken, NotFound for the municipality.
    """
    email, role = checked_email(new.email), checked_role(new.role)
    if not SHORTEST_PASSWORD <= len(new.password) <= LONGEST_PASSWORD:
        raise InvalidValue("password.length", "password", least=SHORTEST_PASSWORD, most=LONGEST_PASSWORD)
    if user_by_email(session, email):
        raise Conflict("email.taken", "email", email=email)
    place = home(session, new.municipality)
    user = User(email=email, name="", password_hash=_hasher.hash(new.password), language="sv")
    user.is_disabled, user.created_at = False, datetime.now(UTC)
    session.add(user)
    session.flush()
    session.add(Membership(user_account_id=user.id, municipality_id=place.id, role=role))
    append(session, Entry(actor.role, "user.add", "user", str(user.id), place.code, actor.user_id))
    return user


def disable(session: Session, email: str, actor: Actor = COMMAND) -> User:
    """Shut an account and end its sessions at once. Raises NotFound."""
    user = user_by_email(session, checked_email(email))
    if user is None:
        raise NotFound("user.unknown", "email", email=email)
    user.is_disabled = True
    session.execute(delete(UserSession).where(UserSession.user_account_id == user.id))
    append(session, Entry(actor.role, "user.disable", "user", str(user.id), None, actor.user_id))
    return user


def log_in(engine: Engine, email: str, password: str, secret: str) -> str:
    """Check the password and begin a session; the token goes into the cookie and nowhere else.

    Raises NotAllowed: `login.refused`, or `login.wait` after five attempts in a minute on this account,
    whether there is such an account or not. Other accounts are not touched by it.
    """
    address = email.replace("\0", "").strip().lower()[:254]
    mark = hmac.new(secret.encode(), address.encode(), hashlib.sha256).hexdigest()
    now = datetime.now(UTC)
    if not _may_try(engine, mark, now):
        raise NotAllowed("login.wait")
    with reading(engine) as session:
        user = user_by_email(session, address)
    is_right = _password_is(user.password_hash if user else _NOBODY, password[:LONGEST_PASSWORD])
    if user is None or not is_right or user.is_disabled:
        raise NotAllowed("login.refused", "email")
    return _begin(engine, user, password, mark)


def _password_is(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def _begin(engine: Engine, user: User, password: str, mark: str) -> str:
    token, now = secrets.token_urlsafe(32), datetime.now(UTC)
    fresh = _hasher.hash(password) if _hasher.check_needs_rehash(user.password_hash) else None
    with writing(engine) as session:
        session.execute(delete(UserSession).where(UserSession.expires_at <= now))
        session.execute(delete(LoginAttempt).where(LoginAttempt.account_digest == mark))
        if fresh:
            session.execute(update(User).where(User.id == user.id).values(password_hash=fresh))
        begun = UserSession(token_digest=_digest(token), user_account_id=user.id)
        begun.created_at = begun.last_seen_at = now
        begun.expires_at = now + ABSOLUTE
        session.add(begun)
        append(session, Entry("user", "session.begin", "user", str(user.id), None, user.id))
    return token


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _may_try(engine: Engine, mark: str, now: datetime) -> bool:
    """Count an attempt, and say whether there were fewer than five in this window and the one before.

    Counted before the password is looked at, in one step, so that guesses side by side count as well.
    """
    window = int(now.timestamp()) // WINDOW_S
    insert = insert_in_sqlite if engine.dialect.name == "sqlite" else insert_in_postgresql
    counted = insert(LoginAttempt).values(account_digest=mark, window=window, failures=1)
    counted = counted.on_conflict_do_update(
        index_elements=[LoginAttempt.account_digest, LoginAttempt.window],
        set_={"failures": LoginAttempt.failures + 1},
    )
    own = LoginAttempt.account_digest == mark
    with writing(engine) as session:
        session.execute(delete(LoginAttempt).where(LoginAttempt.window < window - 1))
        session.execute(counted)
        tried = session.scalar(select(func.sum(LoginAttempt.failures)).where(own)) or 0
        if tried > ATTEMPTS:
            # A refused attempt does not lengthen the wait.
            last = update(LoginAttempt).where(own, LoginAttempt.window == window)
            session.execute(last.values(failures=LoginAttempt.failures - 1))
        return bool(tried <= ATTEMPTS)


@dataclass(frozen=True)
class Presence:
    """Who a token belongs to, and which session it is."""

    viewer: Viewer
    session_id: int


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
    roles = {code: frozenset(Role(role) for role in held) for code, held in holder.roles.items()}
    return Presence(Viewer(holder.user_id, holder.email, roles), holder.session_id)


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
