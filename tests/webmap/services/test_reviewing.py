"""Acts of review: what moves where, what follows from it, and that nothing of another's is overwritten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from geodata.errors import Conflict, InvalidValue, NotFound
from geodata.queries.duplicates import root_of
from geodata.tables import (
    Claim,
    Confirmation,
    Contact,
    JournalEntry,
    OutgoingMail,
    Report,
    ReviewAct,
)
from geodata.tables.chain import verify
from geodata.tables.engine import reading, writing
from geodata.tables.report_rows import standing_points
from geodata.vocabulary import Polarity, PositionSource, Refusal, State, Verdict, bits
from tests import factories
from tests.places import place_at
from tests.webmap.reviews import reviewer, sent
from webmap.access import Permission
from webmap.services import claims
from webmap.services.receiving import LONGEST_CONTACT, PUBLIC
from webmap.services.review_effects import KEPT_AFTER_CLOSING, UNDO_ALLOWED
from webmap.services.review_moves import MOVES, Action, actions_from
from webmap.services.review_undo import undo
from webmap.services.review_values import COLUMNS, read, written
from webmap.services.reviewing import (
    Deed,
    Stale,
    act,
    act_on_all,
)


@pytest.fixture
def home(engine):
    with writing(engine) as session:
        return factories.municipality(session)


@pytest.fixture
def anna(engine, home):
    return reviewer(engine, "anna@vara.example")


@pytest.fixture
def bo(engine, home):
    return reviewer(engine, "bo@vara.example")


@pytest.fixture
def send(engine, home) -> Callable[..., UUID]:
    """Reports as they come in."""
    return lambda *said, **more: sent(engine, home, *said, **more)


def row_of(engine: Engine, uid: UUID, *more: str) -> dict:
    columns = [getattr(Report, name) for name in (*COLUMNS, "private_text", "digest", *more)]
    with reading(engine) as session:
        return dict(session.execute(select(*columns).where(Report.uid == uid)).mappings().one())


def seen(engine: Engine, uid: UUID) -> int:
    return row_of(engine, uid, "version")["version"]


def only(engine: Engine, table):
    with reading(engine) as session:
        return session.scalars(select(table)).one()


class TestMoves:
    def test_a_withdrawn_report_is_left_alone(self):
        assert [action for state, action in MOVES if state == State.WITHDRAWN] == []

    def test_only_the_one_who_sent_it_withdraws(self):
        assert {move.permission for (_, action), move in MOVES.items() if action == Action.WITHDRAW} == {
            Permission.FOLLOW_REPORT
        }
        assert Action.WITHDRAW not in actions_from(State.NEW)

    @pytest.mark.parametrize("state", [State.REJECTED, State.DUPLICATE])
    def test_what_was_hidden_can_be_brought_back(self, state):
        assert MOVES[state, Action.ACCEPT].to == State.ACCEPTED


class TestAct:
    def test_accepting_is_stored_with_the_act_and_a_journal_row(self, engine, home, anna, send):
        uid = send()
        done = act(engine, home, anna, Deed(uid, 1, Action.ACCEPT))
        row = row_of(engine, uid, "version", "change_seq")
        assert (row["state"], row["version"], row["change_seq"]) == (State.ACCEPTED, 2, 2)
        kept = only(engine, ReviewAct)
        assert (kept.uid, kept.action, kept.version) == (done.uid, "accept", 2)
        with reading(engine) as session:
            last = session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc())).first()
            assert (last.action, last.object_id, last.object_rev) == ("review.accept", str(uid), 2)
            assert verify(session).is_whole

    def test_one_that_was_changed_meanwhile_is_refused_whole(self, engine, home, anna, bo, send):
        uid = send()
        act(engine, home, anna, Deed(uid, 1, Action.ACCEPT))
        before = factories.rows(engine, ReviewAct, JournalEntry)
        with pytest.raises(Stale, match=r"review\.changed"):
            act(engine, home, bo, Deed(uid, 1, Action.REJECT, Refusal.NOT_SERIOUS))
        assert factories.rows(engine, ReviewAct, JournalEntry) == before
        assert row_of(engine, uid)["state"] == State.ACCEPTED

    def test_rejecting_needs_a_reason(self, engine, home, anna, send):
        with pytest.raises(InvalidValue, match=r"review\.no_reason"):
            act(engine, home, anna, Deed(send(), 1, Action.REJECT))

    def test_the_note_is_kept_with_the_act(self, engine, home, anna, send):
        deed = Deed(send(), 1, Action.REJECT, Refusal.ABOUT_A_PERSON, "Ringt och förklarat")
        act(engine, home, anna, deed)
        kept = only(engine, ReviewAct)
        assert (kept.reason, read(kept.after)["note"]) == ("about_a_person", "Ringt och förklarat")

    def test_a_text_is_edited_and_the_original_stays(self, engine, home, anna, send):
        uid = send("Svart Volvo ABC 123 vid porten")
        changes = {"public_text": "Svart bil vid porten", "categories": bits(["lighting"]), "severity": 3}
        act(engine, home, anna, Deed(uid, 1, Action.EDIT, changes=changes))
        row = row_of(engine, uid)
        assert (row["private_text"], row["public_text"]) == (
            "Svart Volvo ABC 123 vid porten",
            "Svart bil vid porten",
        )
        assert (row["state"], row["severity"]) == (State.NEW, 3)

    def test_an_edit_that_changes_nothing_is_none(self, engine, home, anna, send):
        with pytest.raises(InvalidValue, match=r"review\.nothing_changed"):
            act(engine, home, anna, Deed(send(), 1, Action.EDIT, changes={"severity": None}))

    def test_nothing_is_done_to_a_report_of_another_municipality(self, engine, home, anna, send):
        with writing(engine) as session:
            elsewhere = factories.municipality(session, "1446", "Karlsborg")
        with pytest.raises(NotFound):
            act(engine, elsewhere, anna, Deed(send(), 1, Action.ACCEPT))

    def test_the_public_withdraws_and_reviewers_do_not(self, engine, home, anna, send):
        uid = send()
        with pytest.raises(Conflict, match=r"review\.no_such_move"):
            act(engine, home, anna, Deed(uid, 1, Action.WITHDRAW))
        act(engine, home, PUBLIC, Deed(uid, 1, Action.WITHDRAW, permission=Permission.FOLLOW_REPORT))
        assert row_of(engine, uid)["state"] == State.WITHDRAWN


class TestContact:
    def test_a_letter_waits_until_the_act_cannot_be_undone(self, engine, home, anna, send):
        done = act(engine, home, anna, Deed(send(email="eva@example.org"), 1, Action.ACCEPT))
        with reading(engine) as session:
            letter = session.scalars(select(OutgoingMail).where(OutgoingMail.kind == "state")).one()
        assert letter.not_before == done.at + UNDO_ALLOWED

    def test_closing_brings_the_day_nearer_and_undo_puts_it_back(self, engine, home, anna, send):
        uid = send(email="eva@example.org")
        before = only(engine, Contact).delete_after
        done = act(engine, home, anna, Deed(uid, 1, Action.REJECT, Refusal.NOT_HERE))
        assert only(engine, Contact).delete_after == done.at + KEPT_AFTER_CLOSING
        undo(engine, home, anna, done.uid)
        assert only(engine, Contact).delete_after == before
        assert only(engine, OutgoingMail).kind == "receipt"

    def test_a_report_that_opens_again_keeps_the_address_as_long_as_any(self, engine, home, anna, send):
        uid = send(email="eva@example.org")
        act(engine, home, anna, Deed(uid, 1, Action.REJECT, Refusal.NOT_HERE))
        act(engine, home, anna, Deed(uid, 2, Action.ACCEPT))
        contact = only(engine, Contact)
        assert contact.delete_after == contact.created_at + LONGEST_CONTACT


class TestDuplicates:
    def merge(self, engine, home, anna, uid, kept):
        return act(engine, home, anna, Deed(uid, seen(engine, uid), Action.DUPLICATE, kept=kept))

    def test_both_ids_stay_and_confirmations_move(self, engine, home, anna, send):
        first, second = send(), send()
        with writing(engine) as session:
            there = session.scalars(select(Report.id).where(Report.uid == second)).one()
            said = {"verdict": Verdict.SAME, "voice": "a", "at": factories.NOW}
            session.add(Confirmation(uid=uuid4(), report_id=there, **said))
        done = self.merge(engine, home, anna, second, first)
        row = row_of(engine, second)
        with reading(engine) as session:
            kept = session.scalars(select(Report.id).where(Report.uid == first)).one()
        assert (row["state"], row["duplicate_of"]) == (State.DUPLICATE, kept)
        assert only(engine, Confirmation).report_id == kept
        undo(engine, home, anna, done.uid)
        assert only(engine, Confirmation).report_id == there

    def test_a_chain_leads_to_the_one_that_was_kept(self, engine, home, anna, send):
        one, two, three = send(), send(), send()
        self.merge(engine, home, anna, two, three)
        self.merge(engine, home, anna, one, two)
        self.merge(engine, home, anna, three, send())
        with reading(engine) as session:
            ids = dict(session.execute(select(Report.uid, Report.id)).all())
            roots = {root_of(session, ids[uid]) for uid in (one, two, three)}
        assert len(roots) == 1
        assert roots.isdisjoint(ids[uid] for uid in (one, two, three))

    def test_two_are_not_duplicates_of_each_other(self, engine, home, anna, send):
        one, two = send(), send()
        self.merge(engine, home, anna, one, two)
        for kept in (one, two):
            with pytest.raises(InvalidValue, match=r"duplicate\.of_itself"):
                self.merge(engine, home, anna, two, kept)

    def test_undo_makes_no_ring(self, engine, home, anna, send):
        one, two = send(), send()
        self.merge(engine, home, anna, one, two)
        done = act(engine, home, anna, Deed(one, 2, Action.ACCEPT))
        self.merge(engine, home, anna, two, one)
        with pytest.raises(Conflict, match=r"undo\.changed_since"):
            undo(engine, home, anna, done.uid)

    def test_nothing_is_merged_into_what_is_closed(self, engine, home, anna, send):
        one, two = send(), send()
        act(engine, home, anna, Deed(two, 1, Action.REJECT, Refusal.NOT_SERIOUS))
        with pytest.raises(InvalidValue, match=r"duplicate\.kept_is_closed"):
            self.merge(engine, home, anna, one, two)


class TestBulk:
    def test_many_are_one_change_and_one_journal_row(self, engine, home, anna, send):
        uids = [send() for _ in range(5)]
        before = factories.rows(engine, JournalEntry)["journal"]
        done = act_on_all(engine, home, anna, [Deed(uid, 1, Action.ACCEPT) for uid in uids])
        rows = [row_of(engine, uid, "change_seq") for uid in uids]
        assert {row["state"] for row in rows} == {State.ACCEPTED}
        assert len({row["change_seq"] for row in rows}) == 1
        assert factories.rows(engine, JournalEntry, ReviewAct) == {"journal": before + 1, "review_act": 5}
        undo(engine, home, anna, done.uid)
        assert {row_of(engine, uid)["state"] for uid in uids} == {State.NEW}

    def test_one_that_was_changed_stops_them_all(self, engine, home, anna, send):
        uids = [send() for _ in range(3)]
        act(engine, home, anna, Deed(uids[1], 1, Action.ACCEPT))
        with pytest.raises(Stale) as caught:
            act_on_all(engine, home, anna, [Deed(uid, 1, Action.REJECT, Refusal.NOT_SERIOUS) for uid in uids])
        assert caught.value.uid == uids[1]
        assert [row_of(engine, uid)["state"] for uid in uids] == [State.NEW, State.ACCEPTED, State.NEW]

    def test_none_at_all_is_said(self, engine, home, anna):
        with pytest.raises(InvalidValue, match=r"review\.none_chosen"):
            act_on_all(engine, home, anna, [])


class TestUndo:
    def test_only_by_the_one_who_did_it(self, engine, home, anna, bo, send):
        done = act(engine, home, anna, Deed(send(), 1, Action.ACCEPT))
        with pytest.raises(Conflict, match=r"undo\.not_yours"):
            undo(engine, home, bo, done.uid)

    def test_not_when_something_was_done_since(self, engine, home, anna, send):
        uid = send()
        done = act(engine, home, anna, Deed(uid, 1, Action.ACCEPT))
        act(engine, home, anna, Deed(uid, 2, Action.EDIT, changes={"severity": 2}))
        with pytest.raises(Conflict, match=r"undo\.changed_since"):
            undo(engine, home, anna, done.uid)

    def test_not_twice_and_not_too_late(self, engine, home, anna, send):
        uid = send()
        done = act(engine, home, anna, Deed(uid, 1, Action.ACCEPT))
        undo(engine, home, anna, done.uid)
        with pytest.raises(Conflict, match=r"undo\.changed_since"):
            undo(engine, home, anna, done.uid)
        late = act(engine, home, anna, Deed(uid, 3, Action.ACCEPT))
        with writing(engine) as session:
            kept = session.scalars(select(ReviewAct).where(ReviewAct.uid == late.uid)).one()
            kept.at -= UNDO_ALLOWED + timedelta(seconds=1)
        with pytest.raises(Conflict, match=r"undo\.too_late"):
            undo(engine, home, anna, late.uid)


class TestClaims:
    def test_two_get_one_each_the_oldest_first(self, engine, home, anna, bo, send):
        first, second = send(), send()
        assert claims.take_next(engine, home.id, anna.user_id) == first
        assert claims.take_next(engine, home.id, bo.user_id) == second

    def test_a_report_is_skipped_to_the_next_and_back_to_the_first(self, engine, home, anna, send):
        first, second = send(), send()
        assert claims.take_next(engine, home.id, anna.user_id, first) == second
        assert claims.take_next(engine, home.id, anna.user_id, second) == first

    def test_the_only_one_left_is_not_its_own_next(self, engine, home, anna, send):
        assert claims.take_next(engine, home.id, anna.user_id, send()) is None

    def test_one_that_was_held_too_long_is_free(self, engine, home, anna, bo, send):
        uid = send()
        claims.take(engine, home.id, anna.user_id, uid)
        assert claims.take_next(engine, home.id, bo.user_id) is None
        with writing(engine) as session:
            session.scalars(select(Claim)).one().until -= claims.LASTS
        assert claims.take_next(engine, home.id, bo.user_id) == uid

    def test_a_decision_lets_go(self, engine, home, anna, send):
        uid = send()
        claims.take(engine, home.id, anna.user_id, uid)
        act(engine, home, anna, Deed(uid, 1, Action.ACCEPT))
        assert factories.rows(engine, Claim)["claim"] == 0


SPOTS = st.one_of(st.none(), st.builds(place_at, st.floats(-9_000, 9_000), st.floats(-9_000, 9_000)))


def moved_to(place) -> dict:
    [(east, north)] = standing_points([place])
    source = None if place is None else PositionSource.MAP
    return {"geometry": place, "east": east, "north": north, "position_source": source}


EDITS = st.fixed_dictionaries(
    {
        "public_text": st.one_of(st.none(), st.text(st.characters(codec="utf-8", exclude_characters="\0"))),
        "categories": st.sampled_from([bits(["lighting"]), bits(["litter", "graffiti"]), 0]),
        "polarity": st.sampled_from(Polarity),
        "severity": st.one_of(st.none(), st.integers(1, 5)),
    }
)
DEEDS = st.one_of(
    st.just((Action.ACCEPT, {})),
    st.builds(lambda reason: (Action.REJECT, {"reason": reason}), st.sampled_from(Refusal)),
    st.builds(lambda changes: (Action.EDIT, {"changes": changes}), EDITS),
    st.builds(lambda place: (Action.MOVE, {"changes": moved_to(place)}), SPOTS),
)


class TestUndoIsExact:
    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(DEEDS, min_size=1, max_size=4), st.booleans())
    def test_the_row_is_as_before(self, engine, home, anna, send, deeds, is_placed):
        spot = {"place": {"type": "Point", "coordinates": [12.95, 58.26]}} if is_placed else {}
        uid = send(**spot)
        for action, said in deeds:
            version, before = seen(engine, uid), row_of(engine, uid)
            try:
                done = act(engine, home, anna, Deed(uid, version, action, **said))
            except (InvalidValue, Conflict):
                assert row_of(engine, uid) == before
                continue
            undo(engine, home, anna, done.uid)
            assert row_of(engine, uid) == before
            act(engine, home, anna, Deed(uid, seen(engine, uid), action, **said))

    @given(EDITS, SPOTS)
    def test_what_is_kept_of_an_act_reads_back(self, changes, place):
        values = {**changes, **moved_to(place), "state": State.NEW, "duplicate_of": None}
        assert read(written(values)) == values
