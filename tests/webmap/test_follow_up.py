"""The follow-up meeting: who does what until when, or why not; nothing by halves, and nobody's work lost."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from geodata.hours import today
from geodata.queries.walks import walk_by_id
from geodata.tables.engine import reading
from geodata.tables.journal import JournalEntry
from geodata.vocabulary import FindingState, LandOwner, Polarity, State, WalkState
from tests import factories, findings, minutes, walks
from tests.webmap.application import LEADER, post
from webmap.services import minutes_acts
from webmap.services.follow_up_draft import FollowUpSaid, draft_of, months_after
from webmap.services.sayings import Refused

IN_SPRING = (today() + timedelta(days=150)).isoformat()
TODAY = today().isoformat()
PLANNED = {
    "state": "planned",
    "words": "Gångvägen vid skolan är mörk.",
    "action": "Två lampor byts.",
    "unit": "Gata/park",
    "land_owner": "municipality",
    "cost": "no",
    "due": IN_SPRING,
    "version": "0",
}


@pytest.fixture
def engine(app):
    return app.extensions["works"].engine


@pytest.fixture
def walk(engine):
    return walks.walk(engine, state=WalkState.CLOSED)


@pytest.fixture
def made(engine, walk):
    """Two findings at the first stop and one at the second, all accepted."""
    stops = walks.stops(engine, walk)
    return [findings.found(engine, walk, stops[at], state=State.ACCEPTED) for at in (0, 0, 1)]


@pytest.fixture
def staff(logged_in):
    return logged_in()


def meeting(walk):
    return f"/staff/walks/{walk.uid}/follow-up"


def decide(staff, walk, finding, **said):
    return post(staff, meeting(walk), finding=str(finding.uid), **(PLANNED | said))


def follow_up(engine, walk, finding):
    return findings.again(engine, walk, finding.uid).follow_up


def state_of(engine, walk):
    with reading(engine) as session:
        return walk_by_id(session, walk.id).state


class TestDecision:
    def test_it_is_stored_and_the_next_comes_up(self, staff, engine, walk, made):
        sent = decide(staff, walk, made[0])
        assert sent.location.endswith(f"finding={made[1].uid}")
        known = follow_up(engine, walk, made[0])
        assert (known.state, known.words, known.unit) == (FindingState.PLANNED, PLANNED["words"], "Gata/park")
        assert (known.land_owner, known.is_cost_driving, known.version) == ("municipality", False, 1)

    @pytest.mark.parametrize("owner", ["municipality", "private", "unknown"])
    def test_the_form_proposes_six_months_whoever_owns_the_ground(self, staff, engine, walk, made, owner):
        usual = months_after(today(), 6).isoformat()
        page = staff.get(meeting(walk)).text
        assert f'id="due" name="due" value="{usual}"' in page
        assert f'name="proposed" value="{usual}"' in page
        sent = decide(staff, walk, made[0], land_owner=owner, state="assigned", due=usual, proposed=usual)
        assert sent.status_code == 303
        assert follow_up(engine, walk, made[0]).due == months_after(today(), 6)

    @pytest.mark.parametrize(
        "said",
        [
            {"state": "reviewed"},
            {"state": "not_possible", "reason": "Marken är såld."},
            {"state": "done", "done": today().isoformat()},
        ],
    )
    def test_a_day_that_was_only_proposed_is_stored_with_a_promise_alone(
        self, staff, engine, walk, made, said
    ):
        usual = months_after(today(), 6).isoformat()
        assert decide(staff, walk, made[0], **said, due=usual, proposed=usual).status_code == 303
        assert follow_up(engine, walk, made[0]).due is None

    def test_a_unit_may_answer_for_it_before_it_is_known_whose_the_ground_is(self, staff, engine, walk, made):
        said = {"state": "assigned", "land_owner": "unknown", "cost": "", "action": ""}
        assert decide(staff, walk, made[0], **said).status_code == 303

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"state": "not_possible"}, "reason"),
            ({"state": "done"}, "done"),
            ({"state": "done", "done": TODAY, "unit": ""}, "unit"),
            ({"state": "done", "done": TODAY, "action": ""}, "action"),
            ({"state": "done", "done": "2001-01-01"}, "done"),
            ({"state": "done", "done": "2099-01-01"}, "done"),
            ({"state": "assigned", "unit": " "}, "unit"),
            ({"state": "assigned", "due": ""}, "due"),
            ({"land_owner": "unknown"}, "land_owner"),
            ({"cost": ""}, "cost"),
            ({"action": ""}, "action"),
            ({"due": ""}, "due"),
            ({"due": "2001-01-01"}, "due"),
            ({"due": "snart"}, "due"),
            ({"words": "x" * 501}, "words"),
            ({"words": "Ring Anna Svensson på 070-123 45 67"}, "words"),
        ],
    )
    def test_what_is_missing_is_said_at_its_field_and_all_is_kept(
        self, staff, engine, walk, made, said, field
    ):
        sent = decide(staff, walk, made[0], **said)
        assert sent.status_code == 422
        assert f'id="{field}-problem"><p class="msg-err">' in sent.text
        assert "Två lampor byts." in sent.text or "action" in said
        assert follow_up(engine, walk, made[0]) is None

    def test_words_that_may_point_at_somebody_pass_when_they_have_been_read(self, staff, engine, walk, made):
        said = {"words": "Mörkt där Anna Svensson har sin kiosk."}
        assert 'name="is_read"' in decide(staff, walk, made[0], **said).text
        assert decide(staff, walk, made[0], **said, is_read="1").status_code == 303

    def test_a_personal_identity_number_is_never_kept(self, staff, engine, walk, made):
        decide(staff, walk, made[0], words="Mörkt. 19811218-9876", is_read="1")
        assert "9876" not in follow_up(engine, walk, made[0]).words

    def test_several_at_a_stop_get_the_same_and_keep_their_words(self, staff, engine, walk, made):
        findings.decided(engine, made[1], words="Häcken skymmer.", unit="", state=FindingState.REVIEWED)
        sent = decide(staff, walk, made[0], also=f"{made[1].uid}:1")
        assert sent.status_code == 303
        known = follow_up(engine, walk, made[1])
        assert (known.words, known.unit, known.state) == ("Häcken skymmer.", "Gata/park", "planned")

    def test_all_or_none_of_them(self, staff, engine, walk, made):
        findings.decided(engine, made[1])
        assert decide(staff, walk, made[0], also=f"{made[1].uid}:0").status_code == 409
        assert follow_up(engine, walk, made[0]) is None

    def test_one_that_is_not_accepted_is_not_decided_on(self, staff, engine, walk):
        new = findings.found(engine, walk)
        assert decide(staff, walk, new).status_code == 404

    def test_it_is_in_the_journal_without_words(self, staff, engine, walk, made):
        decide(staff, walk, made[0])
        asked = select(JournalEntry).where(JournalEntry.action == "finding.follow_up")
        with reading(engine) as session:
            (row,) = session.scalars(asked)
        assert (row.object_type, row.object_id, row.object_rev) == ("finding", str(made[0].uid), 1)


class TestWhatIsPublic:
    @pytest.fixture
    def public(self, engine):
        return minutes.publish(engine, minutes.walked(engine))

    def decided(self, staff, public, finding, **said):
        version = str(finding.follow_up.version)
        return decide(staff, public, finding, words="Helt nya ord.", version=version, **said)

    def test_a_promise_is_not_taken_back_in_silence(self, client, staff, engine, public):
        late = minutes.finding(engine, public, 1)
        refused = self.decided(staff, public, late, state="reviewed")
        assert refused.status_code == 422
        assert "beslutet går inte att ta bort" in refused.text
        assert "Helt nya ord." in refused.text
        assert "1</b> försenat" in re.sub("</?span>", "", client.get(f"/walks/{public.uid}").text)

    def test_nor_by_leaving_its_words_empty(self, staff, engine, public):
        late = minutes.finding(engine, public, 1)
        sent = decide(staff, public, late, words=" ", version=str(late.follow_up.version))
        assert (sent.status_code, "Skriv om orden i stället" in sent.text) == (422, True)
        assert minutes.finding(engine, public, 1).words == "Mörkt vid torget."

    def test_it_may_be_said_to_be_impossible(self, client, staff, engine, public):
        late = minutes.finding(engine, public, 1)
        said = {"state": "not_possible", "reason": "Marken är såld."}
        assert self.decided(staff, public, late, **said).status_code == 303
        assert "Marken är såld." in client.get(f"/walks/{public.uid}").text

    def test_taken_back_minutes_let_it_be_undecided(self, staff, engine, public):
        late = minutes.finding(engine, public, 1)
        there = factories.home_of(engine)
        minutes_acts.take_back(engine, there, public.uid, public.version, minutes.STAFF)
        assert self.decided(staff, public, late, state="reviewed").status_code == 303


class TestTwoAtOnce:
    def test_one_who_comes_second_sees_both_and_loses_nothing(self, staff, engine, walk, made):
        decide(staff, walk, made[0], action="Den förstas")
        sent = decide(staff, walk, made[0], action="Den andras")
        assert sent.status_code == 409
        assert "<td>Den förstas</td><td>Den andras</td>" in sent.text
        assert 'value="Den andras"' in sent.text
        assert follow_up(engine, walk, made[0]).action == "Den förstas"


class TestMeeting:
    def test_it_begins_where_it_was_left_and_tells_how_far_it_is(self, staff, engine, walk, made):
        findings.decided(engine, made[0])
        page = staff.get(meeting(walk)).text
        assert "1 av 3 har fått beslut" in page
        assert f'name="finding" value="{made[1].uid}"' in page

    def test_the_words_begin_empty_with_what_was_said_beside(self, staff, engine, walk):
        findings.found(engine, walk, state=State.ACCEPTED, text="Det luktar illa")
        page = staff.get(meeting(walk)).text
        assert "”Det luktar illa”" in page
        assert "></textarea>" in page

    def test_units_used_before_are_offered(self, staff, engine, walk, made):
        findings.decided(engine, made[0], unit="Vara Bostäder")
        assert '<option value="Vara Bostäder">' in staff.get(meeting(walk)).text

    def test_good_places_need_no_decision(self, staff, engine, walk):
        findings.found(engine, walk, state=State.ACCEPTED, polarity=Polarity.SAFE)
        page = staff.get(meeting(walk)).text
        assert "0 av 0 har fått beslut" in page
        assert "Behöver inget beslut" in page

    def test_what_is_late_is_told_without_anybody_saying_so(self, staff, engine, walk, made):
        findings.decided(engine, made[0], due=today() - timedelta(days=1))
        assert "Planerad, försenad sedan" in staff.get(meeting(walk)).text

    def test_before_anything_is_accepted_it_says_where_to_begin(self, staff, engine, walk):
        findings.found(engine, walk)
        page = staff.get(meeting(walk)).text
        assert "Inga godkända iakttagelser än." in page

    def test_the_leader_does_not_decide(self, logged_in, walk, made):
        assert logged_in(LEADER).get(meeting(walk)).status_code == 403

    def test_it_is_in_english_too(self, staff, walk, made):
        page = staff.get(f"{meeting(walk)}?lang=en").text
        assert all(word in page for word in ("Follow-up", "Responsible unit", "Save and go to the next"))


class TestHalfDecided:
    def test_one_stored_before_it_was_asked_for_is_told_and_keeps_minutes_back(
        self, staff, engine, walk, made
    ):
        findings.decided(engine, made[0], due=None, land_owner=LandOwner.UNKNOWN)
        page = staff.get(f"{meeting(walk)}?finding={made[0].uid}").text
        assert "Beslutet saknar något: Markägare, Klart senast." in page
        assert "Planerad. Uppgifter saknas" in page
        obstacles = minutes_acts.desk_of(engine, factories.home_of(engine), walk.uid).obstacles
        assert (minutes_acts.HALF_DECIDED, (1,)) in [(each.code, each.numbers) for each in obstacles]


class TestEnd:
    def test_the_last_decision_ends_it_and_a_taken_back_one_opens_it(self, staff, engine, walk, made):
        for finding in made:
            decide(staff, walk, finding)
        assert state_of(engine, walk) == WalkState.FOLLOWED_UP
        decide(staff, walk, made[0], state="reviewed", version="1")
        assert state_of(engine, walk) == WalkState.CLOSED

    def test_it_waits_for_those_that_nobody_has_reviewed(self, staff, engine, walk, made):
        findings.found(engine, walk)
        for finding in made:
            decide(staff, walk, finding)
        assert state_of(engine, walk) == WalkState.CLOSED
        assert post(staff, f"{meeting(walk)}/end").status_code == 409

    def test_a_walk_that_found_nothing_to_mend_is_ended_by_a_button(self, staff, engine, walk):
        findings.found(engine, walk, state=State.ACCEPTED, polarity=Polarity.SAFE)
        assert "Uppföljningen är klar" in staff.get(meeting(walk)).text
        assert post(staff, f"{meeting(walk)}/end").status_code == 303
        assert state_of(engine, walk) == WalkState.FOLLOWED_UP


class TestDraft:
    @pytest.fixture
    def there(self, engine):
        return factories.home_of(engine)

    def test_every_fault_is_told_at_once(self, there):
        with pytest.raises(Refused) as refused:
            draft_of(there, today(), FollowUpSaid(state="done", due="2001-01-01"))
        assert [fault.code for fault in refused.value.faults] == [
            "finding.action_missing",
            "finding.unit_missing",
            "finding.done_missing",
            "finding.due_before_walk",
        ]

    def test_a_day_that_is_said_is_kept(self, there):
        said = FollowUpSaid("planned", unit="Gata", action="Lagas", cost="yes", due="2027-01-31")
        draft = draft_of(there, today(), replace(said, land_owner="municipality", proposed="2027-05-22"))
        assert (draft.due, draft.land_owner) == (date(2027, 1, 31), LandOwner.MUNICIPALITY)

    def test_it_may_be_done_on_the_day_of_the_walk_and_not_the_day_before(self, there):
        said = FollowUpSaid("done", unit="Gata", action="Lagad", done="2026-11-22")
        assert draft_of(there, date(2026, 11, 22), said, date(2026, 11, 22)).done == date(2026, 11, 22)
        with pytest.raises(Refused) as refused:
            draft_of(there, date(2026, 11, 23), said, date(2026, 11, 24))
        assert [fault.code for fault in refused.value.faults] == ["finding.done_before_walk"]

    @pytest.mark.parametrize(
        ("day", "months", "then"),
        [
            (date(2026, 11, 22), 6, date(2027, 5, 22)),
            (date(2026, 8, 31), 6, date(2027, 2, 28)),
            (date(2027, 8, 31), 6, date(2028, 2, 29)),
            (date(2026, 12, 31), 1, date(2027, 1, 31)),
        ],
    )
    def test_months_end_where_they_end(self, day, months, then):
        assert months_after(day, months) == then
