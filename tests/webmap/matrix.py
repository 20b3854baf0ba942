"""Who gets in where: what every route answers every caller, as one table.

A new route without a line here fails `test_routes.py`. How a line is added:

    "room.view": Line(),                           a page that names its municipality in ?municipality=
    "room.view": Line(values={"uid": "measure"}),  an object: a key of what `furnish` puts in each place
    "room.make": Line(ok={303, 422}),              what those who may are answered, where it is not the usual

What a permission means for each role stands in ALLOWED, written apart from `webmap.access` so that a slip in
one is seen in the other. Those without it are answered 403, those who have it only elsewhere 404
(`elsewhere`), nobody 302, or 401 where a machine asks (`is_machine`). `but` says otherwise for a role. Views
that note who read something (`is_noted`) may write in the journal; no other GET writes anything.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from geodata.tables.engine import writing
from geodata.tables.users import User, UserSession
from tests import factories
from tests.webmap.application import ELSEWHERE, STAFF, token_in
from tests.webmap.furniture import furnish
from webmap.access import Permission, Role

OWN, OTHER = "1470", "1446"
NOBODY, ROLELESS = "nobody", "roleless@vara.example"
CALLERS = (NOBODY, *STAFF, ELSEWHERE, ROLELESS)
SAFE = {"GET", "HEAD", "OPTIONS"}
DAYS = "&since=2025-01-01&until=2025-06-30&compare_since=2024-01-01&compare_until=2024-06-30"
SPOT = "&lon=12.95&lat=58.26"
ONE_KIND = "&kinds=perception"
"""Of several kinds one must be chosen: they are never summed."""

_COORDINATOR, _ADMIN = frozenset({Role.COORDINATOR}), frozenset({Role.ADMIN})
_PLANS = frozenset({Role.COORDINATOR, Role.POLICE_PLANNER})
_SEES = _PLANS | {Role.POLICE_OFFICER, Role.WALK_LEADER}
EVERYBODY, KNOWN = "everybody", "known"
ALLOWED: dict[Permission, frozenset[Role] | str] = {
    Permission.SEE_PUBLIC: EVERYBODY,
    Permission.LOG_IN: EVERYBODY,
    Permission.SEND_REPORT: EVERYBODY,
    Permission.FOLLOW_REPORT: EVERYBODY,
    Permission.SEE_SELF: KNOWN,
    Permission.SEE_STAFF_START: KNOWN,
    Permission.SEE_MAP: _SEES,
    Permission.EXPORT_REPORTS: _PLANS,
    Permission.SHARE_ACROSS: _PLANS,
    Permission.ENTER_REPORTS: frozenset({Role.COORDINATOR, Role.REPORTER}),
    Permission.IMPORT_AREAS: _COORDINATOR,
    Permission.IMPORT_FILES: _COORDINATOR,
    Permission.UNDO_IMPORT: _COORDINATOR,
    Permission.REVIEW_REPORTS: _COORDINATOR,
    Permission.EDIT_MEASURES: _COORDINATOR,
    Permission.REMAKE_SCALE: _COORDINATOR,
    Permission.PUBLISH: _COORDINATOR,
    Permission.PROPOSE_DELETION: _COORDINATOR,
    Permission.DISCLOSE: _COORDINATOR,
    Permission.SEE_JOURNAL: _ADMIN | _COORDINATOR,
    Permission.APPROVE_DELETION: _ADMIN,
    Permission.SEE_RETENTION: _ADMIN | _COORDINATOR,
    Permission.SEE_WALKS: frozenset({Role.COORDINATOR, Role.WALK_LEADER}),
    Permission.LEAD_WALKS: frozenset({Role.COORDINATOR, Role.WALK_LEADER}),
    Permission.FOLLOW_UP_WALKS: _COORDINATOR,
    Permission.JOIN_WALK: EVERYBODY,
    Permission.MANAGE_USERS: _ADMIN,
    Permission.MANAGE_CHOICES: _ADMIN,
}
ROLES: dict[str, dict[str, Role]] = {
    **{email: {OWN: role} for email, role in STAFF.items()},
    ELSEWHERE: {OTHER: Role.COORDINATOR},
    ROLELESS: {},
    NOBODY: {},
}


@dataclass(frozen=True)
class Line:
    """A route. ok: what those who may are answered; None is 200 for reading, 303, 409 or 422 for writing.

    query: words after ?municipality=… values: argument → key of the furniture, or a value of its own.
    elsewhere: what those are answered who may, but in the other municipality. is_of_nowhere: it is of no
    municipality. owner: who alone owns such an object (then others are answered as elsewhere).
    """

    ok: set[int] | None = None
    query: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    elsewhere: frozenset[int] = frozenset({404})
    but: Mapping[str, set[int]] = field(default_factory=dict)
    is_machine: bool = False
    is_of_nowhere: bool = False
    is_noted: bool = False
    owner: str = ""


OPEN = Line(is_of_nowhere=True)
STEP = Line({303}, is_of_nowhere=True)
TILE = Line(is_machine=True, values={"z": 10, "x": 548, "y": 305})
PLACED = Line(query=ONE_KIND, is_machine=True, values={"z": 10, "x": 548, "y": 305})
SCRIPT = Line(is_machine=True, values={"digest": "0" * 12})
REPORT, PHOTO = {"uid": "report"}, {"uid": "photo"}
PACKAGE, PACKED = {"uid": "package"}, {"uid": "package", "report": "report"}
WALK, FINDING = {"uid": "walk"}, {"uid": "walk", "finding": "finding"}
WALKED = {"walk": "walk"}
UNSENT = {**WALKED, "uid": "unknown"}
STOP = {"uid": "walk", "stop": "stop"}
SENT = Line({415}, values=WALKED, is_of_nowhere=True)
LINES: dict[str, Line] = {
    "static": Line(is_of_nowhere=True, values={"filename": "favicon.svg"}),
    "styles": Line(is_of_nowhere=True, values={"names": "tokens.base"}),
    "modules": Line(is_of_nowhere=True, values={"name": "map"}),
    "field.ask": OPEN,
    "field.find": Line({404}, is_of_nowhere=True),
    "field.show": Line({200}, is_of_nowhere=True, values={"code": "walk_code"}),
    "field.app": Line({200}, is_of_nowhere=True, values={"code": "walk_code"}),
    "field.plan": Line({200}, is_of_nowhere=True, values={"code": "walk_code"}),
    "field.ground": Line({200}, is_of_nowhere=True, values={"code": "walk_code"}),
    "field_worker.script": OPEN,
    "field.manifest": Line({200}, is_of_nowhere=True, values={"code": "walk_code"}),
    "minutes.show_all": OPEN,
    "minutes.show": Line({404}, is_of_nowhere=True, values=WALK),
    "minutes.as_sheet": Line({404}, is_of_nowhere=True, values=WALK),
    "minutes.as_file": Line({404}, is_of_nowhere=True, values=WALK),
    "minutes.as_map": Line({404}, is_of_nowhere=True, values=WALK),
    "minutes.photo": Line({404}, is_of_nowhere=True, values={**WALK, "address": "0" * 32, "size": "small"}),
    "minutes_desk.show": Line(values=WALK),
    "minutes_desk.as_map": Line(values=WALK),
    "minutes_desk.save": Line({409}, values=WALK),
    "minutes_desk.publish": Line({409}, values=WALK),
    "minutes_desk.take_back": Line({409}, values=WALK),
    "walk_letters.ask": Line(is_of_nowhere=True, values=WALK),
    "walk_letters.take": Line({422}, is_of_nowhere=True, values=WALK),
    "walk_letters.ask_stop": Line(is_of_nowhere=True, values={"key": "0" * 40}),
    "walk_letters.stop": Line({303}, is_of_nowhere=True, values={"key": "0" * 40}),
    "walk_planning.show": Line(),
    "walk_planning.as_file": Line(is_noted=True),
    "walk_planning.sun": Line(query="&day=2026-12-04&starts=18.30&light=dark"),
    "walk_planning.begin": Line(),
    "walk_planning.create": Line({422}),
    "walk_planning.edit": Line(values=WALK),
    "walk_planning.change": Line({422}, values=WALK),
    "walk_planning.ask_again": Line(values=WALK),
    "walk_planning.go_again": Line({422}, values=WALK),
    "walk_room.show": Line(values=WALK),
    "walk_room.poster": Line(values=WALK),
    "walk_room.open_walk": Line({409}, values=WALK),
    "walk_room.close": Line({303, 409}, values=WALK),
    "walk_room.cancel": Line({409}, values=WALK),
    "walk_room.plan_again": Line({409}, values=WALK),
    "walk_room.renew_code": Line({303, 409}, values=WALK),
    "walk_room.ask_heads": Line(values=WALK),
    "walk_room.take_heads": Line({303}, values=WALK),
    "walk_room.split": Line({422}, values=WALK),
    "walk_hours.ask": Line(values=WALK),
    "walk_hours.take": Line({422}, values=WALK),
    "walk_stops.show": Line(values=WALK),
    "walk_stops.add": Line({422}, values=WALK),
    "walk_stops.load_known": Line({303}, values=WALK),
    "walk_stops.look": Line(values=STOP),
    "walk_stops.change": Line({422}, values=STOP),
    "walk_stops.move": Line({303}, values=STOP),
    "walk_stops.remove": Line({409}, values=STOP),
    "walk_stops.put_back": Line({404}, values=WALK),
    "walk_phones.show": Line(values=WALK),
    "walk_phones.now": Line(values=WALK),
    "walk_phones.revoke": Line({303}, values={**WALK, "phone": "phone"}),
    "walk_before.show": Line({200}, is_of_nowhere=True, values={"code": "walk_code"}),
    "walk_before.mark": Line({422}, is_of_nowhere=True, values={"code": "walk_code"}),
    "walk_before.undo": Line({303}, is_of_nowhere=True, values={"code": "walk_code"}),
    "walk_map.show": Line(values={"uid": "walk"}, is_noted=True),
    "walk_map.keep": Line({409, 422}, values={"uid": "walk"}),
    "home.show": OPEN,
    "home.favicon": Line({200, 301, 302, 303}, is_of_nowhere=True),
    "machines.alive": OPEN,
    "machines.ready": OPEN,
    "machines.security_contact": Line({200, 404}, is_of_nowhere=True),
    "openapi.show": OPEN,
    "sun.show": OPEN,
    "account.ask": Line({200, 302, 303}, is_of_nowhere=True),
    "account.enter": Line({422}, is_of_nowhere=True),
    "account.leave": Line({302, 303}, is_of_nowhere=True),
    "account.show": OPEN,
    "account.end": Line({303}, values={"session_id": "session"}, owner=Role.COORDINATOR),
    "account.end_others": STEP,
    "ground.base": Line({200, 404}, values={"z": 10, "x": 548, "y": 305}, is_of_nowhere=True),
    "ground.ground": TILE,
    "places.search": Line(query="&q=vara", is_of_nowhere=True),
    "places.ground": Line(values={"z": 10, "x": 548, "y": 305}, is_of_nowhere=True),
    "point_map.script": Line(values={"digest": "0" * 12}, is_of_nowhere=True),
    "staff_start.show": OPEN,
    "staff_map.show": Line(),
    "staff_map.script": SCRIPT,
    "staff_map.remake_scale": Line({303}, fields={"kinds": "perception"}),
    "heat.tile": PLACED,
    "heat.value": Line(query=ONE_KIND + SPOT, is_machine=True),
    "walked.routes": Line(is_machine=True),
    "squares.tile": PLACED,
    "squares.value": Line(query=ONE_KIND + SPOT, is_machine=True),
    "difference.tile": Line(query=ONE_KIND + DAYS, is_machine=True, values={"z": 10, "x": 548, "y": 305}),
    "difference.value": Line(query=ONE_KIND + DAYS + SPOT, is_machine=True),
    "reports.collection": Line(query=ONE_KIND, is_machine=True),
    "hotspots.show": Line(query=ONE_KIND, is_machine=True),
    "panels.picture": Line(query=ONE_KIND, is_machine=True),
    "multiples.show": Line(),
    "week.show": Line(),
    "place_list.show": Line(),
    "place_list.as_text": Line(is_noted=True),
    "place_list.as_workbook": Line(is_noted=True),
    "exports.reports": Line(values={"format_name": "csv"}, is_noted=True),
    "exports.picture": Line(is_noted=True),
    "exports.sheet": Line(is_noted=True),
    "exports.values": Line(is_noted=True),
    "areas.show": Line(),
    "areas.take": Line({422}),
    "areas.remove": Line(values={"kind": "street"}),
    "importing.start": Line(),
    "importing.take_in": Line({422}),
    "importing.show": Line(values={"uid": "job"}),
    "importing.decide": Line({303}, values={"uid": "job"}),
    "importing.progress": Line(values={"uid": "job"}),
    "importing.faulty": Line({404}, values={"uid": "job"}, is_noted=True),
    "importing.ask_undo": Line(values={"number": "import"}),
    "importing.undo": Line({303}, values={"number": "import"}),
    "staff_entry.ask": Line(),
    "staff_entry.take": Line({422}),
    "batch.ask": Line(),
    "batch.take": Line({422}),
    "batch.show": Line(values={"uid": "occasion"}, is_noted=True, but={Role.REPORTER: {404}}),
    "batch.change": Line({422}, values={"uid": "occasion"}, but={Role.REPORTER: {404}}),
    "measures.show": Line(),
    "measures.as_file": Line(is_noted=True),
    "measures.begin": Line(),
    "measures.create": Line({422}),
    "measures.look": Line(values={"uid": "measure"}),
    "measures.change": Line({422}, values={"uid": "measure"}),
    "measures.publish": Line({409}, values={"uid": "measure"}),
    "findings.show": Line(values=WALK, is_noted=True),
    "findings.as_file": Line(values=WALK, is_noted=True),
    "findings.as_layer": Line(values={**WALK, "format_name": "geojson"}, is_noted=True),
    "findings.decide": Line({422}, values=WALK),
    "findings.undo": Line({303, 409}, values=WALK, fields={"act": "act"}),
    "findings.withdraw": Line({422}, values=FINDING),
    "finding_stop.move": Line({303}, values=FINDING),
    "walk_compare.show": Line(values=WALK),
    "walk_aside.show": Line(values=WALK, is_noted=True),
    "walk_aside.settle": Line({404, 422}, values={**WALK, "key": 1}),
    "walk_aside.settle_all": Line({422}, values=WALK),
    "walk_aside.choose": Line({404, 422}, values=WALK),
    "walk_aside.take_file": Line({422}, values=WALK),
    "follow_up.show": Line(values=WALK, is_noted=True),
    "follow_up.decide": Line({422}, values=WALK, fields={"finding": "finding"}),
    "follow_up.end": Line({409}, values=WALK),
    "reviewing.show": Line(is_noted=True),
    "reviewing.as_csv": Line(is_noted=True),
    "reviewing.take_next": Line({303}),
    "reviewing.decide_on_all": Line({422}),
    "reviewing.undo": Line({303, 409}, fields={"act": "act"}),
    "review_case.show": Line(values=REPORT, is_noted=True),
    "review_case.drawing": Line(values=REPORT),
    "review_case.decide": Line({409, 422}, values=REPORT),
    "review_case.skip": Line({303}, values=REPORT),
    "review_case.claim": Line({303}, values=REPORT),
    "replying.send": Line({422}, values=REPORT),
    "staff_photos.picture": Line(values={"address": "photo_address", "size": "small"}, is_noted=True),
    "staff_photos.show": Line(values=PHOTO, is_noted=True),
    "staff_photos.redact": Line({200, 409, 422}, values=PHOTO),
    "staff_photos.decide": Line({409, 422}, values=PHOTO),
    "journal.show": Line(),
    "journal.as_file": Line(is_noted=True),
    "journal.check": Line({303}),
    "editions.show": Line(),
    "editions.as_file": Line(),
    "editions.content": Line({404}, values={"number": 987_654}),
    "editions.look": Line(),
    "editions.publish": Line({422}),
    "editions.hide": Line({404}, values={"number": 987_654}),
    "editions.show_again": Line({303}),
    "public_map.cells": Line({404}, is_of_nowhere=True),
    "public_map.tile": Line({404}, is_of_nowhere=True, values={"z": 10, "x": 548, "y": 305}),
    "registry.show": Line(),
    "registry.as_file": Line(is_noted=True),
    "secrecy.show": Line(),
    "secrecy.as_file": Line(is_noted=True),
    "secrecy.put": Line({422}, values=REPORT),
    "secrecy.lift": Line({303}, values={"uid": "mark"}),
    "disclosures.show": Line(),
    "disclosures.as_file": Line(is_noted=True),
    "disclosures.refusal": Line(),
    "disclosures.ask": Line(),
    "disclosures.begin": Line({422}),
    "disclosures.look": Line(values=PACKAGE, is_noted=True),
    "disclosures.place": Line({409}, values=PACKAGE),
    "disclosures.decide_kind": Line({422}, values=PACKAGE, fields={"why": "name"}),
    "disclosures.make": Line({409}, values=PACKAGE),
    "disclosures.cancel": Line({409}, values=PACKAGE),
    "disclosures.download": Line({409}, values=PACKAGE, is_noted=True),
    "disclosure_case.look": Line(values=PACKED, is_noted=True),
    "disclosure_case.decide": Line({409}, values=PACKED),
    "disclosure_case.add": Line({422}, values=PACKED),
    "disclosure_case.renew": Line({303}, values=PACKED),
    "sharing.show": Line(),
    "sharing.as_file": Line(),
    "sharing.begin": Line({422}),
    "sharing.end": Line({303}, values={"uid": "sharing"}, but={Role.POLICE_PLANNER: {404}}),
    "public_table.show": OPEN,
    "public_table.as_file": Line({200, 404}, is_of_nowhere=True),
    "public_table.explain": OPEN,
    "report_door.put": Line({415}, values={"uid": "unknown"}, is_of_nowhere=True),
    "photo_door.put": Line({415}, values={"uid": "unknown"}, is_of_nowhere=True),
    "walk_joining.ping": OPEN,
    "walk_joining.join": SENT,
    "walk_joining.receipts": SENT,
    "walk_joining.waiting": SENT,
    "walk_door.put": Line({415}, values=UNSENT, is_of_nowhere=True),
    "walk_door.revise": Line({415}, values={**UNSENT, "revision": "unknown"}, is_of_nowhere=True),
    "report.begin": OPEN,
    "report.start": STEP,
    "report.ask_what": Line({200, 303}, is_of_nowhere=True),
    "report.take_what": Line({303, 422}, is_of_nowhere=True),
    "report.tell_of_crime": STEP,
    "report.crime_is_told": STEP,
    "report_where.ask": Line({200, 303}, is_of_nowhere=True),
    "report_where.take": Line({303, 422}, is_of_nowhere=True),
    "report_when.ask": STEP,
    "report_when.take": STEP,
    "report_words.ask_words": STEP,
    "report_words.take_words": STEP,
    "report_words.ask_contact": STEP,
    "report_words.take_contact": STEP,
    "report_check.check": STEP,
    "report_check.send": STEP,
    "report_check.leave": STEP,
    "report_photo.ask": STEP,
    "report_photo.take": STEP,
    "report_photo.preview": Line({404}, values={**PHOTO, "size": "small"}, is_of_nowhere=True),
    "report_done.show": OPEN,
    "report_done.as_text": STEP,
    "follow.show": OPEN,
    "follow.enter": Line({422}, is_of_nowhere=True),
    "follow.forget": STEP,
    "follow.ask_withdraw": STEP,
    "follow.withdraw": STEP,
    "follow.confirm": STEP,
    "follow.change_contact": STEP,
    "login_steps.ask_code": Line({302, 303}, is_of_nowhere=True),
    "login_steps.take_code": Line({302, 303}, is_of_nowhere=True),
    "login_steps.ask_password": Line({302, 303}, is_of_nowhere=True),
    "login_steps.take_password": Line({302, 303}, is_of_nowhere=True),
    "login_steps.ask_phone": Line({302, 303}, is_of_nowhere=True),
    "login_steps.take_phone": Line({302, 303}, is_of_nowhere=True),
    "outer_login.leave": Line({302, 303, 404}, is_of_nowhere=True),
    "outer_login.enter": Line({302, 303, 404}, is_of_nowhere=True),
    "own_protection.show": Line({200, 303}, is_of_nowhere=True),
    "own_protection.ask_password": OPEN,
    "own_protection.change_password": Line({422}, is_of_nowhere=True),
    "own_protection.ask_phone": Line({200, 302}, is_of_nowhere=True),
    "own_protection.begin_phone": Line({303, 422}, is_of_nowhere=True),
    "own_protection.take_phone": Line({303, 422}, is_of_nowhere=True),
    "own_protection.renew_recovery": Line({303, 422}, is_of_nowhere=True),
    "retention.show": Line(),
    "retention.as_file": Line(is_noted=True),
    "retention.propose": Line({303, 409}),
    "retention.hold": Line({422}),
    "retention.lift": Line({303}, values={"uid": "hold"}),
    "retention_rule.begin": Line(),
    "retention_rule.create": Line({422}),
    "retention_rule.look": Line(values={"uid": "rule"}),
    "retention_rule.change": Line({409, 422}, values={"uid": "rule"}),
    "retention_rule.stop": Line({303, 409}, values={"uid": "rule"}),
    "retention_run.show": Line(values={"uid": "run"}),
    "retention_run.as_file": Line(values={"uid": "run"}, is_noted=True),
    "retention_run.as_sheet": Line({200, 404}, values={"uid": "run"}, is_noted=True),
    "retention_run.approve": Line({303, 403, 409, 422}, values={"uid": "run"}),
    "retention_run.cancel": Line({303, 409}, values={"uid": "run"}),
    "retention_run.carry_out": Line({303, 409}, values={"uid": "run"}),
    "choices.show": Line(),
    "choices.change": Line({409}),
    "statements.privacy": OPEN,
    "statements.accessibility": OPEN,
    "users.show": Line(),
    "users.as_file": Line(is_noted=True),
    "users.begin": Line(),
    "users.invite": Line({422}),
    "users.look": Line(values={"user_id": "user"}),
    "users.give": Line({303, 409, 422}, values={"user_id": "user"}),
    "users.take": Line({303, 409, 422}, values={"user_id": "user"}),
    "users.new_password": Line({200, 303, 409, 422}, values={"user_id": "user"}),
    "users.new_phone": Line({303, 409, 422}, values={"user_id": "user"}),
    "users.shut": Line({303, 409, 422}, values={"user_id": "user"}),
    "users.open_again": Line({303, 409, 422}, values={"user_id": "user"}),
}
JOURNAL = {"journal", "journal_tail", "journal_entry"}


@dataclass(frozen=True)
class Case:
    """One request to make. path: with its query. fields: of its form, in which a token is missing."""

    endpoint: str
    method: str
    path: str
    fields: dict[str, str]
    line: Line
    permission: Permission
    caller: str
    place: str

    def expected(self) -> set[int]:
        """What it is to be answered."""
        rule, line = ALLOWED[self.permission], self.line
        held = ROLES[self.caller]
        role = held.get(self.place)
        if rule != EVERYBODY and self.caller == NOBODY:
            return {401} if line.is_machine else {302}
        if line.owner:
            return self._ok() if role == line.owner else set(line.elsewhere)
        if rule in (EVERYBODY, KNOWN):
            return self._ok()
        if not any(each in rule for each in held.values()):
            return {403}
        if line.is_of_nowhere or role in rule:
            return line.but.get(role or "", self._ok())
        return set(line.elsewhere)

    def _ok(self) -> set[int]:
        return self.line.ok or ({200} if self.method in SAFE else {303, 409, 422})

    def __str__(self) -> str:
        return f"{self.caller} {self.method} {self.path} ({self.place})"


class House:
    """The application over two furnished municipalities, put back after everything that changed it."""

    def __init__(self, app: Flask, path: Path) -> None:
        self.app, self._path, self._whole = app, path, path.with_suffix(".whole")
        self._engine = app.extensions["works"].engine
        factories.user(self._engine, ROLELESS)
        self.furniture = self._furnished()
        cookies = {caller: self._cookie(caller) for caller in CALLERS}
        self.cookies = {caller: cookie for caller, (cookie, _) in cookies.items()}
        self.tokens = {caller: token for caller, (_, token) in cookies.items()}
        with writing(self._engine) as session:  # or it would be noted every minute that they are seen
            soon = datetime.now(UTC) + timedelta(minutes=20)
            session.execute(update(UserSession).values(last_seen_at=soon))
        self._engine.dispose()
        self._copy(self._path, self._whole)
        self._watch = sqlite3.connect(path)
        self._seen = self._number()
        self.base = dump(path)

    def _furnished(self) -> dict[str, dict[str, Any]]:
        settings = self.app.extensions["works"].settings
        made = {}
        for code, email in ((OWN, next(iter(STAFF))), (OTHER, ELSEWHERE)):
            made[code] = furnish(self._engine, settings.data_folder, settings.photos_folder, code)
            factories.session_of(self._engine, email)
            with writing(self._engine) as session:
                user = session.scalars(select(User).where(User.email == email)).one()
                own = select(UserSession.id).where(UserSession.user_account_id == user.id)
                made[code] |= {"user": user.id, "session": session.scalars(own).first()}
        with writing(self._engine) as session:
            lone = session.scalars(select(User).where(User.email == ROLELESS)).one()
            for membership in list(lone.memberships):
                session.delete(membership)
        return made

    def _cookie(self, caller: str) -> tuple[str, str]:
        client = self.app.test_client()
        if caller != NOBODY:
            with client.session_transaction() as kept:
                kept["sid"] = factories.session_of(self._engine, caller)
        token = token_in(client.get("/login" if caller == NOBODY else "/account"))
        found = client.get_cookie("s")
        assert found is not None
        return found.value, token

    def client(self, caller: str) -> FlaskClient:
        """A browser of this caller's, as it was in the beginning."""
        client = self.app.test_client()
        client.set_cookie("s", self.cookies[caller])
        return client

    def ask(self, case: Case, token: str | None, **headers: str) -> TestResponse:
        """Make a request, its form with this token."""
        said = dict(case.fields)
        if token is not None:
            said["csrf_token"] = token
        data = None if case.method in SAFE else said
        return self.client(case.caller).open(case.path, method=case.method, data=data, headers=headers)

    def cases(self, caller: str, place: str) -> Iterator[Case]:
        """Every route and method as this caller, for what there is in this municipality."""
        things = self.furniture[place]
        for rule in lined(self.app):
            line = LINES[rule.endpoint]
            if line.is_of_nowhere and place == OTHER:
                continue
            path = address(rule, {name: things.get(value, value) for name, value in line.values.items()})
            fields = {"municipality": place} | {
                name: str(things.get(value, value)) for name, value in line.fields.items()
            }
            view = self.app.view_functions[rule.endpoint]
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                said = f"{path}?municipality={place}{line.query}"
                rest = (line, view.permission, caller, place)  # type: ignore[attr-defined]
                yield Case(rule.endpoint, method, said, fields, *rest)

    def has_changed(self) -> bool:
        """Whether anything was written since it was last asked, or put back."""
        number = self._number()
        was_written, self._seen = number != self._seen, number
        return was_written

    def changed_tables(self) -> set[str]:
        """Which tables are not as they were in the beginning."""
        now = dump(self._path)
        return {name for name in now if now[name] != self.base[name]}

    def put_back(self) -> None:
        """As it was in the beginning."""
        self._copy(self._whole, self._path)
        self._seen = self._number()

    def close(self) -> None:
        """Let go of everything."""
        self._watch.close()
        self._engine.dispose()

    def _number(self) -> int:
        return int(self._watch.execute("PRAGMA data_version").fetchone()[0])

    def _copy(self, source: Path, to: Path) -> None:
        with sqlite3.connect(source) as one, sqlite3.connect(to) as two:
            one.backup(two)
        one.close()
        two.close()


def rules_of(app: Flask) -> list[Rule]:
    """Every route there is."""
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint in app.view_functions]


def lined(app: Flask) -> list[Rule]:
    """Those that have a line here; that all have one is a test of its own."""
    return [rule for rule in rules_of(app) if rule.endpoint in LINES]


def address(rule: Rule, values: Mapping[str, Any]) -> str:
    """A path of a route. Raises KeyError for an argument that its line says nothing of."""
    missing = rule.arguments - values.keys()
    assert not missing, f"{rule.endpoint}: say in its Line what {missing} is"
    _, path = rule.build(dict(values), append_unknown=False) or ("", "")
    return path.split("|")[-1]


def dump(path: Path) -> dict[str, list[Any]]:
    """Everything in a database, by table."""
    with sqlite3.connect(path) as opened:
        names = [
            name
            for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not name.startswith(("rtree_", "sqlite_"))
        ]
        found = {name: sorted(map(repr, opened.execute(f'SELECT * FROM "{name}"'))) for name in names}  # noqa: S608
    opened.close()
    return found


def copied(file: Path, folder: Path) -> Path:
    """A copy of a database of one's own."""
    path = folder / "matrix.gpkg"
    shutil.copy(file, path)
    return path
