"""The application over a small municipality, and browsers that have logged in to it."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from geodata.tables.engine import make_engine, writing
from geodata.vocabulary import Owner
from tests import factories
from tests.factories import PASSWORD
from tests.places import place_at
from webmap import create_app
from webmap.access import Role
from webmap.services import demo, scales
from webmap.settings import Settings

SECRET = "en hemlighet som bara finns i tester"
COORDINATOR, PLANNER, ADMIN = "samordnare@vara.example", "planerare@vara.example", "admin@vara.example"
ELSEWHERE = "samordnare@karlsborg.example"
OFFICER, LEADER = "polis@vara.example", "vandringsledare@vara.example"
REPORTER, COUNCIL = "rapportor@vara.example", "radet@vara.example"
STAFF = {
    COORDINATOR: Role.COORDINATOR,
    PLANNER: Role.POLICE_PLANNER,
    ADMIN: Role.ADMIN,
    OFFICER: Role.POLICE_OFFICER,
    LEADER: Role.WALK_LEADER,
    REPORTER: Role.REPORTER,
    COUNCIL: Role.COUNCIL,
}
DEMO_PASSWORD = "ett lösenord för exemplet"
_FIELD = re.compile(r'name="csrf_token" value="([^"]+)"')

Login = Callable[..., FlaskClient]


class Browser(FlaskClient):
    """A client that reads every answer to its end, so that no file is left open."""

    def open(self, *asked: Any, **said: Any) -> TestResponse:
        """Send a request."""
        return super().open(*asked, **({"buffered": True} | said))


def staff(engine: Engine) -> None:
    """Vara with sixty perceptions, scales and one of each role; Karlsborg with a coordinator.

    Municipality and police share all they have, exactly.
    """
    with writing(engine) as session:
        there = factories.municipality(session)
        factories.municipality(session, "1446", "Karlsborg")
        factories.locality(session, there, "Levene", place_at(0, 5_000), 1_000.0)
        factories.store(session, there, factories.spread(60))
        for owner in Owner:
            factories.share(session, there, owner)
    for email, role in STAFF.items():
        factories.user(engine, email, role)
    factories.user(engine, ELSEWHERE, Role.COORDINATOR, "1446")
    scales.refresh(engine, there)


def token_in(answer: TestResponse) -> str:
    """The CSRF field of a page."""
    found = _FIELD.search(answer.text)
    assert found is not None, answer.text[:500]
    return found[1]


def enter(client: FlaskClient, email: str, password: str = PASSWORD, **more: str) -> TestResponse:
    """Fill in the log-in form as a browser does."""
    token = token_in(client.get("/login"))
    return client.post("/login", data={"email": email, "password": password, "csrf_token": token, **more})


def post(client: FlaskClient, path: str, **said: str) -> TestResponse:
    """Send a form from a page of the client's own."""
    token = token_in(client.get("/account"))
    return client.post(path, data={"csrf_token": token, **said})


def application(url: str, folder: Path, **said: str) -> Flask:
    """The application on a database, as an administrator would set it up."""
    chosen = {"rate_limits": "off", "second_factor": "off", "quickest_report_s": "0", **said}
    settings = Settings(data_dir=str(folder), database_url=url, secret_key=SECRET, **chosen)
    app = create_app(settings, make_engine(url))
    app.test_client_class = Browser
    return app


def closed(app: Flask) -> None:
    """Let go of the application's database."""
    app.extensions["works"].engine.dispose()


def unchanged(path: Path) -> Iterator[Path]:
    """The file, which every later test copies: who writes into it changes their ground."""
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    yield path
    written = path.with_name(f"{path.name}-wal")
    assert not written.exists() or not written.stat().st_size, f"{path.name} was left open"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before, f"{path.name} was written into"


@pytest.fixture(scope="session")
def staffed_file(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Path]:
    """A staffed database to copy; nobody has it open."""
    path = tmp_path_factory.mktemp("staffed") / "staffed.gpkg"
    shutil.copy(migrated_file, path)
    engine = make_engine(f"sqlite:///{path}")
    staff(engine)
    engine.dispose()
    yield from unchanged(path)


@pytest.fixture
def staffed_url(staffed_file: Path, tmp_path: Path) -> str:
    """A staffed database of the test's own."""
    path = tmp_path / "staffed.gpkg"
    shutil.copy(staffed_file, path)
    return f"sqlite:///{path}"


@pytest.fixture
def app(staffed_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a staffed database of the test's own."""
    made = application(staffed_url, tmp_path)
    yield made
    closed(made)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody who is not logged in."""
    return app.test_client()


@pytest.fixture
def logged_in(app: Flask) -> Login:
    """Browsers with an open session, by e-mail; what logging in itself does is tested by itself."""

    def browser(email: str = COORDINATOR) -> FlaskClient:
        made = app.test_client()
        with made.session_transaction() as cookie:
            cookie["sid"] = factories.session_of(app.extensions["works"].engine, email)
        return made

    return browser


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Path]:
    """The filled demo to copy; nobody has it open."""
    path = tmp_path_factory.mktemp("demo") / "demo.gpkg"
    shutil.copy(migrated_file, path)
    engine = make_engine(f"sqlite:///{path}")
    demo.fill(engine, DEMO_PASSWORD)
    engine.dispose()
    yield from unchanged(path)


@pytest.fixture
def demo_engine(demo_file: Path, tmp_path: Path) -> Iterator[Engine]:
    """A filled demo of the test's own."""
    path = tmp_path / "demo.gpkg"
    shutil.copy(demo_file, path)
    made = make_engine(f"sqlite:///{path}")
    yield made
    made.dispose()


@pytest.fixture
def demo_app(demo_file: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application on the filled demo."""
    path = tmp_path / "demo.gpkg"
    shutil.copy(demo_file, path)
    made = application(f"sqlite:///{path}", tmp_path)
    yield made
    closed(made)
