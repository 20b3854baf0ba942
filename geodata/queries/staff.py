"""Reads about those who work in a municipality, for whoever gives them their roles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from geodata.queries.people import roles_of
from geodata.tables.journal import JournalEntry
from geodata.tables.municipalities import Municipality
from geodata.tables.users import Membership, User


@dataclass(frozen=True)
class StaffAccount:
    """An account with a role in a municipality. roles: those there. elsewhere: municipalities of its others.

    last_login: when it last came in, None for never.
    """

    id: int
    email: str
    is_disabled: bool
    must_change_password: bool
    has_password: bool
    has_second_factor: bool
    created_at: datetime
    last_login: datetime | None
    roles: frozenset[str]
    elsewhere: frozenset[str]


def staff_of(session: Session, code: str) -> list[StaffAccount]:
    """Everybody with a role in the municipality, by e-mail."""
    users = session.scalars(
        select(User)
        .where(User.id.in_(_working_in(code)))
        .order_by(User.email)
        .execution_options(populate_existing=True)
    ).all()
    ids = [user.id for user in users]
    roles, seen = roles_of(session, ids), _last_logins(session, ids)
    return [_account(user, code, roles.get(user.id, {}), seen.get(str(user.id))) for user in users]


def member(session: Session, code: str, user_id: int) -> StaffAccount | None:
    """One of them."""
    return next((each for each in staff_of(session, code) if each.id == user_id), None)


def admins_of(session: Session, municipality_id: int, role: str) -> list[int]:
    """Open accounts with the role, by id, held until the transaction ends so that two cannot both leave."""
    rows = session.scalars(
        select(Membership.user_account_id)
        .join(User, User.id == Membership.user_account_id)
        .where(Membership.municipality_id == municipality_id, Membership.role == role)
        .where(User.is_disabled.is_(False))
        .order_by(Membership.user_account_id)
        .with_for_update()
    )
    return list(rows)


def _working_in(code: str) -> Select[int]:
    return (
        select(Membership.user_account_id)
        .join(Municipality, Municipality.id == Membership.municipality_id)
        .where(Municipality.code == code)
    )


def _last_logins(session: Session, ids: list[int]) -> dict[str, datetime]:
    """When each account last came in, by its id as the journal writes it."""
    rows = session.execute(
        select(JournalEntry.object_id, func.max(JournalEntry.at))
        .where(JournalEntry.object_type == "user", JournalEntry.object_id.in_([str(each) for each in ids]))
        .where(JournalEntry.action == "session.begin")
        .group_by(JournalEntry.object_id)
    )
    return {object_id: at for object_id, at in rows}


def _account(
    user: User, code: str, roles: dict[str, frozenset[str]], last_login: datetime | None
) -> StaffAccount:
    return StaffAccount(
        user.id,
        user.email,
        user.is_disabled,
        user.must_change_password,
        bool(user.password_hash),
        user.totp_key is not None,
        user.created_at,
        last_login,
        roles.get(code, frozenset()),
        frozenset(roles) - {code},
    )
