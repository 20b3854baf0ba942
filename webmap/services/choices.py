"""What a municipality has chosen for itself."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import date
from urllib.parse import urlsplit

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from geodata.errors import Conflict, Fault, InvalidValue
from geodata.queries.municipalities import Home
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.choices import Choice
from geodata.tables.engine import reading, writing
from geodata.vocabulary.choices import CHOICES, NO, YES, ChoiceForm, ChoiceKey, ChoiceRule
from webmap.services.actors import Actor
from webmap.services.sayings import Refused

LONGEST_CHOICE = 200
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)


def choice(session: Session, home: Home, key: ChoiceKey) -> str:
    """What is chosen, or what holds where nothing is."""
    return all_of(session, home)[key]


def number(session: Session, home: Home, key: ChoiceKey) -> int:
    """The same for a choice that is a number."""
    return int(choice(session, home, key) or 0)


def all_of(session: Session, home: Home) -> dict[ChoiceKey, str]:
    """Every choice there is."""
    stored = session.execute(select(Choice.key, Choice.value).where(Choice.municipality_id == home.id))
    chosen = {key: value for key, value in stored if key in CHOICES}
    return {key: chosen.get(key, rule.default) for key, rule in CHOICES.items()}


def municipality_choices(engine: Engine, home: Home | None) -> dict[ChoiceKey, str]:
    """The same, read by itself; the defaults where there is no municipality yet."""
    if home is None:
        return {key: rule.default for key, rule in CHOICES.items()}
    with reading(engine) as session:
        return all_of(session, home)


def contact_addresses(engine: Engine) -> list[str]:
    """The addresses that municipalities have chosen to be written to, in order, each once."""
    with reading(engine) as session:
        stored = session.scalars(select(Choice.value).where(Choice.key == ChoiceKey.CONTACT_EMAIL))
        return sorted({address for address in stored if address})


def version_of(chosen: Mapping[ChoiceKey, str]) -> str:
    """A mark that differs when any of these choices does: what a form was filled in over."""
    told = "\n".join(f"{key}={chosen[key]}" for key in sorted(chosen))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def change(
    engine: Engine, home: Home, said: Mapping[ChoiceKey, str], version: str, actor: Actor
) -> list[ChoiceKey]:
    """The same as `choose`, over the choices that were looked at.

    version: of the said keys as they were shown. Raises Conflict where somebody else has changed one since.
    """
    with writing(engine) as session:
        next_change(session, home.id)  # whoever comes second waits here, and then sees what the first did
        stored = all_of(session, home)
        if version_of({key: stored[key] for key in said}) != version:
            raise Conflict("choice.changed", "version")
        return choose(session, home, said, actor)


def choose(session: Session, home: Home, said: Mapping[ChoiceKey, str], actor: Actor) -> list[ChoiceKey]:
    """Keep what is said, in the session's transaction; an empty text goes back to the default.

    The keys that changed, in order; the journal names them and not their values. Raises Refused with every
    fault at once.
    """
    before = all_of(session, home)
    checked = _checked(said)
    changed = [key for key in CHOICES if key in checked and checked[key] != before[key]]
    for key in changed:
        session.execute(delete(Choice).where(Choice.municipality_id == home.id, Choice.key == key))
        if checked[key] != CHOICES[key].default:
            session.add(Choice(municipality_id=home.id, key=key, value=checked[key]))
    if changed:
        next_change(session, home.id)
    for key in changed:
        append(session, Entry(actor.role, "choice.make", "choice", key, home.code, actor.user_id))
    return changed


def _checked(said: Mapping[ChoiceKey, str]) -> dict[ChoiceKey, str]:
    faults: list[Fault] = []
    checked = {}
    for key, text in said.items():
        try:
            checked[key] = _value(key, text.strip())
        except InvalidValue as fault:
            faults.append(fault)
    if faults:
        raise Refused(faults)
    return checked


def _value(key: ChoiceKey, text: str) -> str:
    rule = CHOICES[key]
    if not text:
        return rule.default
    if len(text) > LONGEST_CHOICE or not text.isprintable():
        raise InvalidValue("choice.too_long", key, most=LONGEST_CHOICE)
    if rule.form == ChoiceForm.NUMBER:
        return _number(key, rule, text)
    if not _IS_FINE[rule.form](text):
        raise InvalidValue(f"choice.not_{rule.form}", key, given=text[:80])
    return text


def _number(key: ChoiceKey, rule: ChoiceRule, text: str) -> str:
    if not _NUMBER.fullmatch(text):
        raise InvalidValue("choice.not_number", key, given=text[:80])
    if rule.steps and int(text) not in rule.steps:
        raise InvalidValue("choice.not_a_step", key, steps=", ".join(map(str, rule.steps)))
    if not rule.least <= int(text) <= rule.most:
        raise InvalidValue("choice.out_of_range", key, least=rule.least, most=rule.most)
    return str(int(text))


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_url(text: str) -> bool:
    try:
        address = urlsplit(text)
    except ValueError:
        return False
    return address.scheme == "https" and bool(address.hostname) and " " not in text


_IS_FINE: dict[ChoiceForm, Callable[[str], bool]] = {
    ChoiceForm.TEXT: bool,
    ChoiceForm.EMAIL: lambda text: bool(_EMAIL.fullmatch(text)),
    ChoiceForm.DAY: _is_day,
    ChoiceForm.YES_NO: {YES, NO}.__contains__,
    ChoiceForm.URL: _is_url,
}
