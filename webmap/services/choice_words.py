"""What a municipality chooses for itself, in plain words."""

from __future__ import annotations

from geodata.vocabulary import CHOICES, ChoiceKey
from geodata.vocabulary.choices import NO, YES, ChoiceForm
from webmap.words import Words
from webmap.words.labels import N_

GROUPS: dict[str, tuple[ChoiceKey, ...]] = {
    N_("Kontakt"): (ChoiceKey.CONTACT_EMAIL, ChoiceKey.CONTACT_PHONE),
    N_("Dataskydd"): (
        ChoiceKey.CONTROLLER_NAME,
        ChoiceKey.ORGANISATION_NUMBER,
        ChoiceKey.DATA_OFFICER_EMAIL,
    ),
    N_("Tillgänglighet"): (ChoiceKey.FEEDBACK_URL, ChoiceKey.ACCESSIBILITY_REVIEWED_ON),
    N_("Publicering"): (
        ChoiceKey.PUBLISH_K,
        ChoiceKey.PUBLISH_FINE_M,
        ChoiceKey.PUBLISH_COARSE_M,
        ChoiceKey.PUBLISH_DAYS_BETWEEN,
        ChoiceKey.PUBLISH_BY_ITSELF,
    ),
}
"""The parts of the form. Taking an edition off the page is done where editions are made, and not here."""

_LABELS = {
    ChoiceKey.CONTACT_EMAIL: N_("E-post dit invånare kan skriva"),
    ChoiceKey.CONTACT_PHONE: N_("Telefon dit invånare kan ringa"),
    ChoiceKey.CONTROLLER_NAME: N_("Personuppgiftsansvarig"),
    ChoiceKey.ORGANISATION_NUMBER: N_("Organisationsnummer"),
    ChoiceKey.DATA_OFFICER_EMAIL: N_("Dataskyddsombudets e-post"),
    ChoiceKey.FEEDBACK_URL: N_("Webbadress för synpunkter på tillgängligheten"),
    ChoiceKey.ACCESSIBILITY_REVIEWED_ON: N_("Kommunen granskade tillgängligheten senast"),
    ChoiceKey.PUBLISH_K: N_("Minsta antal röster i en ruta"),
    ChoiceKey.PUBLISH_FINE_M: N_("Minsta ruta i en ort"),
    ChoiceKey.PUBLISH_COARSE_M: N_("Minsta ruta utanför orterna"),
    ChoiceKey.PUBLISH_DAYS_BETWEEN: N_("Dagar mellan två utgåvor"),
    ChoiceKey.PUBLISH_BY_ITSELF: N_("Publicera nya utgåvor automatiskt"),
    ChoiceKey.EDITION_HIDDEN: N_("Utgåva som inte visas"),
}
_HINTS = {
    ChoiceKey.CONTACT_EMAIL: N_(
        "Står på sidorna om personuppgifter och tillgänglighet. Inte en persons egen."
    ),
    ChoiceKey.CONTACT_PHONE: N_("Till exempel växeln."),
    ChoiceKey.CONTROLLER_NAME: N_("Den nämnd som svarar för uppgifterna, till exempel Kommunstyrelsen."),
    ChoiceKey.DATA_OFFICER_EMAIL: N_("Hit skriver den som undrar vad vi har sparat om den."),
    ChoiceKey.FEEDBACK_URL: N_("Ett formulär där man kan berätta om brister. Tomt: då visas e-posten ovan."),
    ChoiceKey.ACCESSIBILITY_REVIEWED_ON: N_("Dagen då ni själva gick igenom sidorna. Står i redogörelsen."),
    ChoiceKey.PUBLISH_K: N_(
        "En ruta visas först när så många olika har rapporterat där. Från %(least)s till %(most)s."
    ),
    ChoiceKey.PUBLISH_FINE_M: N_("Större rutor röjer mindre. Aldrig mindre än %(least)s meter."),
    ChoiceKey.PUBLISH_COARSE_M: N_("På landet bor få i varje ruta. Aldrig mindre än %(least)s meter."),
    ChoiceKey.PUBLISH_DAYS_BETWEEN: N_(
        "Täta utgåvor går att jämföra, och då syns enskilda rapporter. Minst %(least)s dagar."
    ),
    ChoiceKey.PUBLISH_BY_ITSELF: N_(
        "En ny karta kommer så fort dagarna har gått, utan att någon tittar på den först."
    ),
}


def label_of(key: ChoiceKey, words: Words) -> str:
    """What a choice is called."""
    return words(_LABELS[key])


def hint_of(key: ChoiceKey, words: Words) -> str:
    """What it is for, and its limits; "" where its name says it."""
    rule = CHOICES[key]
    return words(_HINTS[key], least=rule.least, most=rule.most) if key in _HINTS else ""


def value_words(key: ChoiceKey, value: str, words: Words) -> str:
    """A value as it is read: 250 m, 14 nov. 2026, –."""
    if CHOICES[key].steps and value:
        return words("%(metres)s m", metres=words.number(int(value)))
    if CHOICES[key].form == ChoiceForm.YES_NO:
        return words("Ja") if value == YES else words("Nej")
    return value or "–"


def options_of(key: ChoiceKey, words: Words) -> tuple[tuple[str, str], ...]:
    """Value and word of all there is to choose among; none where it is typed."""
    rule = CHOICES[key]
    values = (NO, YES) if rule.form == ChoiceForm.YES_NO else map(str, rule.steps)
    return tuple((value, value_words(key, value, words)) for value in values)


def is_number(key: ChoiceKey) -> bool:
    """Whether it is a number to type."""
    return CHOICES[key].form == ChoiceForm.NUMBER and not CHOICES[key].steps
