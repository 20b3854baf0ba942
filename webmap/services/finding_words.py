"""What was found on a walk, and what is done about it, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from geodata.hours import local, today
from geodata.queries.findings import KnownFinding, KnownFollowUp
from geodata.queries.walks import KnownStop
from geodata.vocabulary import BY_CODE, FindingState, PhotoState, Polarity, PositionSource, State, StopSource
from webmap.words import Words
from webmap.words.labels import N_
from webmap.words.walk_labels import FINDING_STATES, LAND_OWNERS

SIGNS = {
    Polarity.UNSAFE: N_("Otryggt"),
    Polarity.SAFE: N_("Tryggt"),
    Polarity.IMPROVEMENT: N_("Förslag"),
}
REVIEW = {
    State.NEW: N_("Inte granskad"),
    State.ACCEPTED: N_("Godkänd"),
    State.REJECTED: N_("Utelämnad"),
    State.DUPLICATE: N_("Sammanslagen"),
    State.WITHDRAWN: N_("Återtagen"),
}
_PHOTO_STATES = {
    PhotoState.NEW: N_("inte granskad"),
    PhotoState.ACCEPTED: N_("godkänd"),
    PhotoState.REJECTED: N_("avvisad"),
}
_COSTS = {True: N_("Ja"), False: N_("Nej"), None: N_("Vet inte")}


def sign_words(finding: KnownFinding, words: Words) -> str:
    """Otryggt, Tryggt or Förslag; "" where its report has been destroyed."""
    return "" if finding.polarity is None else words(SIGNS[finding.polarity])


def about_words(finding: KnownFinding, words: Words) -> str:
    """What it is about, by its categories."""
    return ", ".join(words.category(BY_CODE[code]) for code in finding.categories)


def title_words(finding: KnownFinding, words: Words) -> str:
    """The finding in short: nr 12, Bristfällig belysning."""
    about = about_words(finding, words) or sign_words(finding, words)
    number = words("nr %(number)s", number=finding.seq)
    return f"{number}, {about}" if about else number


def stop_words(stop: KnownStop | None, words: Words) -> str:
    """Which stop: Stopp 4, Resecentrum; or that it was on the way."""
    if stop is None:
        return words("Mellan stoppen")
    number = words("Stopp %(number)s", number=stop.number)
    return number if stop.name in ("", number) else f"{number}, {stop.name}"


def at_stop_words(finding: KnownFinding, words: Words) -> str:
    """The same of a finding; where the stop is reckoned from its position, it says so."""
    if finding.stop is None or finding.stop_source != StopSource.RECKONED:
        return stop_words(finding.stop, words)
    return words("nära stopp %(number)s (räknat)", number=finding.stop.number)


def same_words(numbers: Sequence[int], words: Words) -> str:
    """How many said it, and the numbers of those merged into it: 3 sa samma sak, även nr 4 och 7; or ""."""
    if not numbers:
        return ""
    *others, last = (str(each) for each in numbers)
    listed = words("%(first)s och %(last)s", first=", ".join(others), last=last) if others else last
    said_by = words.number(1 + len(numbers))
    return words("%(n)s sa samma sak, även nr %(numbers)s", n=said_by, numbers=listed)


def sameness_words(finding: KnownFinding, words: Words) -> str:
    """Of the one that was kept how many said it, of a merged one which was kept; or ""."""
    if finding.same_as is not None:
        return words("Samma sak som nr %(number)s", number=finding.same_as)
    return same_words(finding.same, words)


def place_words(finding: KnownFinding, words: Words) -> str:
    """How its place is known, and how well."""
    if finding.place is None:
        return f"”{finding.place_text}”" if finding.place_text else words("Utan läge på kartan")
    if finding.position_source == PositionSource.STOP:
        return words("Läget är stoppets")
    if finding.position_source == PositionSource.MAP:
        return words("Utpekad på kartan")
    if finding.accuracy_m is None:
        return words("Läget från telefonen")
    return words("Läget från telefonen, ±%(metres)s m", metres=words.number(finding.accuracy_m))


def clock_words(finding: KnownFinding) -> str:
    """When it was said, on the clocks here: 19.42."""
    return f"{local(finding.said_at):%H.%M}"


def photo_words(finding: KnownFinding, words: Words) -> str:
    """How many of its photos have come, and how many have not; "" where it has none."""
    if not finding.photos:
        return ""
    come = len(finding.photos) - finding.photos_missing
    if not finding.photos_missing:
        return words.plural("%(n)s bild", "%(n)s bilder", come)
    missing = words.plural(
        "%(n)s bild ligger kvar på telefonen", "%(n)s bilder ligger kvar på telefonen", finding.photos_missing
    )
    return f"{words.plural('%(n)s bild har kommit', '%(n)s bilder har kommit', come)}, {missing}"


def photo_state_words(state: PhotoState, words: Words) -> str:
    """Whether a photo has passed review."""
    return words(_PHOTO_STATES[state])


def review_words(finding: KnownFinding, words: Words) -> str:
    """Where it is in its review."""
    return words("Gallrad") if finding.state is None else words(REVIEW[finding.state])


def progress_words(finding: KnownFinding, words: Words, now: date | None = None) -> str:
    """How far the municipality has come with it: Planerad, senast 22 maj 2027; or that it is late."""
    known = finding.follow_up
    if known is None or not known.is_decided:
        return words("Väntar på beslut") if finding.needs_decision else ""
    return follow_up_words(known, words, now)


def follow_up_words(known: KnownFollowUp, words: Words, now: date | None = None) -> str:
    """A decision in short."""
    state = words(FINDING_STATES[known.state])
    if known.state == FindingState.DONE and known.done is not None:
        return f"{state} {words.day(known.done)}"
    if known.due is None or known.state == FindingState.NOT_POSSIBLE:
        return state
    if known.is_overdue(now or today()):
        return words("%(state)s, försenad sedan %(day)s", state=state, day=words.day(known.due))
    return words("%(state)s, senast %(day)s", state=state, day=words.day(known.due))


def land_words(known: KnownFollowUp, words: Words) -> str:
    """Whose the ground is."""
    return words(LAND_OWNERS[known.land_owner])


def cost_words(is_cost_driving: bool | None, words: Words) -> str:
    """Whether it costs more than ordinary upkeep."""
    return words(_COSTS[is_cost_driving])
