"""What is due, rule by rule: reckoned anew whenever somebody asks, and the same list for the same day."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.hours import today
from geodata.queries.holds import held_in
from geodata.queries.keeping import due_objects
from geodata.queries.municipalities import Home, homes
from geodata.queries.retention_runs import APPROVED, DUE, HELD, PROPOSED, KnownRun, runs_of
from geodata.tables.engine import reading
from geodata.vocabulary.keeping import WHOLE_REPORTS
from webmap.services.retention_rules import KnownRule, rules_of


@dataclass(frozen=True)
class Listed:
    """One object on a list to be. outcome: `due`, or `held` where something holds it."""

    rule: KnownRule
    object_id: str
    due_on: date
    outcome: str


@dataclass(frozen=True)
class Tally:
    """What is due by one rule: how many would be destroyed, and how many are held back."""

    rule: KnownRule
    due: int
    held: int


@dataclass(frozen=True)
class Reminder:
    """How much is due in a municipality and on no list, and how many rules lack their decision."""

    municipality: str
    name: str
    due: int
    idle: int


def due_now(engine: Engine, home: Home, day: date | None = None) -> list[Tally]:
    """How much is due by each rule today; nothing is written. Rules without a decision are there, with 0."""
    with reading(engine) as session:
        rules, found = rules_of(session, home.id), list_of(session, home, day or today())
    return [
        Tally(
            rule,
            sum(each.rule.id == rule.id and each.outcome == DUE for each in found),
            sum(each.rule.id == rule.id and each.outcome == HELD for each in found),
        )
        for rule in rules
    ]


def reminders(engine: Engine) -> list[Reminder]:
    """What waits for somebody, in every municipality where something does. Nothing is written."""
    with reading(engine) as session:
        there = homes(session)
    found = []
    for home in there:
        tallies = due_now(engine, home)
        is_listed = any(run.state in (PROPOSED, APPROVED) for run in _runs(engine, home))
        due = 0 if is_listed else sum(each.due for each in tallies)
        found.append(Reminder(home.code, home.name, due, sum(not each.rule.acts for each in tallies)))
    return [each for each in found if each.due or each.idle]


def _runs(engine: Engine, home: Home) -> list[KnownRun]:
    with reading(engine) as session:
        return runs_of(session, home.id)


def snapshot(rule: KnownRule) -> dict[str, Any]:
    """A rule as a protocol keeps it."""
    term = rule.term
    said = {"record": term.record.value, "after": term.after.value, "years": term.years, "days": term.days}
    return {"id": rule.id, "uid": str(rule.uid), "version": rule.version, **said, "decision": rule.decision}


def list_of(session: Session, home: Home, as_of: date) -> list[Listed]:
    """What is due, parts of reports before the reports themselves."""
    held = held_in(session, home.id)
    rules = [rule for rule in rules_of(session, home.id) if rule.acts]
    return [
        Listed(rule, each.object_id, each.due_on, HELD if held.holds(rule.term.record, each) else DUE)
        for rule in sorted(rules, key=lambda rule: rule.term.record in WHOLE_REPORTS)
        for each in due_objects(session, home.id, rule.term, as_of)
    ]


def digest_of(home: Home, found: list[Listed], as_of: date) -> str:
    """SHA-256 of a list: what is approved is this list and no other."""
    rules = {each.rule.id: snapshot(each.rule) for each in found}
    rows = [[each.rule.id, each.object_id, each.due_on.isoformat(), each.outcome] for each in found]
    said = json.dumps([home.code, as_of.isoformat(), [rules[key] for key in sorted(rules)], sorted(rows)])
    return hashlib.sha256(said.encode()).hexdigest()
