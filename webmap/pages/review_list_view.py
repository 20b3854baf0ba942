"""What the list of reports shows, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import UUID

from geodata.queries.municipalities import Home
from geodata.queries.review_queue import QueueRow
from geodata.queries.whereabouts import Neighbourhood
from geodata.vocabulary import Polarity, Refusal, State
from webmap.services.review_desk import Queue
from webmap.services.review_words import (
    age_words,
    moment_words,
    names_of,
    suspects_in,
    time_words,
    title_of,
)
from webmap.words import Words

_LONGEST_SHOWN = 140
_MOST_DIGITS = 18


@dataclass(frozen=True)
class Asked:
    """The list that is asked for. after: key of the last report of the page before."""

    state: str = State.NEW.value
    category: str = ""
    locality: str = ""
    is_suspect: bool = False
    is_unplaced: bool = False
    after: int = 0

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> Asked:
        """From the address or a form; a state there is not is that of the new."""
        state, after = given.get("state", ""), given.get("after", "")
        is_number = after.isascii() and after.isdigit() and len(after) <= _MOST_DIGITS
        return cls(
            state if state in list(State) else State.NEW.value,
            given.get("category", "")[:40],
            given.get("locality", "")[:80],
            bool(given.get("suspect")),
            bool(given.get("unplaced")),
            int(after) if is_number else 0,
        )

    @property
    def query(self) -> str:
        """The filter as it stands in an address, without the page."""
        said = {
            "state": self.state,
            "category": self.category,
            "locality": self.locality,
            "suspect": "1" if self.is_suspect else "",
            "unplaced": "1" if self.is_unplaced else "",
        }
        return urlencode({name: value for name, value in said.items() if value})

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the state is asked for."""
        return bool(self.category or self.locality or self.is_suspect or self.is_unplaced)

    def query_in(self, code: str) -> str:
        """The same with the municipality."""
        return f"municipality={code}&{self.query}"


@dataclass(frozen=True)
class ListRow:
    """One report. age: how long it has waited, or when it came."""

    uid: UUID
    version: int
    polarity: Polarity
    polarity_word: str
    title: str
    time: str
    text: str
    age: str
    is_suspect: bool
    holder: str


@dataclass(frozen=True)
class Tab:
    """A state, with how many reports are in it."""

    label: str
    count: str
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class ListView:
    """The list as the page shows it. next_link: to the reports after these, or ""."""

    asked: Asked
    tabs: list[Tab]
    rows: list[ListRow]
    next_link: str
    first_link: str
    csv_link: str
    waiting: str
    oldest: str
    state_word: str
    can_accept: bool
    can_reject: bool
    reasons: list[tuple[str, str]]


def list_view(home: Home, found: Queue, counts: Mapping[State, int], asked: Asked, words: Words) -> ListView:
    """A page of the list in words. counts: how many reports there are in each state."""
    now = datetime.now(UTC)
    state = State(asked.state)
    query = asked.query_in(home.code)
    names = names_of(home)
    return ListView(
        asked=asked,
        tabs=[_tab(each, counts, asked, home.code, words) for each in State],
        rows=[_row(row, names, now, words) for row in found.rows],
        next_link=f"/staff/reports?{query}&after={found.cursor}" if found.cursor else "",
        first_link=f"/staff/reports?{query}" if asked.after else "",
        csv_link=f"/staff/reports/list.csv?{query}",
        waiting=words.plural("%(n)s rapport väntar", "%(n)s rapporter väntar", found.waiting),
        oldest=age_words(found.oldest, now, words) if found.oldest else "",
        state_word=words.label(state),
        can_accept=state in (State.NEW, State.REJECTED, State.DUPLICATE),
        can_reject=state in (State.NEW, State.ACCEPTED, State.DUPLICATE),
        reasons=[(each.value, words.label(each)) for each in Refusal],
    )


def _tab(state: State, counts: Mapping[State, int], asked: Asked, code: str, words: Words) -> Tab:
    href = f"/staff/reports?municipality={code}&state={state}"
    return Tab(words.label(state), words.number(counts[state]), href, state.value == asked.state)


def _row(row: QueueRow, there: Neighbourhood, now: datetime, words: Words) -> ListRow:
    text = row.private_text
    is_new = row.state == State.NEW
    return ListRow(
        row.uid,
        row.version,
        row.polarity,
        words.label(row.polarity),
        title_of(there, row, words),
        time_words(row.day, row.hours, words),
        text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN].rstrip()} …",
        age_words(row.created_at, now, words) if is_new else moment_words(row.created_at, words),
        bool(suspects_in(text, there.home)),
        row.holder,
    )
