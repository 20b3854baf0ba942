"""Acts on what was found on a walk that are not a review: taking it back for good."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.drafts import checked_text
from geodata.errors import Conflict, InvalidValue
from geodata.privacy import mask_identity_numbers
from geodata.queries.findings import KnownFinding
from geodata.queries.municipalities import Home
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import writing
from geodata.tables.findings import WalkEntry
from geodata.vocabulary import State
from webmap.access import Permission
from webmap.services.actors import Actor
from webmap.services.finding_desk import finding_in, walk_in
from webmap.services.minutes_measures import keep_in_step
from webmap.services.review_moves import Action
from webmap.services.reviewing import Deed, act_within, now

LONGEST_REASON = 200


def withdraw(engine: Engine, home: Home, named: tuple[UUID, UUID, int], reason: str, actor: Actor) -> None:
    """Take a finding back: it stays as a tombstone, and a phone that sends it again is told so.

    named: the walk, the finding, and the revision that was looked at. reason: told to the phone. Raises
    NotFound, InvalidValue where there is no reason, and Conflict where the finding was changed meanwhile.
    """
    walk, uid, revision = named
    said = " ".join(checked_text(reason, "why").split())
    if not said:
        raise InvalidValue("finding.why_missing", "why")
    if len(said) > LONGEST_REASON:
        raise InvalidValue("text.too_long", "why", count=len(said), most=LONGEST_REASON)
    with writing(engine) as session:
        change = next_change(session, home.id)
        known = walk_in(session, walk, [home.code])
        finding = finding_in(session, known, uid)
        if finding.revision != revision:
            raise Conflict("finding.changed", "version")
        bury(session, home, finding, mask_identity_numbers(said)[0], (change, actor))
        keep_in_step(session, home, known, actor)


def bury(session: Session, home: Home, finding: KnownFinding, reason: str, by: tuple[int, Actor]) -> None:
    """Make a finding a tombstone, in a session that holds the counter. by: the change, and who makes it."""
    actor = by[1]
    row = session.get_one(WalkEntry, finding.id)
    row.deleted_at, row.deleted_reason = now(), reason
    row.revision, row.answers = finding.revision + 1, ""
    _close_report(session, home, finding, by)
    what = ("finding.withdraw", "finding", str(finding.uid), home.code, actor.user_id, row.revision)
    append(session, Entry(actor.role, *what))


def _close_report(session: Session, home: Home, finding: KnownFinding, by: tuple[int, Actor]) -> None:
    """The report is withdrawn with it, and its history says by whom."""
    if finding.report_uid is None or finding.state == State.WITHDRAWN:
        return
    session.flush()
    deed = Deed(
        finding.report_uid, finding.report_version, Action.WITHDRAW, permission=Permission.FOLLOW_REPORT
    )
    append(session, act_within(session, home, by[1], deed, by[0]))
