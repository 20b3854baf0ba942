"""The demo with one of everything that a route can name, and whoever may look at it.

Pages are not listed: they are the routes that answer HTML, at the addresses that `tests/webmap/matrix.py` has
for them. One that answers only in the middle of something is tried with each of the cookies of `stages`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, delete, update

from geodata.queries.people import user_by_email
from geodata.tables.engine import writing
from geodata.tables.marks import DatabaseMark
from geodata.tables.retention import RetentionRule
from tests import factories
from tests.browser.site import House
from tests.factories import PASSWORD
from tests.webmap.application import ADMIN, COORDINATOR, STAFF, Browser, post
from tests.webmap.furniture import furnish
from tests.webmap.matrix import ALLOWED, EVERYBODY, KNOWN, LINES, OWN, address, rules_of
from tests.webmap.teller import Teller
from webmap import create_app
from webmap.database import open_database
from webmap.services import receipts, reception, sessions
from webmap.services.sessions import Way
from webmap.settings import Settings

NOBODY = "nobody"
DOCTYPE = b"<!doctype html>"


@dataclass(frozen=True)
class Sight:
    """A page as somebody comes to it. who: a key of the cookies."""

    endpoint: str
    who: str
    path: str
    status: int = 200


@dataclass
class Town:
    """A furnished house, the application over it, and cookies by who has them. stages: those of `stages`."""

    house: House
    app: Flask
    things: dict[str, Any]
    cookies: dict[str, str] = field(default_factory=dict)
    stages: tuple[str, ...] = ()

    @property
    def engine(self) -> Engine:
        """Its database."""
        return self.app.extensions["works"].engine  # type: ignore[no-any-return]

    def client(self, who: str = NOBODY) -> FlaskClient:
        """A browser with somebody's cookie."""
        client = self.app.test_client()
        if who in self.cookies:
            client.set_cookie("s", self.cookies[who])
        return client


@dataclass(frozen=True)
class SecondFactorHouse(House):
    """A house in which a code is asked for."""

    def environment(self) -> dict[str, str]:
        """As of any house, but for that."""
        return super().environment() | {"TRYGGKARTA_SECOND_FACTOR": "required"}


def furnished(folder: Path, demo: Path) -> Town:
    """A copy of the demo, furnished and no demo any more; everybody has their cookie."""
    house = SecondFactorHouse(folder, folder / "furnished.gpkg")
    shutil.copy(demo, house.database)
    url = f"sqlite:///{house.database}"
    settings = Settings(data_dir=str(folder), database_url=url, rate_limits="off", quickest_report_s="0")
    app = create_app(settings, open_database(url))
    app.test_client_class = Browser
    engine = app.extensions["works"].engine
    with writing(engine) as session:
        session.execute(delete(DatabaseMark).where(DatabaseMark.key == reception.DEMO_MARK))
        session.execute(update(RetentionRule).values(is_active=False))  # one of a class is all there may be
    town = Town(house, app, furnish(engine, settings.data_folder, settings.photos_folder, OWN))
    for email, role in STAFF.items():
        town.things["user"] = factories.user(engine, email, role)
        town.cookies[email] = _signed(app, sid=factories.session_of(engine, email))
    begun = stages(town)
    town.cookies |= begun
    town.stages = tuple(begun)
    return town


def stages(town: Town) -> dict[str, str]:
    """Cookies of those in the middle of something: of a report, of following one, of logging in."""
    telling, sent = Teller(town.client()), Teller(town.client())
    telling.answer(what={"polarity": "unsafe", "categories": ["violence", "lighting"]})
    sent.tell()
    with sent.client.session_transaction() as kept:
        uid = kept["report_done"]["uid"]
    secret = town.app.extensions["works"].settings.secret()
    code, now = receipts.code_of(secret, UUID(uid)), datetime.now(UTC)
    return {
        "telling": _kept(telling.client),
        "sent": _kept(sent.client),
        "following": _signed(town.app, follow={"code": code, "at": now.isoformat(timespec="seconds")}),
        "code": _half(town, "kod@vara.example", totp_key=b"x" * 60),
        "password": _half(town, "nytt@vara.example", must_change_password=True),
        "new phone": _new_phone(town),
        "phone": _half(town, "telefon@vara.example"),
    }


def _new_phone(town: Town) -> str:
    """Of one who has said their password again to take another phone into use."""
    client = town.client(COORDINATOR)
    post(client, "/account/second-factor/new", old=PASSWORD)
    return _kept(client)


def _half(town: Town, email: str, **is_so: Any) -> str:
    factories.user(town.engine, email)
    with writing(town.engine) as session:
        user = user_by_email(session, email)
        assert user is not None
        for name, value in is_so.items():
            setattr(user, name, value)
        return _signed(town.app, sid=sessions.put(session, user, Way.PASSWORD, needs_code=True), next="")


def _signed(app: Flask, **said: Any) -> str:
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return str(serializer.dumps(said))


def _kept(client: FlaskClient) -> str:
    cookie = client.get_cookie("s")
    assert cookie is not None
    return cookie.value


def sights_of(town: Town) -> Iterator[Sight]:
    """How every route that can be looked at answers: a page, or what else it is by its status and kind."""
    for rule in rules_of(town.app):
        if "GET" not in (rule.methods or ()) or rule.endpoint not in LINES:
            continue
        line = LINES[rule.endpoint]
        path = address(rule, {name: town.things.get(value, value) for name, value in line.values.items()})
        asked = f"{path}?municipality={OWN}{line.query}"
        first = _who(town, rule.endpoint)
        status, is_page = _answer(town, first, asked)
        who = first
        if status in (301, 302, 303):
            for stage in town.stages:
                if _answer(town, stage, asked) == (200, True):
                    who, status, is_page = stage, 200, True
        yield Sight(rule.endpoint, who if is_page else "", asked, status)


def _answer(town: Town, who: str, path: str) -> tuple[int, bool]:
    """Status, and whether it is a page."""
    answer = town.client(who).get(path)
    return answer.status_code, answer.status_code == 200 and answer.data.lstrip().startswith(DOCTYPE)


def _who(town: Town, endpoint: str) -> str:
    """The first who may look."""
    rule, line = ALLOWED[town.app.view_functions[endpoint].permission], LINES[endpoint]  # type: ignore[attr-defined]
    if rule == EVERYBODY:
        return NOBODY
    may = [email for email, role in STAFF.items() if rule == KNOWN or (role in rule and role not in line.but)]
    return next((email for email in (COORDINATOR, ADMIN) if email in may), may[0])
