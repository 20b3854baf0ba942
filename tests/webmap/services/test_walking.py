"""What is sent from a walk is stored once by however many at once, and a backup says how far it reaches."""

from __future__ import annotations

import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, func, select, update

from geodata.tables import Report
from geodata.tables import backup as backups
from geodata.tables.backup import backup, restore
from geodata.tables.chain import verify
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.findings import ExpectedPhoto, FindingRevision, Quarantine, WalkEntry
from geodata.tables.walk_safety import mark_safe, numbers_in, numbers_now
from geodata.tables.walks import Walk, WalkStop
from geodata.vocabulary import RecordClass
from tests import factories, walks
from tests.webmap.application import application, closed
from webmap.cli import main
from webmap.services import destroying
from webmap.services.destroying import Doomed

SENDERS, IDS = 50, 20


@pytest.fixture
def town(engine, tmp_path):
    """The application on either database, with a walk and a phone."""
    with writing(engine) as session:
        factories.municipality(session)
    app = application(engine.url.render_as_string(hide_password=False), tmp_path)
    walk = walks.walk(engine)
    yield SimpleNamespace(app=app, engine=engine, walk=walk, token=walks.device(engine, walk))
    closed(app)


def put(town, body, path="", **headers):
    return town.app.test_client().put(
        f"/api/v1/walks/{town.walk.uid}/findings/{body['id']}{path}",
        data=walks.as_sent(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {town.token}"} | headers,
    )


def numbers(town):
    with reading(town.engine) as session:
        return list(session.scalars(select(WalkEntry.seq).order_by(WalkEntry.seq)))


def safe(town):
    with reading(town.engine) as session:
        return session.scalars(select(Walk.safe_seq)).one()


def halved(folder):
    """A folder with a pg_dump that leaves half of what it should, and says that all is well."""
    true = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    made = folder / "bin"
    made.mkdir()
    (made / "pg_restore").symlink_to(true / "pg_restore")
    script = f"""#!/bin/sh
for each in "$@"; do case "$each" in --file=*) file="${{each#--file=}}";; esac; done
{true}/pg_dump "$@" && truncate -s $(($(stat -c %s "$file") / 2)) "$file"
"""
    (made / "pg_dump").write_text(script)
    (made / "pg_dump").chmod(0o755)
    return made


class TestOnce:
    def test_fifty_senders_of_the_same_twenty_store_twenty(self, town, capsys):
        """OF-03."""
        bodies = [walks.finding(town.walk, photos=[uuid4()]) for _ in range(IDS)]
        with ThreadPoolExecutor(SENDERS) as pool:
            answers = list(pool.map(lambda body: put(town, body), bodies * SENDERS))
        statuses = Counter(answer.status_code for answer in answers)
        with reading(town.engine) as session:
            stored = session.scalar(select(func.count()).select_from(Report))
            assert verify(session).is_whole
        with capsys.disabled():
            kind = town.engine.dialect.name
            told = ", ".join(f"{count} x {status}" for status, count in sorted(statuses.items()))
            print(f"\nOF-03 {kind}: {SENDERS} senders x {IDS} ids: {told}; {stored} rows")  # noqa: T201
        assert statuses == {201: IDS, 200: IDS * (SENDERS - 1)}
        assert (stored, numbers(town)) == (IDS, list(range(1, IDS + 1)))

    def test_many_at_once_with_different_content_under_one_id_store_one(self, town):
        body = walks.finding(town.walk)
        bodies = [body | {"text": f"{number}"} for number in range(12)]
        with ThreadPoolExecutor(12) as pool:
            statuses = Counter(
                answer.status_code for answer in pool.map(lambda each: put(town, each), bodies)
            )
        assert statuses == {201: 1, 409: 11}
        assert numbers(town) == [1]

    def test_many_changes_at_once_to_one_revision_take_in_one(self, town):
        body = walks.finding(town.walk)
        put(town, body)

        def change(number):
            uid = uuid4()
            said = body | {"text": f"{number}", "revision": str(uid)}
            return put(town, said, f"/revisions/{uid}", **{"If-Match": '"1"'}).status_code

        with ThreadPoolExecutor(8) as pool:
            statuses = Counter(pool.map(change, range(8)))
        assert statuses == {201: 1, 412: 7}
        with reading(town.engine) as session:
            assert session.scalars(select(Report.version)).one() == 2
            assert session.scalar(select(func.count()).select_from(FindingRevision)) == 8

    def test_what_is_kept_aside_by_many_at_once_is_kept_once(self, town):
        body = walks.finding(town.walk, schema=9)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: put(town, body), range(16)))
        assert {answer.status_code for answer in answers} == {202}
        assert len({answer.json["received_at"] for answer in answers}) == 1
        with reading(town.engine) as session:
            assert session.scalar(select(func.count()).select_from(Quarantine)) == 1


