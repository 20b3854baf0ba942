"""The addresses of those who asked to hear of a walk: apart from all that was said, deleted by a clock."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Engine, Select, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_in_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_in_sqlite
from sqlalchemy.orm import Session

from geodata.errors import NotFound
from geodata.queries.minutes import contact_count, contacts_of, walks_with_news
from geodata.queries.walks import KnownWalk, walk_with
from geodata.tables.chain import Entry, append
from geodata.tables.engine import reading, writing
from geodata.tables.findings import FollowUp, WalkEntry
from geodata.tables.municipalities import Municipality
from geodata.tables.receipts import OutgoingMail
from geodata.tables.walks import Walk, WalkContact
from geodata.vocabulary import FindingState, WalkState

KEPT = timedelta(days=365)
"""After the minutes are published; before that, after the day somebody asked."""
BETWEEN = timedelta(days=7)
"""From one letter about a walk to the next."""
TOLD_WITHIN = timedelta(days=4)
"""For so long it is tried to tell that a walk is called off, as with every letter; then the address goes."""
MINUTES, DONE, CANCELLED = "minutes", "done", "cancelled"
_PUBLIC, _SYSTEM = "public", "system"


def key_of(secret: str, walk: UUID, email: str) -> str:
    """What stops the letters, as it stands in their links; made anew each time, only its digest is kept."""
    return hmac.digest(secret.encode(), f"walk letters {walk} {email}".encode(), "sha256").hex()[:40]


def digest_of(key: str) -> str:
    """The digest a key is found by."""
    return hashlib.sha256(key.encode()).hexdigest()


def asked_of(engine: Engine, uid: UUID) -> KnownWalk:
    """A walk that one may ask to hear of. Raises NotFound where there is none, or it is called off."""
    with reading(engine) as session:
        walk = walk_with(session, uid)
    if walk is None or walk.state == WalkState.CANCELLED:
        raise NotFound("walk.unknown", "walk")
    return walk


def count(engine: Engine, walk_id: int) -> int:
    """How many have asked to hear of a walk."""
    with reading(engine) as session:
        return contact_count(session, walk_id)


def sign_up(engine: Engine, uid: UUID, asked: tuple[str, str], secret: str) -> None:
    """Note that somebody wants to hear of a walk; asking twice is asking once. asked: e-mail and language.

    Raises NotFound. Nobody can tell from the answer whether the address was there.
    """
    now = datetime.now(UTC)
    email, language = asked
    with writing(engine) as session:
        found = session.execute(_open_walk(uid)).one_or_none()
        if found is None:
            raise NotFound("walk.unknown", "walk")
        values = {
            "walk_id": found.id,
            "email": email,
            "language": language,
            "key_digest": digest_of(key_of(secret, uid, email)),
            "created_at": now,
            "delete_after": now + KEPT,
        }
        insert = insert_in_sqlite if session.get_bind().dialect.name == "sqlite" else insert_in_postgresql
        added = insert(WalkContact).values(values).on_conflict_do_nothing().returning(WalkContact.id)
        if session.scalar(added) is not None:
            append(session, Entry(_PUBLIC, "walk_contact.add", "walk", str(uid), found.code))


def _open_walk(uid: UUID) -> Select[int, str]:
    return (
        select(Walk.id, Municipality.code)
        .join(Municipality, Municipality.id == Walk.municipality_id)
        .where(Walk.uid == uid, Walk.state != WalkState.CANCELLED)
        .with_for_update(read=True, of=Walk)  # nobody asks unseen while it is being called off
    )


def stop(engine: Engine, key: str) -> None:
    """Delete the address whose letters this key stops; where there is none, nothing is left to stop."""
    known = WalkContact.key_digest == digest_of(key)
    with reading(engine) as session:
        if session.scalar(select(WalkContact.id).where(known)) is None:
            return
    with writing(engine) as session:
        gone = session.scalars(delete(WalkContact).where(known).returning(WalkContact.walk_id)).all()
        _note_gone(session, gone, (_PUBLIC, "walk_contact.remove"))


def expire(engine: Engine) -> int:
    """Delete every address whose day has come; how many."""
    return _forget(engine, WalkContact.delete_after <= datetime.now(UTC), "walk_contact.expire")


def forget_told(engine: Engine) -> int:
    """Delete addresses of those who were told that their walk is called off, or could not be; how many."""
    has_ended = or_(OutgoingMail.sent_at.is_not(None), OutgoingMail.given_up_at.is_not(None))
    told = select(OutgoingMail.walk_contact_id).where(OutgoingMail.kind == CANCELLED, has_ended)
    return _forget(engine, WalkContact.id.in_(told), "walk_contact.told")


def _forget(engine: Engine, those: ColumnElement[bool], action: str) -> int:
    with reading(engine) as session:
        if session.scalar(select(WalkContact.id).where(those).limit(1)) is None:
            return 0
    with writing(engine) as session:
        gone = session.scalars(delete(WalkContact).where(those).returning(WalkContact.walk_id)).all()
        _note_gone(session, gone, (_SYSTEM, action))
        return len(gone)


def _note_gone(session: Session, walk_ids: Iterable[int], by: tuple[str, str]) -> None:
    """One row of the journal for each, told by its walk alone."""
    role, action = by
    for walk_id in sorted(walk_ids):
        named = select(Walk.uid, Municipality.code).where(Walk.id == walk_id)
        there = named.join(Municipality, Municipality.id == Walk.municipality_id)
        uid, code = session.execute(there).one()
        append(session, Entry(role, action, "walk", str(uid), code))


def begin_clocks(session: Session, walk_id: int, now: datetime) -> None:
    """Keep the addresses for a year from now: once, when the minutes are out for the first time.

    Later it would be longer than whoever asked was told.
    """
    session.execute(update(WalkContact).where(WalkContact.walk_id == walk_id).values(delete_after=now + KEPT))


def queue_minutes(session: Session, walk_id: int, now: datetime) -> int:
    """Let those who asked be written to about the minutes, each once; how many."""
    written = select(OutgoingMail.walk_contact_id).where(
        OutgoingMail.kind == MINUTES,
        OutgoingMail.walk_contact_id.is_not(None),
        OutgoingMail.given_up_at.is_(None),
    )
    known = set(session.scalars(written))
    waiting = [each.id for each in contacts_of(session, walk_id) if each.id not in known]
    session.add_all(_mail(contact_id, MINUTES, now) for contact_id in waiting)
    return len(waiting)


def call_off(session: Session, walk_id: int, now: datetime) -> None:
    """Let those who asked be told that the walk is called off: there is no other use for an address now."""
    for contact in contacts_of(session, walk_id):
        contact.delete_after = min(contact.delete_after, now + TOLD_WITHIN)
        session.add(_mail(contact.id, CANCELLED, now))


def plan_again(session: Session, walk_id: int, now: datetime) -> None:
    """Keep the addresses of those who have not been told that it was called off: it is not."""
    unsent = (OutgoingMail.sent_at.is_(None), OutgoingMail.given_up_at.is_(None))
    is_free = or_(OutgoingMail.claimed_until.is_(None), OutgoingMail.claimed_until < now)
    for contact in contacts_of(session, walk_id):
        queued = (OutgoingMail.walk_contact_id == contact.id, OutgoingMail.kind == CANCELLED)
        gone = delete(OutgoingMail).where(*queued, *unsent, is_free).returning(OutgoingMail.id)
        if session.scalars(gone).all():
            contact.delete_after = contact.created_at + KEPT


def tell_news(engine: Engine, secret: str) -> int:
    """Let those who asked be written to where something was done since; how many letters.

    At most one letter about a walk in a week: what is done meanwhile is told of in the next.
    """
    _renew_keys(engine, secret)
    with reading(engine) as session:
        if not walks_with_news(session):
            return 0
    now = datetime.now(UTC)
    with writing(engine) as session:
        return sum(_tell(session, walk_id, now) for walk_id in walks_with_news(session))


def _tell(session: Session, walk_id: int, now: datetime) -> int:
    # Whoever else tells of the same walk waits here, and then finds that it is told.
    session.execute(select(Walk.id).where(Walk.id == walk_id).with_for_update())
    contacts = [each.id for each in contacts_of(session, walk_id)]
    last = select(func.max(OutgoingMail.created_at)).where(OutgoingMail.walk_contact_id.in_(contacts))
    newest = session.scalar(last)
    if newest is not None and newest > now - BETWEEN:
        return 0
    entries = session.scalars(select(WalkEntry.id).where(WalkEntry.walk_id == walk_id)).all()
    done = (FollowUp.walk_entry_id.in_(entries), FollowUp.state == FindingState.DONE)
    news = update(FollowUp).where(*done, FollowUp.told_at.is_(None)).values(told_at=now)
    if not session.scalars(news.returning(FollowUp.walk_entry_id)).all():
        return 0
    session.add_all(_mail(contact_id, DONE, now) for contact_id in contacts)
    return len(contacts)


def _mail(contact_id: int, kind: str, now: datetime) -> OutgoingMail:
    said = {"kind": kind, "created_at": now, "not_before": now, "attempts": 0, "fault": ""}
    return OutgoingMail(walk_contact_id=contact_id, **said)


def _renew_keys(engine: Engine, secret: str) -> None:
    """After the server's secret was changed, links in letters to come are made with the new one."""
    asked = select(WalkContact.id, WalkContact.email, WalkContact.key_digest, Walk.uid)
    with reading(engine) as session:
        kept = session.execute(asked.join(Walk, Walk.id == WalkContact.walk_id)).all()
    digests = {each.id: digest_of(key_of(secret, each.uid, each.email)) for each in kept}
    stale = [each.id for each in kept if digests[each.id] != each.key_digest]
    if stale:
        with writing(engine) as session:
            for contact_id in stale:
                renewed = update(WalkContact).where(WalkContact.id == contact_id)
                session.execute(renewed.values(key_digest=digests[contact_id]))
