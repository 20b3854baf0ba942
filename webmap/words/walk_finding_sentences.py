"""Faults of reviewing and following up findings as sentences, by code."""

from webmap.words.labels import N_

WALK_FINDING_SENTENCES = {
    "finding.unknown": N_("Iakttagelsen finns inte."),
    "finding.changed": N_("Någon annan hann spara iakttagelsen. Se efter att allt stämmer och försök igen."),
    "finding.not_accepted": N_("Iakttagelsen är inte godkänd i granskningen. Godkänn den först."),
    "finding.unit_missing": N_("Skriv vilken enhet som ansvarar."),
    "finding.action_missing": N_("Skriv vad som görs."),
    "finding.land_owner_missing": N_("Välj vem som äger marken, eller sätt beslutet till Tilldelad."),
    "finding.cost_missing": N_("Svara ja eller nej."),
    "finding.due_missing": N_("Skriv vilken dag det ska vara klart."),
    "finding.due_before_walk": N_("Dagen är före vandringen."),
    "finding.done_missing": N_("Skriv vilken dag det blev klart."),
    "finding.done_ahead": N_("Dagen då det blev klart har inte varit än."),
    "finding.done_before_walk": N_("Dagen då det blev klart är före vandringen."),
    "finding.reason_missing": N_("Skriv varför det inte är möjligt."),
    "finding.is_public": N_(
        "Protokollet är publicerat, så beslutet går inte att ta bort. "
        "Ändra det, eller välj Ej möjlig och skriv varför."
    ),
    "finding.words_public": N_("Protokollet är publicerat. Skriv om orden i stället för att ta bort dem."),
    "finding.points_at_person": N_(
        "Orden kan peka ut en person. Skriv om, eller kryssa i att du har läst dem."
    ),
    "finding.stop_is_public": N_(
        "Protokollet är publicerat. Ta tillbaka det först, så kan du flytta iakttagelsen."
    ),
    "finding.merge_two": N_("Välj minst två iakttagelser att slå ihop."),
    "finding.unlike": N_("En trygg plats och en otrygg är inte samma sak. Välj bara det ena."),
    "finding.two_decided": N_("Två av dem har redan var sitt beslut. Välj bara en av dem."),
    "finding.why_missing": N_("Skriv varför du tar tillbaka den."),
    "walk.not_decided": N_("Alla iakttagelser har inte fått beslut än."),
    "aside.unknown": N_("Det finns inget sådant vid sidan."),
    "aside.settled": N_("Någon annan har redan tagit hand om det."),
    "aside.not_understood": N_("Det går inte att läsa. Skriv av det för hand, eller lämna det."),
    "aside.entry_first": N_("Det är en ändring. Ta in själva iakttagelsen först."),
    "aside.withdrawn": N_("Iakttagelsen är redan tillbakatagen."),
    "outbox.no_file": N_("Välj en fil."),
    "outbox.other_hash": N_("Innehållet är inte det som telefonen skrev."),
    "outbox.too_large": N_("Filen är för stor. Den får vara högst %(most)s MB."),
    "outbox.no_list": N_("Filen saknar listan över det som ska in."),
    "outbox.not_this_walk": N_("Filen är från en annan vandring."),
    "outbox.too_many": N_("Filen har fler poster än %(most)s."),
}
