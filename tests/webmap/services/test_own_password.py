"""One's own password: what will do, and changing it."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import InvalidValue, NotAllowed, TooOften
from geodata.tables.engine import reading, writing
from geodata.tables.users import User
from tests import factories
from tests.factories import PASSWORD
from webmap.services import accounts, own_password, passwords, sessions
from webmap.services.own_password import Change
from webmap.services.sayings import Refused

SECRET = "nyckel till märken"
EMAIL = "anna.andersson@vara.example"
NEW = "sju tröga gäss i vassen"
SERVER = (SECRET, False)


class TestWhatWillDo:
    @pytest.mark.parametrize(
        "password",
        [
            "lösenord123456",
            "Lösenord123456!",
            "password1234",
            "123456789012",
            "qwertyuiop12",
            "aaaaaaaaaaaa",
            "hejhejhejhej",
            "välkommen2026",
            "anna.andersson@vara.example",
            "AnnaAndersson",
            "varakommun12",
            "tryggkarta2026",
            "sverigesverige",
            "abcdefghijklmnop",
        ],
    )
    def test_what_is_easily_guessed_will_not(self, password):
        with pytest.raises(InvalidValue, match="password.easy"):
            passwords.checked(password, [EMAIL, "Vara"])

    @pytest.mark.parametrize("password", [PASSWORD, NEW, "kaffe moln cykel", "x9 k2 ö1 p4q", "ж" + NEW])
    def test_words_that_do_not_belong_together_will(self, password):
        assert passwords.checked(password, [EMAIL, "Vara"]) == password

    @pytest.mark.parametrize("length", [11, 1_001])
    def test_neither_too_short_nor_too_long_will(self, length):
        with pytest.raises(InvalidValue, match="password.length"):
            passwords.checked((NEW * 50)[:length])

    @settings(max_examples=30, deadline=None)
    @given(st.text(min_size=12, max_size=80))
    def test_whatever_is_typed_it_is_answered(self, password):
        with suppress(InvalidValue):
            assert passwords.checked(password, [EMAIL]) == password

    def test_one_that_is_made_will(self):
        assert len({passwords.checked(passwords.one_time()) for _ in range(20)}) == 20


@pytest.fixture
def anna(engine):
    with writing(engine) as session:
        factories.municipality(session)
    return factories.user(engine, EMAIL)


@pytest.fixture
def present(engine, anna):
    return sessions.presence(engine, sessions.begin(engine, anna, "password"))


def kept(engine):
    with reading(engine) as session:
        return session.query(User).one().password_hash


class TestChanging:
    def test_the_new_one_opens_and_the_old_does_not(self, engine, present):
        own_password.change(engine, present, Change(PASSWORD, NEW, NEW), SERVER)
        assert accounts.log_in(engine, EMAIL, NEW, SECRET)
        with pytest.raises(NotAllowed, match="login.refused"):
            accounts.log_in(engine, EMAIL, PASSWORD, SECRET)

    def test_every_other_session_ends_and_this_one_has_a_new_token(self, engine, anna):
        lost, here = (sessions.begin(engine, anna, "password") for _ in range(2))
        before = sessions.presence(engine, here)
        fresh = own_password.change(engine, before, Change(PASSWORD, NEW, NEW), SERVER)
        assert [sessions.presence(engine, token) for token in (lost, here)] == [None, None]
        assert sessions.presence(engine, fresh).session_id == before.session_id

    @pytest.mark.parametrize(
        ("said", "wrong"),
        [
            (Change("", NEW, NEW), {"old"}),
            (Change(PASSWORD, "kort", "kort"), {"password"}),
            (Change(PASSWORD, NEW, NEW + "x"), {"again"}),
            (Change(PASSWORD, PASSWORD, PASSWORD), {"password"}),
            (Change("", "kort", "x"), {"old", "password", "again"}),
        ],
    )
    def test_all_that_is_wrong_is_said_at_once_and_nothing_is_changed(self, engine, present, said, wrong):
        before = kept(engine)
        with pytest.raises(Refused) as raised:
            own_password.change(engine, present, said, SERVER)
        assert {fault.field for fault in raised.value.faults} == wrong
        assert kept(engine) == before

    def test_the_old_one_cannot_be_guessed_at(self, engine, present):
        for _ in range(5):
            with pytest.raises(NotAllowed, match="password.wrong"):
                own_password.ask_again(engine, present, "fel lösenord", SECRET)
        with pytest.raises(TooOften):
            own_password.ask_again(engine, present, PASSWORD, SECRET)

    def test_one_made_by_another_is_changed_without_the_old_and_then_one_is_in(self, engine, anna):
        with writing(engine) as session:
            session.get(User, anna).must_change_password = True
        half = sessions.presence(engine, accounts.log_in(engine, EMAIL, PASSWORD, SECRET))
        token = own_password.change(engine, half, Change("", NEW, NEW), SERVER)
        assert (half.is_whole, sessions.presence(engine, token).is_whole) == (False, True)

    def test_where_a_code_is_asked_for_one_is_not_in_yet(self, engine, anna):
        with writing(engine) as session:
            session.get(User, anna).must_change_password = True
        half = sessions.presence(engine, accounts.log_in(engine, EMAIL, PASSWORD, SECRET, needs_code=True))
        token = own_password.change(engine, half, Change("", NEW, NEW), (SECRET, True))
        assert sessions.presence(engine, token).missing(True) == sessions.Step.ENROL
