"""Editions of the public map, as they are read: the newest, one of them, and all there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from geodata.analysis.publication.edition import Edition
from geodata.queries.municipalities import standing
from geodata.tables.choices import Choice
from geodata.tables.editions import Edition as Row
from geodata.tables.engine import reading
from geodata.vocabulary.choices import ChoiceKey

_OPENED = 32


@dataclass(frozen=True)
class PublishedEdition:
    """An edition with when it was made, its SHA-256, and what was written about it for the public."""

    edition: Edition
    number: int
    made_at: datetime
    digest: str
    note: str


@dataclass(frozen=True)
class EditionLine:
    """One of the list. is_hidden: it is taken off the public page. by: the account's key, or None."""

    number: int
    made_at: datetime
    digest: str
    note: str
    is_hidden: bool
    by: int | None = None


def newest(engine: Engine, code: str) -> PublishedEdition | None:
    """The newest that is on the public page, or None. Raises NotFound for an unknown municipality."""
    with reading(engine) as session:
        shown = [line for line in _lines(session, code) if not line.is_hidden]
        return _published(session, shown[0]) if shown else None


def by_number(engine: Engine, code: str, number: int) -> PublishedEdition | None:
    """The one with this number; None where there is none, or it is taken off the public page."""
    with reading(engine) as session:
        shown = [line for line in _lines(session, code) if line.number == number and not line.is_hidden]
        return _published(session, shown[0]) if shown else None


def all_of(engine: Engine, code: str) -> list[EditionLine]:
    """Every edition there is, the newest first, those taken off the page too: `is_hidden` says which."""
    with reading(engine) as session:
        return _lines(session, code)


def content_of(engine: Engine, code: str, number: int) -> bytes | None:
    """The bytes of one, hidden or not; None where there is none."""
    with reading(engine) as session:
        asked = select(Row.content).where(
            Row.municipality_id == standing(session, code)[0], Row.number == number
        )
        return session.scalar(asked)


def earlier(session: Session, municipality_id: int) -> Sequence[Edition]:
    """All that were ever published, the oldest first: whoever kept them knows them still."""
    asked = select(Row.content).where(Row.municipality_id == municipality_id).order_by(Row.number)
    return [_opened(content) for content in session.scalars(asked)]


def newest_row(session: Session, municipality_id: int) -> Row | None:
    """The row of the last one published, hidden or not."""
    asked = select(Row).where(Row.municipality_id == municipality_id).order_by(Row.number.desc()).limit(1)
    return session.scalar(asked)


def _lines(session: Session, code: str) -> list[EditionLine]:
    municipality_id, _ = standing(session, code)
    kept = session.get(Choice, (municipality_id, ChoiceKey.EDITION_HIDDEN.value))
    hidden = kept.value if kept else ""
    columns = (Row.number, Row.made_at, Row.digest, Row.note, Row.user_account_id)
    asked = select(*columns).where(Row.municipality_id == municipality_id).order_by(Row.number.desc())
    return [
        EditionLine(number, made_at, digest, note, hidden == str(number), by)
        for number, made_at, digest, note, by in session.execute(asked)
    ]


def _published(session: Session, line: EditionLine) -> PublishedEdition:
    content = session.scalars(select(Row.content).where(Row.digest == line.digest).limit(1)).one()
    return PublishedEdition(_opened(content), line.number, line.made_at, line.digest, line.note)


@lru_cache(maxsize=_OPENED)
def _opened(content: bytes) -> Edition:
    return Edition.from_bytes(content)
