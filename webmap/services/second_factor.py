"""The second factor: a code from the phone (RFC 6238: SHA-1, 30 seconds, six digits), good once.

The key that codes are made from is kept sealed with AES-GCM under a key made of the server's secret, and
bound to its account: who has the database alone can make no code. For the day the phone is gone there are
ten codes, kept as slow digests.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pyotp import TOTP, random_base32
from sqlalchemy import Engine, delete, func, or_, select, update
from sqlalchemy.orm import Session

from geodata.errors import Conflict, DatabaseFault, InvalidValue
from geodata.tables.chain import Entry, append
from geodata.tables.engine import reading, writing
from geodata.tables.users import RecoveryCode, User
from webmap.services import sessions, throttle
from webmap.services.receipts import ALPHABET
from webmap.services.sessions import Presence, Way

ISSUER = "Tryggkarta"
STEP_S = 30
DRIFT = 1
"""How many steps a phone's clock may be before or behind ours."""
RECOVERY_CODES = 10
_RECOVERY_LETTERS = 10
_NONCE_BYTES = 12
_COST = 2**13
"""Of scrypt: some 20 ms and 8 MB."""


@dataclass(frozen=True)
class Enrolled:
    """What is given once: the session's new token, and the codes for the day the phone is gone."""

    token: str
    codes: list[str]


def new_key() -> str:
    """A key as apps take it: 32 letters, 160 bits."""
    return random_base32()


def address_of(key: str, email: str) -> str:
    """What the picture to scan says: otpauth://…"""
    return TOTP(key).provisioning_uri(name=email, issuer_name=ISSUER)


def code_at(key: str, step: int) -> str:
    """The six digits of one stretch of thirty seconds since 1970."""
    return TOTP(key).generate_otp(step)


def step_of(key: str, code: str, now: datetime) -> int | None:
    """The latest stretch around now that this is the code of."""
    digits = "".join(code.split())[:12].encode()
    here = int(now.timestamp()) // STEP_S
    around = range(here - DRIFT, here + DRIFT + 1)
    fitting = [step for step in around if hmac.compare_digest(code_at(key, step).encode(), digits)]
    return fitting[-1] if fitting else None


