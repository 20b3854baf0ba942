"""Decisions that the other authority may see what one's own has: each an act, in force until it is ended."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from geodata.drafts import checked_text
from geodata.errors import Conflict, InvalidValue, NotFound
from geodata.privacy import mask_identity_numbers
from geodata.queries.municipalities import Home
from geodata.queries.sharings import KnownSharing, every_sharing, sharings_in_force
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.sharing import Sharing
from geodata.vocabulary import Kind, Owner
from webmap.services.actors import Actor
from webmap.services.registering import register, sharing_record
from webmap.words.labels import N_

PRECISIONS_M = (0, 250, 500, 1_000)
"""Sides of squares that places can be shared in; 0 is exactly. Each divides a block of the surface."""
GROUNDS = (
    N_("Lag (2025:170) 6 §: kommunens uppgiftsskyldighet till Polisen"),
    N_("Offentlighets- och sekretesslagen 10 kap. 15 a §"),
    N_("Statistik utan personuppgifter"),
)
"""Provisions to choose from, stored as they stand here."""
LONGEST_GROUND = 200


@dataclass(frozen=True)
class SharingDraft:
    """What is to be shared: reports of `owner` and these kinds, in squares of this side, on this ground."""

    owner: Owner
    kinds: frozenset[Kind]
    precision_m: int
    ground: str


def begin(engine: Engine, home: Home, draft: SharingDraft, actor: Actor) -> UUID:
    """Share from the next request on. Raises InvalidValue, and Conflict for what is shared so already."""
    with writing(engine) as session:
        return begin_in(session, home, draft, actor)


def begin_in(session: Session, home: Home, draft: SharingDraft, actor: Actor) -> UUID:
    """The same in a transaction of the caller's."""
    wanted = _checked(draft)
    change = next_change(session, home.id)
    for each in sharings_in_force(session, home.id):
        if (each.owner, each.kinds, each.precision_m) == (wanted.owner, wanted.kinds, wanted.precision_m):
            raise Conflict("sharing.already", "kinds")
    row = Sharing(uid=uuid4(), municipality_id=home.id, owner=wanted.owner, user_account_id=actor.user_id)
    row.kinds = ",".join(kind for kind in Kind if kind in wanted.kinds)
    row.precision_m, row.ground, row.begun_at = wanted.precision_m, wanted.ground, _now()
    session.add(row)
    session.flush()
    register(session, home, sharing_record(str(row.uid), row.owner))
    append(session, _entry(home, actor, "sharing.begin", row.uid, change))
    return row.uid


def end(engine: Engine, home: Home, uid: UUID, owners: Collection[Owner], actor: Actor) -> None:
    """Stop sharing from the next request on. owners: whose sharings the actor decides over.

    Raises NotFound, and Conflict for one that is ended already.
    """
    with writing(engine) as session:
        change = next_change(session, home.id)
        asked = select(Sharing).where(Sharing.uid == uid, Sharing.municipality_id == home.id)
        row = session.scalar(asked.where(Sharing.owner.in_(owners)))
        if row is None:
            raise NotFound("sharing.unknown", "sharing")
        if row.ended_at is not None:
            raise Conflict("sharing.ended", "sharing")
        row.ended_at = _now()
        append(session, _entry(home, actor, "sharing.end", uid, change))


def all_of(engine: Engine, home: Home) -> list[KnownSharing]:
    """Every decision there has been, those in force first."""
    with reading(engine) as session:
        return every_sharing(session, home.id)


def _checked(draft: SharingDraft) -> SharingDraft:
    if not draft.kinds:
        raise InvalidValue("sharing.no_kinds", "kinds")
    if draft.precision_m not in PRECISIONS_M:
        raise InvalidValue("sharing.precision", "precision_m", given=f"{draft.precision_m}")
    ground = mask_identity_numbers(checked_text(draft.ground, "ground"))[0]
    if not ground:
        raise InvalidValue("sharing.no_ground", "ground")
    if len(ground) > LONGEST_GROUND:
        raise InvalidValue("text.too_long", "ground", count=len(ground), most=LONGEST_GROUND)
    return SharingDraft(draft.owner, draft.kinds, draft.precision_m, ground)


def _now() -> datetime:
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1_000 * 1_000)


def _entry(home: Home, actor: Actor, action: str, uid: UUID, change: int) -> Entry:
    return Entry(actor.role, action, "sharing", str(uid), home.code, actor.user_id, change)
