"""Who works in a municipality: made, given roles, shut and opened by one who has that in their hands.

An administrator sees and changes those of the own municipalities alone. What reaches further (to shut an
account, or to give it a new password or phone) is refused where the account has a role somewhere else: with
it one could walk in there.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from geodata.errors import Conflict, NotAllowed, NotFound
from geodata.queries.municipalities import Home
from geodata.queries.people import roles_of, user_by_email
from geodata.queries.staff import StaffAccount, admins_of, member, staff_of
from geodata.tables.chain import Entry, append
from geodata.tables.engine import reading, writing
from geodata.tables.users import Membership, User, UserSession
from webmap.access import Role
from webmap.services import accounts, passwords, second_factor
from webmap.services.accounts import NewAccount
from webmap.services.actors import COMMAND, Actor


@dataclass(frozen=True)
class Desk:
    """Who decides, over which municipalities' accounts; codes is None for whoever has the server's shell."""

    engine: Engine
    actor: Actor
    codes: frozenset[str] | None

    def entry(self, action: str, user_id: int, code: str | None) -> Entry:
        """What the journal is told."""
        return Entry(self.actor.role, action, "user", str(user_id), code, self.actor.user_id)


@dataclass(frozen=True)
class Invited:
    """Somebody who now has a role. password: to be told once and changed; "" where the account was there."""

    user_id: int
    email: str
    password: str


def listed(engine: Engine, code: str) -> list[StaffAccount]:
    """Everybody with a role in the municipality."""
    with reading(engine) as session:
        return staff_of(session, code)


def one(engine: Engine, code: str, user_id: int) -> StaffAccount:
    """One of them. Raises NotFound."""
    with reading(engine) as session:
        return _member(session, code, user_id)


def _member(session: Session, code: str, user_id: int) -> StaffAccount:
    found = member(session, code, user_id)
    if found is None:
        raise NotFound("user.not_here", "user")
    return found


def invite(desk: Desk, home: Home, email: str, role: str) -> Invited:
    """Let somebody work here: a new account, or the one that this address has already.

    Raises InvalidValue, Conflict `role.held`.
    """
    address, checked = accounts.checked_email(email), accounts.checked_role(role)
    with writing(desk.engine) as session:
        there = user_by_email(session, address)
        if there is not None:
            _give(session, desk, home, (there.id, checked))
            return Invited(there.id, address, "")
        password = passwords.one_time()
        new = NewAccount(address, password, checked, home.code, is_one_time=True)
        return Invited(accounts.add(session, new, desk.actor).id, address, password)


def give(desk: Desk, home: Home, user_id: int, role: str) -> None:
    """Give one who works here another role. Raises InvalidValue, NotFound, Conflict `role.held`."""
    checked = accounts.checked_role(role)
    with writing(desk.engine) as session:
        _member(session, home.code, user_id)
        _give(session, desk, home, (user_id, checked))


def _give(session: Session, desk: Desk, home: Home, given: tuple[int, Role]) -> None:
    user_id, role = given
    held = select(Membership.id).where(
        Membership.user_account_id == user_id, Membership.municipality_id == home.id, Membership.role == role
    )
    if session.scalar(held) is not None:
        raise Conflict("role.held", "role")
    session.add(Membership(user_account_id=user_id, municipality_id=home.id, role=role))
    append(session, desk.entry(f"role.give.{role}", user_id, home.code))


def take(desk: Desk, home: Home, user_id: int, role: str) -> None:
    """Take a role away. Raises InvalidValue, NotFound, Conflict; NotAllowed for the last administrator."""
    checked = accounts.checked_role(role)
    with writing(desk.engine) as session:
        _member(session, home.code, user_id)
        if checked == Role.ADMIN:
            _refuse_leaving(session, desk, home, user_id)
        gone = delete(Membership).where(
            Membership.user_account_id == user_id,
            Membership.municipality_id == home.id,
            Membership.role == checked,
        )
        if session.execute(gone.returning(Membership.id)).first() is None:
            raise Conflict("role.not_held", "role")
        append(session, desk.entry(f"role.take.{checked}", user_id, home.code))


def _refuse_leaving(session: Session, desk: Desk, home: Home, user_id: int) -> None:
    if user_id == desk.actor.user_id:
        raise NotAllowed("role.own_admin", "role")
    if admins_of(session, home.id, Role.ADMIN) == [user_id]:
        raise NotAllowed("role.last_admin", "role")


def shut(desk: Desk, home: Home, user_id: int) -> None:
    """Shut an account; its sessions end at once. Raises NotFound, NotAllowed."""
    with writing(desk.engine) as session:
        user = _own(session, desk, home, user_id)
        if user_id == desk.actor.user_id:
            raise NotAllowed("user.oneself")
        if admins_of(session, home.id, Role.ADMIN) == [user_id]:
            raise NotAllowed("role.last_admin")
        user.is_disabled = True
        _end_sessions(session, user)
        append(session, desk.entry("user.disable", user_id, home.code))


def open_again(desk: Desk, home: Home, user_id: int) -> None:
    """Open a shut account. Raises NotFound, NotAllowed."""
    with writing(desk.engine) as session:
        _own(session, desk, home, user_id).is_disabled = False
        append(session, desk.entry("user.enable", user_id, home.code))


def new_phone(desk: Desk, home: Home, user_id: int) -> None:
    """Take the second factor away: the next log-in asks for a new phone. Raises NotFound, NotAllowed."""
    with writing(desk.engine) as session:
        user = _own(session, desk, home, user_id)
        if user_id == desk.actor.user_id:
            raise NotAllowed("user.oneself")
        second_factor.reset(session, user)
        _end_sessions(session, user)
        append(session, desk.entry("user.second_factor_reset", user_id, home.code))


def new_password(desk: Desk, home: Home, user_id: int) -> str:
    """A password to be told once, and changed at the next log-in. Raises NotFound, NotAllowed."""
    password = passwords.one_time()
    kept = passwords.hashed(password)
    with writing(desk.engine) as session:
        user = _own(session, desk, home, user_id)
        if user_id == desk.actor.user_id:
            raise NotAllowed("user.oneself")
        user.password_hash, user.must_change_password = kept, True
        _end_sessions(session, user)
        append(session, desk.entry("user.password_reset", user_id, home.code))
    return password


def restart(engine: Engine, email: str, is_password: bool) -> str:
    """From the server's shell: a new phone at the next log-in, and with is_password a password to tell once.

    Raises InvalidValue, NotFound.
    """
    password = passwords.one_time() if is_password else ""
    with writing(engine) as session:
        user = accounts.known(session, email)
        second_factor.reset(session, user)
        if password:
            user.password_hash, user.must_change_password = passwords.hashed(password), True
        _end_sessions(session, user)
        acts = ("user.second_factor_reset", *(("user.password_reset",) if password else ()))
        for action in acts:
            append(session, Entry(COMMAND.role, action, "user", str(user.id)))
    return password


def _own(session: Session, desk: Desk, home: Home, user_id: int) -> User:
    """An account that this desk alone decides over. Raises NotFound, NotAllowed `user.elsewhere`."""
    _member(session, home.code, user_id)
    held = roles_of(session, [user_id]).get(user_id, {})
    if desk.codes is not None and not set(held) <= desk.codes:
        raise NotAllowed("user.elsewhere")
    return session.get_one(User, user_id)


def _end_sessions(session: Session, user: User) -> None:
    session.execute(delete(UserSession).where(UserSession.user_account_id == user.id))
