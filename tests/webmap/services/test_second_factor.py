"""The second factor and half sessions, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import update

from geodata.errors import Conflict, DatabaseFault, InvalidValue, NotAllowed, TooOften
from geodata.tables.engine import reading, writing
from geodata.tables.journal import JournalEntry
from geodata.tables.users import RecoveryCode, User, UserSession
from tests import factories
from tests.factories import NOW, PASSWORD
from tests.webmap.phones import Phone
from webmap.services import accounts, second_factor, sessions
from webmap.services.sessions import Step, Way

SECRET = "nyckel till märken och koder"
EMAIL = "anna@vara.example"
RFC_KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""12345678901234567890 in base 32."""
RFC_6238 = {
    59: "94287082",
    1_111_111_109: "07081804",
    1_111_111_111: "14050471",
    1_234_567_890: "89005924",
    2_000_000_000: "69279037",
    20_000_000_000: "65353130",
}
"""Appendix B, SHA-1; of its eight digits ours are the last six."""


@pytest.fixture
def anna(engine):
    with writing(engine) as session:
        factories.municipality(session)
    return factories.user(engine, EMAIL)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def phone(engine, anna, clock):
    """Anna's, taken into use half a minute ago."""
    phone = Phone(second_factor.new_key())
    step = second_factor.step_of(phone.key, phone.code(), NOW)
    with writing(engine) as session:
        kept = {"totp_key": second_factor.seal(SECRET, anna, phone.key), "totp_step": step}
        session.execute(update(User).values(**kept))
    clock.shift(30)
    return phone


def knocking(engine, email=EMAIL):
    """Whoever has given the right password, and no more; what that itself does is tested by itself."""
    with writing(engine) as session:
        token = sessions.put(session, accounts.known(session, email), Way.PASSWORD, needs_code=True)
    return sessions.presence(engine, token)


def actions(engine):
    with reading(engine) as session:
        return [each.action for each in session.query(JournalEntry).order_by(JournalEntry.seq)]


