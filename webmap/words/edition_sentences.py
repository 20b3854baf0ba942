"""Faults about editions of the public map, as sentences."""

from webmap.words.labels import N_

EDITION_SENTENCES = {
    "edition.none": N_("Ingen karta är publicerad än."),
    "edition.unknown": N_("Utgåvan finns inte."),
    "edition.too_soon": N_("Det är för tidigt. Nästa utgåva får publiceras tidigast %(day)s."),
    "edition.changed": N_("Rapporterna har ändrats sedan du tittade. Titta igen innan du publicerar."),
    "edition.empty": N_(
        "Det är för få rapporter än. En ruta behöver minst %(k)s rapporter från olika röster."
    ),
    "edition.unsafe": N_("Utgåvan publiceras inte, för %(count)s antal går att räkna ut för noga."),
    "view.unknown": N_("Vyn %(given)s finns inte. Välj någon av %(accepted)s."),
}
