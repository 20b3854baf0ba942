"""The commands that keep house: user, municipality, db and journal, on both databases."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from geodata.tables.engine import make_engine, writing
from tests.factories import PASSWORD
from webmap.cli import main

COORDINATOR = ("anna@vara.example", "--role", "coordinator", "--municipality", "1470")


@pytest.fixture
def command(database_url, monkeypatch):
    monkeypatch.setenv("TRYGGKARTA_DATABASE_URL", database_url)
    return lambda *words, **more: CliRunner().invoke(main, list(words), **more)


def said(result):
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


class TestUser:
    def test_a_made_password_is_shown_once(self, command):
        made = said(command("user", "add", *COORDINATOR, "--json"))
        assert len(made["password"]) >= 12
        assert "password" not in command("user", "list", "--json").stdout

    def test_a_password_given_is_not_shown(self, command):
        result = command("user", "add", *COORDINATOR, "--password-stdin", "--json", input=PASSWORD + "\n")
        assert PASSWORD not in result.output
        assert said(result) == {"email": "anna@vara.example", "role": "coordinator", "municipality": "1470"}

    def test_the_list_says_who_is_what_and_who_is_shut(self, command):
        command("user", "add", *COORDINATOR)
        said(command("user", "disable", "anna@vara.example", "--json"))
        expected = {"email": "anna@vara.example", "is_disabled": True, "roles": {"1470": ["coordinator"]}}
        assert said(command("user", "list", "--json")) == [expected]

    def test_faults_end_in_one_and_one_line(self, command):
        command("user", "add", *COORDINATOR)
        for words in (("user", "add", *COORDINATOR), ("user", "disable", "ingen@vara.example")):
            result = command(*words)
            assert (result.exit_code, len(result.stderr.strip().splitlines())) == (1, 1)
            assert "Traceback" not in result.output

    def test_a_role_nobody_has_is_wrong_use(self, command):
        assert (
            command("user", "add", "a@b.example", "--role", "kung", "--municipality", "1470").exit_code == 2
        )


class TestUserAgain:
    """What is changed of an account that is there."""

    EMAIL = COORDINATOR[0]
    HERE = ("--municipality", "1470", "--json")

    @pytest.fixture
    def anna(self, command):
        return said(command("user", "add", *COORDINATOR, "--json"))

    def test_roles_are_given_and_taken(self, command, anna):
        given = said(command("user", "role", self.EMAIL, "--add", "admin", "--add", "council", *self.HERE))
        assert given["roles"] == {"1470": ["admin", "coordinator", "council"]}
        taken = said(command("user", "role", self.EMAIL, "--remove", "council", *self.HERE))
        assert taken["roles"] == {"1470": ["admin", "coordinator"]}

    def test_the_last_administrator_stays(self, command, anna):
        command("user", "role", self.EMAIL, "--add", "admin", *self.HERE)
        result = command("user", "role", self.EMAIL, "--remove", "admin", *self.HERE)
        assert (result.exit_code, "enda administratören" in result.stderr) == (1, True)

    def test_a_shut_account_is_opened(self, command, anna):
        command("user", "disable", self.EMAIL)
        assert said(command("user", "enable", self.EMAIL, "--json"))["is_disabled"] is False
        assert said(command("user", "list", "--json"))[0]["is_disabled"] is False

    def test_a_new_phone_and_password_are_let_in(self, command, anna):
        assert "password" not in said(command("user", "reset", self.EMAIL, "--json"))
        fresh = said(command("user", "reset", self.EMAIL, "--password", "--json"))["password"]
        assert fresh != anna["password"]

    @pytest.mark.parametrize("word", ["enable", "reset"])
    def test_nobody_is_not_found(self, command, word):
        assert command("user", word, "ingen@vara.example").exit_code == 1

    def test_a_password_easily_guessed_is_refused(self, command):
        result = command("user", "add", *COORDINATOR, "--password-stdin", input="lösenord123456\n")
        assert (result.exit_code, "gissa" in result.stderr) == (1, True)


class TestMunicipality:
    def test_it_is_added_by_its_code_and_listed(self, command):
        made = said(command("municipality", "add", "1470", "--json"))
        assert (made["name"], made["is_exact"]) == ("Vara", False)
        assert said(command("municipality", "list", "--json")) == [
            {"code": "1470", "name": "Vara", "is_exact": False}
        ]

    def test_an_exact_boundary_is_taken_from_a_file(self, command, shared):
        path = shared("data/municipalities_skaraborg_west.geojson")
        made = said(command("municipality", "add", "1470", "--boundary", str(path), "--json"))
        assert made["is_exact"]

    def test_the_builtin_boundary_can_be_had_back(self, command, shared):
        path = shared("data/municipalities_skaraborg_west.geojson")
        command("municipality", "add", "1470", "--boundary", str(path))
        made = said(command("municipality", "add", "1470", "--boundary", "builtin", "--json"))
        assert made == said(command("municipality", "add", "1470", "--json"))
        assert not made["is_exact"]

    def test_a_code_nobody_has_ends_in_one(self, command):
        result = command("municipality", "add", "0000")
        assert result.exit_code == 1
        assert "0000" in result.stderr


class TestDatabase:
    def test_it_is_current_and_sound(self, command):
        assert said(command("db", "upgrade", "--json"))["moved"] in (False, [], 0, None)
        assert said(command("db", "check", "--json")) == {"is_sound": True, "faults": []}

    def test_a_url_that_is_none_ends_in_one(self, command, monkeypatch):
        monkeypatch.setenv("TRYGGKARTA_DATABASE_URL", "mysql://x")
        result = command("db", "check")
        assert result.exit_code == 1
        assert "TRYGGKARTA_DATABASE_URL" in result.stderr


class TestJournal:
    def test_a_whole_chain_ends_in_nought(self, command):
        command("user", "add", *COORDINATOR)
        assert said(command("journal", "verify", "--json"))["first_bad_seq"] is None

    def test_a_changed_row_ends_in_one_and_is_named(self, command, database_url):
        command("user", "add", *COORDINATOR)
        forge(database_url)
        result = command("journal", "verify", "--json")
        assert result.exit_code == 1
        assert json.loads(result.stdout)["first_bad_seq"] == 1


def forge(url):
    """Change the first row, as one who has the database itself can."""
    engine = make_engine(url)
    with writing(engine) as session:
        if engine.dialect.name == "sqlite":
            triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal'"
            for name in session.scalars(text(triggers)).all():
                session.execute(text(f"DROP TRIGGER {name}"))
        else:
            session.execute(text("ALTER TABLE journal DISABLE TRIGGER USER"))
        session.execute(text("UPDATE journal SET role = 'nobody' WHERE seq = 1"))
    engine.dispose()


def test_help_is_given_for_every_command():
    for name, known in main.commands.items():
        result = CliRunner().invoke(main, [name, "--help"])
        assert result.exit_code == 0
        assert known.help
