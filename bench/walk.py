"""One finding from a phone, from the request to the answer that it is stored, beside two plain INSERTs.

Both wait for the disk with every finding (`synchronous = FULL`). Ours also reads and checks it, finds out who
sends and whether it is there already, numbers it, registers it and writes it into the journal. Milliseconds.
"""

from __future__ import annotations

from typing import Any, cast
from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy import Engine, Table, insert, select

from bench.surface import measured, row
from bench.town import town
from geodata.queries.walks import KnownWalk
from geodata.tables.engine import reading, writing
from geodata.tables.findings import WalkEntry
from geodata.tables.reports import Report
from tests import walks

REPEATS = 50
_TABLES = (cast(Table, Report.__table__), cast(Table, WalkEntry.__table__))


def rows(n: int) -> list[dict[str, Any]]:
    made = town(n)
    engine, walk = made.engine, walks.walk(made.engine)
    token, client = walks.device(engine, walk), made.app.test_client()
    _put(client, walk, token)  # what a process does once
    ours = _milliseconds(measured(lambda: _put(client, walk, token), REPEATS))
    report, entry = _last(engine)
    numbers = iter(range(10_000, 20_000))
    plain = _milliseconds(measured(lambda: _insert(engine, report, entry | {"seq": next(numbers)}), REPEATS))
    return [row("walk finding", n, ours, plain, "two INSERTs, one commit, nothing checked") | {"unit": "ms"}]


def _put(client: FlaskClient, walk: KnownWalk, token: str) -> None:
    body = walks.finding(walk)
    answer = client.put(
        f"/api/v1/walks/{walk.uid}/findings/{body['id']}",
        data=walks.as_sent(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 201, answer.text


def _last(engine: Engine) -> tuple[dict[str, Any], dict[str, Any]]:
    """The columns of the report and of the entry that were stored last."""
    found = []
    with reading(engine) as session:
        for table in _TABLES:
            newest = select(table).order_by(table.c.id.desc()).limit(1)
            found.append(dict(session.execute(newest).mappings().one()))
    return found[0], found[1]


def _insert(engine: Engine, report: dict[str, Any], entry: dict[str, Any]) -> None:
    uid = uuid4()
    of_report, of_entry = _TABLES
    with writing(engine) as session:
        stored = session.execute(insert(of_report).values(_with(report, uid=uid)))
        key = stored.inserted_primary_key[0]
        session.execute(insert(of_entry).values(_with(entry, uid=uid, report_id=key)))


def _with(values: dict[str, Any], **said: Any) -> dict[str, Any]:
    """The values of a row with some of its own, and no key yet."""
    return {name: value for name, value in (values | said).items() if name != "id"}


def _milliseconds(seconds: list[float]) -> list[float]:
    return [1000 * each for each in seconds]
