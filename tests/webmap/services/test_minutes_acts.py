"""Minutes are published when all is decided, in one step with the register, the journal and the measures."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select, update

from geodata.errors import Conflict, InvalidValue, NotFound
from geodata.hours import local
from geodata.queries.minutes import record_of
from geodata.queries.municipalities import home
from geodata.tables import JournalEntry, Measure, Photo, Registration
from geodata.tables.chain import verify
from geodata.tables.engine import reading, writing
from geodata.tables.findings import FollowUp, WalkEntry
from geodata.tables.reports import Report
from geodata.vocabulary import FindingState, LandOwner, MeasureState, PhotoState, Polarity, State, WalkState
from tests import factories, findings, minutes, walks
from webmap.services import measures, minutes_acts
from webmap.services.follow_up_draft import FollowUpDraft
from webmap.services.following_up import Decision, decide
from webmap.services.minutes import SQUARE_M, Sums, minutes_of
from webmap.services.minutes_acts import NEW, NOT_OVER, PHOTOS, UNDECIDED, WORDLESS, SummarySaid
from webmap.services.minutes_measures import hide_untold, keep_in_step
from webmap.services.walk_results import led_to

TODAY = date(2026, 11, 22)


@pytest.fixture
def there(engine):
    with writing(engine) as session:
        return factories.municipality(session)


@pytest.fixture
def walk(engine, there):
    return minutes.walked(engine)


def told(engine, walk):
    with reading(engine) as session:
        return minutes_of(record_of(session, minutes.again(engine, walk)))


def obstacles(engine, there, walk):
    return {each.code: each.numbers for each in minutes_acts.desk_of(engine, there, walk.uid).obstacles}


def kept_measures(engine):
    with reading(engine) as session:
        return list(session.scalars(select(Measure).order_by(Measure.id)))


def step(engine, there, walk):
    with writing(engine) as session:
        return keep_in_step(session, there, minutes.again(engine, walk), minutes.STAFF)


class TestWhatTheySay:
    def test_only_what_was_let_through_and_decided(self, engine, walk):
        said = told(engine, walk)
        assert sorted(item.number for item in said.items) == [1, 2, 3, 4]
        assert said.left_out == 1
        assert said.sums(TODAY) == Sums(said=4, good=1, done=1, under_way=0, late=1, not_possible=1)

    def test_what_is_late_is_late_by_itself(self, engine, walk):
        item = next(each for each in told(engine, walk).items if each.number == 1)
        assert not item.is_overdue(minutes.LATE)
        assert item.is_overdue(TODAY)

    def test_a_finding_is_drawn_at_its_stop_or_in_a_square(self, engine, walk):
        stop = walks.stops(engine, walk)[0].place
        spots = {each.number: each.spot for each in told(engine, walk).items}
        assert spots[1] == spots[2] == (stop.x, stop.y)
        assert all(metres % SQUARE_M == SQUARE_M / 2 for metres in spots[3])

    def test_what_cannot_be_done_has_no_action_and_no_day(self, engine, walk):
        said = {"state": FindingState.NOT_POSSIBLE, "reason": "Marken är såld."}
        minutes.follow(engine, walk, 1, **said)
        item = next(each for each in told(engine, walk).items if each.number == 1)
        assert (item.action, item.due, item.done, item.reason) == ("", None, None, "Marken är såld.")

    def test_only_what_is_done_has_a_day_when_it_was(self, engine, walk):
        minutes.follow(engine, walk, 2, state=FindingState.PLANNED)
        assert next(each for each in told(engine, walk).items if each.number == 2).done is None


class TestDestroyed:
    def test_what_staff_wrote_outlives_the_reports(self, engine, walk):
        minutes.publish(engine, walk)
        before = told(engine, walk)
        minutes.destroyed(engine, walk, 1, 2, 3, 4)
        after = told(engine, walk)
        assert after.sums(TODAY) == before.sums(TODAY)
        assert [staffs_own(each) for each in after.items] == [staffs_own(each) for each in before.items]

    def test_nothing_of_whoever_said_it_does(self, engine, walk):
        minutes.destroyed(engine, walk, 1, 2, 3, 4)
        assert {(each.polarity, each.categories, each.photos) for each in told(engine, walk).items} == {
            (None, (), ())
        }

    def test_every_place_counts_them_alike(self, engine, there, walk):
        minutes.publish(engine, walk)
        minutes.destroyed(engine, walk, 1, 2, 3, 4)
        assert led_to(engine, there, TODAY) == told(engine, walk).sums(TODAY)

    def test_the_measures_follow_the_minutes_as_before(self, engine, there, walk):
        public = minutes.publish(engine, walk)
        minutes.destroyed(engine, walk, 1, 2, 3, 4)
        assert (step(engine, there, walk), hide_untold(engine)) == (0, 0)
        assert len(measures.published(engine, "1470")) == 2
        minutes_acts.take_back(engine, there, walk.uid, public.version, minutes.STAFF)
        assert measures.published(engine, "1470") == []
        minutes.publish(engine, walk)
        assert len(measures.published(engine, "1470")) == 2

    def test_what_was_not_told_leaves_nothing(self, engine, walk):
        turned_down = findings.found(engine, walk, state=State.REJECTED)
        undecided = findings.found(engine, walk, state=State.ACCEPTED)
        findings.decided(engine, turned_down)
        findings.decided(engine, undecided, state=FindingState.REVIEWED)
        minutes.destroyed(engine, walk, 5, turned_down.seq, undecided.seq)
        with reading(engine) as session:
            kept = session.scalars(select(FollowUp.walk_entry_id)).all()
        assert not {turned_down.id, undecided.id} & set(kept)
        assert sorted(each.number for each in told(engine, walk).items) == [1, 2, 3, 4]

    def test_they_may_still_be_published(self, engine, there, walk):
        minutes.destroyed(engine, walk, 1, 2, 3, 4)
        assert obstacles(engine, there, walk) == {}
        assert minutes.publish(engine, walk).is_public


def staffs_own(item):
    """All of a finding that is not from the report."""
    return item.number, item.text, item.action, item.unit, item.state, item.due, item.done, item.reason


def _uid_of(engine, walk, seq):
    with reading(engine) as session:
        return next(each.uid for each in record_of(session, walk).findings if each.seq == seq)


class TestObstacles:
    def test_none_where_all_is_decided(self, engine, there, walk):
        assert obstacles(engine, there, walk) == {}

    def test_each_is_told_with_its_numbers(self, engine, there, walk):
        findings.found(engine, walk)
        findings.found(engine, walk, state=State.ACCEPTED)
        wordless = findings.found(engine, walk, state=State.ACCEPTED)
        findings.decided(engine, wordless, words=" ")
        findings.photo_came(engine, wordless)
        assert obstacles(engine, there, walk) == {NEW: (7,), UNDECIDED: (8,), WORDLESS: (9,), PHOTOS: (9,)}

    def test_a_walk_that_is_not_over_has_no_minutes(self, engine, there):
        going = walks.walk(engine)
        assert NOT_OVER in obstacles(engine, there, going)
        with pytest.raises(Conflict, match=r"minutes\.blocked"):
            minutes.publish(engine, going)

    def test_a_good_place_needs_no_decision(self, engine, there, walk):
        findings.found(engine, walk, state=State.ACCEPTED, polarity=Polarity.SAFE)
        assert obstacles(engine, there, walk) == {}

    def test_nothing_is_public_when_something_is_in_the_way(self, engine, walk):
        findings.found(engine, walk)
        with pytest.raises(Conflict):
            minutes.publish(engine, walk)
        assert minutes.again(engine, walk).state == WalkState.FOLLOWED_UP
        assert kept_measures(engine) == []

    def test_what_may_point_at_a_person_must_have_been_read(self, engine, there, walk):
        said = SummarySaid(walk.version, "Ring Anna Andersson på 070-123 45 67.")
        with pytest.raises(Conflict, match=r"minutes\.unread"):
            minutes_acts.publish(engine, there, walk.uid, said, minutes.STAFF)
        minutes.publish(engine, walk, said.text)
        assert minutes.again(engine, walk).is_public


class TestPublishing:
    def test_it_is_in_the_register_and_the_journal_once_each(self, engine, walk):
        minutes.publish(engine, walk)
        with reading(engine) as session:
            kept = session.scalars(
                select(Registration.object_id).where(Registration.object_type == "minutes")
            )
            acts = select(func.count()).where(JournalEntry.action == "minutes.publish")
            assert (list(kept), session.scalar(acts)) == ([str(walk.uid)], 1)
            assert verify(session).is_whole

    def test_the_first_day_stays_when_they_are_published_again(self, engine, there, walk):
        first = minutes.publish(engine, walk)
        minutes_acts.take_back(engine, there, walk.uid, first.version, minutes.STAFF)
        again = minutes.publish(engine, walk)
        said = told(engine, walk)
        assert said.first_public_at <= again.published_at
        assert local(said.first_public_at).date() == local(first.published_at).date()

    def test_whoever_comes_second_is_told(self, engine, there, walk):
        minutes.publish(engine, walk)
        for act in (minutes_acts.save, minutes_acts.publish):
            with pytest.raises(Conflict, match=r"minutes\.changed"):
                act(engine, there, walk.uid, SummarySaid(walk.version, "Andra", is_read=True), minutes.STAFF)

    def test_a_summary_may_be_so_long(self, engine, there, walk):
        long = SummarySaid(walk.version, "a" * (minutes_acts.LONGEST_SUMMARY + 1))
        with pytest.raises(InvalidValue):
            minutes_acts.save(engine, there, walk.uid, long, minutes.STAFF)
        said = SummarySaid(walk.version, "Född 19121212-1212.\nRad två.")
        minutes_acts.save(engine, there, walk.uid, said, minutes.STAFF)
        assert "1212-1212" not in minutes.again(engine, walk).summary

    def test_another_municipality_has_no_such_walk(self, engine, walk):
        with writing(engine) as session:
            factories.municipality(session, "1446", "Karlsborg")
            elsewhere = home(session, "1446")
        with pytest.raises(NotFound):
            minutes_acts.desk_of(engine, elsewhere, walk.uid)


class TestMeasures:
    def test_each_promise_with_a_place_is_one(self, engine, walk):
        minutes.publish(engine, walk)
        kept = kept_measures(engine)
        assert [(each.title, each.state) for each in kept] == [
            ("Nya lampor sätts upp.", MeasureState.PLANNED),
            ("Bänken är på plats.", MeasureState.DONE),
        ]
        assert all(each.is_published for each in kept)

    def test_everybody_sees_them(self, engine, walk):
        minutes.publish(engine, walk)
        assert len(measures.published(engine, "1470")) == 2

    def test_they_follow_and_doing_it_twice_changes_nothing(self, engine, there, walk):
        minutes.publish(engine, walk)
        minutes.follow(engine, walk, 1, state=FindingState.DONE, action="Lamporna lyser.")
        assert step(engine, there, walk) == 1
        assert step(engine, there, walk) == 0
        kept = kept_measures(engine)[0]
        assert (kept.title, kept.state, kept.version) == ("Lamporna lyser.", MeasureState.DONE, 2)

    def test_a_promise_that_cannot_be_kept_is_said_so_without_its_day(self, engine, there, walk):
        minutes.publish(engine, walk)
        said = {"state": FindingState.NOT_POSSIBLE, "action": "", "reason": "Marken är såld."}
        minutes.follow(engine, walk, 1, **said)
        assert (step(engine, there, walk), step(engine, there, walk)) == (1, 0)
        kept = kept_measures(engine)[0]
        assert (kept.title, kept.state, kept.due_day) == (
            *("Nya lampor sätts upp.", MeasureState.NOT_POSSIBLE),
            None,
        )
        assert (kept.reason, kept.is_published) == ("Marken är såld.", True)

    def test_what_never_was_promised_is_none(self, engine, walk):
        minutes.follow(engine, walk, 1, state=FindingState.NOT_POSSIBLE, reason="Marken är såld.")
        minutes.publish(engine, walk)
        assert [each.title for each in kept_measures(engine)] == ["Bänken är på plats."]

    def test_none_is_seen_when_the_minutes_are_taken_back(self, engine, there, walk):
        public = minutes.publish(engine, walk)
        minutes_acts.take_back(engine, there, walk.uid, public.version, minutes.STAFF)
        assert measures.published(engine, "1470") == []
        minutes.publish(engine, walk)
        assert len(measures.published(engine, "1470")) == len(kept_measures(engine)) == 2

    def test_one_of_a_finding_taken_back_is_hidden_in_time(self, engine, walk):
        minutes.publish(engine, walk)
        assert hide_untold(engine) == 0
        with writing(engine) as session:
            entry = session.query(WalkEntry).filter_by(walk_id=walk.id, seq=1).one()
            entry.deleted_at = entry.received_at
        assert (hide_untold(engine), hide_untold(engine)) == (1, 0)
        assert len(measures.published(engine, "1470")) == 1

    def test_one_of_a_finding_left_out_since_is_hidden_in_time(self, engine, walk):
        minutes.publish(engine, walk)
        with writing(engine) as session:
            entry = session.query(WalkEntry).filter_by(walk_id=walk.id, seq=2).one()
            session.get_one(Report, entry.report_id).state = State.REJECTED
        assert hide_untold(engine) == 1

    def test_the_meeting_moves_them(self, engine, there, walk):
        public = minutes.publish(engine, walk)
        known = minutes.finding(engine, public, 1)
        draft = FollowUpDraft(
            *(FindingState.DONE, "Mörkt.", "Gata", LandOwner.MUNICIPALITY, None, "Lamporna lyser."),
            *(None, date(2026, 11, 20), ""),
        )
        decided = Decision(known.uid, known.follow_up.version, draft)
        decide(engine, there, public.uid, [decided], minutes.STAFF)
        assert kept_measures(engine)[0].title == "Lamporna lyser."

    def test_a_photo_that_was_let_through_is_shown(self, engine, walk):
        finding = findings.again(engine, walk, _uid_of(engine, walk, 1))
        uid = findings.photo_came(engine, finding)
        with writing(engine) as session:
            session.execute(_photo_state(uid, PhotoState.ACCEPTED))
        assert sum(len(item.photos) for item in told(engine, walk).items) == 1


def _photo_state(uid, state):
    return update(Photo).where(Photo.uid == uid).values(state=state)
