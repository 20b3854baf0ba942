"""Twenty phones tell of the same lamp: merged in the findings' room, one stands for all and none is lost."""

from __future__ import annotations

import csv
import re
from io import StringIO

import pytest
from sqlalchemy import select

from geodata.tables.engine import reading
from geodata.tables.reviews import ReviewAct
from geodata.vocabulary import Polarity, State, WalkState
from tests import factories, findings, minutes, walks
from tests.webmap.application import LEADER, post
from webmap.services import minutes_acts
from webmap.services.walk_comparison import compared


@pytest.fixture
def engine(app):
    return app.extensions["works"].engine


@pytest.fixture
def walk(engine):
    return walks.walk(engine, state=WalkState.CLOSED)


@pytest.fixture
def same(engine, walk):
    """Three of one lamp, let through; nr 1 to 3."""
    stop = walks.stops(engine, walk)[0]
    return [findings.found(engine, walk, stop, state=State.ACCEPTED) for _ in range(3)]


@pytest.fixture
def staff(logged_in):
    return logged_in()


def room(walk):
    return f"/staff/walks/{walk.uid}/findings"


def chosen(finding):
    return f"{finding.report_uid}:{finding.report_version}"


def merge(staff, walk, those):
    return post(staff, room(walk), do="merge", chosen=[chosen(each) for each in those])


def known(engine, walk, those):
    return [findings.again(engine, walk, each.uid) for each in those]


class TestMerging:
    def test_one_stands_for_all_and_says_so(self, staff, engine, walk, same):
        assert merge(staff, walk, same).status_code == 303
        kept, *merged = known(engine, walk, same)
        assert (kept.state, kept.same, kept.said_by) == (State.ACCEPTED, (2, 3), 3)
        assert [(each.state, each.same_as) for each in merged] == [(State.DUPLICATE, 1)] * 2
        page = staff.get(room(walk)).text
        assert "3 sa samma sak, även nr 2 och 3" in page
        assert page.count("Samma sak som nr 1") == 2

    def test_it_is_undone_as_one(self, staff, engine, walk, same):
        merge(staff, walk, same)
        page = staff.get(room(walk)).text
        assert "2 rapporter sammanslagna med en annan" in page
        act = re.search(r'name="act" value="([^"]+)"', page)[1]
        assert post(staff, f"{room(walk)}/undo", act=act).status_code == 303
        assert [each.state for each in known(engine, walk, same)] == [State.ACCEPTED] * 3
        assert findings.again(engine, walk, same[0].uid).same == ()

    def test_every_report_has_its_act(self, staff, engine, walk, same):
        merge(staff, walk, same)
        with reading(engine) as session:
            acts = session.execute(select(ReviewAct.report_id, ReviewAct.action)).all()
        assert acts == [(each.report_id, "duplicate") for each in same[1:]]

    def test_the_one_with_a_decision_is_kept_and_then_one_let_through(self, staff, engine, walk, same):
        new = findings.found(engine, walk)
        findings.decided(engine, same[1])
        merge(staff, walk, [new, same[0], same[1]])
        assert findings.again(engine, walk, same[1].uid).same == (1, 4)
        assert findings.again(engine, walk, new.uid).same_as == 2

    def test_what_is_merged_again_stays_with_the_last_that_is_kept(self, staff, engine, walk, same):
        merge(staff, walk, same[1:])
        merge(staff, walk, known(engine, walk, same[:2]))
        assert findings.again(engine, walk, same[0].uid).same == (2, 3)

    def test_a_good_place_and_a_bad_one_are_not_the_same(self, staff, engine, walk, same):
        good = findings.found(engine, walk, polarity=Polarity.SAFE)
        sent = merge(staff, walk, [same[0], good])
        assert (sent.status_code, "är inte samma sak" in sent.text) == (422, True)

    def test_two_decisions_are_not_made_one_in_silence(self, staff, engine, walk, same):
        for each in same[:2]:
            findings.decided(engine, each)
        sent = merge(staff, walk, same)
        assert (sent.status_code, "redan var sitt beslut" in sent.text) == (409, True)

    def test_one_alone_or_one_of_another_walk_is_refused(self, staff, engine, walk, same):
        other = findings.found(engine, walks.walk(engine))
        assert merge(staff, walk, same[:1]).status_code == 422
        assert merge(staff, walk, [same[0], other]).status_code == 422

    def test_nothing_is_merged_where_one_was_changed_meanwhile(self, staff, engine, walk, same):
        post(staff, room(walk), do="reject", chosen=chosen(same[2]), reason="not_a_place")
        sent = merge(staff, walk, same)
        assert (sent.status_code, "Nyss ändrad" in sent.text) == (409, True)
        assert [each.state for each in known(engine, walk, same[:2])] == [State.ACCEPTED] * 2

    def test_those_let_through_may_be_ticked_when_others_are_accepted(self, staff, engine, walk, same):
        new = findings.found(engine, walk)
        sent = post(staff, room(walk), do="accept", chosen=[chosen(same[0]), chosen(new)])
        assert sent.status_code == 303
        assert findings.again(engine, walk, new.uid).is_accepted

    def test_the_leader_merges_nothing(self, logged_in, walk, same):
        leader = logged_in(LEADER)
        assert "Slå ihop" not in leader.get(room(walk)).text
        assert merge(leader, walk, same).status_code == 403


class TestAfterwards:
    def test_what_is_merged_needs_no_decision_and_blocks_nothing(self, staff, engine, walk, same):
        merge(staff, walk, same)
        findings.decided(engine, same[0])
        page = staff.get(f"/staff/walks/{walk.uid}/follow-up").text
        assert "1 av 1 har fått beslut" in page
        assert "3 sa samma sak, även nr 2 och 3" in page
        assert minutes_acts.desk_of(engine, factories.home_of(engine), walk.uid).obstacles == ()

    def test_minutes_tell_it_once_with_how_many_said_it(self, staff, client, engine, walk, same):
        merge(staff, walk, same)
        findings.decided(engine, same[0])
        minutes.publish(engine, walk)
        page = client.get(f"/walks/{walk.uid}").text
        assert "<dt>Sagt av flera</dt><dd>3 sa samma sak, även nr 2 och 3</dd>" in page
        assert page.count('class="mi-number') == 1
        assert "är inte med" not in page
        answer = client.get(f"/walks/{walk.uid}/minutes.csv")
        (row,) = csv.DictReader(StringIO(answer.data.decode("utf-8-sig")), delimiter=";")
        assert (row["Nummer"], row["Samma sak"]) == ("1", "3 sa samma sak, även nr 2 och 3")

    def test_the_staff_s_file_tells_it_of_each(self, staff, walk, same):
        merge(staff, walk, same)
        answer = staff.get(f"{room(walk)}.csv")
        rows = csv.DictReader(StringIO(answer.data.decode("utf-8-sig")), delimiter=";")
        told = {row["Nummer"]: row["Samma sak"] for row in rows}
        assert told == {
            "1": "3 sa samma sak, även nr 2 och 3",
            "2": "Samma sak som nr 1",
            "3": "Samma sak som nr 1",
        }

    def test_merging_one_walk_makes_the_next_no_better(self, staff, engine, walk, same):
        again = walks.walk(engine, repeat_of=walk.id, state=WalkState.CLOSED)
        before = compared(engine, again.uid, ["1470"])
        merge(staff, walk, same)
        after = compared(engine, again.uid, ["1470"])
        assert (before.bad, before.stops[0].categories) == (after.bad, after.stops[0].categories)
