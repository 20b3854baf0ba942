"""What somebody sends in confidence is kept with the report and nowhere else; who sent it is kept nowhere."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, MetaData, literal_column, select, text

from geodata.tables.engine import make_engine, reading
from tests.browser.site import serving
from tests.faults.stranger import CLAIMS_TO_COME_FROM, COMES_FROM, Marks, Stranger, marked_query
from tests.faults.test_sending_at_once import NamedHouse
from tests.geodata.exchange.pictures import picture, told
from tests.webmap.application import application, closed, staff
from tests.webmap.test_report_door import WHERE, feature

pytestmark = [pytest.mark.faults, pytest.mark.load]

KEPT_WITH_THE_REPORT = {"report.private_text", "report.place_text", "contact.email"}
NAMES = (
    *("lang", "municipality", "q", "next", "said", "change", "code", "text", "place", "report", "lon", "lat"),
    *(
        "since",
        "until",
        "weekdays",
        "hours",
        "kinds",
        "origins",
        "categories",
        "light",
        "states",
        "bbox",
        "area",
    ),
    *("size", "theme", "zoom", "cursor", "email", "uid", "token"),
)
_ARGUMENT = re.compile(r"<(?:(\w+):)?\w+>")
_ON_SQLITE = (
    "CREATE TRIGGER kaput BEFORE INSERT ON report BEGIN SELECT RAISE(ABORT, 'kaput'); END",
    "DROP TRIGGER kaput",
)
_ON_POSTGRESQL = (
    "CREATE FUNCTION kaput() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE data_exception USING MESSAGE = 'kaput ' || NEW.private_text; END $$;"
    "CREATE TRIGGER kaput BEFORE INSERT ON report FOR EACH ROW EXECUTE FUNCTION kaput()",
    "DROP TRIGGER kaput ON report; DROP FUNCTION kaput()",
)


@dataclass
class Scene:
    """A served house, and somebody who comes to it."""

    house: NamedHouse
    stranger: Stranger
    marks: Marks
    engine: Engine

    @property
    def log(self) -> str:
        return (self.house.folder / "server.log").read_text(errors="replace")


@pytest.fixture
def scene(database_url: str, tmp_path: Path) -> Iterator[Scene]:
    engine, marks = make_engine(database_url), Marks(others={COMES_FROM, CLAIMS_TO_COME_FROM})
    staff(engine)
    house = NamedHouse(tmp_path, tmp_path / "unused", database_url)
    with serving(house, workers=2) as address:
        yield Scene(house, Stranger(int(address.rpartition(":")[2]), marks), marks, engine)
    engine.dispose()


def test_nothing_of_them_is_left_anywhere_else(scene: Scene) -> None:
    _tell_by_form(scene)
    _tell_by_program(scene)
    _go_everywhere(scene)
    _fail(scene)
    _shout(scene)
    time.sleep(1.0)  # the log is written by other processes
    pages = _public_pages(scene)
    found = _searched(scene, pages)
    stray, told_ = len(scene.marks.stray), len(scene.marks.told)
    statuses = dict(sorted(scene.stranger.seen.items()))
    print(  # noqa: T201 - the figures are the result; -s shows them
        f"\n{sum(statuses.values())} requests {statuses} with {stray} stray and {told_} told marks on"
        f" {scene.engine.dialect.name}: {len(scene.log.splitlines())} lines of log, {found.files} files,"
        f" {found.cells} cells of {found.columns} columns, {len(pages)} public pages: {len(found.hits)} hits"
    )
    assert "webmap/services/receiving.py" in scene.log  # where it failed is told
    assert found.hits == []
    assert statuses[500] >= 2
    assert found.kept == KEPT_WITH_THE_REPORT


def _tell_by_form(scene: Scene) -> None:
    """Page by page to the receipt, and then back by its code."""
    who, marks = scene.stranger, scene.marks
    photo = told(picture(), comment=marks.stray_one().encode())
    steps: list[tuple[str, dict[str, str]]] = [
        ("/report", {"municipality": "1470"}),
        ("/report/what", {"polarity": "unsafe", "categories": "lighting"}),
        ("/report/where", {"way": "words", "words": marks.tell(), "choice": "keep"}),
        ("/report/when", {"when": "often", "weekdays": "fri", "often_clock": "20", "often_end_clock": "03"}),
        ("/report/words", {"text": f"Här är det mörkt. {marks.tell()}"}),
    ]
    for path, said in steps:
        who.spoil(path)
        assert who.post(path, path, **said)[0] == 303, path
    bad = who.upload("/report/photo", "/report/photo", "photo", {f"{marks.stray_one()}.heic": b"no picture"})
    good = who.upload("/report/photo", "/report/photo", "photo", {f"{marks.stray_one()}.jpg": photo})
    assert (bad[0], good[0]) == (422, 303)
    who.spoil("/report/contact")
    assert who.post("/report/contact", "/report/contact", email=f"{marks.tell()}@example.org")[0] == 303
    assert who.post("/report/send", "/report/check")[::2] == (303, "/report/done")
    _follow(scene)


def _follow(scene: Scene) -> None:
    who, marks = scene.stranger, scene.marks
    code = re.search(
        r"\b[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}\b", who.ask("GET", "/report/done/receipt.txt")[1]
    )
    assert code is not None
    marks.others |= {code[0], code[0].replace("-", "")}
    assert who.post("/follow", "/follow", code=marks.stray_one())[0] == 422
    assert who.post("/follow", "/follow", code=code[0])[0] == 303
    who.spoil("/follow")
    assert who.post("/follow/contact", "/follow", email=f"{marks.tell()}@example.org")[0] == 303


def _tell_by_program(scene: Scene) -> None:
    who, marks, uid = scene.stranger, scene.marks, uuid4()
    good = feature(text=marks.tell(), place_text=marks.tell())
    assert _put(who, f"/api/v1/reports/{uid}", good)[0] == 201
    assert _put(who, f"/api/v1/reports/{uid}", feature(text=marks.stray_one()))[0] == 409
    strange = dict.fromkeys(("kind", "polarity", "time", "hours", "severity"), marks.stray_one())
    strange |= {"municipality": marks.stray_one(), marks.stray_one(): 1, "categories": [marks.stray_one()]}
    address = f"/api/v1/reports/{uuid4()}"
    assert _put(who, address, feature(**strange))[0] == 422
    assert who.ask("PUT", address, marks.stray_one().encode(), "application/json")[0] == 400
    assert who.ask("PUT", address, b"{}", marks.stray_one())[0] == 415
    for raw in (told(picture(), comment=marks.stray_one().encode()), marks.stray_one().encode()):
        who.ask("PUT", f"/api/v1/photos/{uuid4()}?report={uid}", raw, "image/jpeg")


def _put(who: Stranger, path: str, body: dict[str, Any]) -> tuple[int, str, str]:
    return who.ask("PUT", path, json.dumps(body).encode(), "application/geo+json")


def _go_everywhere(scene: Scene) -> None:
    """Every route by every method with marks in path, query, headers, cookies and body, and where none is."""
    who, marks = scene.stranger, scene.marks
    for rule in sorted(_rules(scene), key=lambda rule: rule.rule):
        path = _ARGUMENT.sub(lambda found: _value(found[1], marks), rule.rule)
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", marks.stray_one().upper()):
            body = f"x={marks.stray_one()}".encode() if method in ("POST", "PUT") else b""
            kind = "application/x-www-form-urlencoded" if body else ""
            who.ask(method, path + marked_query(marks, NAMES), body, kind)
        if not rule.arguments and "POST" in rule.methods:
            who.spoil(path)
    for path in ("/", "/report/", "/staff/reports/", "/api/v1/", "/static/", "/follow/"):
        who.ask("GET", path + marks.stray_one())
    who.ask("GET", "/", Host=f"{marks.stray_one()}.example")
    who.post("/login", "/login", email=f"{marks.stray_one()}@example.org", password=marks.stray_one())


def _rules(scene: Scene) -> list[Any]:
    """The public ones, and those that turn a stranger away."""
    app = application(scene.house.url, scene.house.folder / "rules")
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "account.leave"]
    closed(app)
    return rules


def _value(kind: str | None, marks: Marks) -> str:
    known = {"int": "1", "uuid": str(uuid4())}
    return known.get(kind or "", "") or marks.stray_one()


def _fail(scene: Scene) -> None:
    """The database refuses to take a report, in words that hold the report's own."""
    who, marks = scene.stranger, scene.marks
    with _broken(scene.engine):
        for place in (WHERE, None):
            assert _put(who, f"/api/v1/reports/{uuid4()}", feature(place, text=marks.stray_one()))[0] == 500


