"""Faults of the journal and its anchors as sentences, by code."""

from webmap.words.labels import N_

JOURNAL_SENTENCES = {
    "journal.gap": N_("Journalen är bruten: en rad saknas."),
    "journal.prev": N_("Journalen är bruten: en rad följer inte på raden före."),
    "journal.hash": N_("Journalen är bruten: en rad är ändrad."),
    "journal.tail": N_("Journalen är bruten: slutet saknas."),
    "journal.short": N_("Journalen slutar tidigare än den en gång gjorde."),
    "journal.other": N_("Journalen är inte den som ankarna minns."),
    "journal.file": N_("Någon har ändrat i filen med journalens ankare."),
    "journal.folder": N_("Journalens ankare går inte att nå. Kontrollera TRYGGKARTA_ANCHOR_DIR."),
    "journal.not_noted": N_(
        "Just nu går det inte att anteckna vem som läser, och då visas inget. Försök igen om en liten stund."
    ),
    "anchor.unreadable": N_("Filen med journalens ankare går inte att läsa (%(detail)s)."),
    "anchor.unwritable": N_("Det går inte att skriva i mappen för journalens ankare (%(detail)s)."),
    "anchor.not_a_line": N_("Det där är ingen rad från ett ankare. Skriv av hela raden, med siffrorna."),
    "anchor.nothing_lost": N_("Journalen stämmer med alla ankare. Det finns inget avbrott att anteckna."),
    "anchor.short": N_(
        "Journalen slutar före rad %(row)s, men har haft %(known)s rader. Är en äldre säkerhetskopia"
        " återställd? Kör då tryggkarta journal anchor --after-restore ”skäl”."
    ),
    "anchor.other": N_(
        "Från rad %(row)s är journalen inte den som ankarna minns. Någon kan ha skrivit om den. Är en äldre"
        " säkerhetskopia återställd? Kör då tryggkarta journal anchor --after-restore ”skäl”."
    ),
    "anchor.file": N_("Rad %(row)s i filen med ankare följer inte på raden före. Någon har ändrat i filen."),
}
