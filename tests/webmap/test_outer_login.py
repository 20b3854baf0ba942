"""Logging in at a provider: against a real one in its own process, honest and lying."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlalchemy import select, update

from geodata.tables.engine import reading, writing
from geodata.tables.journal import JournalEntry
from geodata.tables.users import Membership, OuterIdentity, User, UserSession
from tests import factories
from tests.webmap.application import COORDINATOR, application, closed, enter
from tests.webmap.provider import CLIENT, CLIENT_SECRET, HONEST, Provider
from tests.webmap.test_frontdoor import ELSEWHERE
from tests.webmap.test_frontdoor import TestNext as Elsewhere
from webmap.services import outer_http, outer_login, outer_provider
from webmap.services.actors import COMMAND

ROLES = "TRYGG-Samordnare=coordinator@1470,Polis-Planering=police_planner@1470,Alla-Admin=admin@1470"
HOME = "http://localhost:8000"


@pytest.fixture(scope="module")
def provider():
    made = Provider()
    made.start()
    yield made
    made.stop()


def little(engine):
    with writing(engine) as session:
        factories.municipality(session)
    factories.user(engine, COORDINATOR)


@pytest.fixture
def outer(provider, engine, database_url, tmp_path):
    """The application with the provider beside it, on either database."""
    little(engine)
    provider.be()
    made = []

    def build(**said):
        known = {
            "oidc_issuer": provider.issuer,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": CLIENT_SECRET,
        }
        known |= {"oidc_roles": ROLES, "public_url": HOME}
        made.append(application(database_url, tmp_path, **(known | said)))
        return made[-1]

    yield build
    for each in made:
        closed(each)


@pytest.fixture
def app(outer):
    return outer()


@pytest.fixture
def client(app):
    return app.test_client()


def leave(client, **asked):
    answer = client.get(f"/login/oidc?{urlencode(asked)}")
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def back(client, address):
    parts = urlsplit(address)
    return client.get(f"{parts.path}?{parts.query}")


def log_in(client, **asked):
    return back(client, Provider.visit(leave(client, **asked)))


def changed(address, **said):
    parts = urlsplit(address)
    words = {name: values[0] for name, values in parse_qs(parts.query).items()} | said
    kept = {name: value for name, value in words.items() if value is not None}
    return f"{parts.path}?{urlencode(kept)}"


def is_in(client):
    return client.get("/account").status_code == 200


def roles_of(engine, email=HONEST["email"]):
    with reading(engine) as session:
        rows = session.scalars(select(Membership.role).join(User).where(User.email == email))
        return sorted(rows)


def counted(engine):
    return factories.rows(engine, User, OuterIdentity, UserSession)


class TestInAndOut:
    def test_one_logs_in_and_out_again(self, client, engine):
        answer = log_in(client, next="/staff/map?weekdays=fri")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/map?weekdays=fri")
        assert is_in(client)
        assert roles_of(engine) == ["coordinator"]
        with reading(engine) as session:
            assert session.scalars(select(UserSession.way)).all() == ["oidc"]
            assert session.scalars(select(OuterIdentity.subject)).all() == [HONEST["sub"]]
            told = session.scalars(select(JournalEntry.action).order_by(JournalEntry.seq)).all()
        assert told[-4:] == ["user.add", "user.link", "role.give.coordinator", "session.begin"]
        token = client.get("/account").text.split('name="csrf_token" value="')[1].split('"')[0]
        client.post("/logout", data={"csrf_token": token})
        assert not is_in(client)

    def test_the_button_is_on_the_login_page_and_carries_where_one_was_going(self, client):
        text = client.get("/login?next=/staff/map").text
        assert "Logga in med kommunens inloggning" in text
        assert "/login/oidc?next=/staff/map" in text

    def test_what_is_asked_of_the_provider_is_as_it_must_be(self, client):
        asked = {name: value[0] for name, value in parse_qs(urlsplit(leave(client)).query).items()}
        assert asked["code_challenge_method"] == "S256"
        assert asked["redirect_uri"] == f"{HOME}/login/oidc/back"
        assert asked["response_type"] == "code"
        assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 32

    def test_the_second_time_is_the_same_account(self, app, engine, provider):
        log_in(app.test_client())
        provider.be(claims={"email": "gift@vara.example"})
        log_in(app.test_client())
        with reading(engine) as session:
            assert session.scalars(select(User.email).where(User.password_hash == "")).all() == [
                HONEST["email"]
            ]

    def test_a_session_that_was_open_ends(self, client, engine):
        log_in(client)
        log_in(client)
        assert counted(engine)["user_session"] == 1

    def test_keys_that_are_changed_are_asked_for_again(self, app, provider, monkeypatch):
        assert log_in(app.test_client()).status_code == 303
        monkeypatch.setattr(outer_provider, "_KEYS_AGAIN_S", 0.0)
        provider.be(rotated=True)
        assert log_in(app.test_client()).status_code == 303

    def test_without_a_provider_there_is_no_such_way(self, database_url, engine, tmp_path):
        little(engine)
        plain = application(database_url, tmp_path)
        client = plain.test_client()
        assert {client.get(path).status_code for path in ("/login/oidc", "/login/oidc/back")} == {404}
        assert "/login/oidc" not in client.get("/login").text
        closed(plain)


class TestRoles:
    def test_they_come_and_go_with_the_claim_and_are_in_the_journal(self, app, engine, provider):
        log_in(app.test_client())
        provider.be(claims={"groups": ["Polis-Planering", "TRYGG-Samordnare", "Kaffeklubben"]})
        log_in(app.test_client())
        assert roles_of(engine) == ["coordinator", "police_planner"]
        provider.be(claims={"groups": "Polis-Planering"})
        log_in(app.test_client())
        assert roles_of(engine) == ["police_planner"]
        with reading(engine) as session:
            told = session.execute(select(JournalEntry.action, JournalEntry.municipality)).all()
        assert ("role.take.coordinator", "1470") in told

    def test_without_any_nobody_gets_in_and_no_account_is_made(self, client, engine, provider):
        before = counted(engine)
        for groups in ([], None, "Kaffeklubben", 7, {"TRYGG-Samordnare": True}, [["TRYGG-Samordnare"]]):
            provider.be(claims={"groups": groups})
            answer = log_in(client)
            assert (answer.status_code, "Du har ingen roll här" in answer.text) == (403, True), groups
        assert counted(engine) == before

    def test_who_has_lost_them_all_is_refused_and_loses_what_was_open(self, app, engine, provider):
        first = app.test_client()
        log_in(first)
        provider.be(claims={"groups": []})
        assert log_in(app.test_client()).status_code == 403
        assert roles_of(engine) == []
        assert first.get("/staff/map").status_code == 403

    def test_a_role_that_the_mapping_does_not_speak_of_stays(self, outer, engine, provider):
        app = outer(oidc_roles="TRYGG-Samordnare=coordinator@1470")
        log_in(app.test_client())
        with writing(engine) as session:
            user = session.scalars(select(User).where(User.email == HONEST["email"])).one()
            there = factories.home_in(session)
            session.add(Membership(user_account_id=user.id, municipality_id=there.id, role="admin"))
        provider.be(claims={"groups": []})
        assert log_in(app.test_client()).status_code == 303
        assert roles_of(engine) == ["admin"]

    def test_they_may_lie_deeper(self, outer, engine, provider):
        provider.be(claims={"groups": None, "realm_access": {"roles": ["Polis-Planering"]}})
        assert log_in(outer(oidc_roles_claim="realm_access.roles").test_client()).status_code == 303
        assert roles_of(engine) == ["police_planner"]

    def test_a_municipality_that_is_not_here_gives_nothing(self, outer, provider):
        app = outer(oidc_roles="TRYGG-Samordnare=coordinator@0114")
        assert log_in(app.test_client()).status_code == 403


class TestAccounts:
    def test_an_account_with_a_password_is_never_taken_over(self, client, engine, provider):
        before = counted(engine)
        provider.be(claims={"email": COORDINATOR})
        answer = log_in(client)
        assert (answer.status_code, "lösenord" in answer.text) == (403, True)
        assert counted(engine) == before

    def test_one_that_waits_for_it_is_linked_by_an_address_that_is_vouched_for(
        self, client, engine, provider
    ):
        with writing(engine) as session:
            outer_login.await_at_provider(session, COORDINATOR, COMMAND)
        provider.be(claims={"email": COORDINATOR.upper(), "groups": []})
        assert log_in(client).status_code == 403  # the mapping gives nothing, and no account is touched
        provider.be(claims={"email": COORDINATOR.upper()})
        assert log_in(client).status_code == 303
        assert roles_of(engine, COORDINATOR) == ["coordinator"]

    @pytest.mark.parametrize("vouched", [False, None, "true", 1])
    def test_never_by_one_that_is_not(self, client, engine, provider, vouched):
        with writing(engine) as session:
            session.execute(update(User).where(User.email == COORDINATOR).values(password_hash=""))
        provider.be(claims={"email": COORDINATOR, "email_verified": vouched})
        assert log_in(client).status_code == 303
        with reading(engine) as session:
            own = session.scalars(select(User).join(OuterIdentity)).one()
        assert own.email.startswith("oidc-")

    def test_another_person_with_the_same_address_is_refused(self, app, provider):
        log_in(app.test_client())
        provider.be(claims={"sub": "somebody else"})
        assert log_in(app.test_client()).status_code == 403

    def test_one_that_is_shut_stays_shut_whatever_the_provider_says(self, app, engine):
        log_in(app.test_client())
        with writing(engine) as session:
            session.execute(update(User).where(User.email == HONEST["email"]).values(is_disabled=True))
        client = app.test_client()
        assert "avstängt" in log_in(client).text
        assert not is_in(client)

    def test_without_a_password_no_password_gets_in(self, app, client):
        log_in(client)
        for tried in ("", " ", "en mening som ingen gissar"):
            stranger = app.test_client()
            assert enter(stranger, HONEST["email"], tried).status_code in (403, 422)
            assert not is_in(stranger)

    @pytest.mark.parametrize(
        "subject", ["19900101-2384", "199001012384", "9001012384", "SE:199001012384", "pnr=900101-2384"]
    )
    def test_a_personal_identity_number_is_nobodys_key(self, client, engine, provider, subject):
        before = counted(engine)
        provider.be(claims={"sub": subject})
        answer = log_in(client)
        assert (answer.status_code, "personnummer" in answer.text) == (403, True)
        assert subject not in answer.text
        assert counted(engine) == before


LIES = {
    "another nonce": {"claims": {"nonce": "0" * 43}},
    "no nonce": {"claims": {"nonce": None}},
    "for somebody else": {"claims": {"aud": "another"}},
    "for us and another": {"claims": {"aud": [CLIENT, "another"], "azp": "another"}},
    "for nobody": {"claims": {"aud": None}},
    "from somebody else": {"claims": {"iss": "https://evil.example"}},
    "from nobody": {"claims": {"iss": None}},
    "run out": {"claims": {"exp": 1_700_000_000}},
    "forever": {"claims": {"exp": None}},
    "times that are none": {"claims": {"exp": "soon"}},
    "not yet": {"claims": {"nbf": 4_000_000_000}},
    "nobody": {"claims": {"sub": None}},
    "a number": {"claims": {"sub": 7}},
    "a long name": {"claims": {"sub": "x" * 256}},
    "another's access token": {"claims": {"at_hash": "x" * 22}},
    "unsigned": {"signed": "none"},
    "signed with the public key": {"signed": "hs256"},
    "signed with our secret": {"signed": "client_secret"},
    "signed by another": {"signed": "foreign"},
    "bringing its own key": {"signed": "own_key"},
    "changed on the way": {"signed": "changed"},
    "no id token": {"no_id_token": True},
    "another's name in the address": {"iss_said": "https://evil.example"},
}


class TestLies:
    @pytest.mark.parametrize("lie", LIES)
    def test_none_is_believed(self, client, engine, provider, lie):
        before = counted(engine)
        provider.be(**LIES[lie])
        answer = log_in(client)
        assert (answer.status_code, "gick inte att lita på" in answer.text) == (403, True), lie
        assert not is_in(client)
        assert counted(engine) == before

    def test_an_answer_without_the_providers_name_is_refused_where_it_always_says_it(self, client):
        returned = Provider.visit(leave(client))
        assert back(client, changed(returned, iss=None)).status_code == 403

    def test_a_refusal_is_told_as_one(self, client, provider):
        provider.be(error="access_denied")
        answer = log_in(client)
        assert (answer.status_code, "avbröts" in answer.text) == (403, True)

    def test_a_weak_login_is_refused_where_a_strong_one_is_asked_for(self, outer, provider):
        app = outer(oidc_acr="http://id.elegnamnden.se/loa/1.0/loa3")
        assert "inte stark nog" in log_in(app.test_client()).text
        provider.be(claims={"acr": "http://id.elegnamnden.se/loa/1.0/loa3"})
        assert log_in(app.test_client()).status_code == 303


class TestTricks:
    @pytest.mark.parametrize("state", ["", "x", "å", None, "x" * 9_000])
    def test_another_state_is_refused(self, client, state):
        returned = Provider.visit(leave(client))
        assert back(client, changed(returned, state=state)).status_code == 400
        assert not is_in(client)

    def test_a_code_is_good_once(self, client, app):
        address = leave(client)
        with client.session_transaction() as cookie:
            kept = dict(cookie)
        returned = Provider.visit(address)
        assert back(client, returned).status_code == 303
        again = app.test_client()
        with again.session_transaction() as cookie:
            cookie.update(kept)
        assert back(again, returned).status_code == 403
        assert not is_in(again)

    def test_nobody_is_logged_in_as_another_by_a_link(self, client, app):
        """Login CSRF: the attacker's own way back, opened in the victim's browser."""
        attacker = app.test_client()
        returned = Provider.visit(leave(attacker))
        assert back(client, returned).status_code == 400
        leave(client)
        assert back(client, returned).status_code == 400
        assert not is_in(client)

    def test_anothers_code_is_worth_nothing_in_ones_own_trip(self, client, app):
        """What PKCE is for: the verifier belongs to the browser that began."""
        theirs = parse_qs(urlsplit(Provider.visit(leave(app.test_client()))).query)["code"][0]
        own = Provider.visit(leave(client))
        assert back(client, changed(own, code=theirs)).status_code == 403
        assert not is_in(client)

    def test_the_cookie_holds_neither_verifier_nor_nonce(self, client):
        asked = parse_qs(urlsplit(leave(client)).query)
        with client.session_transaction() as cookie:
            assert set(cookie["oidc"]) == {"state", "next", "at"}
            assert asked["nonce"][0] not in str(dict(cookie))

    def test_a_trip_lasts_ten_minutes(self, client):
        returned = Provider.visit(leave(client))
        with client.session_transaction() as cookie:
            cookie["oidc"] = {**cookie["oidc"], "at": "2026-11-22T00:00:00+00:00"}
        assert back(client, returned).status_code == 400

    @pytest.mark.parametrize("asked", ELSEWHERE)
    def test_it_never_leads_elsewhere(self, client, asked):
        Elsewhere.check(log_in(client, next=asked).headers["Location"])

    def test_a_host_of_the_askers_choice_is_not_where_one_returns(self, client):
        answer = client.get("/login/oidc", headers={"X-Forwarded-Host": "evil.example"})
        assert "evil" not in answer.headers["Location"]
        assert client.get("/login/oidc", headers={"Host": "evil.example"}).status_code == 400

    def test_a_session_fixed_before_is_not_the_one_after(self, client):
        client.get("/login")
        with client.session_transaction() as cookie:
            cookie["sid"] = "fixed by another"
        log_in(client)
        with client.session_transaction() as cookie:
            assert cookie["sid"] != "fixed by another"
            assert set(cookie) == {"sid"}


class TestAway:
    @pytest.fixture(autouse=True)
    def _impatient(self, monkeypatch):
        monkeypatch.setattr(outer_http, "PATIENCE_S", 1.0)

    def check(self, client):
        began = time.monotonic()
        answer = client.get("/login/oidc")
        assert (answer.status_code, "svarar inte" in answer.text) == (503, True)
        assert time.monotonic() - began < 3.0
        assert client.get("/login").status_code == 200

    @pytest.mark.parametrize(
        "mood",
        [
            {"slow": True},
            {"garbage": True},
            {"elsewhere": True},
            {"endless": True},
            {"other_issuer": "https://evil.example"},
            {"metadata": {"token_endpoint": "http://10.0.0.1/token"}},
            {"metadata": {"jwks_uri": "file:///etc/passwd"}},
            {"metadata": {"authorization_endpoint": None}},
            {"metadata": {"jwks_uri": 7}},
        ],
        ids=str,
    )
    def test_one_is_told_so_and_the_password_is_still_there(self, client, provider, mood):
        provider.be(**mood)
        self.check(client)

    def test_one_that_is_dead_is_not_waited_for_twice(self, outer):
        client = outer(oidc_issuer="http://127.0.0.1:9").test_client()
        self.check(client)
        began = time.monotonic()
        self.check(client)
        assert time.monotonic() - began < 0.5

    @pytest.mark.parametrize("said", ["[]", "null", "<html>", "[" * 90_000, '{"id_token": 7}'])
    def test_a_way_back_that_ends_in_nonsense_lets_nobody_in(self, client, provider, said):
        provider.be(token_garbage=said)
        answer = log_in(client)
        assert answer.status_code in (403, 503)
        assert not is_in(client)

    def test_the_application_starts_without_asking_anybody(self, outer):
        app = outer(oidc_issuer="http://127.0.0.1:9")
        assert app.test_client().get("/healthz").status_code == 200
