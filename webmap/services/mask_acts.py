"""Decisions on masks: one, all of a kind, and what the staff adds by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from geodata.errors import Conflict, InvalidValue, NotFound
from geodata.queries.disclosures import WholeReport, fields_marked, whole_reports
from geodata.queries.municipalities import Home
from geodata.tables.disclosures import Disclosure, DisclosureItem, DisclosureMask
from geodata.tables.engine import reading, writing
from geodata.vocabulary import MaskState, MaskWhy, ReportField
from webmap.services.actors import Actor
from webmap.services.disclosing import locked, note
from webmap.services.mask_proposals import Span, mask_of, widened
from webmap.services.secrecy import checked_provision

LONGEST_WORDS = 2_000


@dataclass(frozen=True)
class Decision:
    """What somebody decides on a mask. was: the state they saw it in. provision: for a confirmed one."""

    mask: int
    was: str
    state: MaskState
    provision: str = ""


@dataclass(frozen=True)
class Addition:
    """What is to go besides. words: wherever they stand; or field: all of it.

    is_everywhere: in every report of the package.
    """

    words: str = ""
    field: str = ""
    provision: str = ""
    is_everywhere: bool = False


@dataclass(frozen=True)
class KnownMask:
    """A mask as the page shows it."""

    id: int
    report: UUID
    field: str
    first: int
    last: int
    why: MaskWhy
    provision: str
    state: MaskState


def decide(engine: Engine, there: Home, uid: UUID, decision: Decision, actor: Actor) -> UUID:
    """Decide on one mask; the uid of its report. Raises InvalidValue, NotFound, Conflict `mask.decided`."""
    is_confirmed = decision.state == MaskState.CONFIRMED
    provision = checked_provision(decision.provision) if is_confirmed else ""
    with writing(engine) as session:
        row = locked(session, there, uid)
        mask = session.get(DisclosureMask, decision.mask)
        if mask is None or mask.disclosure_id != row.id:
            raise NotFound("mask.unknown", "mask")
        if mask.state != decision.was:
            raise Conflict("mask.decided", "mask")
        _settle(mask, decision.state, provision, actor)
        if is_confirmed and not mask.last:
            _settle_within(session, mask, provision, actor)
        _noted(session, there, row, actor, f"disclosure.mask_{decision.state.value}")
        return mask.report_uid


def _settle(mask: DisclosureMask, state: MaskState, provision: str, actor: Actor) -> None:
    mask.state, mask.user_account_id = state.value, actor.user_id
    mask.decided_at = None if state == MaskState.PROPOSED else datetime.now(UTC)
    if provision:
        mask.provision = provision


def _settle_within(session: Session, whole: DisclosureMask, provision: str, actor: Actor) -> None:
    """Where the whole field goes, what is proposed within it goes with it."""
    asked = select(DisclosureMask).where(
        DisclosureMask.disclosure_id == whole.disclosure_id,
        DisclosureMask.report_uid == whole.report_uid,
        DisclosureMask.field == whole.field,
        DisclosureMask.state == MaskState.PROPOSED.value,
    )
    for mask in session.scalars(asked):
        _settle(mask, MaskState.CONFIRMED, provision, actor)


def _noted(session: Session, there: Home, row: Disclosure, actor: Actor, action: str) -> None:
    row.version += 1
    note(session, there, row, actor, action)


def decide_kind(
    engine: Engine, there: Home, known: tuple[UUID, int], decision: tuple[str, MaskState, str], actor: Actor
) -> int:
    """Decide on all undecided masks of a kind (why, state, provision); how many.

    known: the package's uid and the version that was looked at: nobody decides on what they have not seen.
    """
    why, state, provision = decision
    rests = checked_provision(provision, f"provision-{why}") if state == MaskState.CONFIRMED else ""
    with writing(engine) as session:
        row = locked(session, there, known[0])
        if row.version != known[1]:
            raise Conflict("disclosure.changed", "version")
        values = {"state": state.value, "user_account_id": actor.user_id, "decided_at": datetime.now(UTC)}
        changed = session.execute(
            update(DisclosureMask)
            .where(
                DisclosureMask.disclosure_id == row.id,
                DisclosureMask.why == why,
                DisclosureMask.state == MaskState.PROPOSED.value,
            )
            .values(values | ({"provision": rests} if rests else {}))
            .returning(DisclosureMask.id)
        ).all()
        _noted(session, there, row, actor, f"disclosure.kind_{state.value}")
        return len(changed)


def add(engine: Engine, there: Home, of: tuple[UUID, UUID], wanted: Addition, actor: Actor) -> int:
    """Mask more in a report (package, report): words or a whole field; in how many places.

    Raises InvalidValue where there is no such thing.
    """
    provision = checked_provision(wanted.provision, "own-provision")
    with writing(engine) as session:
        row = locked(session, there, of[0])
        chosen = select(DisclosureItem.report_uid).where(DisclosureItem.disclosure_id == row.id)
        uids = list(session.scalars(chosen))
        if of[1] not in uids:
            raise NotFound("disclosure.report_unknown", "report")
        wholes = whole_reports(session, uids if wanted.is_everywhere else [of[1]], row.created_at)
        spans = [(each.uid, span) for each in wholes.values() for span in _spans(each, wanted)]
        if not spans:
            raise _nothing(wanted)
        for key, span in spans:
            mask = mask_of(row, key, span)
            _settle(mask, MaskState.CONFIRMED, provision, actor)
            session.add(mask)
            session.flush()
            _settle_inside(session, mask, provision, actor)
        _noted(session, there, row, actor, "disclosure.mask_added")
        return len(spans)


def _settle_inside(session: Session, own: DisclosureMask, provision: str, actor: Actor) -> None:
    """What is proposed inside a stretch that goes, goes with it."""
    if not own.last:
        _settle_within(session, own, provision, actor)
        return
    asked = select(DisclosureMask).where(
        DisclosureMask.disclosure_id == own.disclosure_id,
        DisclosureMask.report_uid == own.report_uid,
        DisclosureMask.field == own.field,
        DisclosureMask.state == MaskState.PROPOSED.value,
        DisclosureMask.last > 0,
        DisclosureMask.first >= own.first,
        DisclosureMask.last <= own.last,
    )
    for mask in session.scalars(asked):
        _settle(mask, MaskState.CONFIRMED, provision, actor)


def _nothing(wanted: Addition) -> InvalidValue:
    if wanted.field:
        return InvalidValue("mask.field_unknown", "own-field")
    if not wanted.words.split():
        return InvalidValue("mask.no_words", "own-words")
    return InvalidValue("mask.not_found", "own-words", given=wanted.words[:60])


def _spans(whole: WholeReport, wanted: Addition) -> Iterator[Span]:
    if wanted.field:
        known = list(ReportField)
        names = fields_marked(whole, wanted.field) if wanted.field in known else []
        names = [wanted.field] if wanted.field in whole.texts else names
        yield from (Span(name, 0, 0, MaskWhy.OWN) for name in names)
        return
    for name, text in whole.texts.items():
        for first, last in stretches(text, wanted.words[:LONGEST_WORDS]):
            yield Span(name, *widened(text, first, last), MaskWhy.OWN)


def stretches(text: str, words: str) -> list[tuple[int, int]]:
    """Where words stand in a text, whatever their capitals and the blanks between them."""
    parts = [re.escape(part) for part in words.split()]
    if not parts:
        return []
    return [found.span() for found in re.finditer(r"\s+".join(parts), text, re.IGNORECASE)]


def masks_in(session: Session, disclosure_id: int, reports: Sequence[UUID] = ()) -> list[KnownMask]:
    """The masks of a package, of some of its reports or of all, in the order of the texts."""
    asked = select(DisclosureMask).where(DisclosureMask.disclosure_id == disclosure_id)
    if reports:
        asked = asked.where(DisclosureMask.report_uid.in_(reports))
    in_order = asked.order_by(DisclosureMask.field, DisclosureMask.first, DisclosureMask.id)
    return [_known(each) for each in session.scalars(in_order)]


def _known(row: DisclosureMask) -> KnownMask:
    return KnownMask(
        row.id,
        row.report_uid,
        row.field,
        row.first,
        row.last,
        MaskWhy(row.why),
        row.provision,
        MaskState(row.state),
    )


def last_provisions(engine: Engine, uid: UUID) -> dict[str, str]:
    """The provision that was last chosen for each kind in a package: it is offered again."""
    asked = (
        select(DisclosureMask.why, DisclosureMask.provision)
        .join(Disclosure, Disclosure.id == DisclosureMask.disclosure_id)
        .where(Disclosure.uid == uid, DisclosureMask.state == MaskState.CONFIRMED.value)
        .order_by(DisclosureMask.decided_at, DisclosureMask.id)
    )
    with reading(engine) as session:
        return {why: provision for why, provision in session.execute(asked)}
