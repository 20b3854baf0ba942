"""What is marked before a walk, in words that fit both what is unsafe and what is liked."""

from geodata.vocabulary import Polarity
from webmap.words.labels import N_

MARK_SIGNS = {Polarity.UNSAFE: N_("Otryggt"), Polarity.SAFE: N_("Tryggt")}
MARK_CATEGORIES = {
    "lighting": N_("Ljuset"),
    "sightline": N_("Sikten"),
    "vegetation": N_("Buskar och träd"),
    "deserted": N_("Hur mycket folk det är"),
    "orientation": N_("Lätt eller svårt att hitta"),
    "litter": N_("Skräp och städning"),
    "graffiti": N_("Klotter"),
    "maintenance": N_("Trasigt eller helt"),
    "traffic_env": N_("Trafiken"),
}
"""Neutral about the sign: the same reasons for good as for bad."""
