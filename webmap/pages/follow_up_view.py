"""What the page of the follow-up meeting shows, in words."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from geodata.hours import today
from geodata.queries.findings import KnownFinding
from geodata.vocabulary import LandOwner, WalkState
from webmap.pages.follow_up_form import STATES, TOLD
from webmap.services.finding_desk import FindingDesk
from webmap.services.finding_words import (
    about_words,
    at_stop_words,
    progress_words,
    sign_words,
    stop_words,
    title_words,
)
from webmap.services.follow_up_rules import lacking_in
from webmap.words import Words
from webmap.words.walk_labels import LAND_OWNERS


@dataclass(frozen=True)
class MeetingItem:
    """A finding in the list beside. is_late: its day has passed."""

    uid: UUID
    number: int
    polarity: str
    title: str
    status: str
    is_here: bool
    is_late: bool


@dataclass(frozen=True)
class MeetingView:
    """The page. with_it: other findings at the same stop, to be decided alike: what a form sends, and title.

    before, after: neighbours in the list, or None. can_end: all is decided, and the walk is not yet ended so.
    lacking: what a decision that is stored does not say and has to.
    """

    groups: list[tuple[str, list[MeetingItem]]]
    decided: int
    owed: int
    progress: str
    left: str
    finding: KnownFinding | None
    number: int
    heading: str
    stop: str
    with_it: list[tuple[str, UUID, str]]
    lacking: str
    before: UUID | None
    after: UUID | None
    can_end: bool
    is_ended: bool
    states: list[tuple[str, str]]
    lands: list[tuple[str, str]]


def in_turn(desk: FindingDesk) -> list[KnownFinding]:
    """The accepted findings in the order the meeting takes them: stop by stop, then those between."""
    order = {stop.id: at for at, stop in enumerate(desk.stops)}
    accepted = [each for each in desk.findings if each.is_accepted]
    return sorted(accepted, key=lambda each: order.get(each.stop.id, 999) if each.stop else 999)


def chosen_one(desk: FindingDesk, asked: UUID | None) -> KnownFinding | None:
    """The finding asked for, else the first that waits for a decision, else the first."""
    turn = in_turn(desk)
    waits = (each for each in turn if each.needs_decision and not each.is_decided)
    return next((each for each in turn if each.uid == asked), None) or next(waits, turn[0] if turn else None)


def next_after(desk: FindingDesk, uid: UUID) -> UUID | None:
    """The next that waits for a decision, or None where none does."""
    turn = in_turn(desk)
    at = next((number for number, each in enumerate(turn) if each.uid == uid), 0)
    waits = [
        each.uid for each in (*turn[at + 1 :], *turn[:at]) if each.needs_decision and not each.is_decided
    ]
    return waits[0] if waits else None


def meeting_view(desk: FindingDesk, finding: KnownFinding | None, words: Words) -> MeetingView:
    """The page with one finding open."""
    turn, owed = in_turn(desk), desk.owed
    decided = len(owed) - len(desk.undecided)
    at = turn.index(finding) if finding in turn else -1
    return MeetingView(
        groups=_groups(turn, finding, words),
        decided=decided,
        owed=len(owed),
        progress=words("%(done)s av %(all)s har fått beslut", done=decided, all=len(owed)),
        left=_left(desk, words),
        finding=finding,
        number=0 if finding is None else finding.seq,
        heading="" if finding is None else _heading(finding, words),
        stop="" if finding is None else at_stop_words(finding, words),
        with_it=[] if finding is None else _with_it(turn, finding, words),
        lacking=_lacking(finding, words),
        before=turn[at - 1].uid if at > 0 else None,
        after=turn[at + 1].uid if -1 < at < len(turn) - 1 else None,
        can_end=desk.is_done and desk.walk.state == WalkState.CLOSED,
        is_ended=desk.walk.state in (WalkState.FOLLOWED_UP, WalkState.PUBLISHED),
        states=[(state.value, words(said)) for state, said in STATES.items()],
        lands=[(owner.value, words(LAND_OWNERS[owner])) for owner in LandOwner],
    )


def _heading(finding: KnownFinding, words: Words) -> str:
    about = about_words(finding, words)
    sign = sign_words(finding, words)
    return f"{sign}: {about}" if about else sign


def _left(desk: FindingDesk, words: Words) -> str:
    """What keeps the walk from being followed up, beside decisions."""
    if not desk.new:
        return ""
    return words.plural(
        "%(n)s iakttagelse är inte granskad än", "%(n)s iakttagelser är inte granskade än", len(desk.new)
    )


def _groups(
    turn: list[KnownFinding], here: KnownFinding | None, words: Words
) -> list[tuple[str, list[MeetingItem]]]:
    groups: dict[str, list[MeetingItem]] = {}
    for each in turn:
        item = MeetingItem(
            each.uid,
            each.seq,
            each.polarity or "",
            about_words(each, words) or sign_words(each, words),
            _status(each, words),
            each == here,
            each.is_overdue(today()),
        )
        groups.setdefault(stop_words(each.stop, words), []).append(item)
    return list(groups.items())


def _status(finding: KnownFinding, words: Words) -> str:
    said = progress_words(finding, words) or words("Behöver inget beslut")
    return words("%(state)s. Uppgifter saknas", state=said) if _lacking(finding, words) else said


def _lacking(finding: KnownFinding | None, words: Words) -> str:
    if finding is None or finding.follow_up is None or not finding.needs_decision:
        return ""
    return ", ".join(words(TOLD[name]) for name in lacking_in(finding.follow_up))


def _with_it(turn: list[KnownFinding], finding: KnownFinding, words: Words) -> list[tuple[str, UUID, str]]:
    if finding.stop is None:
        return []
    return [
        (f"{each.uid}:{each.follow_up.version if each.follow_up else 0}", each.uid, _said(each, words))
        for each in turn
        if each.stop == finding.stop and each != finding and each.needs_decision
    ]


def _said(finding: KnownFinding, words: Words) -> str:
    status = progress_words(finding, words)
    return f"{title_words(finding, words)} ({status[:1].lower()}{status[1:]})"
