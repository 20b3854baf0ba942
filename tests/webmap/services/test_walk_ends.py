"""What was gathered for a walk goes by the rule for it; what was found, told and walked stays."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from geodata.queries.minutes import record_of
from geodata.queries.municipalities import home
from geodata.tables.engine import reading, writing
from geodata.tables.findings import Quarantine, WalkEntry
from geodata.tables.walks import WalkDevice, WalkMark
from geodata.vocabulary import Polarity, QuarantineReason, RecordClass
from geodata.vocabulary.keeping import OF_WALKS
from tests import factories, minutes
from tests.places import place_at
from webmap.services.destroying import Doomed, destroy
from webmap.services.minutes import minutes_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TABLES = {
    RecordClass.WALK_MARK: WalkMark,
    RecordClass.WALK_PHONE: WalkDevice,
    RecordClass.WALK_ASIDE: Quarantine,
}


@pytest.fixture
def walk(engine):
    """Followed up; all its entries came from one phone, and one more lies aside."""
    with writing(engine) as session:
        factories.municipality(session)
    made = minutes.walked(engine)
    with writing(engine) as session:
        phone = session.scalar(select(WalkDevice.id).where(WalkDevice.walk_id == made.id))
        session.execute(update(WalkEntry).values(walk_device_id=phone))
        said = {"walk_id": made.id, "uid": uuid4()}
        aside = {"sha256": "0" * 64, "body": "{}", "received_at": NOW, "walk_device_id": phone}
        session.add(Quarantine(**said, reason=QuarantineReason.WALK_CLOSED, **aside))
        mark = {"polarity": Polarity.SAFE, "categories": 0, "text": "Här är det fint", "created_at": NOW}
        session.add(WalkMark(**said, geometry=place_at(0, 0), **mark))
    return made


def told(engine, walk):
    with reading(engine) as session:
        return minutes_of(record_of(session, walk))


@pytest.mark.parametrize("record", sorted(OF_WALKS))
def test_each_goes_alone_and_the_minutes_stay_as_they_were(engine, walk, record):
    before, counts = told(engine, walk), factories.rows(engine, *TABLES.values())
    assert counts[TABLES[record].__tablename__] == 1
    with writing(engine) as session:
        keys = session.scalars(select(TABLES[record].id)).all()
        destroy(session, record, Doomed(home(session, "1470").id, 1, keys))
    assert factories.rows(engine, *TABLES.values()) == counts | {TABLES[record].__tablename__: 0}
    assert told(engine, walk) == before
