"""The three meetings of a walk: how far one has come, what is next, and who does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Engine

from geodata.hours import today
from geodata.queries.walk_aside import unsettled_count
from geodata.queries.walk_heads import head_sum
from geodata.queries.walk_phones import finding_count, to_review
from geodata.queries.walks import KnownWalk, stops_of
from geodata.tables.engine import reading
from geodata.vocabulary import WalkState
from webmap.services.walk_hours import is_unsure
from webmap.services.walk_leading import may_open_again
from webmap.words import Words
from webmap.words.labels import N_

LEADER, COORDINATOR = N_("Vandringsledaren"), N_("Samordnaren")
_STEP_OF = {
    WalkState.PLANNED: 1,
    WalkState.OPEN: 2,
    WalkState.CLOSED: 3,
    WalkState.FOLLOWED_UP: 3,
    WalkState.PUBLISHED: 4,
    WalkState.CANCELLED: 0,
}


@dataclass(frozen=True)
class Progress:
    """What is known of how far a walk has come. heads: how many were counted.

    aside: how much lies beside it that nobody has chosen about. rough: how many stops lie in the middle of a
    locality.
    """

    stops: int = 0
    unplaced: int = 0
    has_route: bool = False
    heads: int = 0
    findings: int = 0
    to_review: int = 0
    aside: int = 0
    rough: int = 0


@dataclass(frozen=True)
class NextAct:
    """What to do next. link: where, below the walk's own address, or "" where it is a button here."""

    sentence: str
    who: str
    link: str = ""
    label: str = ""


def progress_of(engine: Engine, walk: KnownWalk) -> Progress:
    """How far a walk has come."""
    with reading(engine) as session:
        stops = stops_of(session, walk.id)
        return Progress(
            len(stops),
            sum(stop.place is None for stop in stops),
            walk.route is not None,
            head_sum(session, walk.id),
            finding_count(session, walk.id),
            to_review(session, walk.id),
            unsettled_count(session, walk.id),
            sum(stop.is_rough for stop in stops),
        )


def step_of(walk: KnownWalk) -> int:
    """Which of the three meetings one is at; 4 when all are over, 0 when it was called off."""
    return _STEP_OF[walk.state]


def next_act(walk: KnownWalk, found: Progress, words: Words, day: date | None = None) -> NextAct | None:
    """What is next, or None when nothing is."""
    now = day or today()
    tell: dict[WalkState, Callable[[], NextAct | None]] = {
        WalkState.PLANNED: lambda: _before(walk, found, words, now),
        WalkState.OPEN: lambda: _during(found, words),
        WalkState.CLOSED: lambda: _after(walk, found, words),
        WalkState.FOLLOWED_UP: lambda: (
            _beside(found, words)
            or NextAct(
                words("Skriv en sammanfattning och publicera protokollet."),
                words(COORDINATOR),
                "minutes",
                words("Till protokollet"),
            )
        ),
        WalkState.PUBLISHED: lambda: NextAct(
            words("Gå samma väg igen om några månader, och se om det har blivit bättre."),
            words(LEADER),
            "again",
            words("Planera samma vandring igen"),
        ),
    }
    return tell[walk.state]() if walk.state in tell else None


def _before(walk: KnownWalk, found: Progress, words: Words, now: date) -> NextAct:
    who = words(LEADER)
    if not found.stops:
        return NextAct(words("Bestäm var ni ska stanna."), who, "stops", words("Lägg in stoppen"))
    if found.unplaced:
        said = words.plural("%(n)s stopp saknar läge.", "%(n)s stopp saknar läge.", found.unplaced)
        return NextAct(said, who, "stops", words("Placera stoppen"))
    if found.rough:
        said = words.plural(
            "%(n)s stopp har bara ungefärligt läge.", "%(n)s stopp har bara ungefärligt läge.", found.rough
        )
        return NextAct(said, who, "stops", words("Flytta till mötesplatsen"))
    if not found.has_route and not walk.is_ridden:
        return NextAct(words("Välj vägen ni ska gå."), who, "map", words("Till kartan"))
    if now < walk.day:
        said = words("Sätt upp affischen och bjud in. Vandringen är %(day)s.", day=words.day(walk.day))
        return NextAct(said, who, "poster.pdf", words("Affisch som PDF"))
    if now > walk.day:
        return NextAct(words("Dagen har passerat. Öppna vandringen, flytta den eller ställ in."), who)
    return NextAct(words("Öppna vandringen när ni står på mötesplatsen."), who)


def _during(found: Progress, words: Words) -> NextAct:
    if not found.heads:
        return NextAct(words("Räkna hur många som är med."), words(LEADER), "heads", words("Räkna deltagare"))
    said = words("Avsluta när alla är framme och telefonerna har skickat allt.")
    return NextAct(said, words(LEADER), "phones", words("Se telefonerna"))


def _after(walk: KnownWalk, found: Progress, words: Words) -> NextAct:
    who = words(COORDINATOR)
    if beside := _beside(found, words):
        return beside
    if is_unsure(walk):
        said = words("Det syns inte säkert när ni gick.")
        return NextAct(said, words(LEADER), "hours", words("Skriv när ni gick"))
    if found.to_review:
        said = words.plural(
            "%(n)s iakttagelse att granska.", "%(n)s iakttagelser att granska.", found.to_review
        )
        return NextAct(said, who, "findings", words("Granska iakttagelserna"))
    if walk.follow_up_on and walk.follow_up_on > today():
        said = words("Förbered uppföljningsmötet %(day)s.", day=words.day(walk.follow_up_on))
    else:
        said = words("Håll uppföljningsmötet: vem gör vad, och när är det klart?")
    return NextAct(said, who, "follow-up", words("Till uppföljningen"))


def _beside(found: Progress, words: Words) -> NextAct | None:
    """What came beside is taken in first: what is reviewed and decided after that is all there is."""
    if not found.aside:
        return None
    said = words.plural("%(n)s ligger vid sidan.", "%(n)s ligger vid sidan.", found.aside)
    return NextAct(said, words(COORDINATOR), "aside", words("Se vad som ligger vid sidan"))


def can_open_again(walk: KnownWalk, now: datetime | None = None) -> bool:
    """Whether it was ended so lately that it may be opened again."""
    return may_open_again(walk.state, walk.ended_at, now)
