"""Publishing an edition of the public map: made, looked through, stored once and never altered."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.analysis.publication.audit import Audit, audit
from geodata.analysis.publication.edition import Edition
from geodata.analysis.publication.making import Figures, Frame, make
from geodata.analysis.publication.material import Grain
from geodata.drafts import checked_text
from geodata.errors import Conflict, InvalidValue, NotFound
from geodata.hours import local, today
from geodata.privacy import mask_identity_numbers
from geodata.queries.municipalities import Home, home
from geodata.queries.publication import localities, reviewed
from geodata.tables.chain import Entry, append
from geodata.tables.changes import last_change, next_change
from geodata.tables.editions import Edition as Row
from geodata.tables.engine import reading, writing
from geodata.vocabulary import RecordType
from geodata.vocabulary.choices import ChoiceKey
from webmap.services import choices
from webmap.services.actors import COMMAND, Actor
from webmap.services.edition_material import Dated, begun, whole_months
from webmap.services.editions import earlier, newest_row
from webmap.services.registering import record_of, register

LONGEST_NOTE = 500


@dataclass(frozen=True)
class Preview:
    """An edition that may be published. change: the municipality's last change that it was made after.

    since: the edition that was the newest then, or None. may_from: the first day it may be published on.
    """

    edition: Edition
    figures: Figures
    audit: Audit
    change: int
    since: Edition | None
    may_from: date

    @property
    def is_due(self) -> bool:
        """Whether long enough has gone since the last one."""
        return self.may_from <= today()

    @property
    def digest(self) -> str:
        """SHA-256 of the content."""
        return hashlib.sha256(self.edition.to_bytes()).hexdigest()


@dataclass(frozen=True)
class Order:
    """What somebody decided to publish. digest: of the content they looked at; "": whatever it is now."""

    note: str = ""
    digest: str = ""


def preview(engine: Engine, code: str) -> Preview:
    """What would be published now. Nothing is stored. Raises NotFound."""
    with reading(engine) as session:
        return _made(session, home(session, code))


def publish(engine: Engine, code: str, order: Order, actor: Actor = COMMAND) -> Preview:
    """Store an edition, with its row in the journal and the register.

    Raises Conflict: `edition.too_soon` within the days that must go between two, `edition.changed` where it
    is no longer what was looked at, `edition.empty` without a square, `edition.unsafe` where too much of it
    could be reckoned out.
    """
    note = _checked_note(order.note)
    looked_at = preview(engine, code)  # outside the write: nobody waits while it is made
    with writing(engine) as session:
        there = home(session, code)
        before = last_change(session, there.id)
        next_change(session, there.id)
        made = looked_at if before == looked_at.change else _made(session, there)
        _check(made, order)
        _store(session, there, (made, note), actor)
    return made


def _checked_note(text: str) -> str:
    note = mask_identity_numbers(checked_text(text, "note"))[0]
    if len(note) > LONGEST_NOTE:
        raise InvalidValue("text.too_long", "note", count=len(note), most=LONGEST_NOTE)
    return note


def _check(made: Preview, order: Order) -> None:
    if not made.is_due:
        raise Conflict("edition.too_soon", day=made.may_from.isoformat())
    if order.digest and order.digest != made.digest:
        raise Conflict("edition.changed")
    if not made.edition.squares:
        raise Conflict("edition.empty", k=made.edition.k)
    if not made.audit.is_passed:
        raise Conflict("edition.unsafe", count=len(made.audit.narrow))


def _made(session: Session, there: Home) -> Preview:
    chosen = choices.all_of(session, there)
    grain = Grain.of(
        *(
            int(chosen[key])
            for key in (ChoiceKey.PUBLISH_K, ChoiceKey.PUBLISH_FINE_M, ChoiceKey.PUBLISH_COARSE_M)
        )
    )
    published = list(earlier(session, there.id))
    dated = Dated.of(reviewed(session, there.id))
    period = begun(dated, whole_months(today()), grain.k)
    number = published[-1].number + 1 if published else 1
    places = [(place.name, place.shape) for place in there.places]
    made = make(
        dated.within(period),
        Frame(there.code, number, period, grain, localities(there), places),
        published,
    )
    return Preview(
        made.edition,
        made.figures,
        audit(made.edition, published),
        last_change(session, there.id),
        published[-1] if published else None,
        _may_from(session, there, int(chosen[ChoiceKey.PUBLISH_DAYS_BETWEEN])),
    )


def may_from(engine: Engine, code: str) -> date:
    """The first day the next edition may be published on. Raises NotFound."""
    with reading(engine) as session:
        there = home(session, code)
        return _may_from(session, there, choices.number(session, there, ChoiceKey.PUBLISH_DAYS_BETWEEN))


def _may_from(session: Session, there: Home, days_between: int) -> date:
    last = newest_row(session, there.id)
    return local(last.made_at).date() + timedelta(days=days_between) if last else today()


def _store(session: Session, there: Home, made: tuple[Preview, str], actor: Actor) -> None:
    found, note = made
    uid, at, content = uuid4(), _now(), found.edition.to_bytes()
    digest = hashlib.sha256(content).hexdigest()
    session.add(
        Row(
            uid=uid,
            municipality_id=there.id,
            number=found.edition.number,
            content=content,
            digest=digest,
            note=note,
            user_account_id=actor.user_id,
            made_at=at,
        )
    )
    register(session, there, record_of(RecordType.EDITION, str(uid)), at)
    said = replace(
        Entry(actor.role, "edition.publish", "edition", str(uid), there.code, actor.user_id),
        object_rev=found.edition.number,
        payload_mac=digest,
    )
    append(session, said)


def _now() -> datetime:
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1_000 * 1_000)


def hide(engine: Engine, code: str, number: int, actor: Actor) -> None:
    """Take one edition off the public page, at once. Raises NotFound."""
    with writing(engine) as session:
        there = home(session, code)
        _known(session, there, number)
        choices.choose(session, there, {ChoiceKey.EDITION_HIDDEN: str(number)}, actor)


def show_again(engine: Engine, code: str, actor: Actor) -> None:
    """Put back what was taken off the public page."""
    with writing(engine) as session:
        choices.choose(session, home(session, code), {ChoiceKey.EDITION_HIDDEN: ""}, actor)


def _known(session: Session, there: Home, number: int) -> None:
    if number not in {edition.number for edition in earlier(session, there.id)}:
        raise NotFound("edition.unknown", "edition")
