"""Faults of minutes as sentences, by code."""

from webmap.words.labels import N_

WALK_MINUTES_SENTENCES = {
    "minutes.changed": N_("Någon annan har ändrat vandringen eller protokollet. Så här ser det ut nu."),
    "minutes.blocked": N_("Protokollet kan inte publiceras än. Listan visar vad som fattas."),
    "minutes.unread": N_("Läs det som kan peka ut någon, och bekräfta att det kan visas för alla."),
    "minutes.is_public": N_("Protokollet är redan publicerat. Publicera ändringen i stället."),
    "walk.area_unknown": N_("Inget protokoll finns från %(given)s."),
}