class TestCodes:
    @pytest.mark.parametrize(("at", "digits"), RFC_6238.items())
    def test_they_are_those_of_the_rfc(self, at, digits):
        assert second_factor.code_at(RFC_KEY, at // 30) == digits[-6:]

    @pytest.mark.parametrize(("drift_s", "is_taken"), [(-61, 0), (-30, 1), (0, 1), (30, 1), (61, 0)])
    def test_a_clock_may_be_one_step_off_and_no_more(self, drift_s, is_taken):
        now = datetime.fromtimestamp(1_111_111_110, UTC)
        code = second_factor.code_at(RFC_KEY, (1_111_111_110 + drift_s) // 30)
        assert (second_factor.step_of(RFC_KEY, code, now) is not None) == is_taken

    @pytest.mark.parametrize("typed", ["", "1", "abcdef", "12345é", "0" * 5_000, "０" * 6, "\0" * 6])
    def test_anything_else_is_none(self, typed):
        assert second_factor.step_of(RFC_KEY, typed, datetime.fromtimestamp(59, UTC)) is None

    def test_blanks_do_not_matter(self):
        assert second_factor.step_of(RFC_KEY, " 287 082 ", datetime.fromtimestamp(59, UTC)) == 1


class TestSealing:
    def test_a_key_is_read_with_the_secret_and_for_its_account(self):
        assert second_factor.unseal(SECRET, 7, second_factor.seal(SECRET, 7, RFC_KEY)) == RFC_KEY

    @pytest.mark.parametrize(
        ("secret", "user_id", "flipped"), [("annan", 7, 0), (SECRET, 8, 0), (SECRET, 7, 1)]
    )
    def test_it_is_not_with_another_or_when_altered(self, secret, user_id, flipped):
        sealed = bytearray(second_factor.seal(SECRET, 7, RFC_KEY))
        sealed[-1] ^= flipped
        with pytest.raises(DatabaseFault, match="factor.unreadable"):
            second_factor.unseal(secret, user_id, bytes(sealed))

    def test_the_database_holds_neither_key_nor_codes(self, engine, phone):
        second_factor.renew_recovery(engine, knocking(engine))
        with reading(engine) as session:
            kept = session.query(User).filter_by(email=EMAIL).one().totp_key
            digests = [each.code_digest for each in session.query(RecoveryCode)]
        assert phone.key.encode() not in kept
        assert {len(each) for each in digests} == {64}


class TestHalf:
    def test_the_password_alone_opens_nothing(self, engine, phone):
        half = sessions.presence(engine, accounts.log_in(engine, EMAIL, PASSWORD, SECRET, needs_code=True))
        assert (half.is_whole, half.missing(True)) == (False, Step.CODE)

    def test_it_lasts_five_minutes(self, engine, phone, clock):
        token = accounts.log_in(engine, EMAIL, PASSWORD, SECRET, needs_code=True)
        clock.shift(timedelta(minutes=4, seconds=59))
        assert sessions.presence(engine, token)
        clock.shift(2)
        assert sessions.presence(engine, token) is None

    def test_a_code_makes_it_whole_and_kills_the_token_before(self, engine, phone):
        token = accounts.log_in(engine, EMAIL, PASSWORD, SECRET, needs_code=True)
        whole = second_factor.prove(engine, sessions.presence(engine, token), phone.code(), SECRET)
        assert sessions.presence(engine, token) is None
        assert sessions.presence(engine, whole).way == Way.TOTP
        assert sessions.presence(engine, whole).is_whole

    def test_only_what_is_whole_is_written_down_as_begun(self, engine, phone):
        before = actions(engine).count("session.begin")
        half = knocking(engine)
        assert actions(engine).count("session.begin") == before
        second_factor.prove(engine, half, phone.code(), SECRET)
        assert actions(engine).count("session.begin") == before + 1

    def test_without_a_phone_one_is_asked_for_and_with_the_server_set_so_none_is(self, engine, anna):
        assert knocking(engine).missing(True) == Step.ENROL
        assert sessions.presence(engine, accounts.log_in(engine, EMAIL, PASSWORD, SECRET)).is_whole

    def test_a_password_made_by_another_is_changed_first(self, engine, anna):
        with writing(engine) as session:
            session.execute(update(User).values(must_change_password=True))
        assert knocking(engine).missing(True) == Step.CHANGE
        assert knocking(engine).missing(False) == Step.CHANGE

    def test_one_who_came_by_another_provider_is_asked_for_nothing(self, engine, phone, anna):
        assert sessions.presence(engine, sessions.begin(engine, anna, Way.OIDC)).is_whole

    def test_a_shut_account_goes_no_further(self, engine, phone):
        half = knocking(engine)
        with writing(engine) as session:
            accounts.disable(session, EMAIL)
        with pytest.raises(NotAllowed):
            second_factor.prove(engine, half, phone.code(), SECRET)
        assert factories.rows(engine, UserSession) == {"user_session": 0}


class TestOnce:
    def test_a_code_that_was_used_is_refused(self, engine, phone):
        code = phone.code()
        second_factor.prove(engine, knocking(engine), code, SECRET)
        with pytest.raises(InvalidValue, match="code.wrong"):
            second_factor.prove(engine, knocking(engine), code, SECRET)

    def test_so_is_an_older_one_that_still_would_do(self, engine, phone, clock):
        older = phone.code()
        clock.shift(30)
        second_factor.prove(engine, knocking(engine), phone.code(), SECRET)
        with pytest.raises(InvalidValue, match="code.wrong"):
            second_factor.prove(engine, knocking(engine), older, SECRET)

    def test_the_code_that_took_the_phone_into_use_is_used(self, engine, phone, clock):
        clock.shift(-30)
        with pytest.raises(InvalidValue, match="code.wrong"):
            second_factor.prove(engine, knocking(engine), phone.code(), SECRET)

    def test_of_four_at_once_one_gets_in(self, engine, phone):
        halves, code = [knocking(engine) for _ in range(4)], phone.code()
        assert sorted(at_once(lambda half: second_factor.prove(engine, half, code, SECRET), halves)) == [
            0,
            0,
            0,
            1,
        ]

    def test_a_recovery_code_is_good_once_also_at_once(self, engine, phone):
        code = second_factor.renew_recovery(engine, knocking(engine))[3].lower().replace("-", " ")
        halves = [knocking(engine) for _ in range(4)]
        assert sorted(at_once(lambda half: second_factor.recover(engine, half, code, SECRET), halves)) == [
            0,
            0,
            0,
            1,
        ]
        assert second_factor.codes_left(engine, halves[0]) == 9


def at_once(act, halves):
    """1 for each that was let in."""

    def tried(half):
        try:
            return int(bool(act(half)))
        except (InvalidValue, NotAllowed):
            return 0

    with ThreadPoolExecutor(len(halves)) as pool:
        return list(pool.map(tried, halves))


class TestRecovery:
    def test_ten_are_given_and_each_opens(self, engine, anna, clock):
        phone = Phone(second_factor.new_key())
        codes = second_factor.enrol(engine, knocking(engine), phone.key, phone.code(), SECRET).codes
        assert len(set(codes)) == 10
        token = second_factor.recover(engine, knocking(engine), codes[0], SECRET)
        assert sessions.presence(engine, token).way == Way.RECOVERY

    def test_new_ones_end_the_old(self, engine, phone):
        old = second_factor.renew_recovery(engine, knocking(engine))
        second_factor.renew_recovery(engine, knocking(engine))
        with pytest.raises(InvalidValue, match="recovery.wrong"):
            second_factor.recover(engine, knocking(engine), old[0], SECRET)

    def test_anothers_are_not_ones_own(self, engine, phone):
        mine = second_factor.renew_recovery(engine, knocking(engine))
        factories.user(engine, "bo@vara.example")
        with pytest.raises(InvalidValue):
            second_factor.recover(engine, knocking(engine, "bo@vara.example"), mine[0], SECRET)

    def test_they_still_open_when_the_servers_secret_is_lost(self, engine, phone):
        codes = second_factor.renew_recovery(engine, knocking(engine))
        half = knocking(engine)
        with pytest.raises(DatabaseFault, match="factor.unreadable"):
            second_factor.prove(engine, half, phone.code(), "ett annat")
        assert second_factor.recover(engine, half, codes[1], "ett annat")


class TestThrottle:
    def test_the_sixth_wrong_code_in_a_minute_waits_and_nobody_else_does(self, engine, phone):
        half = knocking(engine)
        for _ in range(5):
            with pytest.raises(InvalidValue):
                second_factor.prove(engine, half, "000000", SECRET)
        with pytest.raises(TooOften) as raised:
            second_factor.prove(engine, half, phone.code(), SECRET)
        assert 60 <= raised.value.values["seconds"] <= 120
        factories.user(engine, "bo@vara.example")
        with pytest.raises(InvalidValue, match="code.wrong"):
            second_factor.prove(engine, knocking(engine, "bo@vara.example"), "000000", SECRET)

    def test_logging_in_anew_buys_no_more_guesses(self, engine, phone):
        for _ in range(5):
            with pytest.raises(InvalidValue):
                second_factor.prove(engine, knocking(engine), "000000", SECRET)
        with pytest.raises(TooOften):
            second_factor.recover(engine, knocking(engine), "AAAAA-AAAAA", SECRET)

    def test_the_wait_that_is_told_is_long_enough(self, engine, phone, clock):
        half = knocking(engine)
        for _ in range(5):
            with pytest.raises(InvalidValue):
                second_factor.prove(engine, half, "000000", SECRET)
        with pytest.raises(TooOften) as raised:
            second_factor.prove(engine, half, "000000", SECRET)
        clock.shift(raised.value.values["seconds"])
        assert second_factor.prove(engine, half, phone.code(), SECRET)


class TestPhones:
    def test_a_new_one_ends_the_old_and_every_other_session(self, engine, phone, clock):
        there, here = (whole(engine, phone, clock) for _ in range(2))
        new = Phone(second_factor.new_key())
        given = second_factor.enrol(engine, sessions.presence(engine, here), new.key, new.code(), SECRET)
        assert [sessions.presence(engine, token) for token in (there, here)] == [None, None]
        assert sessions.presence(engine, given.token).is_whole
        with pytest.raises(InvalidValue):
            second_factor.prove(engine, knocking(engine), phone.code(), SECRET)

    def test_two_at_once_do_not_both_become_the_first(self, engine, anna, clock):
        first, second = knocking(engine), knocking(engine)
        one, other = Phone(second_factor.new_key()), Phone(second_factor.new_key())
        second_factor.enrol(engine, first, one.key, one.code(), SECRET)
        with pytest.raises(Conflict, match="factor.changed"):
            second_factor.enrol(engine, second, other.key, other.code(), SECRET)

    def test_a_wrong_code_changes_nothing(self, engine, anna, clock):
        with pytest.raises(InvalidValue):
            second_factor.enrol(engine, knocking(engine), RFC_KEY, "000000", SECRET)
        assert knocking(engine).missing(True) == Step.ENROL

    def test_what_was_done_is_in_the_journal(self, engine, anna, clock):
        phone = Phone(second_factor.new_key())
        second_factor.enrol(engine, knocking(engine), phone.key, phone.code(), SECRET)
        second_factor.renew_recovery(engine, knocking(engine))
        done = [each for each in actions(engine) if each.startswith("user.")]
        assert done == ["user.add", "user.second_factor", "user.recovery_codes"]


def whole(engine, phone, clock):
    token = second_factor.prove(engine, knocking(engine), phone.code(), SECRET)
    clock.shift(30)
    return token
