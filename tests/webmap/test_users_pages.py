"""The administrator's pages of accounts."""

from __future__ import annotations

import re

import pytest

from geodata.queries.people import user_by_email
from geodata.tables.engine import reading
from tests.webmap.application import ADMIN, COORDINATOR, ELSEWHERE, enter, post
from webmap.access import Role

NEW = "sju tröga gäss i vassen"


@pytest.fixture
def engine(app):
    return app.extensions["works"].engine


@pytest.fixture
def admin(logged_in):
    return logged_in(ADMIN)


def id_of(engine, email):
    with reading(engine) as session:
        return user_by_email(session, email).id


def act(client, engine, email, name, **said):
    return post(client, f"/admin/users/{id_of(engine, email)}/{name}", municipality="1470", **said)


class TestList:
    def test_it_shows_those_who_work_here_and_nobody_else(self, admin):
        page = admin.get("/admin/users")
        assert COORDINATOR in page.text
        assert ELSEWHERE not in page.text

    def test_the_file_is_for_a_swedish_spreadsheet(self, admin):
        file = admin.get("/admin/users.csv?municipality=1470")
        lines = file.data.decode("utf-8-sig").split("\r\n")
        assert lines[0] == "E-post;Roller;Senast inloggad;Kod från telefonen;Läge"
        assert f"{COORDINATOR};Samordnare;;Nej;Öppet" in lines

    def test_one_of_another_municipality_is_not_there(self, admin, engine):
        assert admin.get(f"/admin/users/{id_of(engine, ELSEWHERE)}").status_code == 404
        assert act(admin, engine, ELSEWHERE, "shut").status_code == 404
        assert admin.get("/admin/users?municipality=1446").status_code == 404

    @pytest.mark.parametrize("user_id", ["0", "9" * 30])
    def test_nor_is_nobody(self, admin, user_id):
        assert admin.get(f"/admin/users/{user_id}").status_code == 404


class TestAdding:
    def add(self, admin, email="eva@vara.example", role="council"):
        return post(admin, "/admin/users/new", municipality="1470", email=email, role=role)

    def test_the_password_is_shown_once_and_opens_to_a_change_of_it(self, app, admin):
        made = self.add(admin)
        password = re.search(r'class="one-time">([^<]+)<', made.text)[1]
        assert made.headers["Cache-Control"] == "private, no-store"
        other = app.test_client()
        assert enter(other, "eva@vara.example", password).headers["Location"] == "/login/password"
        assert other.get("/account").status_code == 302

    def test_one_who_has_an_account_gets_the_role_and_no_password(self, admin):
        made = self.add(admin, ELSEWHERE)
        assert made.status_code == 200
        assert "one-time" not in made.text.split("<main")[1]

    @pytest.mark.parametrize(
        ("email", "role", "field"), [("eva", "council", "email"), ("e@v.example", "", "role")]
    )
    def test_what_is_wrong_is_said_at_the_field_and_the_rest_is_kept(self, admin, email, role, field):
        answer = self.add(admin, email, role)
        assert answer.status_code == 422
        assert f'href="#{field}"' in answer.text
        assert f'value="{email}"' in answer.text


class TestOne:
    def test_a_role_is_given_and_taken(self, admin, engine, logged_in):
        assert act(admin, engine, COORDINATOR, "give", role="admin").status_code == 303
        assert logged_in(COORDINATOR).get("/admin/users").status_code == 200
        assert act(admin, engine, COORDINATOR, "take", role="admin").status_code == 303
        assert logged_in(COORDINATOR).get("/admin/users").status_code == 403

    def test_with_the_last_role_the_account_leaves_the_list(self, admin, engine):
        answer = act(admin, engine, COORDINATOR, "take", role="coordinator")
        assert answer.headers["Location"] == "/admin/users?municipality=1470"
        assert COORDINATOR not in admin.get("/admin/users").text

    def test_ones_own_role_as_administrator_stays(self, admin, engine):
        answer = act(admin, engine, ADMIN, "take", role="admin")
        assert answer.status_code == 422
        assert "din egen roll" in answer.text

    def test_what_another_has_done_meanwhile_is_said(self, admin, engine):
        assert act(admin, engine, COORDINATOR, "give", role=Role.COORDINATOR).status_code == 409

    def test_a_shut_account_is_out_at_its_next_request_and_can_be_opened(self, admin, engine, logged_in):
        browser = logged_in(COORDINATOR)
        assert act(admin, engine, COORDINATOR, "shut").status_code == 303
        assert browser.get("/account").status_code == 302
        assert act(admin, engine, COORDINATOR, "open").status_code == 303
        assert enter(browser, COORDINATOR).status_code == 303

    def test_a_new_password_is_shown_once(self, app, admin, engine):
        made = act(admin, engine, COORDINATOR, "password")
        password = re.search(r'class="one-time">([^<]+)<', made.text)[1]
        assert enter(app.test_client(), COORDINATOR, password).headers["Location"] == "/login/password"
        assert enter(app.test_client(), COORDINATOR).status_code == 403

    def test_a_new_phone_is_let_in(self, admin, engine):
        assert act(admin, engine, COORDINATOR, "phone").status_code == 303

    def test_an_account_that_works_elsewhere_too_is_not_taken_over(self, admin, engine):
        post(admin, "/admin/users/new", municipality="1470", email=ELSEWHERE, role="council")
        assert "annan kommun" in admin.get(f"/admin/users/{id_of(engine, ELSEWHERE)}").text
        for name in ("shut", "password", "phone"):
            assert act(admin, engine, ELSEWHERE, name).status_code == 422

    def test_a_coordinator_does_none_of_it(self, logged_in, engine):
        assert act(logged_in(COORDINATOR), engine, ADMIN, "shut").status_code == 403
