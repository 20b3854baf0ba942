"""Retention from the command line: looked at, listed, carried out when somebody has approved it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from geodata.queries.keeping import Term
from geodata.tables import Report
from geodata.tables.engine import writing
from geodata.vocabulary import RecordClass, Trigger
from tests import factories
from tests.webmap.reviews import reviewer
from webmap.cli import main
from webmap.services import retention, retention_rules
from webmap.services.actors import COMMAND
from webmap.services.retention_rules import RuleDraft


@pytest.fixture
def there(sqlite_engine):
    with writing(sqlite_engine) as session:
        made = factories.municipality(session)
        factories.store(session, made, [factories.draft() for _ in range(2)])
        session.execute(update(Report).values(created_at=datetime(2020, 3, 10, tzinfo=UTC)))
    for record, decision in ((RecordClass.REPORT, "KS 2026/114"), (RecordClass.PHOTO, "")):
        draft = RuleDraft(Term(record, Trigger.RECEIVED, 5, 0), decision)
        retention_rules.create(sqlite_engine, made, draft, COMMAND)
    return made


@pytest.fixture
def run(sqlite_url, tmp_path):
    environment = {"TRYGGKARTA_DATABASE_URL": sqlite_url, "TRYGGKARTA_DATA_DIR": str(tmp_path / "data")}

    def run(*words):
        return CliRunner().invoke(main, words, env=environment)

    return run


def test_a_list_is_made_and_carried_out_only_when_it_is_approved(sqlite_engine, there, run):
    where = ("--municipality", "1470")
    assert (
        "Rapporter tas bort 5 år efter att de kom in. Beslut KS 2026/114."
        in run("retention", "list", *where).stdout
    )
    made = json.loads(run("retention", "propose", *where, "--json").stdout)
    refused = run("retention", "run", *where)
    assert (refused.exit_code, factories.rows(sqlite_engine, Report)) == (1, {"report": 2})
    found = retention.runs(sqlite_engine, there)[0]
    assert str(found.uid) == made["run"]
    someone = reviewer(sqlite_engine, "admin@vara.example")
    retention.approve(sqlite_engine, there, (found.uid, 1), found.digest, someone)
    assert json.loads(run("retention", "run", *where, "--json").stdout)["is_done"]
    assert factories.rows(sqlite_engine, Report) == {"report": 0}


def test_a_tick_reminds_and_destroys_nothing(sqlite_engine, there, run):
    said = run("tick").stdout
    assert "Vara kommun: 2 saker har nått sin gallringsdag." in said
    assert "Vara kommun: 1 gallringsregel saknar beslutsnummer och gör ingenting." in said
    assert factories.rows(sqlite_engine, Report) == {"report": 2}
    run("retention", "propose", "--municipality", "1470")
    assert [each["due"] for each in json.loads(run("tick", "--json").stdout)["retention"]] == [0]
