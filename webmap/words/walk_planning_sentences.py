"""Faults of planning and leading walks as sentences, by code."""

from webmap.words.labels import N_

WALK_PLANNING_SENTENCES = {
    "walk.unknown": N_("Vandringen finns inte."),
    "walk.title_missing": N_("Skriv vad vandringen ska heta."),
    "walk.locality_missing": N_("Skriv i vilken ort ni går."),
    "walk.day_missing": N_("Välj en dag."),
    "walk.starts_missing": N_("Skriv när ni börjar, till exempel 18.30."),
    "walk.not_a_clock": N_("”%(given)s” är inte ett klockslag. Skriv till exempel 18.30."),
    "walk.meeting_place_missing": N_("Skriv var ni samlas, till exempel Stora torget."),
    "walk.follow_up_too_early": N_("Uppföljningen ska vara efter vandringen."),
    "walk.premap_too_late": N_("Kartan i förväg kan vara öppen längst till vandringens dag."),
    "walk.word_unknown": N_("Valet %(given)s finns inte."),
    "walk.place_unknown": N_("Platsen finns inte i listan. Välj ett förslag eller peka på kartan."),
    "walk.place_missing": N_("Skriv en plats, eller välj att den inte är bestämd än."),
    "walk.changed": N_("Någon annan hann ändra vandringen. Se efter att allt stämmer och försök igen."),
    "walk.published": N_("Protokollet är publicerat, så planen går inte att ändra."),
    "walk.cancelled": N_("Vandringen är inställd."),
    "walk.heads_public": N_(
        "Protokollet är publicerat, så antalet går inte att ändra. Ta tillbaka protokollet först."
    ),
    "walk.no_such_step": N_("Det går inte i det här läget. Någon annan kan ha hunnit före."),
    "walk.too_late_to_open": N_("Det har gått mer än tre dygn. Vandringen går inte att öppna igen."),
    "walk.still_unsent": N_(
        "Telefoner har mer att skicka: %(entries)s iakttagelser och %(photos)s foton."
        " Vänta eller avsluta ändå."
    ),
    "walk.hours_too_long": N_("Det blir mer än %(most)s timmar. Se efter att tiderna stämmer."),
    "walk.hours_ahead": N_("Tiden har inte varit än."),
    "walk.heads": N_("Skriv ett antal från 0 till %(most)s."),
    "walk.groups": N_("Det går att gå i 1 till %(most)s grupper."),
    "stop.unknown": N_("Stoppet finns inte."),
    "stop.name_missing": N_("Skriv vad stoppet heter."),
    "stop.in_use": N_(
        "Stoppet går inte att ta bort. Antal iakttagelser och checklistor som hör dit: %(count)s."
    ),
    "stop.walk_begun": N_("Vandringen har börjat, så stoppet går inte att ta bort."),
    "stop.too_late_to_undo": N_(
        "Det är för sent att ångra, det går i %(seconds)s sekunder. Lägg till stoppet igen."
    ),
    "stop.too_many": N_("En vandring kan ha högst %(most)s stopp."),
    "phone.unknown": N_("Telefonen finns inte."),
}
