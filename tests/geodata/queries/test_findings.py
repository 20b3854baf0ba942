"""What was found on a walk, read back: in the order it was said, and nothing of anybody else's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from geodata.queries.checklists import answers_in, checks_of, tally_of
from geodata.queries.findings import findings_of, tombstones_of
from geodata.queries.follow_ups import late_findings, units_of, waiting_findings
from geodata.tables.engine import reading, writing
from geodata.tables.findings import WalkEntry
from geodata.vocabulary import FindingState, Polarity, State, Theme
from tests import findings, walks

TEN = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)


@pytest.fixture
def walk(engine, noise):
    """A walk, and another with a finding of its own."""
    other = walks.walk(engine)
    findings.decided(engine, findings.found(engine, other), unit="Annan enhet", due=date(2026, 1, 1))
    return walks.walk(engine)


@pytest.fixture
def stops(engine, walk):
    return walks.stops(engine, walk)


def read(engine, walk):
    with reading(engine) as session:
        return findings_of(session, walk.id)


class TestFindings:
    def test_they_come_in_the_order_they_were_said(self, engine, walk):
        late = findings.found(engine, walk, said_at=TEN + timedelta(minutes=5))
        second = findings.found(engine, walk, said_at=TEN, device_seq=2)
        first = findings.found(engine, walk, said_at=TEN, device_seq=1)
        assert [each.uid for each in read(engine, walk)] == [first.uid, second.uid, late.uid]

    def test_one_has_its_stop_place_and_words(self, engine, walk, stops):
        made = findings.found(engine, walk, stops[1], text="Lampan är trasig", polarity=Polarity.IMPROVEMENT)
        (known,) = read(engine, walk)
        assert known.stop == stops[1]
        assert known.place.equals(stops[1].place)
        assert (known.private_text, known.polarity, made.uid) == (
            "Lampan är trasig",
            "improvement",
            known.uid,
        )

    def test_photos_are_told_apart_by_whether_they_came(self, engine, walk):
        made = findings.found(engine, walk, photos=2)
        findings.photo_came(engine, made, made.photos[1].uid)
        findings.photo_came(engine, made)
        photos = read(engine, walk)[0].photos
        assert [(photo.number, photo.has_come) for photo in photos] == [(1, False), (2, True), (3, True)]
        assert read(engine, walk)[0].photos_missing == 1

    def test_one_that_was_withdrawn_is_only_among_the_withdrawn(self, engine, walk):
        made = findings.found(engine, walk)
        with writing(engine) as session:
            row = session.get_one(WalkEntry, made.id)
            row.deleted_at, row.deleted_reason = TEN, "Fel plats"
        with reading(engine) as session:
            assert [each.deleted_reason for each in tombstones_of(session, walk.id)] == ["Fel plats"]
        assert read(engine, walk) == []

    def test_what_is_done_about_it_comes_with_it(self, engine, walk):
        made = findings.found(engine, walk)
        findings.decided(engine, made, due=date(2027, 5, 22), is_cost_driving=False)
        follow_up = read(engine, walk)[0].follow_up
        assert (follow_up.due, follow_up.is_cost_driving) == (date(2027, 5, 22), False)
        assert (follow_up.state, follow_up.is_decided) == ("planned", True)


class TestProgress:
    def test_a_finding_goes_from_new_to_reviewed_to_decided(self, engine, walk):
        made = findings.found(engine, walk)
        assert made.progress == FindingState.NEW
        findings.accept(engine, made)
        assert findings.again(engine, walk, made.uid).progress == FindingState.REVIEWED
        findings.decided(engine, made)
        assert findings.again(engine, walk, made.uid).progress == FindingState.PLANNED

    def test_what_is_good_already_needs_no_decision(self, engine, walk):
        made = [
            findings.found(engine, walk, polarity=each, state=State.ACCEPTED)
            for each in (Polarity.SAFE, Polarity.UNSAFE)
        ]
        assert [each.needs_decision for each in made] == [False, True]

    @pytest.mark.parametrize(
        ("said", "is_late"),
        [
            ({"due": date(2026, 11, 21)}, True),
            ({"due": date(2026, 11, 22)}, False),
            ({"due": date(2026, 11, 21), "state": FindingState.DONE}, False),
            ({"due": date(2026, 11, 21), "state": FindingState.NOT_POSSIBLE}, False),
            ({}, False),
        ],
    )
    def test_it_is_overdue_the_day_after_until_it_is_done(self, engine, walk, said, is_late):
        made = findings.found(engine, walk, state=State.ACCEPTED)
        findings.decided(engine, made, **said)
        assert findings.again(engine, walk, made.uid).is_overdue(TODAY) is is_late
        with reading(engine) as session:
            assert late_findings(session, walk.municipality_id, TODAY).get(walk.id, 0) == is_late

    @pytest.mark.parametrize("state", [State.REJECTED, State.DUPLICATE, State.WITHDRAWN])
    def test_what_was_left_out_since_is_late_no_more(self, engine, walk, state):
        findings.decided(engine, findings.found(engine, walk, state=state), due=date(2026, 11, 21))
        with reading(engine) as session:
            assert walk.id not in late_findings(session, walk.municipality_id, TODAY)


class TestChecklists:
    def test_the_tally_is_by_stop_and_theme(self, engine, walk, stops):
        for answer in ("poor", "poor", "good"):
            findings.checked(engine, walk, stops[0], lighting=answer)
        findings.checked(engine, walk, stops[1], lighting="good", greenery="poor")
        with reading(engine) as session:
            tally = tally_of(checks_of(session, walk.id))
        assert tally[stops[0].id, Theme.LIGHTING] == {"poor": 2, "good": 1}
        assert tally[stops[1].id, Theme.GREENERY] == {"poor": 1}

    def test_words_that_are_not_of_the_lists_are_left_out(self):
        assert answers_in('{"lighting": "good", "smell": "good", "litter": "so-so"}') == {"lighting": "good"}
        assert answers_in("") == {}


class TestAcross:
    def test_units_are_offered_the_most_used_first(self, engine, walk):
        for unit in ("Park", "Gata", "Gata"):
            findings.decided(engine, findings.found(engine, walk), unit=unit)
        with reading(engine) as session:
            assert units_of(session, walk.municipality_id) == ["Gata", "Annan enhet", "Park"]

    def test_those_nobody_has_reviewed_are_counted(self, engine, walk):
        findings.accept(engine, findings.found(engine, walk))
        with reading(engine) as session:
            assert waiting_findings(session, walk.municipality_id) == 1
