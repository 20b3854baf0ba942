"""Accounts of people whom a provider of log-ins knows: found, made, given roles, and let in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Engine, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geodata.errors import InvalidValue, NotAllowed
from geodata.privacy import mask_identity_numbers
from geodata.queries.people import user_by_email
from geodata.tables.chain import Entry, append
from geodata.tables.engine import writing
from geodata.tables.municipalities import Municipality
from geodata.tables.users import Membership, OuterIdentity, User, UserSession
from webmap.outer_settings import OuterSettings, RoleGiven
from webmap.services import accounts, sessions
from webmap.services.actors import Actor
from webmap.services.sessions import Way

_ROLE = "provider"
"""What the journal calls whoever acts here: the provider, by what it says of somebody."""
_LONGEST_SUBJECT = 255
_LONGEST_NAME = 120
_TEN_DIGITS = re.compile(r"\d{10}", re.ASCII)
_SHORT_PREFIX = re.compile(r"^[A-Za-z]{1,12}[:/=]")


@dataclass(frozen=True)
class Person:
    """Somebody as the provider tells of them. email: an address that the provider vouches for, or ""."""

    issuer: str
    subject: str
    email: str
    name: str
    roles: frozenset[RoleGiven]


def person_in(claims: Mapping[str, Any], settings: OuterSettings) -> Person:
    """Who it is. Raises NotAllowed where the provider's name for them cannot be kept."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT or not subject.isprintable():
        raise NotAllowed("oidc.refused")
    if _is_identity_number(subject):
        raise NotAllowed("oidc.identity_number")
    said = _words_at(claims, settings.roles_claim)
    roles = frozenset(each for each in settings.roles if each.claim in said)
    name = claims.get("name")
    shown = mask_identity_numbers(name)[0][:_LONGEST_NAME] if isinstance(name, str) else ""
    return Person(settings.issuer, subject, _vouched_email(claims), shown, roles)


def let_in(engine: Engine, person: Person, settings: OuterSettings) -> str:
    """Begin a session; the token goes into the cookie and nowhere else.

    Roles that the settings' mapping speaks of are given and taken as the provider says now; others stay.
    Raises NotAllowed: `oidc.no_role`, `oidc.shut`, `oidc.email_taken`.
    """
    try:
        user_id, has_role = _settle(engine, person, settings)
    except IntegrityError:  # the same person came twice at once, and the other was first
        user_id, has_role = _settle(engine, person, settings)
    if not has_role:
        raise NotAllowed("oidc.no_role")
    return sessions.begin(engine, user_id, Way.OIDC)


def await_at_provider(session: Session, email: str, actor: Actor) -> User:
    """Let an account be linked at its next log-in at the provider: its password and sessions go.

    Raises NotFound, InvalidValue.
    """
    user = accounts.known(session, email)
    user.password_hash, user.must_change_password, user.totp_key = "", False, None
    session.execute(delete(UserSession).where(UserSession.user_account_id == user.id))
    append(session, Entry(actor.role, "user.outer", "user", str(user.id), None, actor.user_id))
    return user


def _settle(engine: Engine, person: Person, settings: OuterSettings) -> tuple[int, bool]:
    """The account, and whether it has any role once they are as the provider says."""
    with writing(engine) as session:
        user = _known(session, person)
        if user is None and not person.roles:
            raise NotAllowed("oidc.no_role")
        user = user or _linked(session, person) or _made(session, person)
        if user.is_disabled:
            raise NotAllowed("oidc.shut")
        _set_roles(session, user, person.roles, settings.roles)
        held = session.scalar(select(Membership.id).where(Membership.user_account_id == user.id).limit(1))
        return user.id, held is not None


def _known(session: Session, person: Person) -> User | None:
    same = (OuterIdentity.issuer == person.issuer, OuterIdentity.subject == person.subject)
    return session.scalar(select(User).join(OuterIdentity).where(*same))


def _linked(session: Session, person: Person) -> User | None:
    """The account with this address, where it waits for its first log-in this way: it has no password."""
    user = user_by_email(session, person.email) if person.email else None
    if user is None:
        return None
    own = select(OuterIdentity.id).where(OuterIdentity.user_account_id == user.id)
    if user.password_hash or session.scalar(own) is not None:
        raise NotAllowed("oidc.email_taken")
    _link(session, user, person)
    return user


def _made(session: Session, person: Person) -> User:
    user = User(email=person.email or _own_name(person), name=person.name, password_hash="", language="sv")
    user.is_disabled, user.created_at = False, datetime.now(UTC)
    session.add(user)
    session.flush()
    append(session, Entry(_ROLE, "user.add", "user", str(user.id), None, user.id))
    _link(session, user, person)
    return user


def _link(session: Session, user: User, person: Person) -> None:
    made = OuterIdentity(user_account_id=user.id, issuer=person.issuer, subject=person.subject)
    made.linked_at = datetime.now(UTC)
    session.add(made)
    session.flush()
    append(session, Entry(_ROLE, "user.link", "user", str(user.id), None, user.id))


def _set_roles(session: Session, user: User, given: Iterable[RoleGiven], known: Iterable[RoleGiven]) -> None:
    """Give what is said now and take what no longer is, of the roles that the mapping speaks of."""
    codes = {each.municipality for each in known}
    rows = session.execute(select(Municipality.code, Municipality.id).where(Municipality.code.in_(codes)))
    homes = {code: number for code, number in rows}
    wanted = {(each.municipality, each.role.value) for each in given}
    held = {
        (row.municipality_id, row.role): row
        for row in session.scalars(select(Membership).where(Membership.user_account_id == user.id))
    }
    for code, role in sorted({(each.municipality, each.role.value) for each in known}):
        row = held.get((homes.get(code), role))  # type: ignore[arg-type]
        if (code, role) in wanted and row is None and code in homes:
            session.add(Membership(user_account_id=user.id, municipality_id=homes[code], role=role))
            append(session, Entry(_ROLE, f"role.give.{role}", "user", str(user.id), code, user.id))
        elif (code, role) not in wanted and row is not None:
            session.delete(row)
            append(session, Entry(_ROLE, f"role.take.{role}", "user", str(user.id), code, user.id))
    session.flush()


def _words_at(claims: Mapping[str, Any], path: str) -> set[str]:
    """The words of a claim, by its name or by its way down (`realm_access.roles`)."""
    found: Any = claims.get(path)
    if found is None:
        found = claims
        for step in path.split("."):
            found = found.get(step) if isinstance(found, Mapping) else None
    listed = [found] if isinstance(found, str) else found
    return {each for each in listed if isinstance(each, str)} if isinstance(listed, list) else set()


def _vouched_email(claims: Mapping[str, Any]) -> str:
    email = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(email, str) or not email.isprintable():
        return ""
    with suppress(InvalidValue):
        return "" if mask_identity_numbers(email)[1] else accounts.checked_email(email)
    return ""


def _is_identity_number(subject: str) -> bool:
    """Whether the provider names people by personal identity numbers, which are nobody's key here."""
    with suppress(ValueError):
        UUID(subject)
        return False
    bare = _SHORT_PREFIX.sub("", subject)
    spelled = f"{bare[:6]}-{bare[6:]}" if _TEN_DIGITS.fullmatch(bare) else bare
    return mask_identity_numbers(spelled)[1] > 0


def _own_name(person: Person) -> str:
    """An address for who has none that is vouched for: it names nobody, and no mail is ever sent to it."""
    mark = hashlib.sha256(f"{person.issuer} {person.subject}".encode()).hexdigest()[:12]
    return f"oidc-{mark}@{urlsplit(person.issuer).hostname}"
