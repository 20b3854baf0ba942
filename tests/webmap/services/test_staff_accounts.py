"""Giving a municipality's people their accounts and roles, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from geodata.errors import Conflict, InvalidValue, NotAllowed, NotFound
from geodata.tables.chain import verify
from geodata.tables.engine import reading, writing
from geodata.tables.journal import JournalEntry
from geodata.tables.users import Membership, RecoveryCode, User, UserSession
from tests import factories
from webmap.access import Role
from webmap.services import accounts, sessions, staff_accounts
from webmap.services.actors import COMMAND, Actor
from webmap.services.staff_accounts import Desk

ADMIN, ANNA, BO = "admin@vara.example", "anna@vara.example", "bo@karlsborg.example"
SECRET = "nyckel till märken"


@pytest.fixture
def vara(engine):
    with writing(engine) as session:
        factories.municipality(session, "1446", "Karlsborg")
        return factories.municipality(session)


@pytest.fixture
def admin(engine, vara):
    return factories.user(engine, ADMIN, Role.ADMIN)


@pytest.fixture
def anna(engine, vara):
    return factories.user(engine, ANNA)


@pytest.fixture
def bo(engine, vara):
    """Somebody of another municipality."""
    return factories.user(engine, BO, Role.COORDINATOR, "1446")


@pytest.fixture
def desk(engine, admin):
    return Desk(engine, Actor(admin, Role.ADMIN), frozenset({"1470"}))


def emails(engine, code="1470"):
    return {each.email for each in staff_accounts.listed(engine, code)}


def last(engine):
    with reading(engine) as session:
        assert verify(session).is_whole
        entry = session.query(JournalEntry).order_by(JournalEntry.seq.desc()).first()
        return entry.action, entry.object_id, entry.municipality, entry.actor_id


def roles(engine, user_id, code="1470"):
    return set(staff_accounts.one(engine, code, user_id).roles)


class TestInviting:
    def test_a_new_account_has_a_password_that_is_changed_at_once(self, engine, desk, vara, admin):
        made = staff_accounts.invite(desk, vara, " Eva@Vara.Example ", "reporter")
        half = sessions.presence(engine, accounts.log_in(engine, "eva@vara.example", made.password, SECRET))
        assert (half.is_whole, half.must_change_password) == (False, True)
        with reading(engine) as session:
            acts = [each.action for each in session.query(JournalEntry).filter_by(actor_id=admin)]
        assert acts == ["user.add"]

    def test_one_who_has_an_account_elsewhere_keeps_it(self, engine, desk, vara, bo):
        made = staff_accounts.invite(desk, vara, BO, "council")
        assert (made.user_id, made.password) == (bo, "")
        assert roles(engine, bo) == {"council"}
        assert roles(engine, bo, "1446") == {"coordinator"}

    @pytest.mark.parametrize(
        ("email", "role", "family"),
        [("eva", "council", InvalidValue), (ANNA, "king", InvalidValue), (ANNA, "coordinator", Conflict)],
    )
    def test_what_is_wrong_is_refused_and_leaves_nothing(self, engine, desk, vara, anna, email, role, family):
        before = factories.rows(engine, User, Membership, JournalEntry)
        with pytest.raises(family):
            staff_accounts.invite(desk, vara, email, role)
        assert factories.rows(engine, User, Membership, JournalEntry) == before


class TestSeeing:
    def test_only_those_with_a_role_here(self, engine, admin, anna, bo):
        assert emails(engine) == {ADMIN, ANNA}
        with pytest.raises(NotFound, match="user.not_here"):
            staff_accounts.one(engine, "1470", bo)

    def test_when_one_last_came_in_is_known_from_the_journal(self, engine, admin, anna):
        assert staff_accounts.one(engine, "1470", anna).last_login is None
        sessions.begin(engine, anna, "password")
        assert staff_accounts.one(engine, "1470", anna).last_login is not None


class TestRoles:
    def test_one_is_given_and_taken_and_each_is_written_down(self, engine, desk, vara, anna, admin):
        staff_accounts.give(desk, vara, anna, "council")
        assert last(engine) == ("role.give.council", str(anna), "1470", admin)
        staff_accounts.take(desk, vara, anna, "coordinator")
        assert last(engine) == ("role.take.coordinator", str(anna), "1470", admin)
        assert roles(engine, anna) == {"council"}

    def test_it_counts_from_the_next_request(self, engine, desk, vara, anna):
        token = sessions.begin(engine, anna, "password")
        staff_accounts.take(desk, vara, anna, "coordinator")
        assert sessions.presence(engine, token).viewer.roles == {}

    def test_what_is_held_is_not_given_and_what_is_not_is_not_taken(self, desk, vara, anna):
        with pytest.raises(Conflict, match="role.held"):
            staff_accounts.give(desk, vara, anna, "coordinator")
        with pytest.raises(Conflict, match="role.not_held"):
            staff_accounts.take(desk, vara, anna, "council")

    def test_nobody_takes_their_own_role_as_administrator(self, engine, desk, vara, admin, anna):
        staff_accounts.give(desk, vara, anna, "admin")
        with pytest.raises(NotAllowed, match="role.own_admin"):
            staff_accounts.take(desk, vara, admin, "admin")

    def test_the_last_administrator_stays_also_for_the_shell(self, engine, vara, admin):
        with pytest.raises(NotAllowed, match="role.last_admin"):
            staff_accounts.take(Desk(engine, COMMAND, None), vara, admin, "admin")

    def test_a_shut_administrator_does_not_count(self, engine, desk, vara, admin, anna):
        staff_accounts.give(desk, vara, anna, "admin")
        staff_accounts.shut(desk, vara, anna)
        with pytest.raises(NotAllowed, match="role.last_admin"):
            staff_accounts.take(Desk(engine, COMMAND, None), vara, admin, "admin")

    def test_of_two_who_take_each_others_at_once_one_stays(self, engine, desk, vara, admin, anna):
        staff_accounts.give(desk, vara, anna, "admin")
        other = Desk(engine, Actor(anna, Role.ADMIN), frozenset({"1470"}))

        def take(act):
            try:
                staff_accounts.take(act[0], vara, act[1], "admin")
            except NotAllowed as fault:
                return fault.code
            return ""

        with ThreadPoolExecutor(2) as pool:
            said = list(pool.map(take, [(desk, anna), (other, admin)]))
        assert sorted(said) == ["", "role.last_admin"]

    def test_those_of_another_municipality_are_out_of_reach(self, desk, vara, bo):
        for act in (staff_accounts.give, staff_accounts.take):
            with pytest.raises(NotFound):
                act(desk, vara, bo, "coordinator")


class TestWhole:
    """What is done to an account as a whole."""

    ACTS = (
        (staff_accounts.shut, "user.disable"),
        (staff_accounts.new_phone, "user.second_factor_reset"),
        (staff_accounts.new_password, "user.password_reset"),
    )

    @pytest.mark.parametrize(("act", "action"), ACTS)
    def test_it_ends_every_session_and_is_written_down(self, engine, desk, vara, anna, admin, act, action):
        token = sessions.begin(engine, anna, "password")
        act(desk, vara, anna)
        assert sessions.presence(engine, token) is None
        assert last(engine) == (action, str(anna), "1470", admin)

    @pytest.mark.parametrize("act", [act for act, _ in ACTS])
    def test_nobody_does_it_to_themselves(self, desk, vara, admin, anna, act):
        staff_accounts.give(desk, vara, anna, "admin")
        with pytest.raises(NotAllowed, match="user.oneself"):
            act(desk, vara, admin)

    @pytest.mark.parametrize("act", [*(act for act, _ in ACTS), staff_accounts.open_again])
    def test_an_account_that_also_works_elsewhere_is_not_taken_over(self, engine, desk, vara, bo, act):
        staff_accounts.invite(desk, vara, BO, "council")
        before = sessions.begin(engine, bo, "password")
        with pytest.raises(NotAllowed, match="user.elsewhere"):
            act(desk, vara, bo)
        assert sessions.presence(engine, before)

    @pytest.mark.parametrize("act", [*(act for act, _ in ACTS), staff_accounts.open_again])
    def test_nor_one_that_only_does(self, desk, vara, bo, act):
        with pytest.raises(NotFound):
            act(desk, vara, bo)

    def test_a_new_phone_ends_the_old_and_its_codes(self, engine, desk, vara, anna):
        with writing(engine) as session:
            session.get(User, anna).totp_key = b"x"
            session.add(RecoveryCode(user_account_id=anna, code_digest="0" * 64))
        staff_accounts.new_phone(desk, vara, anna)
        assert not staff_accounts.one(engine, "1470", anna).has_second_factor
        assert factories.rows(engine, RecoveryCode) == {"recovery_code": 0}

    def test_a_shut_account_opens_again(self, engine, desk, vara, anna):
        staff_accounts.shut(desk, vara, anna)
        assert staff_accounts.one(engine, "1470", anna).is_disabled
        staff_accounts.open_again(desk, vara, anna)
        assert not staff_accounts.one(engine, "1470", anna).is_disabled

    def test_from_the_shell_phone_and_password_begin_anew(self, engine, anna):
        password = staff_accounts.restart(engine, ANNA, is_password=True)
        assert accounts.log_in(engine, ANNA, password, SECRET)
        assert staff_accounts.restart(engine, ANNA, is_password=False) == ""
        assert factories.rows(engine, UserSession) == {"user_session": 0}
