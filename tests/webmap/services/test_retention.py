"""Destroying what has been kept long enough: rules, a list, a yes from another, the run, a protocol."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from geodata.errors import Conflict, InvalidValue, NotAllowed, NotFound
from geodata.queries.keeping import Term
from geodata.tables import JournalEntry, Photo, Report
from geodata.tables.chain import verify
from geodata.tables.disclosures import Disclosure, DisclosureItem
from geodata.tables.engine import reading, writing
from geodata.vocabulary import PhotoState, RecordClass, State, Trigger
from geodata.vocabulary.keeping import TRIGGERS
from tests import factories
from tests.webmap.reviews import reviewer
from webmap.services import holding, retention, retention_list, retention_rules, retention_run
from webmap.services.retention_rules import RuleDraft, RuleSaid
from webmap.services.sayings import Refused
from webmap.settings import Settings

DECISION = "KS 2026/114"


@pytest.fixture
def there(engine):
    with writing(engine) as session:
        return factories.municipality(session)


@pytest.fixture
def proposer(engine):
    return reviewer(engine, "samordnare@vara.example")


@pytest.fixture
def approver(engine):
    return reviewer(engine, "admin@vara.example")


@pytest.fixture
def settings(tmp_path):
    return Settings(data_dir=str(tmp_path / "data"))


def rule(engine, there, actor, record=RecordClass.REPORT, **said):
    values = {"after": TRIGGERS[record][0], "years": 5, "days": 0, "decision": DECISION} | said
    decision = values.pop("decision")
    return retention_rules.create(engine, there, RuleDraft(Term(record, **values), decision), actor)


def reports(engine, there, *states, at=datetime(2020, 3, 10, 12, tzinfo=UTC)):
    """So many reports, old ones; their uids."""
    drafts = [factories.draft(state=state, source_id=str(uuid4())) for state in states]
    with writing(engine) as session:
        factories.store(session, there, drafts)
        session.execute(update(Report).values(created_at=at))
    return [draft.uid for draft in drafts]


def left(engine):
    with reading(engine) as session:
        return set(session.scalars(select(Report.uid)))


def approved(engine, there, proposer, approver):
    uid = retention.propose(engine, there, proposer)
    run = retention.one(engine, there, uid)
    retention.approve(engine, there, (uid, run.version), run.digest, approver)
    return uid


def outcomes(engine, there, uid):
    run = retention.one(engine, there, uid)
    return {(item.record.value, item.outcome) for item in retention.items(engine, run)}


class TestRules:
    def test_one_without_a_decision_destroys_nothing_and_is_told_of(self, engine, there, proposer):
        rule(engine, there, proposer, decision="")
        reports(engine, there, State.ACCEPTED)
        assert [(each.rule.acts, each.due) for each in retention_list.due_now(engine, there)] == [(False, 0)]
        with pytest.raises(Conflict, match="nothing_due"):
            retention.propose(engine, there, proposer)

    def test_a_protocol_names_those_without_a_decision(self, engine, there, proposer):
        rule(engine, there, proposer)
        rule(engine, there, proposer, RecordClass.PHOTO, decision="")
        reports(engine, there, State.ACCEPTED)
        run = retention.one(engine, there, retention.propose(engine, there, proposer))
        assert run.protocol["without_decision"] == ["photo"]

    def test_a_class_has_one(self, engine, there, proposer):
        rule(engine, there, proposer)
        with pytest.raises(Conflict, match="rule.exists"):
            rule(engine, there, proposer)

    def test_one_is_changed_and_stopped_by_whoever_saw_it_last(self, engine, there, proposer):
        uid = rule(engine, there, proposer)
        draft = RuleDraft(Term(RecordClass.REPORT, Trigger.CLOSED, 2, 0), "KS 2027/1")
        retention_rules.change(engine, there, (uid, 1), draft, proposer)
        with pytest.raises(Conflict, match="rule.changed"):
            retention_rules.stop(engine, there, (uid, 1), proposer)
        retention_rules.stop(engine, there, (uid, 2), proposer)
        assert retention_rules.listed(engine, there) == []
        with pytest.raises(NotFound):
            retention_rules.stop(engine, there, (uid, 3), proposer)

    @pytest.mark.parametrize(
        ("said", "fields"),
        [
            ({"which": ""}, ["which"]),
            ({"which": "rejected_report:received"}, ["which"]),
            ({"years": "0", "days": ""}, ["years"]),
            ({"years": "fem"}, ["years"]),
            ({"years": "101", "days": "-1"}, ["years", "days"]),
            ({"decision": "x" * 61}, ["decision"]),
        ],
    )
    def test_what_is_wrong_is_said_all_at_once(self, said, fields):
        good = {"which": "report:received", "years": "5", "days": "0", "decision": DECISION}
        with pytest.raises(Refused) as refused:
            retention_rules.draft_of(RuleSaid(**(good | said)))
        assert [fault.field for fault in refused.value.faults] == fields


class TestSteps:
    def test_a_list_that_is_approved_is_carried_out_once(self, engine, there, proposer, approver, settings):
        rule(engine, there, proposer)
        kept = reports(engine, there, State.REJECTED)
        reports(engine, there, State.ACCEPTED, State.NEW, State.DUPLICATE)
        uid = approved(engine, there, proposer, approver)
        done = retention_run.carry_out(engine, settings, (there, uid), proposer)
        assert done == retention_run.Carried(0, True)
        assert left(engine) == set(kept)
        run = retention.one(engine, there, uid)
        assert (run.state, [each["count"] for each in run.protocol["counts"]]) == ("done", [3])
        with pytest.raises(Conflict, match="not_approved"):
            retention_run.carry_out(engine, settings, (there, uid), proposer)

    def test_nobody_approves_their_own(self, engine, there, proposer):
        rule(engine, there, proposer)
        reports(engine, there, State.ACCEPTED)
        uid = retention.propose(engine, there, proposer)
        with pytest.raises(NotAllowed, match="own_list"):
            retention.approve(engine, there, (uid, 1), retention.one(engine, there, uid).digest, proposer)

    def test_nothing_goes_that_is_not_approved(self, engine, there, proposer, settings):
        rule(engine, there, proposer)
        reports(engine, there, State.ACCEPTED)
        uid = retention.propose(engine, there, proposer)
        with pytest.raises(Conflict, match="not_approved"):
            retention_run.carry_out(engine, settings, (there, uid), proposer)
        assert len(left(engine)) == 1

    def test_a_list_that_changed_must_be_made_anew(self, engine, there, proposer, approver):
        rule(engine, there, proposer)
        (first, _) = reports(engine, there, State.ACCEPTED, State.ACCEPTED)
        uid = retention.propose(engine, there, proposer)
        digest = retention.one(engine, there, uid).digest
        with pytest.raises(Conflict, match="list_changed"):
            retention.approve(engine, there, (uid, 1), "0" * 64, approver)
        holding.hold(engine, there, ("report", str(first)), "överklagande", proposer)
        with pytest.raises(Conflict, match="list_changed"):
            retention.approve(engine, there, (uid, 1), digest, approver)

    def test_a_rule_changed_after_the_yes_stops_the_run(self, engine, there, proposer, approver, settings):
        known = rule(engine, there, proposer)
        reports(engine, there, State.ACCEPTED)
        uid = approved(engine, there, proposer, approver)
        draft = RuleDraft(Term(RecordClass.REPORT, Trigger.RECEIVED, 50, 0), DECISION)
        retention_rules.change(engine, there, (known, 1), draft, proposer)
        with pytest.raises(Conflict, match="list_changed"):
            retention_run.carry_out(engine, settings, (there, uid), proposer)
        assert len(left(engine)) == 1

    def test_a_new_list_takes_the_place_of_an_older(self, engine, there, proposer):
        rule(engine, there, proposer)
        reports(engine, there, State.ACCEPTED)
        older, newer = (retention.propose(engine, there, proposer) for _ in range(2))
        assert [run.state for run in retention.runs(engine, there)] == ["proposed", "cancelled"]
        assert [run.uid for run in retention.runs(engine, there)] == [newer, older]

    def test_one_that_is_killed_goes_on_and_does_nothing_twice(
        self, engine, there, proposer, approver, settings, monkeypatch
    ):
        rule(engine, there, proposer)
        reports(engine, there, *[State.ACCEPTED] * 7)
        uid = approved(engine, there, proposer, approver)
        monkeypatch.setattr(retention_run, "AT_ONCE", 3)
        real, calls = retention_run.destroy, []

        def dies(*said):
            calls.append(said)
            if len(calls) == 2:
                raise KeyboardInterrupt
            return real(*said)

        monkeypatch.setattr(retention_run, "destroy", dies)
        with pytest.raises(KeyboardInterrupt):
            retention_run.carry_out(engine, settings, (there, uid), proposer)
        assert len(left(engine)) == 4
        with pytest.raises(Conflict, match="under_way"):
            retention.propose(engine, there, proposer)
        retention_run.carry_out(engine, settings, (there, uid), proposer)
        assert left(engine) == set()
        assert outcomes(engine, there, uid) == {("report", "deleted")}
        with reading(engine) as session:
            wrote = select(func.count()).where(JournalEntry.action == "retention.destroy")
            assert (session.scalar(wrote), verify(session).is_whole) == (3, True)

    def test_what_is_gone_meanwhile_is_said_to_be(self, engine, there, proposer, approver, settings):
        rule(engine, there, proposer)
        uids = reports(engine, there, State.ACCEPTED, State.ACCEPTED)
        uid = approved(engine, there, proposer, approver)
        with writing(engine) as session:
            session.execute(update(Report).where(Report.uid == uids[0]).values(state=State.REJECTED))
        retention_run.carry_out(engine, settings, (there, uid), proposer)
        assert outcomes(engine, there, uid) == {("report", "deleted"), ("report", "gone")}
        assert left(engine) == {uids[0]}


class TestHolds:
    @pytest.mark.parametrize("held", ["object", "class", "disclosure", "part"])
    def test_one_stops_a_run_also_after_the_yes(self, engine, there, proposer, approver, settings, held):
        rule(engine, there, proposer)
        (uid,) = reports(engine, there, State.ACCEPTED)
        photo = photo_of(engine, uid)
        run = approved(engine, there, proposer, approver)
        if held == "disclosure":
            disclosed(engine, there, uid)
        else:
            what = {"object": ("report", f"/staff/reports/{uid}"), "class": ("report", "")}
            what["part"] = ("photo", str(photo))
            holding.hold(engine, there, what[held], "pågående begäran om utlämnande", proposer)
        retention_run.carry_out(engine, settings, (there, run), proposer)
        assert left(engine) == {uid}
        assert outcomes(engine, there, run) == {("report", "held")}

    def test_what_is_let_go_of_is_due_again(self, engine, there, proposer):
        rule(engine, there, proposer)
        (uid,) = reports(engine, there, State.ACCEPTED)
        hold = holding.hold(engine, there, ("report", str(uid)), "överklagande", proposer)
        assert [(each.due, each.held) for each in retention_list.due_now(engine, there)] == [(0, 1)]
        holding.lift(engine, there, hold, proposer)
        holding.lift(engine, there, hold, proposer)
        assert [(each.due, each.held) for each in retention_list.due_now(engine, there)] == [(1, 0)]
        with reading(engine) as session:
            done = select(JournalEntry.action).where(JournalEntry.object_type == "hold")
            assert list(session.scalars(done)) == ["hold.set", "hold.lift"]

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            (("", "", "därför"), "which_missing"),
            (("report", "nummer 7", "därför"), "object_bad"),
            (("report", "", " "), "reason_missing"),
            (("report", "00000000-0000-4000-8000-000000000000", "därför"), "object_unknown"),
            (("measure", "00000000-0000-4000-8000-000000000000", "därför"), "object_unknown"),
            (("review_act", "12", "därför"), "object_unknown"),
            (("import_batch", "00000000-0000-4000-8000-000000000000", "därför"), "object_unknown"),
        ],
    )
    def test_what_is_wrong_is_said(self, engine, there, proposer, said, code):
        with pytest.raises(InvalidValue, match=code):
            holding.hold(engine, there, said[:2], said[2], proposer)

    @pytest.mark.parametrize(
        "record", [RecordClass.REVIEW_ACT, RecordClass.OUTGOING_MAIL, RecordClass.CONTACT]
    )
    def test_the_address_of_a_report_holds_what_is_part_of_it(self, engine, there, proposer, record):
        """These have numbers, and a report's page is what one has to paste."""
        rule(engine, there, proposer)
        (uid,) = reports(engine, there, State.ACCEPTED)
        holding.hold(engine, there, (record.value, f"/staff/reports/{uid}"), "överklagande", proposer)
        assert [each.held for each in retention_list.due_now(engine, there)] == [1]


def photo_of(engine, report, at=datetime(2020, 3, 10, 12, tzinfo=UTC), address=None):
    with writing(engine) as session:
        report_id = session.scalar(select(Report.id).where(Report.uid == report))
        photo = Photo(uid=uuid4(), report_id=report_id, state=PhotoState.NEW, version=1, created_at=at)
        photo.address, photo.digest, photo.is_redacted = address or uuid4().hex, "0" * 64, False
        photo.width = photo.height = photo.size = 1
        session.add(photo)
        return photo.uid


def disclosed(engine, there, report):
    with writing(engine) as session:
        asked = Disclosure(
            uid=uuid4(), municipality_id=there.id, title="", chosen="", state="open", version=1
        )
        asked.created_at = datetime.now(UTC)
        session.add(asked)
        session.flush()
        session.add(DisclosureItem(disclosure_id=asked.id, report_uid=report, version=1))
