"""Faults of the pages for those who walk along, as sentences, by code."""

from webmap.words.labels import N_

WALK_FIELD_SENTENCES = {
    "walk_code.unknown": N_(
        "Koden stämmer inte. Läs den igen på pappret eller fråga den som leder vandringen."
    ),
    "walk_code.renewed": N_(
        "Koden har bytts. Skanna den nya affischen, eller fråga den som leder vandringen."
    ),
}
