"""The receipt: twelve letters by which a report can be followed, also from paper.

Eleven letters are made of the report's id and the server's secret, so that the page that sent the report can
show them again; the twelfth checks them. Only a slow digest is stored: whoever has the database cannot go
through all codes, and one typed by hand is looked up in the same time whether it is known or not.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from uuid import UUID

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 signs, without 0 O 1 I L: a prime number of them, so that the check letter tells any one wrong letter
and any two that changed places."""
LETTERS = 12
_GROUP = 4
_COST = 2**13
"""Of scrypt: some 20 ms and 8 MB."""
_SALT = b"tryggkarta receipt"
_NOBODYS = "2" * (LETTERS - 1)


def code_of(secret: str, uid: UUID) -> str:
    """The code of a report, twelve letters without dashes. secret: the server's own."""
    number = int.from_bytes(hmac.digest(secret.encode(), b"receipt " + uid.bytes, "sha256"))
    letters = ""
    for _ in range(LETTERS - 1):
        number, rest = divmod(number, len(ALPHABET))
        letters += ALPHABET[rest]
    return letters + _check_letter(letters)


def spelled(code: str) -> str:
    """A code as it is shown and printed: XXXX-XXXX-XXXX."""
    return "-".join(code[start : start + _GROUP] for start in range(0, LETTERS, _GROUP))


def typed(text: str) -> str:
    """What somebody typed, as a code: case, blanks and dashes do not matter; "" where it cannot be one."""
    code = "".join(sign for sign in text[:60].upper() if sign.isalnum())
    is_code = len(code) == LETTERS and set(code) <= set(ALPHABET)
    return code if is_code and _check_letter(code[:-1]) == code[-1] else ""


@lru_cache(maxsize=256)
def digest_of(code: str) -> str:
    """What is stored of a code, hexadecimal; reckoned once for codes of our own making."""
    return fresh_digest_of(code)


def fresh_digest_of(code: str) -> str:
    """The same of a code that was typed: it takes as long for every one, and for "", which is nobody's."""
    known = code or _NOBODYS
    return hashlib.scrypt(known.encode(), salt=_SALT, n=_COST, r=8, p=1, dklen=32).hex()


def _check_letter(letters: str) -> str:
    # Weights 2 to 12: all different and none divisible by 31, so a swap always shows.
    total = sum(weight * ALPHABET.index(sign) for weight, sign in enumerate(letters, start=2))
    return ALPHABET[-total % len(ALPHABET)]
