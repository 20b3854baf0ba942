"""Faults of the map before a walk and of making a route, as sentences, by code."""

from webmap.words.labels import N_

WALK_ROUTE_SENTENCES = {
    "premap.no_sign": N_("Välj om platsen känns otrygg eller trygg."),
    "premap.no_point": N_("Vi vet inte var på kartan det är. Välj ur listan eller peka på kartan."),
    "premap.closed": N_("Tiden för att märka ut platser är ute. Kom gärna med på vandringen."),
    "premap.enough": N_("Du har märkt ut %(most)s platser, och fler går inte. Ångra någon om du vill byta."),
    "premap.full": N_("Det finns redan så många märken att fler inte går att ta emot."),
    "premap.unknown": N_("Märket finns inte."),
    "route.too_many": N_("En väg kan ha högst %(most)s punkter. Ta bort någon."),
    "route.bad": N_("Punkten %(given)s går inte att förstå."),
    "route.outside": N_("Punkten ligger utanför %(municipality)s. Peka någon annanstans."),
    "route.nothing": N_("Det finns inget att gå till än: inga stopp på kartan och inga märken."),
    "route.empty": N_("En väg behöver minst två punkter."),
    "route.closed": N_("Vandringen är gjord. Vägen går inte längre att ändra."),
}
