"""The demo's town walks: where they went, who came, and what they found. All of it is made up."""

from __future__ import annotations

from datetime import date

from geodata.vocabulary import FindingState, LandOwner, Polarity, WalkRole, WalkState
from webmap.services.demo_walk_forms import Decision, DemoWalk, Note

UNSAFE, SAFE, IDEA = Polarity.UNSAFE, Polarity.SAFE, Polarity.IMPROVEMENT


CENTRE = ("Resecentrum", "Stora torget", "Badhusparken", "Torsbo fritidsgård", "Parkskolan")

_FIRST = (
    Note(
        1,
        UNSAFE,
        "lighting",
        "Två lampor är släckta vid perrongen.",
        9,
        severity=4,
        decision=Decision(
            FindingState.DONE,
            "Två lampor var släckta vid perrongen.",
            action="Lamporna är bytta mot starkare.",
            due=3,
            done=2,
        ),
    ),
    Note(
        1,
        UNSAFE,
        "public_transport",
        "Väntsalen är låst på kvällen. Man får stå ute.",
        13,
        (20, 4),
        3,
        Decision(
            FindingState.NOT_POSSIBLE,
            "Väntsalen är låst på kvällarna.",
            "Västtrafik",
            reason="Fastighetsägaren öppnar inte väntsalen efter klockan 19. Vi frågar igen nästa år.",
            land_owner=LandOwner.TRANSPORT_ADMINISTRATION,
        ),
    ),
    Note(
        1,
        SAFE,
        "safe_place",
        "Bra att man ser hela perrongen från gatan.",
        15,
        (-14, 9),
        decision=Decision(FindingState.REVIEWED, "Perrongen syns bra från gatan."),
    ),
    Note(
        2,
        UNSAFE,
        "traffic_speed",
        "Bilarna kör för fort över torget.",
        27,
        (15, 15),
        3,
        Decision(
            FindingState.PLANNED,
            "Bilar kör fort över torget på kvällarna.",
            "Trafik",
            action="Ett farthinder byggs vid torgets norra sida.",
            due=14,
            is_cost_driving=True,
        ),
    ),
    Note(
        2,
        SAFE,
        "safe_place",
        "Jättefina ljusslingor, här vill man stanna.",
        31,
        (-10, 12),
        decision=Decision(FindingState.REVIEWED, "Ljusslingorna i träden gör torget trivsamt."),
    ),
    Note(
        3,
        UNSAFE,
        "vegetation",
        "Buskarna hänger över gångvägen. Man ser inte vem som kommer.",
        44,
        (12, 22),
        5,
        Decision(
            FindingState.DONE,
            "Buskar skymde gångvägen genom parken.",
            action="Buskarna är nedklippta till en meter.",
            due=6,
            done=4,
        ),
    ),
    Note(
        3,
        UNSAFE,
        "lighting",
        "Mörkt mellan lekplatsen och dammen.",
        47,
        (-24, 18),
        4,
        Decision(
            FindingState.PLANNED,
            "Det är mörkt mellan lekplatsen och dammen.",
            action="Tre nya stolpar sätts upp längs gångvägen.",
            due=9,
            is_cost_driving=True,
        ),
    ),
    Note(
        3,
        IDEA,
        "improvement",
        "Sätt en bänk vid dammen, så rör sig fler här.",
        52,
        (-30, -8),
        decision=Decision(
            FindingState.DONE, "Förslag om en bänk vid dammen.", action="En bänk är på plats.", due=6, done=6
        ),
    ),
    Note(
        4,
        UNSAFE,
        "deserted",
        "Folktomt bakom fritidsgården när den har stängt.",
        66,
        (18, -12),
        3,
        Decision(
            FindingState.ASSIGNED,
            "Det är folktomt bakom fritidsgården efter stängning.",
            "Kultur och fritid",
            action="Fältgruppen går förbi på kvällarna.",
            due=6,
        ),
    ),
    Note(
        4,
        UNSAFE,
        "graffiti",
        "Någon har sprejat på cykelförrådet.",
        69,
        (-6, -15),
        1,
        Decision(
            FindingState.DONE,
            "Klotter på cykelförrådet.",
            "Fastighet",
            action="Klottret är borta.",
            due=1,
            done=1,
        ),
    ),
    Note(
        5,
        UNSAFE,
        "sightline",
        "Man ser inte vem som står bakom gymnastiksalen.",
        84,
        (14, 10),
        3,
        Decision(
            FindingState.NOT_POSSIBLE,
            "Det går inte att se runt hörnet vid gymnastiksalen.",
            "Fastighet",
            reason="Väggen går inte att flytta. En spegel prövas i stället.",
        ),
    ),
    Note(
        5,
        SAFE,
        "safe_place",
        "Ljust och öppet på skolgården, bra.",
        88,
        (-18, 20),
        decision=Decision(FindingState.REVIEWED, "Skolgården är ljus och öppen."),
    ),
)
_AGAIN = (
    Note(1, SAFE, "safe_place", "De nya lamporna gör stor skillnad.", 8, severity=None),
    Note(1, UNSAFE, "public_transport", "Fortfarande ingen väntsal öppen.", 12, (18, 6), 3),
    Note(2, UNSAFE, "traffic_speed", "Inget farthinder ännu. Mopederna kör fort.", 25, (12, 18), 4),
    Note(3, SAFE, "safe_place", "Nu ser man genom hela parken.", 41, (10, 20)),
    Note(3, UNSAFE, "lighting", "Stolparna vid dammen är inte uppsatta.", 45, (-22, 16), 4),
    Note(4, UNSAFE, "deserted", "Tomt och tyst bakom fritidsgården.", 62, (16, -10), 2),
    Note(5, IDEA, "improvement", "Rita en gångväg med ljus ända till hållplatsen.", 80, (10, 12)),
)
_HEADS = {
    WalkRole.RESIDENT: 9,
    WalkRole.YOUTH: 3,
    WalkRole.ASSOCIATION: 4,
    WalkRole.COUNCILLOR: 3,
    WalkRole.OFFICIAL: 3,
}
WALKS = (
    DemoWalk(
        "first",
        "Vara centrum, hösten 2025",
        "Vara",
        date(2025, 10, 16),
        WalkState.PUBLISHED,
        "VARA25",
        "Resecentrum, huvudingången",
        CENTRE,
        _HEADS,
        _FIRST,
        "Vi gick i mörker genom centrum. Mest talade vi om ljuset i Badhusparken och vid resecentrum.",
    ),
    DemoWalk(
        "again",
        "Vara centrum, hösten 2026",
        "Vara",
        date(2026, 10, 22),
        WalkState.CLOSED,
        "VARA26",
        "Resecentrum, huvudingången",
        CENTRE,
        {WalkRole.RESIDENT: 7, WalkRole.OFFICIAL: 3},
        _AGAIN,
        repeats="first",
    ),
    DemoWalk(
        "coming",
        "Kvänum, vintern",
        "Kvänum",
        None,
        WalkState.PLANNED,
        "KVENUM",
        "Konstverket Draken",
        ("Kvänum centrum",),
        {},
    ),
)
"""Two walks of the same stops a year apart, and one to come."""
