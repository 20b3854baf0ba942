"""The invented Vara of the demo: where things happen there, when, and what is said of it.

The named places are real, their positions roughly so; everything said to have happened is made up.
"""

from __future__ import annotations

from dataclasses import dataclass

from geodata.vocabulary import Kind, Origin


@dataclass(frozen=True)
class Spot:
    """A named place. east, north: EPSG:3006. spread_m: one standard deviation. weight: share of reports.

    rhythm: which hours, a key of RHYTHMS. categories: what is said of it, the first most often.
    """

    name: str
    east: float
    north: float
    spread_m: float
    weight: float
    rhythm: str
    categories: tuple[str, ...]


SPOTS = (
    Spot(
        "Resecentrum", 379_880, 6_459_600, 70, 20, "night", ("public_transport", "gathering", "intoxicated")
    ),
    Spot("Badhusparken", 380_290, 6_459_870, 90, 15, "evening", ("lighting", "vegetation", "drugs")),
    Spot("Stora torget", 380_050, 6_459_740, 60, 13, "night", ("disorder", "intoxicated", "traffic_speed")),
    Spot("Parkskolan", 380_480, 6_459_280, 80, 8, "school", ("vandalism", "gathering", "reckless_driving")),
    Spot("Alléskolan", 379_480, 6_460_250, 80, 7, "school", ("litter", "graffiti", "reckless_driving")),
    Spot("Torsbo fritidsgård", 380_820, 6_460_060, 70, 6, "evening", ("gathering", "deserted", "lighting")),
    Spot(
        "Kvänum centrum", 393_760, 6_463_480, 120, 9, "evening", ("reckless_driving", "vandalism", "deserted")
    ),
    Spot(
        "Vedums station", 381_420, 6_448_980, 110, 5, "evening", ("public_transport", "lighting", "deserted")
    ),
    Spot(
        "Levene centrum", 378_520, 6_466_700, 110, 4, "evening", ("traffic_speed", "lighting", "maintenance")
    ),
    Spot(
        "Larvs bygdegård", 389_430, 6_451_380, 120, 2, "night", ("reckless_driving", "traffic_env", "rumour")
    ),
)

ALONG = ("lighting", "sightline", "vegetation", "deserted", "tunnel", "traffic_env", "orientation", "other")
"""What is said of places between the named ones."""

RHYTHMS: dict[str, tuple[tuple[str, int, int, float], ...]] = {
    "night": (("fri", 20, 27, 30), ("sat", 20, 27, 26), ("week", 18, 23, 26), ("week", 7, 18, 18)),
    "evening": (("fri", 18, 25, 20), ("sat", 18, 25, 18), ("week", 17, 23, 46), ("week", 8, 17, 16)),
    "school": (("work", 14, 18, 40), ("week", 18, 23, 32), ("fri", 19, 25, 16), ("work", 7, 14, 12)),
    "any": (("week", 16, 24, 60), ("week", 6, 16, 30), ("week", 0, 6, 10)),
}
"""When, as (days, first hour, end hour, weight); an end past 24 is the night after."""

DAYS = {"fri": (4,), "sat": (5,), "work": (0, 1, 2, 3, 4), "week": (0, 1, 2, 3, 4, 5, 6)}

COUNTS = {Kind.PERCEPTION: 1_500, Kind.OBSERVATION: 560, Kind.CRIME_REPORT: 620, Kind.WALK_FINDING: 140}

ORIGINS: dict[Kind, tuple[tuple[Origin, float], ...]] = {
    Kind.PERCEPTION: (
        (Origin.PUBLIC, 55),
        (Origin.CITIZEN_DIALOGUE, 16),
        (Origin.SURVEY, 17),
        (Origin.STAFF_DIALOGUE, 8),
        (Origin.VEST, 4),
    ),
    Kind.OBSERVATION: (
        (Origin.VEST, 45),
        (Origin.STAFF_DIALOGUE, 25),
        (Origin.PATROL, 20),
        (Origin.PUBLIC, 10),
    ),
    Kind.CRIME_REPORT: ((Origin.STATISTICS, 100),),
    Kind.WALK_FINDING: ((Origin.WALK, 100),),
}

CRIMES = ("vandalism", "theft", "disorder", "violence", "drugs", "graffiti")

TEXTS = {
    "lighting": "Flera lampor är släckta och det går knappt att se gångvägen.",
    "vegetation": "Buskarna har vuxit ihop och skymmer sikten.",
    "public_transport": "Väntsalen är stängd och perrongen är tom på kvällen.",
    "gathering": "Många står samlade vid ingången och det känns obehagligt att gå förbi.",
    "disorder": "Bråk och skrik när restaurangerna stänger.",
    "reckless_driving": "A-traktorer kör fort fram och tillbaka.",
    "vandalism": "Krossat glas och en sönderslagen busskur.",
    "deserted": "Inga människor ute efter klockan åtta.",
    "safe_place": "Här är det ljust och det är alltid folk ute.",
    "improvement": "En bänk och en lampa till skulle göra stor skillnad.",
}
