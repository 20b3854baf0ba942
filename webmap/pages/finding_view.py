"""What the page of a walk's findings shows, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode
from uuid import UUID

from geodata.hours import today
from geodata.queries.checklists import Tally, tally_of
from geodata.queries.findings import KnownFinding
from geodata.queries.walks import KnownStop
from geodata.vocabulary import CheckAnswer, Polarity, Refusal, State, StopSource
from webmap.services.finding_desk import FindingDesk
from webmap.services.finding_merging import MERGEABLE
from webmap.services.finding_words import (
    REVIEW,
    SIGNS,
    about_words,
    at_stop_words,
    clock_words,
    photo_state_words,
    photo_words,
    place_words,
    progress_words,
    review_words,
    sameness_words,
    sign_words,
    stop_words,
    title_words,
)
from webmap.services.review_words import pieces_of, suspect_words, suspects_in
from webmap.words import Words
from webmap.words.labels import N_
from webmap.words.walk_labels import THEMES

NO_STOP, UNDECIDED, LATE = "none", "undecided", "late"
_OFFERED = (State.NEW, State.ACCEPTED, State.REJECTED, State.DUPLICATE)
ORDERS = {"stop": N_("Efter stopp"), "time": N_("Efter tid")}


@dataclass(frozen=True)
class Asked:
    """Which findings, and in which order. stop: a number, `none` for those between, "" for all."""

    stop: str = ""
    sign: str = ""
    state: str = ""
    order: str = "stop"

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> Asked:
        """From the address or a form; words that are not of the lists ask for everything."""
        stop, sign, state = (given.get(name, "") for name in ("stop", "sign", "state"))
        is_stop = stop == NO_STOP or (stop.isascii() and stop.isdigit() and len(stop) < 4)
        return cls(
            stop if is_stop else "",
            sign if sign in list(Polarity) else "",
            state if state in (*State, UNDECIDED, LATE) else "",
            "time" if given.get("order") == "time" else "stop",
        )

    def query(self, **other: str) -> str:
        """As it stands in an address, with something else asked for."""
        return urlencode(replace(self, **other)._unusual())

    def narrowing(self) -> dict[str, str]:
        """What keeps findings out, as it stands in an address: not the order they are shown in."""
        return replace(self, order=Asked.order)._unusual()

    def _unusual(self) -> dict[str, str]:
        usual = vars(Asked())
        return {name: value for name, value in vars(self).items() if value != usual[name]}

    def lets_through(self, finding: KnownFinding) -> bool:
        """Whether the finding is among them."""
        stop = NO_STOP if finding.stop is None else str(finding.stop.number)
        if (self.stop and stop != self.stop) or (self.sign and finding.polarity != self.sign):
            return False
        if self.state == UNDECIDED:
            return finding.needs_decision and not finding.is_decided
        if self.state == LATE:
            return finding.is_accepted and finding.is_overdue(today())
        return not self.state or finding.state == self.state


@dataclass(frozen=True)
class ShownPhoto:
    """A photo that has come."""

    uid: UUID
    address: str
    state: str
    version: int
    said: str


@dataclass(frozen=True)
class FindingRow:
    """A finding as the page shows it. chosen: what a form sends for it, "" where nothing can be done to many.

    same: who else said it, or which it repeats.
    """

    uid: UUID
    report: UUID | None
    anchor: str
    number: int
    polarity: str
    sign: str
    about: str
    title: str
    pieces: list[tuple[str, bool]]
    suspicion: str
    time: str
    stop: str
    is_reckoned: bool
    place: str
    severity: int | None
    photos: list[ShownPhoto]
    photo_words: str
    has_photos_missing: bool
    state: str
    state_word: str
    progress: str
    is_overdue: bool
    revision: int
    same: str
    chosen: str


@dataclass(frozen=True)
class StopGroup:
    """The findings of a stop, and what the checklists say of it: theme, good, poor."""

    label: str
    note: str
    rows: list[FindingRow]
    tally: list[tuple[str, int, int]]


@dataclass(frozen=True)
class FindingsView:
    """The page. choosable: how many on it may be ticked. states, signs, stops, orders: value and word."""

    asked: Asked
    groups: list[StopGroup]
    shown: int
    summary: str
    new: list[str]
    choosable: int
    states: list[tuple[str, str]]
    signs: list[tuple[str, str]]
    stops: list[tuple[str, str]]
    orders: list[tuple[str, str]]
    reasons: list[tuple[str, str]]


def findings_view(desk: FindingDesk, asked: Asked, words: Words) -> FindingsView:
    """The findings that are asked for, by stop or in one list."""
    wanted = [each for each in desk.findings if asked.lets_through(each)]
    return FindingsView(
        asked,
        _groups(desk, asked, wanted, words),
        len(wanted),
        summary_words(desk, words),
        [chosen_of(each) for each in desk.new],
        sum(each.state in MERGEABLE for each in wanted),
        [
            ("", words("Alla")),
            *((state.value, words(REVIEW[state])) for state in _OFFERED),
            (UNDECIDED, words("Väntar på beslut")),
            (LATE, words("Försenade")),
        ],
        [("", words("Alla")), *((sign.value, words(said)) for sign, said in SIGNS.items())],
        [
            ("", words("Alla")),
            *((str(stop.number), stop_words(stop, words)) for stop in desk.stops),
            (NO_STOP, words("Mellan stoppen")),
        ],
        [(value, words(said)) for value, said in ORDERS.items()],
        [(each.value, words.label(each)) for each in Refusal],
    )


def summary_words(desk: FindingDesk, words: Words) -> str:
    """How many there are, and how many of them nobody has reviewed."""
    count = words.plural("%(n)s iakttagelse", "%(n)s iakttagelser", len(desk.findings))
    if not desk.new:
        return count
    return (
        f"{count}, {words.plural('%(n)s väntar på granskning', '%(n)s väntar på granskning', len(desk.new))}"
    )


def chosen_of(finding: KnownFinding) -> str:
    """What a form says to mean a finding's report as it was looked at."""
    return f"{finding.report_uid}:{finding.report_version}"


