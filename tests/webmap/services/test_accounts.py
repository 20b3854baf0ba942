"""Accounts, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from argon2 import PasswordHasher
from sqlalchemy import update

from geodata.errors import Conflict, InvalidValue, NotAllowed, NotFound
from geodata.queries.people import account, accounts, user_by_email
from geodata.tables.chain import verify
from geodata.tables.engine import reading, writing
from geodata.tables.journal import JournalEntry
from geodata.tables.users import Membership, User, UserSession
from tests import factories
from tests.factories import PASSWORD
from webmap.access import Role, Viewer
from webmap.services import accounts as service
from webmap.services import sessions
from webmap.services.accounts import NewAccount

SECRET = "nyckel till märken"
EMAIL = "anna@vara.example"
MIXED = "åq7ö zk3hwx2"


@pytest.fixture
def there(engine):
    with writing(engine) as session:
        return factories.municipality(session)


@pytest.fixture
def anna(engine, there):
    return factories.user(engine, EMAIL)


def add(engine, **said):
    values = {"email": EMAIL, "password": PASSWORD, "role": "coordinator", "municipality": "1470"} | said
    with writing(engine) as session:
        return service.add(session, NewAccount(**values))


@pytest.mark.usefixtures("there")
class TestAdding:
    def test_the_address_is_kept_in_lower_case_and_the_password_as_argon2(self, engine):
        made = add(engine, email=" Anna@Vara.Example ")
        assert made.email == EMAIL
        assert made.password_hash.startswith("$argon2id$")
        assert PASSWORD not in made.password_hash

    @pytest.mark.parametrize(
        ("said", "family", "code"),
        [
            ({"email": "anna"}, InvalidValue, "email.bad"),
            ({"email": "a b@c"}, InvalidValue, "email.bad"),
            ({"password": "x" * 11}, InvalidValue, "password.length"),
            ({"password": "lösenord123456"}, InvalidValue, "password.easy"),
            ({"email": "anna\0@vara.example"}, InvalidValue, "email.bad"),
            ({"role": "kung"}, InvalidValue, "role.unknown"),
            ({"municipality": "9999"}, NotFound, "municipality.not_added"),
        ],
    )
    def test_what_is_wrong_is_refused_and_leaves_nothing(self, engine, said, family, code):
        before = factories.rows(engine, User, Membership, JournalEntry)
        with pytest.raises(family) as raised:
            add(engine, **said)
        assert raised.value.code == code
        assert factories.rows(engine, User, Membership, JournalEntry) == before

    def test_an_address_is_taken_once(self, engine, anna):
        with pytest.raises(Conflict, match="email.taken"):
            add(engine, email=EMAIL.upper())

    @pytest.mark.parametrize("length", [12, 64, 1_000])
    def test_a_password_of_any_length_taken_opens(self, engine, length):
        password = (MIXED * 84)[:length]
        add(engine, password=password)
        assert service.log_in(engine, EMAIL, password, SECRET)

    def test_one_too_long_to_be_checked_is_not_taken(self, engine):
        with pytest.raises(InvalidValue):
            add(engine, password="å" * 1_001)

    def test_each_is_in_the_journal_by_number_and_not_by_name(self, engine, anna):
        with reading(engine) as session:
            entry = session.query(JournalEntry).order_by(JournalEntry.seq.desc()).first()
            assert (entry.action, entry.object_id, entry.municipality) == ("user.add", str(anna), "1470")
            assert verify(session).is_whole


@pytest.mark.usefixtures("anna")
class TestLoggingIn:
    def test_a_token_is_kept_only_as_its_digest(self, engine):
        token = service.log_in(engine, EMAIL, PASSWORD, SECRET)
        with reading(engine) as session:
            kept = session.query(UserSession).one()
        assert token not in (kept.token_digest, str(vars(kept)))
        assert service.presence(engine, token).viewer.email == EMAIL

    def test_a_viewer_has_the_roles_of_each_municipality(self, engine, anna):
        with writing(engine) as session:
            other = factories.municipality(session, "1446", "Karlsborg")
            session.add(Membership(user_account_id=anna, municipality_id=other.id, role=Role.POLICE_PLANNER))
        viewer = service.presence(engine, service.log_in(engine, EMAIL, PASSWORD, SECRET)).viewer
        assert viewer.roles == {"1446": {Role.POLICE_PLANNER}, "1470": {Role.COORDINATOR}}

    def test_a_weak_old_hash_is_made_anew(self, engine):
        weak = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$"
        old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
        with writing(engine) as session:
            session.execute(update(User).values(password_hash=old))
        service.log_in(engine, EMAIL, PASSWORD, SECRET)
        with reading(engine) as session:
            assert not user_by_email(session, EMAIL).password_hash.startswith(weak[:24])

    def test_a_hash_that_cannot_be_read_lets_nobody_in(self, engine):
        with writing(engine) as session:
            session.execute(update(User).values(password_hash="x"))
        with pytest.raises(NotAllowed, match="login.refused"):
            service.log_in(engine, EMAIL, PASSWORD, SECRET)

    def test_dead_sessions_are_swept_out_by_the_next(self, engine):
        with time_machine.travel(datetime.now(UTC) - timedelta(days=1)):
            service.log_in(engine, EMAIL, PASSWORD, SECRET)
        service.log_in(engine, EMAIL, PASSWORD, SECRET)
        assert factories.rows(engine, UserSession) == {"user_session": 1}

    def test_being_seen_is_written_once_a_minute(self, engine):
        with time_machine.travel(factories.NOW, tick=False) as clock:
            token = service.log_in(engine, EMAIL, PASSWORD, SECRET)
            seen = []
            for seconds in (30, 29, 2):
                clock.shift(seconds)
                service.presence(engine, token)
                with reading(engine) as session:
                    seen.append(session.query(UserSession).one().last_seen_at)
        assert seen == [factories.NOW, factories.NOW, factories.NOW + timedelta(seconds=61)]


class TestTakingAsLong:
    """What is done is counted, for clocks differ: one password is checked, whoever is asked for."""

    @pytest.mark.parametrize(
        "email", [EMAIL, "ingen@vara.example", "shut@vara.example", "outer@vara.example"]
    )
    def test_one_password_is_checked_whoever_is_asked_for(self, engine, anna, monkeypatch, email):
        factories.user(engine, "shut@vara.example")
        factories.user(engine, "outer@vara.example")
        with writing(engine) as session:
            service.disable(session, "shut@vara.example")
            session.execute(update(User).where(User.email == "outer@vara.example").values(password_hash=""))
        checked = []
        verify_one = PasswordHasher.verify
        monkeypatch.setattr(
            PasswordHasher,
            "verify",
            lambda own, kept, typed: checked.append(kept) or verify_one(own, kept, typed),
        )
        with pytest.raises(NotAllowed, match="login.refused"):
            service.log_in(engine, email, "fel lösenord", SECRET)
        assert [kept.split("$")[1:4] for kept in checked] == [["argon2id", "v=19", "m=65536,t=3,p=4"]]


class TestShutting:
    def test_it_ends_every_session_and_stays_in_the_list(self, engine, anna):
        token = service.log_in(engine, EMAIL, PASSWORD, SECRET)
        with writing(engine) as session:
            service.disable(session, EMAIL.upper())
        assert service.presence(engine, token) is None
        with reading(engine) as session:
            assert [each.is_disabled for each in accounts(session)] == [True]
            assert account(session, anna + 1) is None

    def test_nobody_is_not_found(self, engine, there):
        with pytest.raises(NotFound, match="user.unknown"), writing(engine) as session:
            service.disable(session, EMAIL)

    def test_only_ones_own_session_is_ended(self, engine, anna):
        token = service.log_in(engine, EMAIL, PASSWORD, SECRET)
        present = service.presence(engine, token)
        with pytest.raises(NotFound):
            service.end_session(engine, Viewer(anna + 1), present.session_id)
        service.end_session(engine, present.viewer, present.session_id)
        assert service.presence(engine, token) is None

    def test_a_shut_account_can_be_opened_again(self, engine, anna):
        with writing(engine) as session:
            service.disable(session, EMAIL)
            service.enable(session, EMAIL)
        assert service.log_in(engine, EMAIL, PASSWORD, SECRET)

    def test_all_others_end_and_this_one_stays(self, engine, anna):
        kept, lost = (service.begin(engine, anna, "password") for _ in range(2))
        sessions.end_others(engine, service.presence(engine, kept))
        assert service.presence(engine, kept)
        assert service.presence(engine, lost) is None
