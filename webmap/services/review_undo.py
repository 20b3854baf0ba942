"""Taking back what was just done: every report as it was before, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from geodata.errors import Conflict, NotFound
from geodata.queries.duplicates import root_of
from geodata.queries.municipalities import Home
from geodata.tables.chain import Entry, append, payload_mac
from geodata.tables.changes import next_change
from geodata.tables.engine import writing
from geodata.tables.receipts import Confirmation, Contact, OutgoingMail
from geodata.tables.reports import Report
from geodata.tables.reviews import ReviewAct
from webmap.services.actors import Actor
from webmap.services.review_effects import MAIL_KIND, UNDO_ALLOWED
from webmap.services.review_values import columns_in, read
from webmap.services.reviewing import now


def undo(engine: Engine, home: Home, actor: Actor, act: UUID) -> tuple[UUID, ...]:
    """Take an act back as a whole, and say which reports it was on.

    Raises NotFound; Conflict `undo.not_yours`, `undo.too_late`, and `undo.changed_since` where anything was
    done to one of the reports after it.
    """
    with writing(engine) as session:
        change, at = next_change(session, home.id), now()
        found = (
            select(ReviewAct, Report.uid, Report.version)
            .join(Report, Report.id == ReviewAct.report_id)
            .where(ReviewAct.uid == act, Report.municipality_id == home.id)
            .order_by(ReviewAct.id)
        )
        rows = [(each, uid, version) for each, uid, version in session.execute(found)]
        _refuse(rows, actor, at)
        for each, _, version in rows:
            _restore(session, each, version, change)
            each.undone_at = at
        mac = _mac(session, rows[0][0]) if len(rows) == 1 else None
        append(session, _entry(home, actor, act, rows, mac))
        return tuple(uid for _, uid, _ in rows)


def _refuse(rows: Sequence[tuple[ReviewAct, UUID, int]], actor: Actor, at: datetime) -> None:
    if not rows:
        raise NotFound("act.unknown", "act")
    if actor.user_id is None or any(act.user_account_id != actor.user_id for act, _, _ in rows):
        raise Conflict("undo.not_yours", "act")
    if any(act.undone_at is not None or act.version != version for act, _, version in rows):
        raise Conflict("undo.changed_since", "act")
    if rows[0][0].at + UNDO_ALLOWED < at:
        raise Conflict("undo.too_late", "act", seconds=UNDO_ALLOWED.seconds)


def _restore(session: Session, act: ReviewAct, version: int, change: int) -> None:
    before, after = read(act.before), read(act.after)
    kept = before.get("duplicate_of")
    if kept is not None and root_of(session, kept) == act.report_id:
        raise Conflict("undo.changed_since", "act")  # what it repeated has since been merged into it
    values: dict[str, Any] = {**columns_in(before), "version": version + 1, "change_seq": change}
    session.execute(update(Report).where(Report.id == act.report_id).values(values))
    _restore_contact(session, act, before)
    if moved := after.get("confirmations"):
        back = update(Confirmation).where(Confirmation.id.in_(moved))
        session.execute(back.values(report_id=act.report_id))
    session.execute(
        delete(OutgoingMail).where(
            OutgoingMail.report_id == act.report_id,
            OutgoingMail.kind == MAIL_KIND,
            OutgoingMail.created_at == act.at,
            OutgoingMail.sent_at.is_(None),
        )
    )


def _restore_contact(session: Session, act: ReviewAct, before: Mapping[str, Any]) -> None:
    if "contact_until" in before:
        kept = update(Contact).where(Contact.report_id == act.report_id)
        session.execute(kept.values(delete_after=datetime.fromisoformat(before["contact_until"])))


def _mac(session: Session, act: ReviewAct) -> str | None:
    """Proof of what the report says again, while the report is there."""
    key = session.scalar(select(Report.journal_key).where(Report.id == act.report_id))
    return payload_mac(act.before, key) if key else None


def _entry(
    home: Home, actor: Actor, act: UUID, rows: Sequence[tuple[ReviewAct, UUID, int]], mac: str | None
) -> Entry:
    action = f"review.undo_{rows[0][0].action}"
    if len(rows) == 1:
        _, uid, version = rows[0]
        return Entry(actor.role, action, "report", str(uid), home.code, actor.user_id, version + 1, mac)
    return Entry(actor.role, action, "review_act", str(act), home.code, actor.user_id, len(rows))
