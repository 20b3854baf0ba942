"""A person's own password: asked for again, and changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine

from geodata.errors import Fault, InvalidValue, NotAllowed
from geodata.queries.municipalities import homes
from geodata.tables.chain import Entry, append
from geodata.tables.engine import reading, writing
from geodata.tables.users import User
from webmap.services import passwords, sessions, throttle
from webmap.services.sayings import Refused
from webmap.services.sessions import Presence


@dataclass(frozen=True)
class Change:
    """What was typed: the old password, and the new one twice. At logging in the old is not asked for."""

    old: str
    new: str
    again: str


def has_password(engine: Engine, present: Presence) -> bool:
    """Whether there is one: who comes in by another's word has none."""
    with reading(engine) as session:
        return bool(session.get_one(User, present.user_id).password_hash)


def ask_again(engine: Engine, present: Presence, password: str, secret: str) -> None:
    """Let through whoever still knows the password.

    Raises NotAllowed `password.wrong` at the field `old`, TooOften `login.wait` after five tries in a minute.
    """
    attempts = throttle.mark_of(secret, f"again\0{present.user_id}")
    throttle.count(engine, attempts, datetime.now(UTC))
    with reading(engine) as session:
        kept = session.get_one(User, present.user_id).password_hash
    if not passwords.is_right(kept, password):
        raise NotAllowed("password.wrong", "old")
    with writing(engine) as session:
        throttle.forget(session, attempts)


def change(engine: Engine, present: Presence, said: Change, server: tuple[str, bool]) -> str:
    """Change the password; every other session ends. Gives the token of this one, which goes on.

    server: its secret, and whether it asks for a second factor. Raises Refused with all that is wrong with
    the new one, then NotAllowed and TooOften as `ask_again`.
    """
    secret, needs_code = server
    _check(engine, present, said)
    if present.is_whole:
        ask_again(engine, present, said.old, secret)
    fresh = passwords.hashed(said.new)
    with writing(engine) as session:
        user = session.get_one(User, present.user_id)
        user.password_hash, user.must_change_password = fresh, False
        session.flush()
        append(session, Entry("user", "user.password", "user", str(user.id), None, user.id))
        token = sessions.renew(session, present)
        return token if present.is_whole else sessions.advance(session, present, present.way, needs_code)


def _check(engine: Engine, present: Presence, said: Change) -> None:
    found: list[Fault] = []
    if present.is_whole and not said.old:
        found.append(InvalidValue("password.old_missing", "old"))
    with reading(engine) as session:
        kept = session.get_one(User, present.user_id).password_hash
        names = [home.name for home in homes(session) if home.code in present.viewer.roles]
    try:
        passwords.checked(said.new, [present.viewer.email, *names])
    except InvalidValue as fault:
        found.append(fault)
    if not found and passwords.is_right(kept, said.new):
        found.append(InvalidValue("password.same", "password"))
    if said.again != said.new:
        found.append(InvalidValue("password.differs", "again"))
    if found:
        raise Refused(found)
