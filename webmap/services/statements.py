"""What the pages on personal data and accessibility say: out of what is chosen and in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

from geodata.analysis.publication.material import MOST_VOICES_A_DAY
from geodata.queries.municipalities import Home
from geodata.queries.sharings import every_sharing
from geodata.tables.engine import reading
from geodata.vocabulary import ChoiceKey
from webmap.access import OUTLOOK, Role
from webmap.services import choices, walk_contacts
from webmap.services.retention_rules import rules_of
from webmap.services.retention_words import decision_words, rule_words, technical_rules
from webmap.services.sessions import ABSOLUTE, IDLE
from webmap.services.sharing_table import SharingRow, rows_of
from webmap.words import Words
from webmap.words.labels import N_

STATEMENT_REVISED = date(2026, 11, 22)
"""When the words of the accessibility statement were last gone through."""

_ROLES = {
    Role.COORDINATOR: N_("Läser kommunens rapporter, granskar och svarar."),
    Role.WALK_LEADER: N_(
        "Ser kommunens rapporter i rutor om %(metres)s meter, utan text och foton. "
        "Läser det som sägs på vandringarna."
    ),
    Role.REPORTER: N_("Skriver in rapporter åt andra. Läser inga rapporter på kartan."),
    Role.COUNCIL: N_("Ser samma karta som alla andra. Läser inga rapporter."),
    Role.ADMIN: N_("Sköter konton och inställningar. Läser inga rapporter."),
    Role.POLICE_PLANNER: N_("Ser polisens egna rapporter, och det som kommunen delar."),
    Role.POLICE_OFFICER: N_("Ser polisens egna rapporter, och det som kommunen delar."),
}


@dataclass(frozen=True)
class Contact:
    """Who to turn to; "" where nothing is chosen. controller: who answers for the data."""

    controller: str
    number: str
    email: str
    phone: str
    officer: str
    feedback: str


@dataclass(frozen=True)
class Privacy:
    """What is in force. rules: with the decision each rests on. technical: what goes by itself, and why."""

    contact: Contact
    roles: list[tuple[str, str]]
    sharings: list[SharingRow]
    rules: list[tuple[str, str]]
    technical: list[tuple[str, str]]
    k: int
    fine_m: int
    coarse_m: int
    days_between: int
    voices_a_day: int
    idle_minutes: int
    most_hours: int
    letter_days: int


@dataclass(frozen=True)
class Accessibility:
    """reviewed: the day the municipality went through the pages itself, in words; "" where it has not."""

    contact: Contact
    reviewed: str
    revised: str


def privacy_of(engine: Engine, home: Home, words: Words) -> Privacy:
    """What holds for personal data now."""
    with reading(engine) as session:
        chosen = choices.all_of(session, home)
        rules = rules_of(session, home.id)
        shared = [each for each in every_sharing(session, home.id) if each.is_in_force]
    return Privacy(
        contact_of(chosen, home, words),
        [(words.label(role), _role_words(role, words)) for role in _ROLES],
        rows_of(shared, words),
        [(rule_words(rule.term, words), decision_words(rule.decision, words)) for rule in rules if rule.acts],
        technical_rules(words),
        int(chosen[ChoiceKey.PUBLISH_K]),
        int(chosen[ChoiceKey.PUBLISH_FINE_M]),
        int(chosen[ChoiceKey.PUBLISH_COARSE_M]),
        int(chosen[ChoiceKey.PUBLISH_DAYS_BETWEEN]),
        MOST_VOICES_A_DAY,
        round(IDLE.total_seconds() / 60),
        round(ABSOLUTE.total_seconds() / 3600),
        walk_contacts.KEPT.days,
    )


def accessibility_of(engine: Engine, home: Home, words: Words) -> Accessibility:
    """What the accessibility statement says of this municipality."""
    with reading(engine) as session:
        chosen = choices.all_of(session, home)
    day = chosen[ChoiceKey.ACCESSIBILITY_REVIEWED_ON]
    reviewed = words.day(date.fromisoformat(day)) if day else ""
    return Accessibility(contact_of(chosen, home, words), reviewed, words.day(STATEMENT_REVISED))


def contact_of(chosen: dict[ChoiceKey, str], home: Home, words: Words) -> Contact:
    """Who to turn to; the municipality itself answers for the data where no board is named."""
    return Contact(
        chosen[ChoiceKey.CONTROLLER_NAME] or words.municipality(home.name),
        chosen[ChoiceKey.ORGANISATION_NUMBER],
        chosen[ChoiceKey.CONTACT_EMAIL],
        chosen[ChoiceKey.CONTACT_PHONE],
        chosen[ChoiceKey.DATA_OFFICER_EMAIL],
        chosen[ChoiceKey.FEEDBACK_URL],
    )


def _role_words(role: Role, words: Words) -> str:
    outlook = OUTLOOK.get(role)
    return words(_ROLES[role], metres=outlook.precision_m if outlook else 0)
