"""Faults in what authorities share with each other, as sentences."""

from webmap.words.labels import N_

SHARING_SENTENCES = {
    "sharing.no_kinds": N_("Välj minst ett slag."),
    "sharing.precision": N_("Välj hur noga platserna ska visas."),
    "sharing.no_ground": N_("Välj vilket stöd i lag som delningen har, eller skriv det själv."),
    "sharing.no_owner": N_("Välj vems rapporter det gäller."),
    "sharing.already": N_("Det delas redan på precis det här sättet."),
    "sharing.unknown": N_("Den delningen finns inte."),
    "sharing.ended": N_("Någon har redan avslutat den delningen."),
}
