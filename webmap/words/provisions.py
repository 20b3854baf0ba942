"""Where in the law a secret rests: the provisions that come up here, each with what it means."""

from webmap.words.labels import N_

PROVISIONS = {
    "18:1": N_("Pågående förundersökning, eller polisens arbete för att förebygga brott."),
    "18:8": N_("Hur något skyddas eller bevakas, om skyddet blir sämre när det är känt."),
    "21:1": N_(
        "Någons hälsa eller sexualliv, om det måste antas att hen tar stor skada av att det kommer ut."
    ),
    "21:3": N_("Adress, telefon eller e-post till någon som av särskild anledning kan bli hotad."),
    "21:7": N_("Personuppgift som kan antas bli använd i strid med dataskyddsreglerna."),
    "25:1": N_("Någons hälsa i hälso- och sjukvården."),
    "26:1": N_("Någons personliga förhållanden i socialtjänsten."),
    "32:3": N_("Bild från kamerabevakning."),
    "35:1": N_("Någons personliga förhållanden i en förundersökning."),
}
"""Of offentlighets- och sekretesslagen (2009:400): chapter and paragraph. Any other can be written, too."""
