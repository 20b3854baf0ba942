"""Outgoing mail: taken row by row, so that two who send never send the same, and tried again later."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from enum import Enum, auto

from sqlalchemy import ColumnElement, Engine, and_, func, or_, select, update

from geodata.tables.engine import reading, writing
from geodata.tables.receipts import OutgoingMail
from webmap.services import walk_letters
from webmap.services.letters import known_of, letter_of
from webmap.services.smtp import Line, Undelivered, server_of
from webmap.settings import Settings

GIVE_UP_AFTER = timedelta(days=4)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
"""Between one attempt and the next; the last one again and again."""
HELD = timedelta(minutes=5)
"""How long one who sends has a letter before another may take it: longer than a server is waited for."""
MOST_AT_ONCE = 100
_OF_SERVER = (
    "mail.no_server",
    "mail.not_secure",
    "mail.login_refused",
    "mail.sender_refused",
    "mail.broken_off",
)
_NOTHING_TO_SAY = "mail.nothing_to_say"
_TOO_LATE = "mail.too_late"


@dataclass(frozen=True)
class Posted:
    """What came of a round. waiting: letters still to be sent. fault: the code of the last one, or ""."""

    sent: int = 0
    given_up: int = 0
    waiting: int = 0
    fault: str = ""


def deliver(engine: Engine, settings: Settings) -> Posted:
    """Send what is due, oldest first, at most a hundred letters. Does nothing where no server is set.

    No lock is held while the server is talked to. Where a process dies between the server's yes and our
    note of it, the letter goes once more, under the same Message-ID.
    """
    server = server_of(settings)
    if server is None:
        return Posted(waiting=_waiting(engine))
    ended = [_Ended.GIVEN_UP] * _give_up(engine)
    fault = ""
    with closing(Line(server)) as line:
        for _ in range(MOST_AT_ONCE):
            how, refusal = _next(engine, line, settings)
            ended.append(how)
            fault = refusal.code if refusal else fault
            if how == _Ended.NONE_DUE or (refusal and refusal.is_servers):
                break
    return Posted(ended.count(_Ended.SENT), ended.count(_Ended.GIVEN_UP), _waiting(engine), fault)


class _Ended(Enum):
    SENT = auto()
    GIVEN_UP = auto()
    PUT_BACK = auto()
    NONE_DUE = auto()


def _next(engine: Engine, line: Line, settings: Settings) -> tuple[_Ended, Undelivered | None]:
    """Take the next letter, send it, and note how that ended."""
    mail = _take(engine)
    if mail is None:
        return _Ended.NONE_DUE, None
    try:
        return (_Ended.SENT if _send(engine, line, mail, settings) else _Ended.GIVEN_UP), None
    except Undelivered as refusal:
        was_given_up = _put_back(engine, mail, refusal)
        return (_Ended.GIVEN_UP if was_given_up else _Ended.PUT_BACK), refusal


def _now() -> datetime:
    """In whole milliseconds, as it is stored: a hold is known again by its end."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1_000 * 1_000)


def _unsent() -> ColumnElement[bool]:
    return and_(OutgoingMail.sent_at.is_(None), OutgoingMail.given_up_at.is_(None))


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(OutgoingMail.claimed_until.is_(None), OutgoingMail.claimed_until < now)


def _waiting(engine: Engine) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(OutgoingMail).where(_unsent())) or 0


def _give_up(engine: Engine) -> int:
    """Let go of what nobody waits for any more; how many."""
    now = _now()
    old = (_unsent(), _free(now), OutgoingMail.created_at < now - GIVE_UP_AFTER)
    with reading(engine) as session:
        if session.scalar(select(OutgoingMail.id).where(*old).limit(1)) is None:
            return 0
    given_up = update(OutgoingMail).where(*old).values(given_up_at=now, fault=_TOO_LATE)
    with writing(engine) as session:
        return len(session.scalars(given_up.returning(OutgoingMail.id)).all())


def _take(engine: Engine) -> OutgoingMail | None:
    """The letter that has waited longest, ours for a while; None if none is due or the server rests."""
    now = _now()
    rests = (_unsent(), OutgoingMail.fault.in_(_OF_SERVER), OutgoingMail.not_before > now)
    due = select(OutgoingMail).where(_unsent(), _free(now), OutgoingMail.not_before <= now)
    # Where the server failed, the same letter tries it again, so that the pauses grow.
    due = due.order_by(
        OutgoingMail.fault.in_(_OF_SERVER).desc(), OutgoingMail.not_before, OutgoingMail.id
    ).limit(1)
    with reading(engine) as session:
        if session.scalar(select(OutgoingMail.id).where(*rests).limit(1)) or session.scalar(due) is None:
            return None
    with writing(engine) as session:
        mail = session.scalar(due.with_for_update(skip_locked=True))
        if mail is not None:
            mail.claimed_until, mail.attempts = now + HELD, mail.attempts + 1
        return mail


def _send(engine: Engine, line: Line, mail: OutgoingMail, settings: Settings) -> bool:
    """Send a letter that is ours; False where there is nothing to say any more. Raises Undelivered."""
    letter = _letter(engine, mail, settings)
    if letter is None:
        _settle(engine, mail, given_up_at=_now(), fault=_NOTHING_TO_SAY)
        return False
    line.send(letter)
    _settle(engine, mail, sent_at=_now(), fault="")
    return True


def _letter(engine: Engine, mail: OutgoingMail, settings: Settings) -> EmailMessage | None:
    if mail.walk_contact_id is not None:
        with reading(engine) as session:
            of_walk = walk_letters.known_of(session, mail, settings.secret())
        return None if of_walk is None else walk_letters.letter_of(of_walk, mail.id, settings)
    with reading(engine) as session:
        newer = (OutgoingMail.report_id == mail.report_id, OutgoingMail.kind == mail.kind, _unsent())
        is_overtaken = mail.kind == "state" and session.scalar(
            select(OutgoingMail.id).where(*newer, OutgoingMail.id > mail.id).limit(1)
        )
        known = None if is_overtaken else known_of(session, mail, settings.secret())
    return None if known is None else letter_of(known, mail.id, settings)


def _settle(engine: Engine, mail: OutgoingMail, **ended: object) -> None:
    with writing(engine) as session:
        session.execute(
            update(OutgoingMail)
            .where(OutgoingMail.id == mail.id, OutgoingMail.claimed_until == mail.claimed_until)
            .values(claimed_until=None, **ended)
        )


def _put_back(engine: Engine, mail: OutgoingMail, refusal: Undelivered) -> bool:
    """Try again later, with growing pauses; whether it was given up instead."""
    now = _now()
    if refusal.is_final:
        _settle(engine, mail, given_up_at=now, fault=refusal.code)
        return True
    later = now + PAUSES[min(mail.attempts, len(PAUSES)) - 1]
    _settle(engine, mail, not_before=later, fault=refusal.code)
    return False
