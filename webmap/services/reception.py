"""What whoever comes in is met with."""

from __future__ import annotations

from sqlalchemy import Engine

from geodata.queries.municipalities import Home, homes, mark, standing
from geodata.queries.municipalities import home as home_of
from geodata.queries.people import accounts
from geodata.queries.review_queue import waiting
from geodata.tables.engine import reading
from webmap.services import receipts
from webmap.services.demo_queue import answered_letter

DEMO_MARK = "demo"


def first_home(engine: Engine, code: str = "") -> Home | None:
    """The municipality with this code, else the first by name; None while none is added. Raises NotFound."""
    with reading(engine) as session:
        if code:
            return home_of(session, code)
        return next(iter(homes(session)), None)


def all_homes(engine: Engine) -> list[Home]:
    """Every municipality that is served here, by name."""
    with reading(engine) as session:
        return homes(session)


def homes_by_code(engine: Engine, codes: list[str]) -> list[Home]:
    """The municipalities with these codes, by name."""
    with reading(engine) as session:
        return [home for home in homes(session) if home.code in codes]


def is_demo(engine: Engine) -> bool:
    """Whether what the database holds is invented."""
    with reading(engine) as session:
        return mark(session, DEMO_MARK) is not None


def demo_logins(engine: Engine) -> list[tuple[str, str]]:
    """E-mail and role of every demo account; empty where the data is real."""
    with reading(engine) as session:
        if mark(session, DEMO_MARK) is None:
            return []
        return [
            (account.email, role)
            for account in accounts(session)
            for role in sorted({role for there in account.roles.values() for role in there})
        ]


def waiting_count(engine: Engine, codes: list[str]) -> int:
    """How many reports of these municipalities wait for review."""
    with reading(engine) as session:
        return sum(waiting(session, standing(session, code)[0])[0] for code in codes)


def example_receipt(engine: Engine, secret: str) -> str:
    """A code that opens an answered letter of the demo, as it is spelled; "" where the data is real."""
    return receipts.spelled(receipts.code_of(secret, answered_letter())) if is_demo(engine) else ""
