"""Faults of destroying records as sentences, by code."""

from webmap.words.labels import N_

RETENTION_SENTENCES = {
    "rule.which_missing": N_("Välj vad regeln gäller."),
    "rule.no_time": N_("Skriv hur länge det ska sparas, i år, dagar eller både och."),
    "rule.not_a_number": N_("Skriv ett helt tal, högst %(most)s."),
    "rule.exists": N_("Det finns redan en regel för det här. Ändra den i stället."),
    "rule.changed": N_("Någon annan hann ändra regeln. Så här ser den ut nu."),
    "rule.unknown": N_("Regeln finns inte. Den kan ha tagits bort."),
    "hold.which_missing": N_("Välj vad som ska hållas kvar."),
    "hold.object_bad": N_("Klistra in adressen till sidan, eller lämna fältet tomt för alla."),
    "hold.object_unknown": N_("Det finns inget sådant i kommunen. Kontrollera adressen."),
    "hold.reason_missing": N_("Skriv varför det ska hållas kvar."),
    "hold.unknown": N_("Det finns inget sådant stopp."),
    "import.held": N_(
        "Importen går inte att ångra. Något i den hålls kvar, eller håller på att lämnas ut. Släpp det först."
    ),
    "retention.nothing_due": N_("Inget har nått sin dag, så det finns ingen lista att göra."),
    "retention.under_way": N_("En gallring är påbörjad. Avsluta den först."),
    "retention.unknown": N_("Gallringen finns inte."),
    "retention.changed": N_("Någon annan hann före. Så här ser det ut nu."),
    "retention.own_list": N_("Du har gjort listan. Någon annan måste godkänna den."),
    "retention.list_changed": N_("Listan stämmer inte längre. Något på den har ändrats. Gör en ny lista."),
    "retention.not_approved": N_("Listan är inte godkänd, eller redan genomförd."),
    "wipe.busy": N_("Databasen är upptagen. Resterna städas bort om en stund."),
}
