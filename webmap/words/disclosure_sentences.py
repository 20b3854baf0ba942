"""Faults of handing out records, of marks of secrecy and of the register, as sentences, by code."""

from webmap.words.labels import N_

DISCLOSURE_SENTENCES = {
    "disclosure.unknown": N_("Det finns inget sådant utlämnande."),
    "disclosure.no_title": N_("Skriv vad utlämnandet ska heta."),
    "disclosure.none_chosen": N_("Inga rapporter passar in på urvalet. Ändra det och räkna igen."),
    "disclosure.too_many": N_(
        "Urvalet är %(count)s rapporter. Högst %(most)s går i ett paket."
        " Dela upp det, till exempel per månad."
    ),
    "disclosure.bad_number": N_("”%(given)s” är inget diarienummer. Skriv till exempel TK 2026-000123."),
    "disclosure.changed": N_("Någon annan har ändrat utlämnandet. Så här ser det ut nu."),
    "disclosure.not_open": N_("Utlämnandet är redan klart eller avbrutet och går inte att ändra."),
    "disclosure.not_made": N_("Paketet är inte gjort än."),
    "disclosure.undecided": N_("Förslag som inte är avgjorda: %(count)s. Maskera eller behåll dem först."),
    "disclosure.report_changed": N_(
        "Rapporter som ändrats eller gallrats sedan de valdes: %(count)s."
        " Läs in dem på nytt eller ta bort dem."
    ),
    "disclosure.made_otherwise": N_(
        "Paketet går inte att göra om som det lämnades ut. Ändrade eller gallrade rapporter: %(count)s."
    ),
    "disclosure.report_unknown": N_("Rapporten hör inte till utlämnandet."),
    "disclosure.place_provision": N_("Välj lagrum när platsen inte ska visas exakt."),
    "mask.unknown": N_("Förslaget finns inte längre."),
    "mask.decided": N_("Någon annan har redan avgjort det. Så här blev det."),
    "mask.not_found": N_("Texten ”%(given)s” står inte i något fält här."),
    "mask.no_words": N_("Skriv eller markera det som ska maskeras."),
    "mask.field_unknown": N_("Fältet finns inte i rapporten."),
    "provision.missing": N_("Välj lagrum."),
    "provision.bad": N_("”%(given)s” är inget lagrum. Skriv kapitel och paragraf, till exempel 21:7."),
    "secrecy.unknown": N_("Markeringen finns inte."),
    "secrecy.lifted": N_("Markeringen är redan borttagen."),
    "secrecy.no_reason": N_("Skriv varför uppgiften kan vara hemlig."),
    "secrecy.field": N_("Välj vad markeringen gäller."),
    "secrecy.review_on": N_("Dagen för ny prövning ska ligga framåt i tiden."),
    "register.number": N_("Skriv numret med siffror, till exempel 123 eller TK 2026-000123."),
}
