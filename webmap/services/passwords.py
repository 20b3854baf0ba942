"""Passwords: kept as argon2 writes them, and refused where they are too easily guessed.

How easily is reckoned by zxcvbn: it knows the passwords that are used most, dates, rows of keys and repeats,
in any mixture, and is told the words of this place. No rule asks for digits or signs.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from geodata.errors import InvalidValue

SHORTEST = 12
LONGEST = 1_000
_FEWEST_GUESSES = 10**10
_LOOKED_AT = 72
"""Signs of a password that are reckoned with; what comes after only makes it better."""
_SWEDISH = re.findall(
    r"\w+",
    """
    lösenord losenord lösen hemlig hemligt välkommen valkommen sommar sommaren vinter vintern vår våren
    höst hösten januari februari mars april maj juni juli augusti september oktober november december
    måndag tisdag onsdag torsdag fredag lördag söndag sverige polisen polis kommun kommunen trygg
    trygghet tryggkarta trygghetskarta karta samordnare planerare rapport administratör inloggning
    hejsan älskling fotboll stockholm göteborg malmö
    """,
)

_hasher = PasswordHasher()


@cache
def nobodys() -> str:
    """Checked where there is no password, so that it takes as long as where there is one.

    Made when the application is, so that the first stranger waits no longer than the next.
    """
    return _hasher.hash(secrets.token_urlsafe(16))


def checked(password: str, about: Iterable[str] = ()) -> str:
    """The password, if it will do. about: the account's address, the municipality's name.

    Raises InvalidValue: `password.length` or `password.easy`.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidValue("password.length", "password", least=SHORTEST, most=LONGEST)
    near = [part for text in about for part in (text.lower(), *re.split(r"[\W_]+", text.lower())) if part]
    if zxcvbn(password[:_LOOKED_AT], [*near, *_SWEDISH])["guesses"] < _FEWEST_GUESSES:
        raise InvalidValue("password.easy", "password")
    return password


def one_time() -> str:
    """A password made for somebody, who changes it at once."""
    return secrets.token_urlsafe(15)


def hashed(password: str) -> str:
    """As it is kept. Raises InvalidValue for one that is too long to be checked later."""
    if len(password) > LONGEST:
        raise InvalidValue("password.length", "password", least=SHORTEST, most=LONGEST)
    return _hasher.hash(password)


def is_right(kept: str, password: str) -> bool:
    """Whether this is the password; an account without one ("") takes as long to refuse."""
    try:
        return _hasher.verify(kept or nobodys(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False


def is_weak(kept: str) -> bool:
    """Whether it was kept in a way that is no longer strong enough."""
    return bool(kept) and _hasher.check_needs_rehash(kept)