@contextmanager
def _broken(engine: Engine) -> Iterator[None]:
    break_it, mend_it = _ON_SQLITE if engine.dialect.name == "sqlite" else _ON_POSTGRESQL
    for statement in (break_it, ""):
        if not statement:
            yield
            statement = mend_it
        with engine.begin() as connection:
            connection.execute(text(statement))


def _shout(scene: Scene) -> None:
    who, marks = scene.stranger, scene.marks
    for raw in (
        f"{marks.stray_one()}\r\n\r\n",
        f"GET /{marks.stray_one()} HTTP/9.{marks.stray_one()}\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: localhost\r\n{marks.stray_one()} bad: x\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: {marks.stray_one()}\r\n\r\n",
        f"GET /{marks.stray_one() * 800} HTTP/1.1\r\nHost: localhost\r\n\r\n",
        f"get{marks.stray_one()}\x00 / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        f"POST /report HTTP/1.1\r\nHost: localhost\r\nContent-Length: {marks.stray_one()}\r\n\r\n",
    ):
        who.shout(raw.encode())


def _public_pages(scene: Scene) -> dict[str, str]:
    """What somebody else sees who comes later."""
    later = Stranger(scene.stranger.port, Marks())
    paths = [rule.rule for rule in _rules(scene) if not rule.arguments and "GET" in rule.methods]
    return later.crawl(*paths)


