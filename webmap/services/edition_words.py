"""What editions are called: classes, views and sizes."""

from __future__ import annotations

from geodata.analysis.publication.edition import Band
from geodata.errors import InvalidValue
from webmap.words import Words
from webmap.words.labels import N_

VIEW_NAMES = {
    "all": N_("Alla otrygga platser"),
    "focus:unsafe_environment": N_("Otrygga miljöer"),
    "focus:traffic": N_("Trafik"),
    "focus:drugs": N_("Narkotika"),
    "block:night": N_("Natt, 00–06"),
    "block:morning": N_("Förmiddag, 06–12"),
    "block:day": N_("Eftermiddag, 12–18"),
    "block:evening": N_("Kväll, 18–24"),
    "safe": N_("Trygga platser"),
}


def view_name(view: str, words: Words) -> str:
    """What a view is called."""
    return words(VIEW_NAMES[view])


def checked_view(given: str) -> str:
    """One of the views. Raises InvalidValue."""
    if given not in VIEW_NAMES:
        raise InvalidValue("view.unknown", "view", given=given[:40], accepted=", ".join(VIEW_NAMES))
    return given


def band_label(band: Band) -> str:
    """From how many to how many, in any language: 5–11, 61+."""
    return f"{band.first}+" if band.last is None else f"{band.first}–{band.last}"
