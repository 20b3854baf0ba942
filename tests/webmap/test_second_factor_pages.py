"""Logging in with a phone, and looking after one's own account, through the forms."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
import time_machine
from sqlalchemy import update

from geodata.tables.engine import reading, writing
from geodata.tables.users import User, UserSession
from tests import factories
from tests.factories import PASSWORD
from tests.webmap.application import COORDINATOR, PLANNER, application, closed, enter, post, token_in
from tests.webmap.phones import Phone
from webmap.services import second_factor

NEW = "sju tröga gäss i vassen"
MOMENT = datetime(2026, 11, 21, 20, 0, 0, tzinfo=UTC)
ROOMS = (
    "/account",
    "/account/password",
    "/account/second-factor",
    "/staff/map",
    "/admin/users",
    "/staff/reports",
)
STEPS = ("/login/code", "/login/password", "/login/second-factor")


@pytest.fixture
def app(staffed_file, tmp_path):
    path = tmp_path / "own.gpkg"
    path.write_bytes(staffed_file.read_bytes())
    made = application(f"sqlite:///{path}", tmp_path, second_factor="required")
    yield made
    closed(made)


@pytest.fixture
def engine(app):
    return app.extensions["works"].engine


@pytest.fixture
def clock():
    with time_machine.travel(MOMENT, tick=False) as clock:
        yield clock


@pytest.fixture
def phone(app, engine, clock):
    """The coordinator's, taken into use before."""
    phone, secret = Phone(second_factor.new_key()), app.extensions["works"].settings.secret()
    with writing(engine) as session:
        user = session.query(User).filter_by(email=COORDINATOR).one()
        user.totp_key, user.totp_step = second_factor.seal(secret, user.id, phone.key), 0
    return phone


def send(client, path, **said):
    """Fill in the form of the very page one is on."""
    return client.post(path, data={"csrf_token": token_in(client.get(path)), **said})


def where(answer):
    return answer.status_code, answer.headers.get("Location")


def is_in(client):
    return client.get("/account").status_code == 200


def key_in(page):
    return re.search(r'class="scan-key">([A-Z2-7 ]+)<', page.text)[1].replace(" ", "")


def codes_in(page):
    return re.findall(r"<li><code>(\w{5}-\w{5})</code></li>", page.text)


class TestFirstTime:
    def test_the_password_leads_to_the_phone_and_nowhere_else(self, client):
        assert where(enter(client, COORDINATOR)) == (303, "/login/second-factor")
        assert {client.get(path).status_code for path in ROOMS} == {302}
        assert where(client.get("/login")) == (302, "/login/second-factor")
        assert client.get("/login/second-factor").status_code == 200

    def test_scan_and_confirm_gives_ten_codes_once_and_lets_in(self, client, clock):
        enter(client, COORDINATOR, next="/staff/map?kind=perception")
        before = client.get_cookie("s").value
        page = client.get("/login/second-factor")
        done = send(client, "/login/second-factor", code=Phone(key_in(page)).code())
        assert (done.status_code, len(codes_in(done))) == (200, 10)
        assert done.headers["Cache-Control"] == "private, no-store"
        assert 'href="/staff/map?kind=perception"' in done.text
        assert is_in(client)
        client.set_cookie("s", before)
        assert not is_in(client)

    def test_the_picture_and_the_key_are_our_own_and_the_same_when_asked_again(self, client):
        enter(client, COORDINATOR)
        pages = [client.get("/login/second-factor") for _ in range(2)]
        assert len({key_in(page) for page in pages}) == 1
        assert 'src="data:image/svg+xml' in pages[0].text
        assert "//" not in re.sub(r'(src|href)="(data|otpauth):[^"]*"', "", pages[0].text).split("<main")[1]

    def test_the_file_holds_the_same_codes(self, client, clock):
        enter(client, COORDINATOR)
        key = key_in(client.get("/login/second-factor"))
        done = send(client, "/login/second-factor", code=Phone(key).code())
        file = unquote(re.search(r'href="data:text/plain;charset=utf-8,([^"]*)"', done.text)[1])
        assert file.split()[1:] == codes_in(done)

    def test_a_wrong_code_is_said_at_the_field_and_stores_nothing(self, client, engine):
        enter(client, COORDINATOR)
        answer = send(client, "/login/second-factor", code="000000")
        assert answer.status_code == 422
        assert 'href="#code"' in answer.text
        with reading(engine) as session:
            assert session.query(User).filter(User.totp_key.is_not(None)).count() == 0

    def test_a_key_made_for_another_account_is_not_taken(self, client, app, clock):
        enter(client, COORDINATOR)
        key_in(client.get("/login/second-factor"))
        with client.session_transaction() as cookie:
            offer = cookie["offer"]
        other = app.test_client()
        enter(other, PLANNER)
        mine = key_in(client.get("/login/second-factor"))
        with other.session_transaction() as cookie:
            cookie["offer"] = offer
        assert key_in(other.get("/login/second-factor")) != mine


