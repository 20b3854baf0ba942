"""A walk that was walked and followed up, for tests of its minutes; canaries stand where none may show."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine, select

from geodata.queries.findings import KnownFinding, findings_of
from geodata.queries.walks import KnownWalk, walk_by_id
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.findings import FollowUp, WalkEntry
from geodata.tables.walks import HeadCount, Walk
from geodata.vocabulary import FindingState, Polarity, RecordClass, State, WalkRole, WalkState
from tests import factories, findings, walks
from webmap.services import minutes_acts
from webmap.services.actors import Actor
from webmap.services.destroying import Doomed, destroy
from webmap.services.minutes_acts import SummarySaid

STAFF = Actor(None, "coordinator")
CANARY = "Kanariefågel"
LATE = date(2026, 10, 3)


CAME = {WalkRole.RESIDENT: 7, WalkRole.POLICE: 1}


def walked(engine: Engine, came: dict[WalkRole, int] = CAME, **said: Any) -> KnownWalk:
    """Five findings in different stages, a checklist and heads; ready to be published."""
    made = walks.walk(engine, **{"state": WalkState.FOLLOWED_UP, "title": "Mörkerrundan"} | said)
    stops = walks.stops(engine, made)
    walks.device(engine, made)
    private: dict[str, Any] = {"text": CANARY, "state": State.ACCEPTED, "voice": "walk-kanarie"}
    dark = findings.found(engine, made, stops[0], **private)
    findings.decided(engine, dark, words="Mörkt vid torget.", action="Nya lampor sätts upp.", due=LATE)
    bench = findings.found(engine, made, stops[0], **private, polarity=Polarity.IMPROVEMENT)
    done = {"state": FindingState.DONE, "done": date(2026, 11, 2), "action": "Bänken är på plats."}
    findings.decided(engine, bench, words="En bänk önskas.", **done)
    hedge = findings.found(engine, made, None, **private)
    findings.decided(
        engine,
        hedge,
        words="Häcken skymmer.",
        action="",
        state=FindingState.NOT_POSSIBLE,
        reason="Häcken står på privat mark.",
    )
    findings.found(engine, made, stops[1], **private, polarity=Polarity.SAFE)
    findings.found(engine, made, stops[1], state=State.REJECTED, text=CANARY)
    findings.checked(engine, made, stops[1], lighting="good", greenery="poor")
    heads(engine, made, came)
    return again(engine, made)


def heads(engine: Engine, of: KnownWalk, counts: dict[WalkRole, int]) -> None:
    """Who came, in one group."""
    with writing(engine) as session:
        for role, count in counts.items():
            session.add(HeadCount(walk_id=of.id, group_number=1, role=role, count=count))


def publish(engine: Engine, of: KnownWalk, summary: str = "Mest handlade det om ljus.") -> KnownWalk:
    """Its minutes, read by everybody."""
    there = factories.home_of(engine, of.code)
    said = SummarySaid(again(engine, of).version, summary, is_read=True)
    minutes_acts.publish(engine, there, of.uid, said, STAFF)
    return again(engine, of)


def again(engine: Engine, of: KnownWalk) -> KnownWalk:
    """The walk as it is now."""
    with reading(engine) as session:
        known = walk_by_id(session, of.id)
    assert known is not None
    return known


def follow(engine: Engine, of: KnownWalk, seq: int, **said: Any) -> None:
    """Let the follow-up of the finding with this number say something else from now on."""
    with writing(engine) as session:
        entry = session.query(WalkEntry).filter_by(walk_id=of.id, seq=seq).one()
        row = session.get_one(FollowUp, entry.id)
        for name, value in said.items():
            setattr(row, name, value)
        row.changed_at, row.version = datetime.now(UTC), row.version + 1


def set_walk(engine: Engine, of: KnownWalk, **said: Any) -> None:
    """Change the walk's own row."""
    with writing(engine) as session:
        row = session.get_one(Walk, of.id)
        for name, value in said.items():
            setattr(row, name, value)


def destroyed(engine: Engine, of: KnownWalk, *seqs: int) -> None:
    """Destroy the reports of the findings with these numbers, as a rule of retention does."""
    with writing(engine) as session:
        there = factories.home_in(session, of.code)
        numbered = (WalkEntry.walk_id == of.id, WalkEntry.seq.in_(seqs))
        keys = session.scalars(select(WalkEntry.report_id).where(*numbered)).all()
        destroy(session, RecordClass.REPORT, Doomed(there.id, next_change(session, there.id), keys))


def finding(engine: Engine, of: KnownWalk, seq: int) -> KnownFinding:
    """The finding with this number."""
    with reading(engine) as session:
        return next(each for each in findings_of(session, of.id) if each.seq == seq)
