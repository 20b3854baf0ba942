"""Two changes of one finding: the one that stands, or the other, or both brought together by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from geodata.drafts import ReportDraft, checked_text
from geodata.errors import Conflict, InvalidValue, NotFound
from geodata.privacy import mask_identity_numbers
from geodata.queries.municipalities import Home
from geodata.queries.walk_aside import Clash, clash_with
from geodata.queries.walks import KnownWalk
from geodata.tables.chain import Entry, append, payload_mac
from geodata.tables.changes import next_change
from geodata.tables.engine import writing
from geodata.tables.findings import FindingRevision, WalkEntry
from geodata.tables.report_rows import Stamp, update_reports
from geodata.tables.reports import Report
from geodata.vocabulary import RevisionState
from webmap.services.actors import Actor
from webmap.services.aside_reading import told_by
from webmap.services.finding_acts import bury
from webmap.services.finding_desk import walk_in
from webmap.services.walk_body import LONGEST_TEXT, Address, Told
from webmap.services.walk_drafts import finding_draft, stop_columns, stop_of
from webmap.services.walk_revisions import WITHDRAWN
from webmap.services.walking import expect_photos, now_stored

NOW, PHONE, BOTH = "now", "phone", "both"
"""Which is to stand: what stands already, what the phone sent, or both together."""


@dataclass(frozen=True)
class Settlement:
    """What was chosen. revision: the change. version: of the finding as it was looked at.

    text, place: where both are brought together, the text as it is written now, and whose place it is.
    """

    revision: UUID
    version: int
    choice: str
    text: str = ""
    place: str = NOW


def settle(engine: Engine, home: Home, walk: UUID, said: Settlement, actor: Actor) -> None:
    """Let one of them stand; the other is settled with it. Raises NotFound, InvalidValue and Conflict."""
    if said.choice not in (NOW, PHONE, BOTH) or said.place not in (NOW, PHONE):
        raise InvalidValue("option.bad", "choice", option="choice", given=said.choice[:40])
    with writing(engine) as session:
        change = next_change(session, home.id)  # whoever changes anything here waits: it stays as it is read
        known = walk_in(session, walk, [home.code])
        clash = clash_with(session, known.id, said.revision)
        if clash is None:
            raise NotFound("aside.unknown", "revision")
        if clash.revision != said.version:
            raise Conflict("finding.changed", "version")
        mac = None
        if said.choice != NOW:
            mac = _let_stand(session, (home, known), clash, said, (change, actor))
        _close(session, clash, said)
        row = ("finding.settle", "finding", str(clash.entry), home.code, actor.user_id, clash.revision)
        append(session, Entry(actor.role, *row, mac))


def _close(session: Session, clash: Clash, said: Settlement) -> None:
    row = session.scalars(select(FindingRevision).where(FindingRevision.uid == clash.uid)).one()
    row.state = RevisionState.DISMISSED if said.choice == NOW else RevisionState.MERGED
    row.settled_at, row.body = now_stored(), ""


def _let_stand(
    session: Session,
    where: tuple[Home, KnownWalk],
    clash: Clash,
    said: Settlement,
    by: tuple[int, Actor],
) -> str | None:
    home, walk = where
    if clash.is_deleted:
        raise Conflict("aside.withdrawn", "aside")
    told = told_by(clash.body, Address(walk.uid, clash.entry, clash.uid))
    if told.is_withdrawn:
        if clash.finding is not None:
            bury(session, home, clash.finding, WITHDRAWN, by)
        return None
    stop = stop_of(session, walk, told)
    row = session.scalars(select(WalkEntry).where(WalkEntry.uid == clash.entry)).one()
    row.revision, row.answers = clash.revision + 1, told.answers_text
    is_finding = clash.finding is not None and clash.finding.report_id is not None
    made = finding_draft(home, clash.entry, told, stop, row.said_at) if is_finding else None
    if said.choice == PHONE or said.place == PHONE:
        for name, value in stop_columns(session, walk, stop, made).items():
            setattr(row, name, value)
    session.flush()
    if made is None:
        return None
    draft = _merged(session, made, clash, said)
    return _renew(session, draft, told, row, Stamp(home.id, by[0], now_stored()))


def _merged(session: Session, draft: ReportDraft, clash: Clash, said: Settlement) -> ReportDraft:
    """The phone's, in the voice it had; with the text and the place that were chosen."""
    known = clash.finding
    if known is None:
        return draft
    voice = session.scalar(select(Report.voice).where(Report.id == known.report_id))
    draft = replace(draft, voice=voice)
    if said.choice == PHONE:
        return draft
    text = checked_text(said.text, "text")
    if len(text) > LONGEST_TEXT:
        raise InvalidValue("text.too_long", "text", count=len(text), most=LONGEST_TEXT)
    draft = replace(draft, text=mask_identity_numbers(text)[0])
    if said.place == PHONE:
        return draft
    return replace(
        draft,
        place=known.place,
        place_text=known.place_text,
        accuracy_m=known.accuracy_m,
        position_source=known.position_source,
    )


def _renew(session: Session, draft: ReportDraft, told: Told, row: WalkEntry, stamp: Stamp) -> str | None:
    """Photos that the change no longer names are kept: whoever reviews leaves them out."""
    update_reports(session, [draft], stamp)
    expect_photos(session, row.id, told.photos, row.report_id)
    key = session.scalar(select(Report.journal_key).where(Report.id == row.report_id))
    return payload_mac(draft.content, key) if key else None