class TestCode:
    def test_it_is_asked_for_and_opens(self, client, phone):
        assert where(enter(client, COORDINATOR, next="/account")) == (303, "/login/code")
        assert {client.get(path).status_code for path in ROOMS} == {302}
        assert where(send(client, "/login/code", code=phone.code())) == (303, "/account")
        assert is_in(client)

    def test_the_cookie_from_before_is_worth_nothing(self, client, phone):
        enter(client, COORDINATOR)
        half = client.get_cookie("s").value
        send(client, "/login/code", code=phone.code())
        client.set_cookie("s", half)
        assert not is_in(client)
        assert client.get("/login/code").status_code == 303

    def test_a_second_click_does_not_log_one_out(self, app, client, phone):
        """Both clicks leave with the old cookie, and the answer to the second is the one that is shown."""
        enter(client, COORDINATOR)
        said = {"csrf_token": token_in(client.get("/login/code")), "code": phone.code()}
        slow = app.test_client()
        slow.set_cookie("s", client.get_cookie("s").value)
        assert where(client.post("/login/code", data=said))[0] == 303
        late = slow.post("/login/code", data=said)
        assert not [each for each in late.headers.getlist("Set-Cookie") if each.startswith("s=")]
        assert not is_in(slow)
        assert is_in(client)

    def test_a_code_is_good_once(self, app, client, phone):
        enter(client, COORDINATOR)
        send(client, "/login/code", code=phone.code())
        other = app.test_client()
        enter(other, COORDINATOR)
        assert send(other, "/login/code", code=phone.code()).status_code == 422
        assert not is_in(other)

    def test_one_with_a_phone_cannot_put_another_in_with_the_password_alone(self, client, phone):
        enter(client, COORDINATOR)
        for path in STEPS[1:]:
            assert where(client.get(path)) == (303, "/login")
        token = token_in(client.get("/login/code"))
        answer = client.post("/login/second-factor", data={"csrf_token": token, "code": phone.code()})
        assert answer.status_code == 303
        assert not is_in(client)

    def test_the_sixth_in_a_minute_waits(self, client, phone):
        enter(client, COORDINATOR)
        codes = [send(client, "/login/code", code="000000").status_code for _ in range(5)]
        waits = send(client, "/login/code", code=phone.code())
        assert codes == [422] * 5
        assert (waits.status_code, int(waits.headers["Retry-After"]) > 0) == (429, True)
        assert not is_in(client)

    def test_after_five_minutes_one_begins_again(self, client, phone, clock):
        enter(client, COORDINATOR)
        token = token_in(client.get("/login/code"))
        clock.shift(timedelta(minutes=5, seconds=1))
        late = client.post("/login/code", data={"csrf_token": token, "code": phone.code()})
        assert where(late) == (303, "/login?late=1")
        assert "för lång tid" in client.get("/login?late=1").text

    def test_giving_up_ends_it(self, client, phone, engine):
        enter(client, COORDINATOR)
        client.post("/logout", data={"csrf_token": token_in(client.get("/login/code"))})
        assert factories.rows(engine, UserSession) == {"user_session": 0}

    def test_half_pages_are_kept_by_no_browser(self, client, phone):
        enter(client, COORDINATOR)
        assert client.get("/login/code").headers["Cache-Control"] == "private, no-store"

    def test_a_recovery_code_opens_once(self, app, client, phone):
        enter(client, COORDINATOR)
        send(client, "/login/code", code=phone.code())
        made = post_from(client, "/account/second-factor", "/account/second-factor/recovery", old=PASSWORD)
        code = codes_in(made)[0]
        for expected in (303, 422):
            other = app.test_client()
            enter(other, COORDINATOR)
            answer = send(other, "/login/code", recovery=code.lower())
            assert answer.status_code == expected
        assert 'href="#recovery"' in answer.text
        assert "9 av 10" in client.get("/account/second-factor").text

    @pytest.mark.parametrize("path", STEPS)
    def test_nobody_is_shown_a_step(self, client, path):
        assert where(client.get(path)) == (303, "/login?late=1")


