"""The demo's decisions: what is shared, how long things are kept, who to turn to, and a first edition."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.queries.municipalities import Home
from geodata.queries.sharings import sharings_in_force
from geodata.tables.engine import writing
from geodata.vocabulary import ChoiceKey, Kind, Owner
from webmap.services import choices, editions, publishing, retention_rules, sharing
from webmap.services.actors import COMMAND
from webmap.services.publishing import Order
from webmap.services.retention_rules import RuleSaid
from webmap.services.sharing import GROUNDS, SharingDraft

SHARINGS = (
    SharingDraft(
        Owner.MUNICIPALITY, frozenset({Kind.PERCEPTION, Kind.OBSERVATION, Kind.WALK_FINDING}), 0, GROUNDS[0]
    ),
    SharingDraft(Owner.POLICE, frozenset({Kind.CRIME_REPORT}), 0, GROUNDS[2]),
)
CHOICES = {
    ChoiceKey.CONTROLLER_NAME: "Kommunstyrelsen (exempel)",
    ChoiceKey.CONTACT_EMAIL: "trygghet@vara.example",
    ChoiceKey.CONTACT_PHONE: "0512-310 00 (exempel)",
    ChoiceKey.DATA_OFFICER_EMAIL: "dataskyddsombud@vara.example",
    ChoiceKey.ACCESSIBILITY_REVIEWED_ON: "2026-11-01",
}
RULES = (
    RuleSaid("report:received", "5", "", "KS 2026/114 (exempel)"),
    RuleSaid("rejected_report:decided", "2", "", "KS 2026/114 (exempel)"),
    RuleSaid("photo:received", "2", "", ""),
)
"""The last has no decision: it shows that nothing is destroyed without one."""


def decide(session: Session, home: Home) -> None:
    """What is shared and who to turn to, in the session's transaction."""
    in_force = {(each.owner, each.kinds) for each in sharings_in_force(session, home.id)}
    for each in SHARINGS:
        if (each.owner, each.kinds) not in in_force:
            sharing.begin_in(session, home, each, COMMAND)
    choices.choose(session, home, CHOICES, COMMAND)


def complete(engine: Engine, home: Home) -> None:
    """Rules and an edition where there are none: also in a demo that was stopped before they were made."""
    with writing(engine) as session:
        if not sharings_in_force(session, home.id):
            decide(session, home)
    if not retention_rules.listed(engine, home):
        for each in RULES:
            retention_rules.create(engine, home, retention_rules.draft_of(each), COMMAND)
    if not editions.all_of(engine, home.code):
        publishing.publish(engine, home.code, Order())
