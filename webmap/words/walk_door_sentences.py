"""Faults of what phones send from a walk as sentences, by code."""

from webmap.words.labels import N_

WALK_DOOR_SENTENCES = {
    "walk.unknown": N_("Vandringen finns inte."),
    "walk.token": N_(
        "Telefonen är inte med på vandringen längre. Skanna QR-koden igen. Allt du sparat finns kvar."
    ),
    "walk.wrong_code": N_("Koden stämmer inte. Skriv den som den står på affischen."),
    "walk.over": N_("Vandringen är slut, så det går inte att gå med."),
    "walk.too_many_ids": N_("Fråga efter högst %(most)s åt gången."),
    "finding.unknown": N_("Iakttagelsen finns inte här. Skicka den först."),
    "finding.content_differs": N_("Det finns redan något annat med samma id. Båda är kvar."),
    "photo.damaged": N_("Bilden blev skadad på vägen. Skicka den igen."),
}