def seal(secret: str, user_id: int, key: str) -> bytes:
    """A key as it is kept, readable with the server's secret and for this account alone."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(_sealing_key(secret)).encrypt(nonce, key.encode(), _bound_to(user_id))


def unseal(secret: str, user_id: int, sealed: bytes) -> str:
    """The key again. Raises DatabaseFault `factor.unreadable` where it was sealed for another."""
    nonce, kept = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return AESGCM(_sealing_key(secret)).decrypt(nonce, kept, _bound_to(user_id)).decode()
    except (InvalidTag, ValueError) as fault:
        raise DatabaseFault("factor.unreadable") from fault


def _sealing_key(secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"second factor", "sha256")


def _bound_to(user_id: int) -> bytes:
    return f"user {user_id}".encode()


def prove(engine: Engine, present: Presence, code: str, secret: str) -> str:
    """Take a half session on by a code from the phone; its new token.

    Raises InvalidValue `code.wrong`, for a code that was used too, and TooOften `login.wait`.
    """
    attempts = _count(engine, present, secret)
    with reading(engine) as session:
        sealed = session.get_one(User, present.user_id).totp_key
    step = step_of(unseal(secret, present.user_id, sealed), code, datetime.now(UTC)) if sealed else None
    if step is None:
        raise InvalidValue("code.wrong", "code")
    with writing(engine) as session:
        # The step only goes forward, and this line alone decides: of two at once, one finds it taken.
        unused = or_(User.totp_step.is_(None), User.totp_step < step)
        used = update(User).where(User.id == present.user_id, User.totp_key == sealed, unused)
        if session.execute(used.values(totp_step=step).returning(User.id)).first() is None:
            raise InvalidValue("code.wrong", "code")
        throttle.forget(session, attempts)
        return sessions.advance(session, present, Way.TOTP, needs_code=True)


def recover(engine: Engine, present: Presence, code: str, secret: str) -> str:
    """The same by one of the codes on paper, which is used up. Raises as `prove`, at `recovery`."""
    attempts = _count(engine, present, secret)
    digest, now = _digest(present.user_id, code), datetime.now(UTC)
    with writing(engine) as session:
        own = RecoveryCode.user_account_id == present.user_id
        used = update(RecoveryCode).where(
            own, RecoveryCode.code_digest == digest, RecoveryCode.used_at.is_(None)
        )
        if session.execute(used.values(used_at=now).returning(RecoveryCode.id)).first() is None:
            raise InvalidValue("recovery.wrong", "recovery")
        throttle.forget(session, attempts)
        append(session, _entry("user.recover", present.user_id))
        return sessions.advance(session, present, Way.RECOVERY, needs_code=True)


def _count(engine: Engine, present: Presence, secret: str) -> str:
    attempts = throttle.mark_of(secret, f"code\0{present.user_id}")
    throttle.count(engine, attempts, datetime.now(UTC))
    return attempts


def enrol(engine: Engine, present: Presence, key: str, code: str, secret: str) -> Enrolled:
    """Let the account's codes come from this key from now on; every other session ends.

    Raises InvalidValue `code.wrong`, TooOften, and Conflict `factor.changed` when another was set meanwhile.
    """
    attempts = _count(engine, present, secret)
    step = step_of(key, code, datetime.now(UTC))
    if step is None:
        raise InvalidValue("code.wrong", "code")
    codes = _fresh_codes()
    digests = [_digest(present.user_id, each) for each in codes]
    with writing(engine) as session:
        is_as_seen = User.totp_key.is_not(None) if present.has_second_factor else User.totp_key.is_(None)
        put = update(User).where(User.id == present.user_id, is_as_seen)
        kept = {"totp_key": seal(secret, present.user_id, key), "totp_step": step}
        if session.execute(put.values(**kept).returning(User.id)).first() is None:
            raise Conflict("factor.changed")
        _store(session, present.user_id, digests)
        throttle.forget(session, attempts)
        append(session, _entry("user.second_factor", present.user_id))
        token = sessions.renew(session, present)
        if not present.is_whole:
            token = sessions.advance(session, present, Way.TOTP, needs_code=True)
    return Enrolled(token, codes)


def renew_recovery(engine: Engine, present: Presence) -> list[str]:
    """Ten new codes; the old ones are worth nothing."""
    codes = _fresh_codes()
    digests = [_digest(present.user_id, each) for each in codes]
    with writing(engine) as session:
        _store(session, present.user_id, digests)
        append(session, _entry("user.recovery_codes", present.user_id))
    return codes


def codes_left(engine: Engine, present: Presence) -> int:
    """How many of the codes on paper are unused."""
    own = RecoveryCode.user_account_id == present.user_id
    with reading(engine) as session:
        return session.scalar(select(func.count()).where(own, RecoveryCode.used_at.is_(None))) or 0


def reset(session: Session, user: User) -> None:
    """Take a second factor away: the next log-in asks for a new one. The caller writes it down."""
    user.totp_key = user.totp_step = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_account_id == user.id))


def _store(session: Session, user_id: int, digests: list[str]) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_account_id == user_id))
    session.add_all(RecoveryCode(user_account_id=user_id, code_digest=each) for each in digests)


def _entry(action: str, user_id: int) -> Entry:
    return Entry("user", action, "user", str(user_id), None, user_id)


def _fresh_codes() -> list[str]:
    letters = range(_RECOVERY_LETTERS)
    made = ["".join(secrets.choice(ALPHABET) for _ in letters) for _ in range(RECOVERY_CODES)]
    return [f"{each[:5]}-{each[5:]}" for each in made]


def _digest(user_id: int, code: str) -> str:
    """Of a code as it is typed: case, blanks and dashes do not matter."""
    plain = "".join(sign for sign in code[:60].upper() if sign.isalnum())
    salt = b"tryggkarta recovery " + str(user_id).encode()
    return hashlib.scrypt(plain.encode(), salt=salt, n=_COST, r=8, p=1, dklen=32).hex()
