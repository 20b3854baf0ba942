"""The big tiles of the field app: what one most often sees on a walk, by how the place feels."""

from __future__ import annotations

from geodata.vocabulary import BY_CODE, Polarity
from webmap.words import Words
from webmap.words.labels import N_

OTHER = {Polarity.UNSAFE: "other", Polarity.SAFE: "safe_place", Polarity.IMPROVEMENT: "improvement"}
"""What is meant by none of the tiles: another category of the same sign."""
_LABELS = {
    Polarity.UNSAFE: {
        "lighting": N_("Mörkt"),
        "sightline": N_("Dålig sikt"),
        "vegetation": N_("Skymmande växter"),
        "deserted": N_("Folktomt"),
        "graffiti": N_("Klotter"),
        "litter": N_("Skräpigt"),
        "maintenance": N_("Trasigt eller slitet"),
        "traffic_env": N_("Trafik"),
    },
    Polarity.SAFE: {
        "lighting": N_("Bra ljus"),
        "sightline": N_("God överblick"),
        "vegetation": N_("Fin grönska"),
        "deserted": N_("Folk i rörelse"),
        "orientation": N_("Lätt att hitta"),
        "litter": N_("Rent"),
        "maintenance": N_("Helt och skött"),
        "traffic_env": N_("Lugn trafik"),
    },
    Polarity.IMPROVEMENT: {
        "lighting": N_("Bättre ljus"),
        "sightline": N_("Friare sikt"),
        "vegetation": N_("Klipp eller plantera"),
        "deserted": N_("Mer liv och rörelse"),
        "orientation": N_("Skyltar och vägar"),
        "litter": N_("Städa, fler papperskorgar"),
        "maintenance": N_("Laga eller byt"),
        "traffic_env": N_("Säkrare trafik"),
    },
}
OTHERWISE = N_("Något annat")
TILES: dict[Polarity, tuple[str, ...]] = {sign: (*labels, OTHER[sign]) for sign, labels in _LABELS.items()}
"""Eight categories for each sign, and last the one for something else."""


def tile_label(sign: Polarity, code: str, say: Words) -> str:
    """What a tile says."""
    if code == OTHER[sign]:
        return say(OTHERWISE)
    said = _LABELS[sign].get(code)
    return say(said) if said else say.category(BY_CODE[code])
