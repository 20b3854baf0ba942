"""What the words of town walks are called."""

from geodata.vocabulary import (
    CheckAnswer,
    EntryKind,
    FindingState,
    LandOwner,
    Light,
    QuarantineOutcome,
    QuarantineReason,
    RevisionState,
    RouteSource,
    Theme,
    WalkRole,
    WalkState,
)
from webmap.words.labels import N_

WALK_STATES = {
    WalkState.PLANNED: N_("Planerad"),
    WalkState.OPEN: N_("Pågår"),
    WalkState.CLOSED: N_("Vandringen är gjord"),
    WalkState.FOLLOWED_UP: N_("Uppföljd"),
    WalkState.PUBLISHED: N_("Protokollet är publicerat"),
    WalkState.CANCELLED: N_("Inställd"),
}
WALK_ROLES = {
    WalkRole.RESIDENT: N_("Boende"),
    WalkRole.YOUTH: N_("Unga"),
    WalkRole.ASSOCIATION: N_("Förening"),
    WalkRole.COUNCILLOR: N_("Förtroendevald"),
    WalkRole.OFFICIAL: N_("Tjänsteperson"),
    WalkRole.PROPERTY_OWNER: N_("Fastighetsägare"),
    WalkRole.POLICE: N_("Polis"),
    WalkRole.OTHER: N_("Annan"),
}
WALK_LIGHTS = {Light.DARK: N_("Mörker"), Light.LIGHT: N_("Dagsljus")}
ROUTE_SOURCES = {
    RouteSource.STREETS: N_("Längs gator och vägar"),
    RouteSource.STRAIGHT: N_("Raka vägen mellan stoppen"),
    RouteSource.DRAWN: N_("Ritad för hand"),
}
THEMES = {
    Theme.LIGHTING: N_("Belysning"),
    Theme.GREENERY: N_("Växtlighet"),
    Theme.OVERVIEW: N_("Överblick"),
    Theme.ORIENTATION: N_("Lätt att hitta"),
    Theme.ACCESS: N_("Framkomligt för alla"),
    Theme.PATHS: N_("Vägar och övergångar"),
    Theme.TUNNELS: N_("Tunnlar"),
    Theme.SEATS_AND_BINS: N_("Bänkar och papperskorgar"),
    Theme.LITTER: N_("Skräp och klotter"),
    Theme.MAINTENANCE: N_("Underhåll"),
}
THEME_HINTS = {
    Theme.LIGHTING: N_("Lyser lamporna, och där de behövs? Bländar de?"),
    Theme.GREENERY: N_("Skymmer buskar och träd sikten eller ljuset?"),
    Theme.OVERVIEW: N_("Ser du vem som kommer? Kan andra se dig?"),
    Theme.ORIENTATION: N_("Vet du var du är och vart vägen leder?"),
    Theme.ACCESS: N_("Går det bra med rullstol, rullator och barnvagn?"),
    Theme.PATHS: N_("Är gångvägar, cykelvägar och övergångar säkra?"),
    Theme.TUNNELS: N_("Är tunneln ljus, ren och lätt att se igenom?"),
    Theme.SEATS_AND_BINS: N_("Finns det bänkar och papperskorgar? Är de hela?"),
    Theme.LITTER: N_("Är det rent? Finns det klotter?"),
    Theme.MAINTENANCE: N_("Är det helt och skött?"),
}
CHECK_ANSWERS = {CheckAnswer.GOOD: N_("Bra"), CheckAnswer.POOR: N_("Mindre bra")}
ENTRY_KINDS = {EntryKind.FINDING: N_("Iakttagelse"), EntryKind.CHECK: N_("Checklista")}
REVISION_STATES = {
    RevisionState.APPLIED: N_("Införd"),
    RevisionState.CONFLICT: N_("Två ändringar krockar"),
    RevisionState.MERGED: N_("Sammanförd"),
    RevisionState.DISMISSED: N_("Lämnad utan åtgärd"),
}
QUARANTINE_REASONS = {
    QuarantineReason.WALK_CLOSED: N_("Kom när vandringen var avslutad"),
    QuarantineReason.TOKEN_EXPIRED: N_("Kom när telefonens tid var ute"),
    QuarantineReason.SCHEMA_UNKNOWN: N_("Kom från en annan version av appen"),
    QuarantineReason.CONTENT_UNKNOWN: N_("Innehållet gick inte att tolka"),
}
QUARANTINE_OUTCOMES = {
    QuarantineOutcome.TAKEN_IN: N_("Intagen"),
    QuarantineOutcome.DISMISSED: N_("Lämnad utan åtgärd"),
}
LAND_OWNERS = {
    LandOwner.MUNICIPALITY: N_("Kommunen"),
    LandOwner.TRANSPORT_ADMINISTRATION: N_("Trafikverket"),
    LandOwner.HOUSING_COMPANY: N_("Bostadsbolaget"),
    LandOwner.PRIVATE: N_("Privat"),
    LandOwner.UNKNOWN: N_("Okänd"),
}
FINDING_STATES = {
    FindingState.NEW: N_("Ny"),
    FindingState.REVIEWED: N_("Granskad"),
    FindingState.ASSIGNED: N_("Tilldelad"),
    FindingState.PLANNED: N_("Planerad"),
    FindingState.DONE: N_("Klar"),
    FindingState.NOT_POSSIBLE: N_("Ej möjlig"),
}