def post_from(client, page, path, **said):
    return client.post(path, data={"csrf_token": token_in(client.get(page)), **said})


@pytest.fixture
def inside(client, phone, clock):
    """The coordinator, in with a code."""
    enter(client, COORDINATOR)
    send(client, "/login/code", code=phone.code())
    clock.shift(30)
    return client


class TestOwnPhone:
    PAGE = "/account/second-factor"

    def test_it_is_changed_after_the_password_is_asked_for_again(self, inside):
        begun = post_from(inside, self.PAGE, f"{self.PAGE}/new", old=PASSWORD)
        assert where(begun) == (303, f"{self.PAGE}/new")
        key = key_in(inside.get(f"{self.PAGE}/new"))
        done = post_from(inside, f"{self.PAGE}/new", f"{self.PAGE}/confirm", code=Phone(key).code())
        assert len(codes_in(done)) == 10
        assert is_in(inside)

    @pytest.mark.parametrize("act", ["new", "recovery"])
    def test_without_it_nothing_is(self, inside, act):
        answer = post_from(inside, self.PAGE, f"{self.PAGE}/{act}", old="fel lösenord")
        assert answer.status_code == 422
        assert where(inside.get(f"{self.PAGE}/new")) == (302, self.PAGE)
        assert codes_in(answer) == []

    def test_a_phone_cannot_be_confirmed_out_of_the_blue(self, inside, phone):
        answer = post_from(inside, self.PAGE, f"{self.PAGE}/confirm", code=phone.code())
        assert where(answer) == (303, self.PAGE)

    def test_a_wrong_code_keeps_the_old_phone(self, inside):
        post_from(inside, self.PAGE, f"{self.PAGE}/new", old=PASSWORD)
        answer = post_from(inside, f"{self.PAGE}/new", f"{self.PAGE}/confirm", code="000000")
        assert answer.status_code == 422


class TestOwnPassword:
    def test_it_is_changed_and_said(self, app, inside):
        before = inside.get_cookie("s").value
        done = send(inside, "/account/password", old=PASSWORD, password=NEW, again=NEW)
        assert where(done) == (303, "/account?done=password")
        assert "Lösenordet är bytt" in inside.get("/account?done=password").text
        other = app.test_client()
        other.set_cookie("s", before)
        assert not is_in(other)
        assert enter(other, COORDINATOR, NEW).status_code == 303

    def test_what_is_wrong_is_said_at_each_field_and_nothing_typed_comes_back(self, inside):
        answer = send(inside, "/account/password", old="", password="kort", again="längre")
        assert answer.status_code == 422
        assert all(f'href="#{field}"' in answer.text for field in ("old", "password", "again"))
        assert "kort" not in answer.text.split("<main")[1]

    def test_one_made_by_another_is_changed_before_anything_else(self, client, engine, clock):
        with writing(engine) as session:
            changed = update(User).where(User.email == COORDINATOR)
            session.execute(changed.values(must_change_password=True))
        assert where(enter(client, COORDINATOR)) == (303, "/login/password")
        assert {client.get(path).status_code for path in ROOMS} == {302}
        assert send(client, "/login/password", password="kort", again="kort").status_code == 422
        assert where(send(client, "/login/password", password=NEW, again=NEW)) == (
            303,
            "/login/second-factor",
        )
        key = key_in(client.get("/login/second-factor"))
        send(client, "/login/second-factor", code=Phone(key).code())
        assert is_in(client)


class TestOwnSessions:
    def test_each_says_how_one_came_in_and_all_others_can_be_ended(self, app, inside, phone, clock):
        other = app.test_client()
        enter(other, COORDINATOR)
        send(other, "/login/code", code=phone.code())
        page = inside.get("/account")
        assert page.text.count("Med lösenord och kod från telefonen") == 2
        assert page.text.count("den här enheten") == 1
        post(inside, "/account/sessions/end-others")
        assert (is_in(inside), is_in(other)) == (True, False)

    def test_half_sessions_are_not_among_them(self, app, inside):
        enter(app.test_client(), COORDINATOR)
        assert inside.get("/account").text.count('/end"') == 1


def test_the_example_never_asks_for_a_code(demo_file, tmp_path):
    path = tmp_path / "demo.gpkg"
    path.write_bytes(demo_file.read_bytes())
    app = application(f"sqlite:///{path}", tmp_path, second_factor="required")
    client = app.test_client()
    answer = enter(client, "samordnare@demo.example", "ett lösenord för exemplet", next="/account")
    closed(app)
    assert where(answer) == (303, "/account")
