"""An evening where many spoke is one voice with a head count, and the legend says so."""

from __future__ import annotations

from datetime import date

import pytest

from geodata.errors import InvalidValue, NotFound
from geodata.queries.window import Window
from geodata.tables.chain import verify
from geodata.tables.engine import reading, writing
from geodata.vocabulary import Kind, Origin
from tests import factories
from webmap.services import occasions
from webmap.services.actors import Actor
from webmap.services.heat import Look
from webmap.services.heat_room import HeatRoom
from webmap.services.legend import voices_words
from webmap.services.occasions import OccasionDraft
from webmap.words import words_for

EVENING = OccasionDraft("Dialogkväll i Kvänum", date(2025, 10, 14), Origin.CITIZEN_DIALOGUE, 18)
WRITER = Actor(None, "coordinator")


@pytest.fixture
def home(engine):
    with writing(engine) as session:
        return factories.municipality(session)


def legend(engine):
    heat = HeatRoom(engine).heat("1470", Window(), Look(), Kind.PERCEPTION)
    return voices_words(heat, words_for("sv"))


class TestVoices:
    def test_fifteen_reports_of_an_evening_are_one_voice_of_eighteen_people(self, engine, home):
        uid = occasions.create(engine, home, EVENING, WRITER)
        said = [factories.draft(voice=occasions.voice_of(uid)) for _ in range(15)]
        with writing(engine) as session:
            factories.store(session, home, [*said, factories.draft(voice="a"), factories.draft(voice="b")])
        assert legend(engine) == "3 röster (varav 1 dialogmöte med 18 personer)"

    def test_where_no_evening_is_among_them_none_is_told_of(self, engine, home):
        occasions.create(engine, home, EVENING, WRITER)
        with writing(engine) as session:
            factories.store(session, home, [factories.draft(voice="a")])
        assert legend(engine) == "1 röst"

    def test_a_head_count_put_right_shows_at_once(self, engine, home):
        uid = occasions.create(engine, home, EVENING, WRITER)
        with writing(engine) as session:
            factories.store(session, home, [factories.draft(voice=occasions.voice_of(uid))])
        occasions.change(engine, home, uid, OccasionDraft("Kvällen", EVENING.day, EVENING.origin, 25), WRITER)
        assert "25 personer" in legend(engine)


class TestKeeping:
    def test_it_is_journalled_and_counted(self, engine, home):
        uid = occasions.create(engine, home, EVENING, WRITER)
        (known,) = occasions.recent(engine, home)
        assert (known.uid, known.title, known.head_count, known.report_count) == (uid, EVENING.title, 18, 0)
        with reading(engine) as session:
            assert verify(session).is_whole

    @pytest.mark.parametrize(
        "wrong",
        [
            OccasionDraft("", EVENING.day, EVENING.origin),
            OccasionDraft("x" * 200, EVENING.day, EVENING.origin),
            OccasionDraft("Kvällen", date(2199, 1, 1), EVENING.origin),
            OccasionDraft("Kvällen", EVENING.day, EVENING.origin, 0),
        ],
    )
    def test_what_cannot_be_is_refused(self, engine, home, wrong):
        with pytest.raises(InvalidValue):
            occasions.create(engine, home, wrong, WRITER)
        assert occasions.recent(engine, home) == []

    def test_another_municipalitys_is_not_there(self, engine, home):
        uid = occasions.create(engine, home, EVENING, WRITER)
        with writing(engine) as session:
            elsewhere = factories.municipality(session, "1446", "Karlsborg")
        with pytest.raises(NotFound):
            occasions.one(engine, elsewhere, uid)
