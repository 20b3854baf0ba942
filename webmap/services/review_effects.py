"""What follows from an act of review for those around the report: claim, address, letter, confirmations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from geodata.queries.duplicates import root_of
from geodata.tables.receipts import Confirmation, Contact, OutgoingMail
from geodata.tables.reviews import Claim
from geodata.vocabulary import State
from webmap.services.receiving import LONGEST_CONTACT
from webmap.services.review_moves import CLOSING, Action

UNDO_SHOWN = timedelta(seconds=10)
"""How long the page offers to undo an act."""
UNDO_ALLOWED = timedelta(seconds=15)
"""How long it can be undone; no letter about an act leaves before."""
KEPT_AFTER_CLOSING = timedelta(days=30)
"""How long an address is kept when a report is closed."""
MAIL_KIND = "state"
_TOLD = frozenset({Action.ACCEPT, Action.REJECT, Action.DUPLICATE})
"""What the one who sent the report gets a letter about."""


@dataclass(frozen=True)
class Told:
    """An act as far as those around the report are concerned. note: for colleagues."""

    at: datetime
    action: Action
    note: str = ""


def accompany(
    session: Session, report_id: int, states: tuple[State, State], told: Told
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Let it follow, and say what was before and what is now, beside the report's own columns.

    states: before and after the act, which is stored already.
    """
    before: dict[str, Any] = {}
    after: dict[str, Any] = {"note": told.note} if told.note else {}
    if states[0] != states[1]:
        session.execute(delete(Claim).where(Claim.report_id == report_id))
        before |= _set_clock(session, report_id, states[1], told.at)
    if told.action == Action.DUPLICATE:
        after |= _move_confirmations(session, report_id)
    if told.action in _TOLD:
        _write_letter(session, report_id, told.at)
    return before, after


def _set_clock(session: Session, report_id: int, to: State, at: datetime) -> dict[str, Any]:
    """Bring the day when the address goes nearer, or back where it was when a closed report opens again."""
    contact = session.get(Contact, report_id)
    if contact is None:
        return {}
    before = contact.delete_after
    if to in CLOSING:
        contact.delete_after = min(before, at + KEPT_AFTER_CLOSING)
    else:
        contact.delete_after = contact.created_at + LONGEST_CONTACT
    return {"contact_until": before.isoformat()}


def _move_confirmations(session: Session, report_id: int) -> dict[str, Any]:
    root = root_of(session, report_id)
    moved = update(Confirmation).where(Confirmation.report_id == report_id).values(report_id=root)
    ids = sorted(session.scalars(moved.returning(Confirmation.id)))
    return {"confirmations": ids} if ids else {}


def _write_letter(session: Session, report_id: int, at: datetime) -> None:
    if session.get(Contact, report_id) is None:
        return
    not_before = at + UNDO_ALLOWED
    session.add(
        OutgoingMail(
            report_id=report_id, kind=MAIL_KIND, created_at=at, not_before=not_before, attempts=0, fault=""
        )
    )
