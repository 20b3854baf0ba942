"""What minutes promise as measures, which everybody sees on the map: one for each promise, kept in step."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.geometry import point_at
from geodata.hours import to_day_number
from geodata.queries.findings import KnownFinding, findings_of, tombstones_of
from geodata.queries.minutes import walks_out_of_step
from geodata.queries.municipalities import Home, home
from geodata.queries.walks import KnownWalk, walk_by_id
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.findings import FollowUp
from geodata.tables.measures import Measure
from geodata.vocabulary import FindingState, MeasureState, RecordType, bits
from webmap.services.actors import Actor
from webmap.services.measures import LONGEST_REASON, LONGEST_RESPONSIBLE, LONGEST_TITLE
from webmap.services.minutes import is_told, spot_of
from webmap.services.registering import SYSTEM, record_of, register

_STATES = {
    FindingState.ASSIGNED: MeasureState.PLANNED,
    FindingState.PLANNED: MeasureState.PLANNED,
    FindingState.DONE: MeasureState.DONE,
}


def hide_untold(engine: Engine) -> int:
    """Let nobody see measures of findings that were taken back or left out since; how many."""
    with reading(engine) as session:
        if not walks_out_of_step(session):
            return 0
    hidden = 0
    with writing(engine) as session:
        for walk in (walk_by_id(session, key) for key in walks_out_of_step(session)):
            if walk is not None:
                hidden += keep_in_step(session, home(session, walk.code), walk, SYSTEM)
    return hidden


def keep_in_step(session: Session, there: Home, walk: KnownWalk, actor: Actor) -> int:
    """Let the measures say what the minutes say, and be seen while those are; how many were changed.

    Belongs in the transaction of whatever changed a finding, its follow-up or the minutes.
    """
    session.flush()
    found = [*findings_of(session, walk.id), *tombstones_of(session, walk.id)]
    return sum(_keep(session, (there, actor), finding, walk.is_public) for finding in found)


def _keep(session: Session, by: tuple[Home, Actor], finding: KnownFinding, is_public: bool) -> bool:
    row = session.get(FollowUp, finding.id)
    if row is None:
        return False
    known = session.get(Measure, row.measure_id) if row.measure_id is not None else None
    wanted = _wanted(finding, known) if is_public and is_told(finding) else None
    if wanted is not None:
        return _show(session, by, (row, known), wanted)
    if known is not None and known.is_published:
        _change(session, by, known, {"is_published": False}, "measure.unpublish")
        return True
    return False


def _wanted(finding: KnownFinding, known: Measure | None) -> dict[str, Any] | None:
    """What its measure should be; None where nothing is promised, or nobody knows where.

    Of a report that has been destroyed, what was promised stays as it is. What cannot be done is told of
    where it was promised before, and without its day.
    """
    if finding.state is None:
        return None if known is None else {"is_published": True}
    decided, spot = finding.follow_up, spot_of(finding)
    if decided is None:
        return None
    reason = _shortened(decided.reason, LONGEST_REASON)
    if decided.state == FindingState.NOT_POSSIBLE:
        told = {"state": MeasureState.NOT_POSSIBLE, "reason": reason, "due_day": None, "is_published": True}
        return None if known is None else told
    if spot is None or not decided.action or decided.state not in _STATES:
        return None
    return {
        "title": _shortened(decided.action, LONGEST_TITLE),
        "responsible": _shortened(decided.unit, LONGEST_RESPONSIBLE),
        "reason": reason,
        "state": _STATES[decided.state],
        "due_day": None if decided.due is None else to_day_number(decided.due),
        "categories": bits(finding.categories),
        "geometry": point_at(*spot),
        "is_published": True,
    }


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _show(
    session: Session, by: tuple[Home, Actor], kept: tuple[FollowUp, Measure | None], wanted: dict[str, Any]
) -> bool:
    row, known = kept
    if known is None:
        row.measure_id = _create(session, by, wanted)
        return True
    if all(getattr(known, name) == value for name, value in wanted.items()):
        return False
    _change(session, by, known, wanted, "measure.change" if known.is_published else "measure.publish")
    return True


def _create(session: Session, by: tuple[Home, Actor], wanted: dict[str, Any]) -> int:
    there, _ = by
    now = datetime.now(UTC)
    made = Measure(uid=uuid4(), municipality_id=there.id, version=1, created_at=now, **wanted)
    made.change_seq = next_change(session, there.id)
    session.add(made)
    session.flush()
    register(session, there, record_of(RecordType.MEASURE, str(made.uid)), now)
    for action in ("measure.create", "measure.publish"):
        _note(session, by, made, action)
    return made.id


def _change(
    session: Session, by: tuple[Home, Actor], known: Measure, wanted: dict[str, Any], action: str
) -> None:
    for name, value in wanted.items():
        setattr(known, name, value)
    known.version, known.change_seq = known.version + 1, next_change(session, by[0].id)
    _note(session, by, known, action)


def _note(session: Session, by: tuple[Home, Actor], measure: Measure, action: str) -> None:
    there, actor = by
    said = ("measure", str(measure.uid), there.code, actor.user_id, measure.version)
    append(session, Entry(actor.role, action, *said))
