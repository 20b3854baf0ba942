"""How often one account may be tried: by password or by code, and never at another's cost."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as insert_in_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_in_sqlite
from sqlalchemy.orm import Session

from geodata.errors import TooOften
from geodata.tables.engine import writing
from geodata.tables.users import LoginAttempt

ATTEMPTS = 5
WINDOW_S = 60


def mark_of(secret: str, said: str) -> str:
    """What attempts are counted under: a keyed digest of the address or account."""
    return hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()


def count(engine: Engine, mark: str, now: datetime) -> None:
    """Count an attempt. Raises TooOften `login.wait` when there were five in this minute and the one before.

    Counted before anything is looked at, in one step, so that guesses side by side count as well.
    """
    window, own = int(now.timestamp()) // WINDOW_S, LoginAttempt.account_digest == mark
    with writing(engine) as session:
        session.execute(delete(LoginAttempt).where(LoginAttempt.window < window - 1))
        _add_one(session, mark, window)
        tried = session.scalar(select(func.sum(LoginAttempt.failures)).where(own)) or 0
        here = session.scalar(select(LoginAttempt.failures).where(own, LoginAttempt.window == window)) or 0
        if tried > ATTEMPTS:
            # A refused attempt does not lengthen the wait.
            last = update(LoginAttempt).where(own, LoginAttempt.window == window)
            session.execute(last.values(failures=LoginAttempt.failures - 1))
    if tried > ATTEMPTS:
        left_s = WINDOW_S - int(now.timestamp()) % WINDOW_S
        raise TooOften("login.wait", seconds=left_s + (WINDOW_S if here > ATTEMPTS else 0))


def _add_one(session: Session, mark: str, window: int) -> None:
    insert = insert_in_sqlite if session.get_bind().dialect.name == "sqlite" else insert_in_postgresql
    counted = insert(LoginAttempt).values(account_digest=mark, window=window, failures=1)
    session.execute(
        counted.on_conflict_do_update(
            index_elements=[LoginAttempt.account_digest, LoginAttempt.window],
            set_={"failures": LoginAttempt.failures + 1},
        )
    )


def forget(session: Session, mark: str) -> None:
    """Begin anew: whoever tried was the right one."""
    session.execute(delete(LoginAttempt).where(LoginAttempt.account_digest == mark))
