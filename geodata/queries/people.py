"""Reads about accounts and sessions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.tables.municipalities import Municipality
from geodata.tables.users import Membership, User, UserSession


@dataclass(frozen=True)
class Account:
    """An account as lists show it. roles: municipality code → role words."""

    id: int
    email: str
    is_disabled: bool
    created_at: datetime
    roles: dict[str, frozenset[str]]


def roles_of(session: Session, user_ids: list[int]) -> dict[int, dict[str, frozenset[str]]]:
    """Role words by municipality code, for each of the users."""
    held: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    rows = session.execute(
        select(Membership.user_account_id, Municipality.code, Membership.role)
        .join(Municipality, Municipality.id == Membership.municipality_id)
        .where(Membership.user_account_id.in_(user_ids))
        .order_by(Municipality.code)
    )
    for user_id, code, role in rows:
        held[user_id][code].add(role)
    return {
        user: {code: frozenset(roles) for code, roles in by_code.items()} for user, by_code in held.items()
    }


def accounts(session: Session) -> list[Account]:
    """All accounts by e-mail."""
    users = session.scalars(select(User).order_by(User.email)).all()
    roles = roles_of(session, [user.id for user in users])
    return [
        Account(user.id, user.email, user.is_disabled, user.created_at, roles.get(user.id, {}))
        for user in users
    ]


def account(session: Session, user_id: int) -> Account | None:
    """One account."""
    user = session.get(User, user_id)
    if user is None:
        return None
    roles = roles_of(session, [user.id]).get(user.id, {})
    return Account(user.id, user.email, user.is_disabled, user.created_at, roles)


def user_by_email(session: Session, email: str) -> User | None:
    """The account with this address, lower case."""
    return session.scalar(select(User).where(User.email == email))


def open_sessions(session: Session, user_id: int, seen_after: datetime, now: datetime) -> list[UserSession]:
    """The account's sessions that have neither run out nor been idle since, the last used first."""
    return list(
        session.scalars(
            select(UserSession)
            .where(UserSession.user_account_id == user_id, UserSession.expires_at > now)
            .where(UserSession.last_seen_at >= seen_after, UserSession.is_whole)
            .order_by(UserSession.last_seen_at.desc())
        )
    )


@dataclass(frozen=True)
class Holder:
    """Who holds a session. roles: municipality code → role words. way, is_whole: as of `UserSession`."""

    session_id: int
    expires_at: datetime
    last_seen_at: datetime
    user_id: int
    email: str
    is_disabled: bool
    way: str
    is_whole: bool
    has_second_factor: bool
    must_change_password: bool
    roles: dict[str, frozenset[str]]


_HELD = (
    UserSession.id,
    UserSession.expires_at,
    UserSession.last_seen_at,
    User.id,
    User.email,
    User.is_disabled,
    UserSession.way,
    UserSession.is_whole,
    User.totp_key.is_not(None),
    User.must_change_password,
)
"""What a `Holder` is made of, in its order, but the roles."""


def holder_of(session: Session, token_digest: str) -> Holder | None:
    """Whoever holds the session with this token digest, in one look."""
    rows = session.execute(
        select(*_HELD, Municipality.code, Membership.role)
        .join(User, User.id == UserSession.user_account_id)
        .outerjoin(Membership, Membership.user_account_id == User.id)
        .outerjoin(Municipality, Municipality.id == Membership.municipality_id)
        .where(UserSession.token_digest == token_digest)
        .order_by(Municipality.code)
    ).all()
    if not rows:
        return None
    held: dict[str, set[str]] = defaultdict(set)
    for *_, code, role in rows:
        if code:
            held[code].add(role)
    roles = {code: frozenset(words) for code, words in held.items()}
    parts: tuple[Any, ...] = (*rows[0][:-2], roles)
    return Holder(*parts)
