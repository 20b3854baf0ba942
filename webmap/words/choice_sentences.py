"""Faults in what a municipality chooses for itself, as sentences."""

from webmap.words.labels import N_

CHOICE_SENTENCES = {
    "choice.too_long": N_("Texten är för lång. Högst %(most)s tecken på en rad."),
    "choice.not_number": N_("”%(given)s” är inte ett heltal."),
    "choice.not_a_step": N_("Välj något av %(steps)s."),
    "choice.out_of_range": N_("Talet ska vara från %(least)s till %(most)s."),
    "choice.changed": N_("Någon annan har ändrat inställningarna sedan du öppnade dem."),
    "choice.unknown": N_("Inställningen ”%(given)s” finns inte. Det här går att välja: %(accepted)s."),
    "choice.not_email": N_("”%(given)s” är inte en e-postadress."),
    "choice.not_yes_no": N_("Välj ja eller nej (yes eller no)."),
    "choice.not_url": N_("”%(given)s” är inte en webbadress som börjar med https://."),
    "choice.not_day": N_("”%(given)s” är inte ett datum. Skriv till exempel 2026-11-14."),
}
