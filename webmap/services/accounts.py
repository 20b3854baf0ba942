"""Accounts: made, shut and opened, and the first step of logging in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from geodata.errors import Conflict, InvalidValue, NotAllowed, NotFound
from geodata.queries.municipalities import home, mark
from geodata.queries.people import user_by_email
from geodata.tables.chain import Entry, append
from geodata.tables.engine import reading, writing
from geodata.tables.users import Membership, User, UserSession
from webmap.access import Role
from webmap.services import passwords, throttle
from webmap.services.actors import COMMAND, Actor
from webmap.services.reception import DEMO_MARK
from webmap.services.sessions import (
    ABSOLUTE,
    IDLE,
    Presence,
    Way,
    begin,
    end_session,
    presence,
    put,
    sweep,
)

__all__ = [
    "ABSOLUTE",
    "IDLE",
    "NewAccount",
    "Presence",
    "add",
    "attempts_on",
    "begin",
    "checked_email",
    "checked_role",
    "disable",
    "enable",
    "end_session",
    "known",
    "log_in",
    "presence",
]

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


@dataclass(frozen=True)
class NewAccount:
    """An account to make, with one role in one municipality. is_one_time: its password is to be changed."""

    email: str
    password: str
    role: str
    municipality: str
    is_one_time: bool = False


def checked_email(text: str) -> str:
    """The address in lower case. Raises InvalidValue."""
    email = text.strip().lower()
    if not _EMAIL.fullmatch(email) or "\0" in email:
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

    Raises InvalidValue, Conflict when the address is taken, NotFound for the municipality. The example's
    password is printed for all to see, and may be any that is long enough.
    """
    email, role = checked_email(new.email), checked_role(new.role)
    if not passwords.SHORTEST <= len(new.password) <= passwords.LONGEST:
        raise InvalidValue("password.length", "password", least=passwords.SHORTEST, most=passwords.LONGEST)
    if user_by_email(session, email):
        raise Conflict("email.taken", "email", email=email)
    place = home(session, new.municipality)
    if mark(session, DEMO_MARK) is None:
        passwords.checked(new.password, [email, place.name])
    user = User(email=email, name="", password_hash=passwords.hashed(new.password), language="sv")
    user.is_disabled, user.created_at = False, datetime.now(UTC)
    user.must_change_password = new.is_one_time
    session.add(user)
    session.flush()
    session.add(Membership(user_account_id=user.id, municipality_id=place.id, role=role))
    append(session, Entry(actor.role, "user.add", "user", str(user.id), place.code, actor.user_id))
    return user


def known(session: Session, email: str) -> User:
    """The account with this address. Raises InvalidValue, NotFound."""
    user = user_by_email(session, checked_email(email))
    if user is None:
        raise NotFound("user.unknown", "email", email=email)
    return user


def disable(session: Session, email: str, actor: Actor = COMMAND) -> User:
    """Shut an account and end its sessions at once. Raises NotFound."""
    user = known(session, email)
    user.is_disabled = True
    session.execute(delete(UserSession).where(UserSession.user_account_id == user.id))
    append(session, Entry(actor.role, "user.disable", "user", str(user.id), None, actor.user_id))
    return user


def enable(session: Session, email: str, actor: Actor = COMMAND) -> User:
    """Open a shut account again. Raises NotFound."""
    user = known(session, email)
    user.is_disabled = False
    append(session, Entry(actor.role, "user.enable", "user", str(user.id), None, actor.user_id))
    return user


def attempts_on(email: str, secret: str) -> str:
    """The mark that log-ins to the account of this address are counted under, whether there is one or not."""
    return throttle.mark_of(secret, _as_kept(email))


def _as_kept(email: str) -> str:
    return email.replace("\0", "").strip().lower()[:254]


def log_in(engine: Engine, email: str, password: str, secret: str, needs_code: bool = False) -> str:
    """Check the password and begin a session; the token goes into the cookie and nowhere else.

    The session is half where more is asked of the account: with needs_code, a code too.
    Raises NotAllowed `login.refused`, or TooOften `login.wait` after five attempts in a minute on this
    account, whether there is such an account or not. Other accounts are not touched by it.
    """
    address = _as_kept(email)
    attempts = attempts_on(email, secret)
    throttle.count(engine, attempts, datetime.now(UTC))
    with reading(engine) as session:
        user = user_by_email(session, address)
    is_right = passwords.is_right(user.password_hash if user else "", password)
    if user is None or not is_right or user.is_disabled:
        raise NotAllowed("login.refused", "email")
    fresh = passwords.hashed(password[: passwords.LONGEST]) if passwords.is_weak(user.password_hash) else ""
    with writing(engine) as session:
        sweep(session)
        throttle.forget(session, attempts)
        entered = session.get_one(User, user.id)
        entered.password_hash = fresh or entered.password_hash
        return put(session, entered, Way.PASSWORD, needs_code)
