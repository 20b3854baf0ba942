"""What the page of one report shows, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from geodata.queries.past_acts import PastAct
from geodata.vocabulary import BY_CODE, CATEGORIES, Polarity, Refusal, State, bits
from webmap.gate import viewer, works
from webmap.pages.filter_view import Choice
from webmap.pages.review_facts import (
    OtherReport,
    facts_of,
    holding_words,
    other_report,
    similar_words,
    this_report,
)
from webmap.pages.review_form import CaseForm
from webmap.pages.review_map import MapView, map_view
from webmap.services.review_desk import Case, left_to_review
from webmap.services.review_history import changed_since
from webmap.services.review_moves import Action, actions_from
from webmap.services.review_words import (
    STATE_WORDS,
    act_words,
    age_words,
    change_lines,
    difference_row,
    heading_of,
    moment_words,
    names_of,
    pieces_of,
    suspect_words,
    suspects_in,
    who_words,
)
from webmap.words import Words

_CLOSED = (State.REJECTED, State.DUPLICATE, State.WITHDRAWN)


@dataclass(frozen=True)
class HistoryLine:
    """Something that was done: when, by whom, what, and what it changed."""

    at: str
    who: str
    what: str
    changes: list[str]
    note: str
    is_undone: bool


@dataclass(frozen=True)
class ConflictView:
    """What was done while the page was open. rows: what, as it was, as it is now, as it was typed."""

    lines: list[HistoryLine]
    rows: list[tuple[str, str, str, str]]
    has_typed: bool


@dataclass(frozen=True)
class CaseView:
    """One report as the page shows it."""

    uid: UUID
    municipality: str
    version: int
    name: str
    state: State
    state_word: str
    polarity: Polarity
    polarity_word: str
    heading: str
    age: str
    is_waiting: bool
    pieces: list[tuple[str, bool]]
    public_text: str
    suspicion: str
    facts: list[tuple[str, str, str]]
    similar: str
    kept: UUID | None
    holding: str
    is_mine: bool
    can: frozenset[str]
    form: CaseForm
    categories: list[Choice]
    polarities: list[Choice]
    severities: list[Choice]
    reasons: list[Choice]
    this: OtherReport
    others: list[OtherReport]
    places: list[tuple[str, str]]
    history: list[HistoryLine]
    left: str
    oldest: str
    map: MapView
    conflict: ConflictView | None
    problems: Mapping[str, str] = field(default_factory=dict)


def case_view(
    case: Case,
    form: CaseForm,
    asked: Mapping[str, str],
    words: Words,
    said: tuple[Mapping[str, str], ConflictView | None],
) -> CaseView:
    """The page of a report. said: what is wrong with what was sent, and what came between."""
    report, home = case.report, case.home
    return CaseView(
        uid=report.uid,
        municipality=home.code,
        version=report.version,
        name=report.uid.hex[:8],
        state=report.state,
        polarity=report.polarity,
        is_waiting=report.state == State.NEW,
        public_text=report.public_text or "",
        facts=facts_of(case, words),
        similar=similar_words(case, words),
        kept=report.kept,
        holding=holding_words(case, words),
        is_mine=case.holder is not None and case.holder[0] == viewer().user_id,
        can=frozenset(action.value for action in actions_from(report.state)),
        form=form,
        this=this_report(case, words),
        others=[other_report(each, case, words) for each in case.alike],
        places=_found_places(home.code, form.search),
        history=[_line(act, words) for act in reversed(case.acts)],
        map=map_view(case, form, asked, words),
        problems=said[0],
        conflict=said[1],
        **_said(case, words),
        **_choices(form, words),
    )


def _said(case: Case, words: Words) -> dict[str, Any]:
    """What the report says, and how long it and others have waited."""
    report, now = case.report, datetime.now(UTC)
    count, oldest = left_to_review(works().engine, case.home.id)
    suspects = suspects_in(report.private_text, case.home)
    return {
        "state_word": words(STATE_WORDS[report.state]),
        "polarity_word": words.label(report.polarity),
        "heading": heading_of(names_of(case.home), report, words),
        "age": age_words(report.created_at, now, words),
        "pieces": pieces_of(report.private_text, suspects),
        "suspicion": suspect_words(suspects, words),
        "left": words.plural("%(n)s kvar", "%(n)s kvar", count),
        "oldest": age_words(oldest, now, words) if oldest else "",
    }


def _choices(form: CaseForm, words: Words) -> dict[str, Any]:
    return {
        "categories": [
            Choice(each.code, words.category(each), each.code in form.categories, None) for each in CATEGORIES
        ],
        "polarities": [
            Choice(each.value, words.label(each), each == form.polarity, None) for each in Polarity
        ],
        "severities": [
            Choice("", words("Inte bedömt"), not form.severity, None),
            *(Choice(each, each, each == form.severity, None) for each in "12345"),
        ],
        "reasons": [
            Choice("", words("Välj skäl"), not form.reason, None),
            *(Choice(each.value, words.label(each), each == form.reason, None) for each in Refusal),
        ],
    }


def _found_places(code: str, search: str) -> list[tuple[str, str]]:
    return [(each.key, each.label) for each in works().places.now(code).search(search) if each.geojson]


def _line(act: PastAct, words: Words) -> HistoryLine:
    return HistoryLine(
        moment_words(act.at, words),
        who_words(act, words),
        act_words(act, words),
        change_lines(act, words),
        act.note,
        act.undone_at is not None,
    )


def conflict_view(
    acts: Sequence[PastAct], version: int, typed: Mapping[str, Any], words: Words
) -> ConflictView:
    """What was done since the version that was looked at, beside what was typed (by column)."""
    changes = changed_since(acts, version)
    since = [act for act in acts if act.version > version or (act.undone_at and act.version >= version)]
    rows = [difference_row(each, typed.get(each.column, each.after), words) for each in changes]
    return ConflictView([_line(act, words) for act in since], rows, bool(typed))


def typed_columns(form: CaseForm, action: Action) -> dict[str, Any]:
    """What was typed, by the columns it would have set; nothing where it was only a decision."""
    if action != Action.EDIT:
        return {}
    known = [code for code in form.categories if code in BY_CODE]
    return {
        "public_text": form.public_text if form.is_public else None,
        "categories": bits(known),
        "polarity": Polarity(form.polarity) if form.polarity in list(Polarity) else None,
        "severity": form.severity or None,
    }
