"""What a form says of a finding's follow-up, checked: nothing is promised or refused by halves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from geodata.drafts import checked_text
from geodata.errors import Fault, InvalidValue
from geodata.hours import today
from geodata.privacy import mask_identity_numbers, screen
from geodata.queries.municipalities import Home
from geodata.vocabulary import FindingState, LandOwner
from webmap.services.follow_up_rules import OWED, faults_in
from webmap.services.sayings import Refused

T = TypeVar("T")

LONGEST_WORDS, LONGEST_ACTION, LONGEST_REASON, LONGEST_UNIT = 500, 300, 300, 80
USUAL_MONTHS = 6
"""By when something is meant to be done, where nobody says another day. Proposed, never stored unseen."""
_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 1, 1)
_COSTS = {"yes": True, "no": False, "": None}


@dataclass(frozen=True)
class FollowUpSaid:
    """What a form says of a finding. cost: yes, no or "". due, done: 2027-05-22 or "".

    proposed: the day that the form itself filled in as due, or "".
    is_read: whoever writes has seen that the words may point at a person, and says that they do not.
    """

    state: str = FindingState.REVIEWED.value
    words: str = ""
    unit: str = ""
    land_owner: str = LandOwner.UNKNOWN.value
    cost: str = ""
    action: str = ""
    due: str = ""
    done: str = ""
    reason: str = ""
    proposed: str = ""
    is_read: bool = False

    @property
    def promised(self) -> str:
        """The day by when, as it is meant: one the form proposed counts where something is promised."""
        return "" if self.due == self.proposed and self.state not in OWED else self.due


@dataclass(frozen=True)
class FollowUpDraft:
    """What may be stored of it."""

    state: FindingState
    words: str
    unit: str
    land_owner: LandOwner
    is_cost_driving: bool | None
    action: str
    due: date | None
    done: date | None
    reason: str


def draft_of(home: Home, walked_on: date, said: FollowUpSaid, now: date | None = None) -> FollowUpDraft:
    """What was said as a draft. walked_on: the day of the walk. Raises Refused with every fault at once."""
    faults: list[Fault] = []

    def checked(check: Callable[[], T], otherwise: T) -> T:
        try:
            return check()
        except Fault as fault:
            faults.append(fault)
            return otherwise

    draft = FollowUpDraft(
        state=checked(lambda: _state(said.state), FindingState.REVIEWED),
        words=checked(lambda: _text(said.words, LONGEST_WORDS, "words"), ""),
        unit=checked(lambda: _text(said.unit, LONGEST_UNIT, "unit"), ""),
        land_owner=checked(lambda: _land_owner(said.land_owner), LandOwner.UNKNOWN),
        is_cost_driving=checked(lambda: _cost(said.cost), None),
        action=checked(lambda: _text(said.action, LONGEST_ACTION, "action"), ""),
        due=checked(lambda: _day(said.promised, "due"), None),
        done=checked(lambda: _day(said.done, "done"), None),
        reason=checked(lambda: _text(said.reason, LONGEST_REASON, "reason"), ""),
    )
    faults += [] if faults else faults_in(draft, walked_on, now or today())
    faults += [] if said.is_read else _pointing(home, draft)
    if faults:
        raise Refused(faults)
    return draft


def _state(word: str) -> FindingState:
    try:
        return FindingState(word)
    except ValueError as fault:
        raise InvalidValue("state.unknown", "state", given=word[:40]) from fault


def _land_owner(word: str) -> LandOwner:
    try:
        return LandOwner(word)
    except ValueError as fault:
        raise InvalidValue("option.bad", "land_owner", option="land_owner", given=word[:40]) from fault


def _cost(word: str) -> bool | None:
    if word not in _COSTS:
        raise InvalidValue("option.bad", "cost", option="cost", given=word[:40])
    return _COSTS[word]


def _text(text: str, most: int, name: str) -> str:
    clean = " ".join(checked_text(text, name).split())
    if len(clean) > most:
        raise InvalidValue("text.too_long", name, count=len(clean), most=most)
    return mask_identity_numbers(clean)[0]


def _day(text: str, name: str) -> date | None:
    given = text.strip()
    if not given:
        return None
    try:
        day = date.fromisoformat(given)
    except ValueError as fault:
        raise InvalidValue("date.not_a_date", name, given=given[:20]) from fault
    if not _EARLIEST <= day < _LATEST:
        raise InvalidValue("date.not_a_date", name, given=given[:20])
    return day


def _pointing(home: Home, draft: FollowUpDraft) -> list[Fault]:
    """Everybody will read these: what may point at a person is asked about once."""
    places = [place.name for place in home.places]
    return [
        InvalidValue("finding.points_at_person", name)
        for name in ("words", "action", "reason", "unit")
        if screen(getattr(draft, name), places)
    ]


def usual_day(now: date) -> date:
    """By when something is proposed to be done."""
    return months_after(now, USUAL_MONTHS)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise InvalidValue("date.not_a_date", "due", given=day.isoformat())
