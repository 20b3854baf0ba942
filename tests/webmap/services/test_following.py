"""A report followed by its receipt: how far it has come, what was answered, and what can be done about it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from geodata.errors import Conflict, InvalidValue, NotFound
from geodata.tables import Confirmation, Contact, JournalEntry, OutgoingMail, Report, ReviewAct
from geodata.tables.chain import verify
from geodata.tables.engine import reading, writing
from geodata.tables.receipts import Reply
from geodata.vocabulary import Refusal, Stage, State, Verdict
from tests import factories
from webmap.services import receipts
from webmap.services.actors import Actor
from webmap.services.follow_acts import confirm, withdraw, write_to
from webmap.services.following import code_typed, followed
from webmap.services.receiving import Arrival, receive
from webmap.services.replying import Answer, reply
from webmap.services.review_effects import KEPT_AFTER_CLOSING, UNDO_ALLOWED
from webmap.services.review_moves import Action
from webmap.services.reviewing import Deed, act
from webmap.services.sayings import Saying, draft_of

SECRET = "a secret of the tests that is long enough"


@pytest.fixture
def home(engine):
    with writing(engine) as session:
        return factories.municipality(session)


@pytest.fixture
def anna(engine, home):
    return Actor(factories.user(engine, "anna@vara.example"), "coordinator")


class Sent:
    """A report that came in, and what a reviewer does to it."""

    def __init__(self, engine, home, anna, email=""):
        self.engine, self.home, self.anna = engine, home, anna
        arrival = Arrival(draft_of(home, Saying(uuid4(), text="Mörkt", voice="v" * 32)), email=email)
        self.uid = receive(engine, home, arrival, SECRET).uid
        self.code = receipts.code_of(SECRET, self.uid)

    @property
    def seen(self):
        return followed(self.engine, self.code)

    def review(self, action=Action.ACCEPT, **said):
        act(self.engine, self.home, self.anna, Deed(self.uid, self.seen.version, action, **said))
        return self

    def answer(self, stage=Stage.WITH_RESPONSIBLE, text="Vi lagar lampan.", uid=None):
        answer = Answer(uid or uuid4(), self.uid, stage, text)
        return reply(self.engine, self.home, self.anna, answer)


@pytest.fixture
def sent(engine, home, anna):
    return lambda **said: Sent(engine, home, anna, **said)


def all_of(engine, table, *where):
    with reading(engine) as session:
        return session.scalars(select(table).where(*where)).all()


def actions(engine):
    return [each.action for each in all_of(engine, JournalEntry)]


class TestCodeTyped:
    def test_a_code_is_found_however_it_is_written(self, engine, sent):
        code = sent().code
        assert code_typed(engine, f" {receipts.spelled(code).lower()} ") == code

    def test_anything_else_opens_nothing(self, engine, sent):
        code = sent().code
        others = ("", "abc", receipts.code_of(SECRET, uuid4()), code[:-1] + "2", code + "2", "å" * 12)
        assert {code_typed(engine, other) for other in others if other != code} == {""}


class TestStage:
    def test_it_goes_from_received_to_done(self, sent):
        one = sent()
        stages = [one.seen.stage]
        stages.append(one.review().seen.stage)
        for stage in (Stage.WITH_RESPONSIBLE, Stage.DONE):
            one.answer(stage)
            stages.append(one.seen.stage)
        assert stages == [Stage.RECEIVED, Stage.UNDER_REVIEW, Stage.WITH_RESPONSIBLE, Stage.DONE]
        assert [each.text for each in one.seen.replies] == ["Vi lagar lampan."] * 2

    def test_one_that_is_refused_is_closed_with_its_reason(self, sent):
        seen = sent().review(Action.REJECT, reason=Refusal.NOT_A_PLACE).seen
        assert (seen.stage, seen.reason) == (Stage.CLOSED, Refusal.NOT_A_PLACE)

    def test_one_that_repeats_another_follows_it(self, sent):
        kept, twin = sent().review(), sent()
        twin.review(Action.DUPLICATE, kept=kept.uid)
        kept.answer(Stage.DONE, "Lampan är lagad.")
        assert (twin.seen.stage, twin.seen.is_duplicate) == (Stage.DONE, True)
        assert [each.text for each in twin.seen.replies] == ["Lampan är lagad."]

    def test_that_the_kept_one_is_taken_back_closes_no_other(self, engine, sent):
        kept, twin = sent().review(), sent()
        twin.review(Action.DUPLICATE, kept=kept.uid)
        withdraw(engine, kept.code)
        assert (kept.seen.stage, twin.seen.stage) == (Stage.CLOSED, Stage.UNDER_REVIEW)


class TestWithdraw:
    def test_it_is_done_once_and_the_text_stays(self, engine, sent):
        one = sent()
        withdraw(engine, one.code)
        withdraw(engine, one.code)
        (report,) = all_of(engine, Report)
        assert (report.state, report.private_text) == (State.WITHDRAWN, "Mörkt")
        assert [each.action for each in all_of(engine, ReviewAct)] == [Action.WITHDRAW]
        assert actions(engine)[-1] == "review.withdraw"

    @pytest.mark.parametrize("action", [Action.ACCEPT, Action.REJECT])
    def test_it_can_be_done_after_the_review(self, engine, sent, action):
        reason = Refusal.NOT_HERE if action == Action.REJECT else None
        one = sent().review(action, reason=reason)
        withdraw(engine, one.code)
        assert one.seen.state == State.WITHDRAWN

    def test_the_address_goes_within_thirty_days(self, engine, sent):
        one = sent(email="anna@example.org")
        withdraw(engine, one.code)
        (contact,) = all_of(engine, Contact)
        assert contact.delete_after - contact.created_at < KEPT_AFTER_CLOSING + timedelta(minutes=1)

    def test_two_at_once_are_one(self, engine, sent):
        one = sent()
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: withdraw(engine, one.code), range(8)))
        assert len(all_of(engine, ReviewAct)) == 1

    def test_without_the_code_nothing_is_done(self, engine, sent):
        sent()
        with pytest.raises(NotFound):
            withdraw(engine, receipts.code_of(SECRET, uuid4()))


class TestConfirm:
    def test_saying_it_twice_is_saying_it_once(self, engine, sent):
        one, uid = sent().review(), uuid4()
        assert confirm(engine, one.code, uid, Verdict.SAME)
        assert not confirm(engine, one.code, uid, Verdict.SAME)
        (stored,) = all_of(engine, Confirmation)
        assert (stored.verdict, stored.voice) == (Verdict.SAME, "v" * 32)
        assert actions(engine).count("report.confirm_same") == 1

    def test_eight_at_once_are_one(self, engine, sent):
        one, uid = sent().review(), uuid4()
        with ThreadPoolExecutor(4) as pool:
            told = list(pool.map(lambda _: confirm(engine, one.code, uid, Verdict.BETTER), range(8)))
        assert (sum(told), len(all_of(engine, Confirmation))) == (1, 1)

    def test_it_is_said_of_the_report_that_is_kept(self, engine, sent):
        kept, twin = sent().review(), sent()
        twin.review(Action.DUPLICATE, kept=kept.uid)
        confirm(engine, twin.code, uuid4(), Verdict.BETTER)
        (report,) = all_of(engine, Report, Report.uid == kept.uid)
        assert all_of(engine, Confirmation)[0].report_id == report.id

    def test_one_that_waits_or_is_gone_is_not_confirmed(self, engine, sent):
        one = sent()
        with pytest.raises(Conflict):
            confirm(engine, one.code, uuid4(), Verdict.SAME)
        withdraw(engine, one.code)
        with pytest.raises(Conflict):
            confirm(engine, one.code, uuid4(), Verdict.SAME)


class TestWriteTo:
    def test_the_address_is_changed_and_removed(self, engine, sent):
        one = sent(email="fel@example.org")
        write_to(engine, one.code, "ratt@example.org", "en")
        (contact,) = all_of(engine, Contact)
        assert (contact.email, contact.language) == ("ratt@example.org", "en")
        write_to(engine, one.code, "", "sv")
        write_to(engine, one.code, "", "sv")
        assert (all_of(engine, Contact), one.seen.has_contact) == ([], False)
        assert actions(engine)[-2:] == ["contact.change", "contact.remove"]

    def test_one_can_be_left_afterwards(self, engine, sent):
        one = sent().review()
        write_to(engine, one.code, "ny@example.org", "sv")
        assert one.seen.has_contact
        one.answer()
        assert [each.kind for each in all_of(engine, OutgoingMail)] == ["reply"]

    def test_after_the_end_it_is_kept_a_month(self, engine, sent):
        one = sent().review()
        one.answer(Stage.DONE)
        write_to(engine, one.code, "ny@example.org", "sv")
        (contact,) = all_of(engine, Contact)
        assert contact.delete_after - contact.created_at == KEPT_AFTER_CLOSING

    def test_no_address_is_taken_for_one_that_is_taken_back(self, engine, sent):
        one = sent()
        withdraw(engine, one.code)
        with pytest.raises(Conflict):
            write_to(engine, one.code, "ny@example.org", "sv")


class TestReply:
    def test_it_is_stored_once_with_a_letter_that_waits_a_little(self, engine, sent):
        one, uid = sent(email="anna@example.org").review(), uuid4()
        assert one.answer(uid=uid)
        assert not one.answer(uid=uid)
        (stored,) = all_of(engine, Reply)
        (mail,) = all_of(engine, OutgoingMail, OutgoingMail.kind == "reply")
        assert mail.not_before - stored.at == UNDO_ALLOWED
        assert actions(engine).count("report.reply_with_responsible") == 1

    def test_the_same_id_with_other_words_is_refused(self, sent):
        one, uid = sent().review(), uuid4()
        one.answer(uid=uid)
        with pytest.raises(Conflict, match="other_content"):
            one.answer(text="Något annat.", uid=uid)

    def test_all_who_said_the_same_are_told(self, engine, sent):
        kept, twin = sent(email="a@example.org").review(), sent(email="b@example.org")
        twin.review(Action.DUPLICATE, kept=kept.uid)
        kept.answer()
        assert len(all_of(engine, OutgoingMail, OutgoingMail.kind == "reply")) == 2

    @pytest.mark.parametrize("stage", [Stage.DONE, Stage.CLOSED])
    def test_at_the_end_the_address_goes_within_a_month(self, engine, sent, stage):
        one = sent(email="a@example.org").review()
        one.answer(stage)
        (contact,) = all_of(engine, Contact)
        assert contact.delete_after - contact.created_at < KEPT_AFTER_CLOSING + timedelta(minutes=1)

    @pytest.mark.parametrize(
        ("stage", "text", "code"),
        [
            (Stage.DONE, "", "reply.no_text"),
            (Stage.DONE, "x" * 1_001, "text.too_long"),
            (None, "Klart.", "reply.no_stage"),
        ],
    )
    def test_a_stage_is_reached_with_a_sentence_and_a_sentence_with_a_stage(
        self, engine, sent, stage, text, code
    ):
        one = sent().review()
        with pytest.raises(InvalidValue, match=code):
            one.answer(stage, text)
        assert all_of(engine, Reply) == []

    def test_one_that_waits_repeats_or_is_taken_back_is_not_answered(self, engine, sent):
        new, kept, gone = sent(), sent().review(), sent()
        twin = sent().review(Action.DUPLICATE, kept=kept.uid)
        withdraw(engine, gone.code)
        for one in (new, twin, gone):
            with pytest.raises(Conflict, match="not_now"):
                one.answer()

    def test_received_and_under_review_are_no_answers(self, sent):
        one = sent().review()
        for stage in (Stage.RECEIVED, Stage.UNDER_REVIEW):
            with pytest.raises(Conflict):
                one.answer(stage)

    def test_the_journal_is_whole_and_holds_no_words(self, engine, sent):
        one = sent(email="anna@example.org").review()
        one.answer(text="Ett svar att leta efter.")
        confirm(engine, one.code, uuid4(), Verdict.SAME)
        with reading(engine) as session:
            assert verify(session).is_whole
            rows = repr([vars(each) for each in session.scalars(select(JournalEntry))])
        assert "leta efter" not in rows
        assert "anna@example" not in rows
