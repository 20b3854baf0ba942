"""Putting the demo's letters and measures in place: a queue to review, receipts to follow."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.drafts import ReportDraft
from geodata.geometry import Place, point_at
from geodata.hours import to_day_number, today
from geodata.queries.municipalities import Home
from geodata.tables.changes import next_change
from geodata.tables.measures import Measure
from geodata.tables.receipts import Receipt, Reply
from geodata.tables.report_rows import Stamp, insert_reports
from geodata.tables.reports import Report
from geodata.vocabulary import Channel, Kind, Origin, PositionSource, bits
from webmap.services import receipts
from webmap.services.demo_letters import LETTERS, MEASURES, DemoMeasure, Letter
from webmap.services.demo_town import SPOTS

_SPOTS = {spot.name: spot for spot in SPOTS}


def letter_uid(number: int) -> UUID:
    """The id of a letter, the same in every demo."""
    return _uid(f"demo/letter/{number}")


def answered_letter() -> UUID:
    """The id of a letter that has an answer, for whoever wants to try a receipt."""
    return letter_uid(next(number for number, letter in enumerate(LETTERS) if letter.answers))


def store(session: Session, home: Home, secret: str) -> None:
    """The letters, as if sent some hours ago, and the measures, in the session's transaction.

    secret: the server's, for receipts; "" for none.
    """
    change, now = next_change(session, home.id), datetime.now(UTC)
    for number, letter in enumerate(LETTERS):
        sent_at = now - timedelta(hours=letter.hours_ago)
        insert_reports(session, [_draft(home, letter, number)], Stamp(home.id, change, sent_at))
        report_id = session.scalars(select(Report.id).where(Report.uid == letter_uid(number))).one()
        if secret:
            code = receipts.code_of(secret, letter_uid(number))
            session.add(Receipt(report_id=report_id, code_digest=receipts.digest_of(code)))
        for place, (stage, words) in enumerate(letter.answers):
            at = sent_at + timedelta(days=3 + 9 * place)
            uid = _uid(f"demo/reply/{number}/{place}")
            session.add(Reply(uid=uid, report_id=report_id, stage=stage, text=words, at=at))
    for number, measure in enumerate(MEASURES):
        session.add(_measure(home, measure, _uid(f"demo/measure/{number}"), change))


def _uid(name: str) -> UUID:
    return UUID(hashlib.sha256(name.encode()).hexdigest()[:32], version=4)


def _place(spot: str, away_m: tuple[float, float]) -> Place:
    return point_at(_SPOTS[spot].east + away_m[0], _SPOTS[spot].north + away_m[1])


def _draft(home: Home, letter: Letter, number: int) -> ReportDraft:
    return ReportDraft(
        uid=letter_uid(number),
        municipality=home.code,
        place=_place(letter.spot, letter.away_m) if letter.spot else None,
        kind=Kind.PERCEPTION,
        origin=Origin.PUBLIC,
        polarity=letter.polarity,
        categories=frozenset(letter.categories),
        hours=letter.hours,
        text=letter.text,
        source=Channel.FORM.value,
        voice=f"letter-{number}",
        accuracy_m=20.0 if letter.spot else None,
        position_source=PositionSource.MAP if letter.spot else None,
        state=letter.state,
        place_text=letter.place_text or (letter.spot and f"Vid {letter.spot}"),
    )


def _due_day(in_days: int) -> int:
    return to_day_number(today() + timedelta(days=in_days))


def _measure(home: Home, measure: DemoMeasure, uid: UUID, change: int) -> Measure:
    return Measure(
        uid=uid,
        municipality_id=home.id,
        geometry=_place(measure.spot, measure.away_m),
        title=measure.title,
        responsible=measure.responsible,
        categories=bits(measure.categories),
        due_day=None if measure.due_in_days is None else _due_day(measure.due_in_days),
        state=measure.state,
        reason=measure.reason,
        is_published=measure.is_published,
        version=1,
        created_at=datetime.now(UTC) - timedelta(days=21),
        change_seq=change,
    )
