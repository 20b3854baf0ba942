"""Editions that come by themselves, where a municipality has chosen that: when due, and never otherwise."""

from __future__ import annotations

from datetime import date
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from geodata.errors import Fault
from geodata.hours import today
from geodata.queries.municipalities import Home, home
from geodata.tables.changes import last_change
from geodata.tables.choices import Choice
from geodata.tables.engine import reading
from geodata.tables.municipalities import Municipality
from geodata.vocabulary.choices import YES, ChoiceKey
from webmap.services import choices, publishing
from webmap.services.actors import Actor
from webmap.services.publishing import Order

SYSTEM = Actor(None, "system")
_refused: WeakKeyDictionary[Engine, dict[str, tuple[date, int]]] = WeakKeyDictionary()
"""Where this process was refused, on which day and after which change: it is not tried again on both."""


def publish_due(engine: Engine) -> list[str]:
    """Publish all that is due, as the system: the codes of whom. What may not be published is left alone."""
    return [code for code in _waiting(engine) if _is_published(engine, code)]


def next_by_itself(engine: Engine, code: str) -> date | None:
    """The day the next edition comes by itself; None where none does. Raises NotFound."""
    with reading(engine) as session:
        if not _is_chosen(session, home(session, code)):
            return None
    return max(today(), publishing.may_from(engine, code))


def _waiting(engine: Engine) -> list[str]:
    with reading(engine) as session:
        asked = (
            select(Municipality.code)
            .join(Choice, Choice.municipality_id == Municipality.id)
            .where(Choice.key == ChoiceKey.PUBLISH_BY_ITSELF.value, Choice.value == YES)
            .order_by(Municipality.code)
        )
        codes = list(session.scalars(asked))
    return [code for code in codes if next_by_itself(engine, code) == today()]


def _is_chosen(session: Session, there: Home) -> bool:
    """Whether it is, and nobody has taken the newest edition off the page: then somebody looks first."""
    chosen = choices.all_of(session, there)
    return chosen[ChoiceKey.PUBLISH_BY_ITSELF] == YES and not chosen[ChoiceKey.EDITION_HIDDEN]


def _is_published(engine: Engine, code: str) -> bool:
    with reading(engine) as session:
        tried = today(), last_change(session, home(session, code).id)
    refused = _refused.setdefault(engine, {})
    if refused.get(code) == tried:
        return False
    try:
        publishing.publish(engine, code, Order(), SYSTEM)
    except Fault:
        refused[code] = tried
        return False
    return True