class TestStopTakenAway:
    def test_meanwhile_it_comes_in_all_the_same(self, town):
        stop = walks.stops(town.engine, town.walk)[1]
        body = walks.finding(town.walk, stop=str(stop.uid), position=None)
        with ThreadPoolExecutor(1) as pool:
            with writing(town.engine) as session:
                next_change(session, town.walk.municipality_id)
                session.execute(delete(WalkStop).where(WalkStop.id == stop.id))
                sent = pool.submit(put, town, body)
                time.sleep(0.4)  # until it has looked for its stop and waits for its turn
            assert sent.result().status_code == 201
        with reading(town.engine) as session:
            row = session.execute(select(WalkEntry.walk_stop_id, Report.geometry).join(Report)).one()
        assert tuple(row) == (None, None)


class TestSafeThrough:
    def test_a_backup_says_how_far_it_reaches(self, town, tmp_path, monkeypatch):
        for _ in range(3):
            put(town, walks.finding(town.walk))
        assert put(town, walks.finding(town.walk)).json["safe_through"] == 0
        monkeypatch.setenv("TRYGGKARTA_DATABASE_URL", town.engine.url.render_as_string(hide_password=False))
        monkeypatch.setenv("TRYGGKARTA_DATA_DIR", str(tmp_path))
        done = CliRunner().invoke(main, ["db", "backup", str(tmp_path / "copy")], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        assert put(town, walks.finding(town.walk)).json["safe_through"] == safe(town) == 4

    def test_half_an_archive_says_nothing(self, postgresql_engine, tmp_path, monkeypatch):
        """OF-14: phones delete what they hold on the strength of it."""
        with writing(postgresql_engine) as session:
            factories.municipality(session)
        walk = walks.walk(postgresql_engine, finding_seq=7)
        monkeypatch.setattr(backups, "_DEBIAN", tmp_path)
        monkeypatch.setenv("PATH", f"{halved(tmp_path)}:{os.environ['PATH']}")
        url = postgresql_engine.url.render_as_string(hide_password=False)
        monkeypatch.setenv("TRYGGKARTA_DATABASE_URL", url)
        monkeypatch.setenv("TRYGGKARTA_DATA_DIR", str(tmp_path))
        done = CliRunner().invoke(main, ["db", "backup", str(tmp_path / "copy")])
        assert (done.exit_code, (tmp_path / "copy").exists()) == (1, False)
        assert numbers_now(postgresql_engine) == {walk.uid: 7}
        with reading(postgresql_engine) as session:
            assert session.scalars(select(Walk.safe_seq)).one() == 0

    def test_what_comes_while_it_is_made_is_not_said_to_be_in_it(self, sqlite_engine, tmp_path):
        with writing(sqlite_engine) as session:
            factories.municipality(session)
        walk = walks.walk(sqlite_engine, finding_seq=7)
        backup(sqlite_engine, tmp_path / "copy")
        with writing(sqlite_engine) as session:
            session.execute(update(Walk).values(finding_seq=9))
        assert numbers_in(sqlite_engine, tmp_path / "copy") == {walk.uid: 7}

    def test_it_never_goes_back_and_unknown_walks_are_nothing(self, engine):
        with writing(engine) as session:
            factories.municipality(session)
        walk = walks.walk(engine, finding_seq=9, safe_seq=5)
        assert numbers_now(engine) == {walk.uid: 9}
        assert mark_safe(engine, {walk.uid: 4, uuid4(): 8}) == 0
        assert mark_safe(engine, {walk.uid: 8}) == 1
        with reading(engine) as session:
            assert session.scalars(select(Walk.safe_seq)).one() == 8

    def test_an_older_copy_put_back_goes_on_from_what_is_there(self, town, tmp_path):
        bodies = [walks.finding(town.walk) for _ in range(4)]
        for body in bodies[:2]:
            put(town, body)
        backup(town.engine, tmp_path / "copy")
        for body in bodies[2:]:
            put(town, body)
        restore(town.engine, tmp_path / "copy")
        again = [put(town, body) for body in (*bodies, walks.finding(town.walk))]
        assert [(each.status_code, each.json["seq"]) for each in again] == [
            (200, 1),
            (200, 2),
            (201, 3),
            (201, 4),
            (201, 5),
        ]
        assert numbers(town) == [1, 2, 3, 4, 5]


class TestDestroyed:
    def test_nothing_is_left_but_that_it_was_there(self, town):
        body = walks.finding(town.walk, text="kanariefagel", photos=[uuid4()])
        put(town, body)
        uid = uuid4()
        late = body | {"revision": str(uid), "text": "kanariefagel igen"}
        put(town, late, f"/revisions/{uid}", **{"If-Match": '"9"'})
        there = factories.home_of(town.engine, "1470")
        with writing(town.engine) as session:
            key = session.scalars(select(Report.id)).one()
            doomed = Doomed(there.id, next_change(session, there.id), [key])
            destroying.destroy(session, RecordClass.REPORT, doomed)
        with reading(town.engine) as session:
            entry = session.scalars(select(WalkEntry)).one()
            assert (entry.report_id, entry.deleted_reason) == (None, "destroyed")
            assert session.scalars(select(FindingRevision.body)).one() == ""
            assert session.scalars(select(ExpectedPhoto)).all() == []
        assert (put(town, body).status_code, put(town, late, f"/revisions/{uuid4()}").status_code) == (
            410,
            410,
        )