def _groups(desk: FindingDesk, asked: Asked, wanted: Sequence[KnownFinding], words: Words) -> list[StopGroup]:
    if asked.order == "time":
        return [StopGroup("", "", [finding_row(each, desk, words) for each in wanted], [])]
    tally = tally_of(desk.checks)
    groups = []
    for stop in (*desk.stops, None):
        rows = [finding_row(each, desk, words) for each in wanted if each.stop == stop]
        sums = _tally(tally, stop, words) if asked in (Asked(), Asked(stop=asked.stop)) else []
        is_asked = not asked.stop or asked.stop == (NO_STOP if stop is None else str(stop.number))
        if rows or (sums and is_asked):
            groups.append(StopGroup(stop_words(stop, words), "" if stop is None else stop.note, rows, sums))
    return groups


def _tally(tally: Tally, stop: KnownStop | None, words: Words) -> list[tuple[str, int, int]]:
    told = [(theme, tally.get((None if stop is None else stop.id, theme))) for theme in THEMES]
    return [
        (words(THEMES[theme]), sums[CheckAnswer.GOOD], sums[CheckAnswer.POOR]) for theme, sums in told if sums
    ]


def finding_row(finding: KnownFinding, desk: FindingDesk, words: Words) -> FindingRow:
    """A finding in words."""
    suspects = suspects_in(finding.private_text, desk.home)
    return FindingRow(
        uid=finding.uid,
        report=finding.report_uid,
        anchor=f"finding-{finding.seq}",
        number=finding.seq,
        polarity=finding.polarity or "",
        sign=sign_words(finding, words),
        about=about_words(finding, words),
        title=title_words(finding, words),
        pieces=pieces_of(finding.private_text, suspects),
        suspicion=suspect_words(suspects, words),
        time=clock_words(finding),
        stop=at_stop_words(finding, words),
        is_reckoned=finding.stop_source == StopSource.RECKONED,
        place=place_words(finding, words),
        severity=finding.severity,
        photos=_photos(finding, words),
        photo_words=photo_words(finding, words),
        has_photos_missing=finding.photos_missing > 0,
        state=finding.state or "",
        state_word=review_words(finding, words),
        progress=progress_words(finding, words),
        is_overdue=finding.is_overdue(today()),
        revision=finding.revision,
        same=sameness_words(finding, words),
        chosen=chosen_of(finding) if finding.state in MERGEABLE else "",
    )


def _photos(finding: KnownFinding, words: Words) -> list[ShownPhoto]:
    return [
        ShownPhoto(each.uid, each.address, each.state, each.version, photo_state_words(each.state, words))
        for each in finding.photos
        if each.state is not None
    ]
