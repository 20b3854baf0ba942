"""Rules, holds and runs of destruction in plain words."""

from __future__ import annotations

from geodata.queries.keeping import Term
from geodata.queries.retention_runs import APPROVED, CANCELLED, DELETED, DONE, DUE, GONE, HELD, PROPOSED
from geodata.vocabulary import RecordClass, Trigger
from geodata.vocabulary.keeping import TRIGGERS
from webmap.words import Words
from webmap.words.labels import N_

RECORDS = {
    RecordClass.REPORT: N_("Rapporter"),
    RecordClass.REJECTED_REPORT: N_("Avvisade rapporter"),
    RecordClass.WITHDRAWN_REPORT: N_("Återtagna rapporter"),
    RecordClass.PHOTO: N_("Foton"),
    RecordClass.REVIEW_ACT: N_("Original som ändrats i granskningen"),
    RecordClass.REPLY: N_("Svar på rapporter"),
    RecordClass.CONFIRMATION: N_("Bekräftelser av rapporter"),
    RecordClass.OUTGOING_MAIL: N_("Uppgifter om skickade mejl"),
    RecordClass.CONTACT: N_("E-postadresser för svar"),
    RecordClass.OCCASION: N_("Dialogmöten och andra tillfällen"),
    RecordClass.IMPORT_BATCH: N_("Uppgifter om importer"),
    RecordClass.MEASURE: N_("Avslutade åtgärder"),
    RecordClass.DISCLOSURE: N_("Underlag för utlämnanden"),
    RecordClass.WALK_MARK: N_("Platser som märkts ut före en vandring"),
    RecordClass.WALK_PHONE: N_("Telefoner som gått med på en vandring"),
    RecordClass.WALK_ASIDE: N_("Det som lagts åt sidan på en vandring"),
}
_CAME, _WERE_ADDED, _WALK_ENDED = N_("de kom in"), N_("de lades in"), N_("vandringen avslutades")
_EVENTS = {
    (RecordClass.REPORT, Trigger.RECEIVED): _CAME,
    (RecordClass.REPORT, Trigger.CLOSED): N_("de avslutades"),
    (RecordClass.REJECTED_REPORT, Trigger.DECIDED): N_("de avvisades"),
    (RecordClass.WITHDRAWN_REPORT, Trigger.WITHDRAWN): N_("de togs tillbaka"),
    (RecordClass.PHOTO, Trigger.RECEIVED): _CAME,
    (RecordClass.REVIEW_ACT, Trigger.DECIDED): N_("ändringen gjordes"),
    (RecordClass.REPLY, Trigger.RECEIVED): N_("de skrevs"),
    (RecordClass.CONFIRMATION, Trigger.RECEIVED): _CAME,
    (RecordClass.OUTGOING_MAIL, Trigger.CLOSED): N_("de skickades"),
    (RecordClass.OCCASION, Trigger.RECEIVED): _WERE_ADDED,
    (RecordClass.IMPORT_BATCH, Trigger.RECEIVED): N_("importen gjordes"),
    (RecordClass.MEASURE, Trigger.RECEIVED): _WERE_ADDED,
    (RecordClass.DISCLOSURE, Trigger.CLOSED): N_("de lämnades ut"),
    (RecordClass.WALK_MARK, Trigger.CLOSED): _WALK_ENDED,
    (RecordClass.WALK_PHONE, Trigger.CLOSED): _WALK_ENDED,
    (RecordClass.WALK_ASIDE, Trigger.CLOSED): _WALK_ENDED,
}
_STATES = {
    PROPOSED: N_("Väntar på godkännande"),
    APPROVED: N_("Godkänd, inte klar"),
    DONE: N_("Klar"),
    CANCELLED: N_("Avbruten"),
}
_OUTCOMES = {
    DUE: N_("Ska tas bort"),
    HELD: N_("Hålls kvar"),
    DELETED: N_("Borttaget"),
    GONE: N_("Fanns inte eller skulle inte längre tas bort"),
}
SUGGESTED_REASONS = (N_("Pågående begäran om utlämnande"), N_("Överklagande"))


def record_word(record: RecordClass, words: Words) -> str:
    """What a class of records is called."""
    return words(RECORDS[record])


def event_words(record: RecordClass, after: Trigger, words: Words) -> str:
    """What the time runs from, after `efter att`: de avvisades; slutet av det år då de avvisades."""
    event = words(_EVENTS[record, TRIGGERS[record][0] if after == Trigger.YEAR_END else after])
    if after == Trigger.YEAR_END:
        return words("efter slutet av det år då %(event)s", event=event)
    return words("efter att %(event)s", event=event)


def time_words(term: Term, words: Words) -> str:
    """How long: 2 år; 1 år och 30 dagar."""
    years = words.plural("%(n)s år", "%(n)s år", term.years) if term.years else ""
    days = words.plural("%(n)s dag", "%(n)s dagar", term.days) if term.days else ""
    if years and days:
        return words("%(years)s och %(days)s", years=years, days=days)
    return years or days


def rule_words(term: Term, words: Words) -> str:
    """A rule as a sentence: Avvisade rapporter tas bort 2 år efter att de avvisades."""
    return words(
        "%(what)s tas bort %(time)s %(event)s.",
        what=record_word(term.record, words),
        time=time_words(term, words),
        event=event_words(term.record, term.after, words),
    )


def decision_words(decision: str, words: Words) -> str:
    """What it rests on, or that it does nothing."""
    if decision:
        return words("Beslut %(decision)s", decision=decision)
    return words("Gallrar ingenting, för beslutsnummer saknas")


def state_word(state: str, words: Words) -> str:
    """How far a run has come."""
    return words(_STATES[state])


def outcome_word(outcome: str, words: Words) -> str:
    """What became of an object."""
    return words(_OUTCOMES[outcome])


def technical_rules(words: Words) -> list[tuple[str, str]]:
    """What the program sees to by itself, with no list and no yes: what, and why it may."""
    return [
        (
            words("E-postadresser för svar tas bort 30 dagar efter att rapporten avslutades."),
            words("De behövs bara för svaret, och aldrig längre än ett år."),
        ),
        (
            words("Foton som ingen rapport kom till tas bort efter ett dygn."),
            words("De har aldrig kommit in som en rapport."),
        ),
        (
            words("Filer som importeras tas bort när de är inlästa, senast efter ett dygn."),
            words("Innehållet finns då i rapporterna."),
        ),
        (
            words("Säkerhetskopior ska tas bort senast efter 35 dagar."),
            words("Sköts av driften. Så länge kan det som tagits bort finnas kvar i dem."),
        ),
    ]
