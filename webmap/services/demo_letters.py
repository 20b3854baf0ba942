"""What invented people of the demo have sent lately, what they were answered, and what is done there.

The name, the telephone number and the plate are made up, and are there to be found in review.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from geodata.hours import ANY_HOUR, HoursOfWeek, habit
from geodata.vocabulary import MeasureState, Polarity, Stage, State

_WEEKEND_NIGHT = habit((4, 5), 22, 2)
_EVENING = habit(range(7), 18, 23)
_AFTER_SCHOOL = habit(range(5), 15, 18)


@dataclass(frozen=True)
class Letter:
    """One report. spot: a name of `demo_town.SPOTS`, or "" where nobody knows where. away_m: east, north.

    answers: stage and public words, the oldest first.
    """

    hours_ago: float
    spot: str
    categories: tuple[str, ...]
    text: str
    away_m: tuple[float, float] = (0.0, 0.0)
    hours: HoursOfWeek = ANY_HOUR
    polarity: Polarity = Polarity.UNSAFE
    place_text: str = ""
    state: State = State.NEW
    answers: tuple[tuple[Stage, str], ...] = field(default_factory=tuple)


LETTERS = (
    Letter(
        52,
        "Resecentrum",
        ("lighting", "public_transport"),
        "Två lampor är trasiga vid cykelstället. Det står ofta en svart Volvo, ABC 123, där och folk"
        " drar sig undan.",
        (35, 20),
        _WEEKEND_NIGHT,
    ),
    Letter(
        50.5,
        "Resecentrum",
        ("lighting",),
        "Släckta lampor vid cyklarna bakom väntsalen.",
        (42, 31),
        _EVENING,
    ),
    Letter(
        47,
        "Badhusparken",
        ("vegetation", "sightline"),
        "Häcken längs gångvägen är så hög att man inte ser vem som kommer.",
        (-60, 25),
        _EVENING,
    ),
    Letter(
        31,
        "Stora torget",
        ("intoxicated", "disorder"),
        "Skrik och bråk när krogen stänger. Min granne Karin Öberg vågar inte gå hem själv.",
        (15, -20),
        _WEEKEND_NIGHT,
    ),
    Letter(
        29,
        "Alléskolan",
        ("reckless_driving", "traffic_speed"),
        "A-traktorer kör i full fart förbi skolan när barnen går hem.",
        (-40, -30),
        _AFTER_SCHOOL,
    ),
    Letter(
        26,
        "Torsbo fritidsgård",
        ("safe_place",),
        "Bra att det är öppet längre nu, det märks att det är lugnare.",
        (0, 10),
        _EVENING,
        Polarity.SAFE,
    ),
    Letter(
        22,
        "",
        ("lighting",),
        "Det är becksvart på cykelbanan mot Jung.",
        hours=_EVENING,
        place_text="Cykelbanan mot Jung, efter bron",
    ),
    Letter(
        9,
        "Kvänum centrum",
        ("vandalism",),
        "Busskuren är sönderslagen igen, glas överallt. Ring mig på 070-123 45 67 om ni undrar.",
        (30, -15),
    ),
    Letter(
        6,
        "Parkskolan",
        ("improvement",),
        "En lampa vid gångstigen bakom gymnastiksalen skulle göra stor skillnad.",
        (70, 45),
        polarity=Polarity.IMPROVEMENT,
    ),
    Letter(
        2.5,
        "Vedums station",
        ("deserted", "public_transport"),
        "Ingen människa i närheten när sista tåget har gått.",
        (-20, 10),
        _WEEKEND_NIGHT,
    ),
    Letter(
        24 * 33,
        "Badhusparken",
        ("lighting",),
        "Mörkt mellan badhuset och lekplatsen.",
        (20, -35),
        _EVENING,
        state=State.ACCEPTED,
        answers=(
            (
                Stage.WITH_RESPONSIBLE,
                "Tack. Gatuenheten har fått ärendet och tittar på lamporna nästa vecka.",
            ),
            (Stage.DONE, "Fyra lampor är bytta. Säg gärna till om det är mörkt igen."),
        ),
    ),
    Letter(
        24 * 20,
        "Resecentrum",
        ("gathering",),
        "Svårt att komma fram till perrongen på fredagskvällarna.",
        (-10, 15),
        _WEEKEND_NIGHT,
        state=State.ACCEPTED,
        answers=(
            (Stage.WITH_RESPONSIBLE, "Polisen går till fots här enligt löftet. Vi följer upp om en månad."),
        ),
    ),
)


@dataclass(frozen=True)
class DemoMeasure:
    """Something done at a place of `demo_town.SPOTS`."""

    spot: str
    title: str
    responsible: str
    categories: tuple[str, ...]
    state: MeasureState
    due_in_days: int | None = None
    away_m: tuple[float, float] = (0.0, 0.0)
    reason: str = ""
    is_published: bool = True


MEASURES = (
    DemoMeasure(
        "Resecentrum",
        "Belysningen vid cykelstället lagas",
        "Gatuenheten",
        ("lighting",),
        MeasureState.ONGOING,
        12,
        (38, 26),
    ),
    DemoMeasure(
        "Badhusparken",
        "Häcken längs gångvägen klipps ner",
        "Parkenheten",
        ("vegetation", "sightline"),
        MeasureState.PLANNED,
        113,
        (-50, 20),
    ),
    DemoMeasure(
        "Badhusparken",
        "Fyra lampor är bytta vid lekplatsen",
        "Gatuenheten",
        ("lighting",),
        MeasureState.DONE,
        -16,
        (20, -35),
    ),
    DemoMeasure(
        "Alléskolan",
        "Farthinder på Allégatan",
        "Trafikenheten",
        ("traffic_speed",),
        MeasureState.NOT_POSSIBLE,
        reason="Bussarna går här. Hastigheten mäts i stället under våren.",
        away_m=(-40, -20),
    ),
    DemoMeasure(
        "Vedums station",
        "Väntkuren får belysning",
        "Västtrafik",
        ("public_transport",),
        MeasureState.PLANNED,
        68,
        is_published=False,
    ),
)
