"""What the journal holds: ids and codes; and proofs of content that die with the object they are of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, MetaData, Select, delete, literal_column, select, text

from geodata.queries.municipalities import Home
from geodata.tables import Contact, JournalEntry, OutgoingMail, Receipt, Report, ReviewAct
from geodata.tables.chain import payload_mac, verify
from geodata.tables.engine import reading, writing
from geodata.tables.receipts import Reply
from geodata.vocabulary import MeasureState, Origin, Refusal, Stage
from tests import factories
from tests.places import place_at
from tests.webmap.reviews import SECRET, reviewer
from webmap.services import accounts, contacts, follow_acts, measures, occasions, receipts
from webmap.services.accounts import NewAccount
from webmap.services.actors import Actor
from webmap.services.measures import MeasureDraft
from webmap.services.occasions import OccasionDraft
from webmap.services.receiving import Arrival, receive
from webmap.services.replying import Answer, reply
from webmap.services.review_moves import Action
from webmap.services.review_undo import undo
from webmap.services.reviewing import Deed, act, act_on_all
from webmap.services.sayings import Saying, draft_of

CANARY = "kanariefågel"
_ID = re.compile(r"\d{1,19}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z_]{1,40}(?:,[a-z_]{1,40})*")
_FILE = re.compile(r"[a-z]{1,10}\?[^\s@]*")
_CODE = re.compile(r"[a-z_]+(\.[a-z_]+)*")


@pytest.fixture
def home(engine: Engine) -> Home:
    with writing(engine) as session:
        return factories.municipality(session)


def journal(engine: Engine) -> list[JournalEntry]:
    with reading(engine) as session:
        return list(session.scalars(select(JournalEntry).order_by(JournalEntry.seq)))


def tell(engine: Engine, home: Home, words: str = "") -> UUID:
    saying = Saying(uuid4(), text=f"Mörkt {CANARY} {words}".strip())
    return receive(engine, home, Arrival(draft_of(home, saying), f"{CANARY}@example.se"), SECRET).uid


def _journey(engine: Engine, home: Home, by: Actor) -> None:
    """Everything that people write, with the canary in all of it."""
    first, second, third, fourth = (tell(engine, home, str(number)) for number in range(4))
    done = act(engine, home, by, Deed(first, 1, Action.EDIT, changes={"public_text": f"Ljust {CANARY}"}))
    undo(engine, home, by, done.uid)
    act(engine, home, by, Deed(first, 3, Action.ACCEPT))
    act(engine, home, by, Deed(second, 1, Action.REJECT, list(Refusal)[0], f"för att {CANARY}"))
    act_on_all(engine, home, by, [Deed(each, 1, Action.ACCEPT) for each in (third, fourth)])
    reply(engine, home, by, Answer(uuid4(), first, Stage.DONE, f"Det är lagat, {CANARY}"))
    code = receipts.code_of(SECRET, third)
    follow_acts.write_to(engine, code, f"{CANARY}.två@example.se", "sv")
    follow_acts.withdraw(engine, code)
    contacts.expire(engine)
    draft = MeasureDraft(
        CANARY, CANARY, CANARY, MeasureState.PLANNED, None, frozenset({"lighting"}), place_at(0, 0)
    )
    uid = measures.create(engine, home, draft, by)
    measures.publish(engine, home, (uid, 1), by, is_published=True)
    occasions.create(engine, home, OccasionDraft(CANARY, date(2026, 11, 2), Origin.CITIZEN_DIALOGUE, 5), by)
    with writing(engine) as session:
        accounts.add(session, NewAccount(f"{CANARY}@vara.example", factories.PASSWORD, "admin", "1470"), by)
    with writing(engine) as session:
        accounts.disable(session, f"{CANARY}@vara.example", by)


def test_every_row_holds_ids_and_codes_and_no_word_of_anybodys(engine: Engine, home: Home) -> None:
    _journey(engine, home, reviewer(engine, "anna@vara.example"))
    rows = journal(engine)
    assert len({row.action for row in rows}) >= 14
    for row in rows:
        said = (row.role, row.action, row.object_type, row.object_id, row.municipality or "")
        assert CANARY not in " ".join(said).lower(), row.action
        assert _ID.fullmatch(row.object_id) or _FILE.fullmatch(row.object_id), row.object_id
        assert all(_CODE.fullmatch(word) for word in (row.role, row.action, row.object_type)), row.action
    with reading(engine) as session:
        assert verify(session).is_whole
    print(f"\n{len(rows)} rows, {len({row.action for row in rows})} kinds of act: 0 words of anybody's")  # noqa: T201


def test_the_demo_s_rows_are_ids_and_codes(demo_engine: Engine) -> None:
    rows = journal(demo_engine)
    assert len(rows) > 5
    wrong = [
        row.object_id for row in rows if not (_ID.fullmatch(row.object_id) or _FILE.fullmatch(row.object_id))
    ]
    assert wrong == []


class TestProof:
    def test_what_was_said_can_be_proved_while_the_report_is_there(self, engine: Engine, home: Home) -> None:
        by = reviewer(engine, "anna@vara.example")
        uid = tell(engine, home)
        done = act(engine, home, by, Deed(uid, 1, Action.EDIT, changes={"public_text": "Ljust"}))
        undo(engine, home, by, done.uid)
        with reading(engine) as session:
            key = session.scalars(select(Report.journal_key).where(Report.uid == uid)).one()
            kept = session.scalars(select(ReviewAct)).one()
        assert key is not None
        macs = {row.action: row.payload_mac for row in journal(engine)}
        assert macs["review.edit"] == payload_mac(kept.after, key)
        assert macs["review.undo_edit"] == payload_mac(kept.before, key)
        assert macs["review.undo_edit"] != payload_mac(kept.before.replace("null", '"x"'), key)

    def test_with_the_report_its_key_is_gone_and_nothing_ties_the_proof(
        self, engine: Engine, home: Home
    ) -> None:
        uid = tell(engine, home, "en gång till")
        content = draft_of(home, Saying(uid, text=f"Mörkt {CANARY} en gång till")).content
        with reading(engine) as session:
            key = session.scalars(select(Report.journal_key).where(Report.uid == uid)).one()
        mac = next(row.payload_mac for row in journal(engine) if row.object_id == str(uid))
        assert key is not None
        assert mac == payload_mac(content, key)
        _delete(engine, uid)
        kept: list[bytes] = list(_cells(engine))
        assert not any(key in cell for cell in kept)
        assert all(payload_mac(content, cell) != mac for cell in kept)
        with reading(engine) as session:
            assert verify(session).is_whole


def _delete(engine: Engine, uid: UUID) -> None:
    with writing(engine) as session:
        report_id = session.scalars(select(Report.id).where(Report.uid == uid)).one()
        for table in (Receipt, Contact, OutgoingMail, Reply, ReviewAct):
            session.execute(delete(table).where(table.report_id == report_id))
        session.execute(delete(Report).where(Report.id == report_id))


def _cells(engine: Engine) -> Iterator[bytes]:
    """Every cell there is, as bytes."""
    tables = MetaData()
    tables.reflect(engine)
    with reading(engine) as session:
        for table in tables.sorted_tables:
            for column in table.columns:
                kept: Select[Any] = select(literal_column(f'"{column.name}"')).select_from(
                    text(f'"{table.name}"')
                )
                for (value,) in session.execute(kept):
                    if value is not None:
                        yield bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