@dataclass
class Found:
    """hits: where something is that should not be. kept: columns where what was told is."""

    hits: list[str]
    kept: set[str]
    files: int
    cells: int
    columns: int


def _searched(scene: Scene, pages: dict[str, str]) -> Found:
    marks, found = scene.marks, Found([], set(), 0, 0, 0)
    texts = {"log": scene.log, **{f"page {path}": page for path, page in pages.items()}}
    for path in sorted(scene.house.folder.rglob("*")):
        if path.is_file() and not path.name.startswith(("test.gpkg", "server.log")):
            found.files += 1
            texts[f"file {path.name}"] = path.read_bytes().decode("latin-1")
    for where, said in texts.items():
        found.hits += [f"{where}: {hit}" for hit in marks.stray_in(said) | marks.told_in(said)]
    for name, value in _cells(scene.engine, found):
        found.hits += [f"{name}: {hit}" for hit in marks.stray_in(value)]
        found.kept |= {name} if marks.told_in(value) else set()
    return found


def _cells(engine: Engine, found: Found) -> Iterator[tuple[str, str]]:
    """Every cell of every table there is, as text."""
    tables = MetaData()
    tables.reflect(engine)
    with reading(engine) as session:
        for table in tables.sorted_tables:
            for column in table.columns:
                found.columns += 1
                # As it is stored, and not as a type would read it.
                kept = select(literal_column(f'"{column.name}"')).select_from(text(f'"{table.name}"'))
                for (value,) in session.execute(kept):
                    found.cells += value is not None
                    raw = value.tobytes() if isinstance(value, memoryview) else value
                    said = raw.decode("latin-1") if isinstance(raw, bytes) else str(raw)
                    yield f"{table.name}.{column.name}", said
