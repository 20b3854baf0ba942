"""All that was found on a walk, as those who follow it up see it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.errors import NotFound
from geodata.queries.checklists import KnownCheck, checks_of
from geodata.queries.findings import KnownFinding, finding_with, findings_of
from geodata.queries.follow_ups import units_of
from geodata.queries.municipalities import Home, home
from geodata.queries.walk_aside import unsettled_count
from geodata.queries.walks import KnownStop, KnownWalk, stops_of, walk_with
from geodata.tables.engine import reading
from geodata.vocabulary import State


@dataclass(frozen=True)
class FindingDesk:
    """A walk and what was found on it, in the order it was said. aside: how much waits beside it.

    units: those that answered for findings here before, the most used first.
    """

    home: Home
    walk: KnownWalk
    stops: list[KnownStop]
    findings: list[KnownFinding]
    checks: list[KnownCheck]
    units: list[str]
    aside: int

    @property
    def new(self) -> list[KnownFinding]:
        """Those that nobody has reviewed yet."""
        return [each for each in self.findings if each.state == State.NEW]

    @property
    def owed(self) -> list[KnownFinding]:
        """Those that the follow-up meeting decides on."""
        return [each for each in self.findings if each.needs_decision]

    @property
    def undecided(self) -> list[KnownFinding]:
        """Those of them that have no decision yet."""
        return [each for each in self.owed if not each.is_decided]

    @property
    def is_done(self) -> bool:
        """Whether everything is reviewed and decided."""
        return not self.new and not self.undecided


def desk_of(engine: Engine, uid: UUID, codes: Collection[str]) -> FindingDesk:
    """A walk in one of these municipalities. Raises NotFound."""
    with reading(engine) as session:
        walk = walk_in(session, uid, codes)
        return FindingDesk(
            home(session, walk.code),
            walk,
            stops_of(session, walk.id),
            findings_of(session, walk.id),
            checks_of(session, walk.id),
            units_of(session, walk.municipality_id),
            unsettled_count(session, walk.id),
        )


def walk_in(session: Session, uid: UUID, codes: Collection[str]) -> KnownWalk:
    """The walk, if it is in one of these municipalities. Raises NotFound."""
    found = walk_with(session, uid)
    if found is None or found.code not in codes:
        raise NotFound("walk.unknown", "walk")
    return found


def finding_in(session: Session, walk: KnownWalk, uid: UUID) -> KnownFinding:
    """A finding of a walk that was not withdrawn. Raises NotFound."""
    found = finding_with(session, walk.id, uid)
    if found is None or found.deleted_at is not None:
        raise NotFound("finding.unknown", "finding")
    return found
