"""Reports to review and people who review them, for tests."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import Engine

from geodata.queries.municipalities import Home
from geodata.tables.engine import writing
from geodata.tables.users import User
from tests.factories import NOW
from webmap.services.actors import Actor
from webmap.services.receiving import Arrival, receive
from webmap.services.sayings import Saying, draft_of

SECRET = "a secret of the tests that is long enough"


def reviewer(engine: Engine, email: str) -> Actor:
    """Somebody who reviews; nobody can log in as them, which spares the test a slow password."""
    with writing(engine) as session:
        account = User(
            email=email, name="", password_hash="", language="sv", is_disabled=False, created_at=NOW
        )
        session.add(account)
        session.flush()
        return Actor(account.id, "coordinator")


def sent(engine: Engine, home: Home, text: str = "Mörkt vid porten", email: str = "", **said) -> UUID:
    """A report that has come in."""
    saying = Saying(uuid4(), text=text, **said)
    return receive(engine, home, Arrival(draft_of(home, saying), email=email), SECRET).uid
