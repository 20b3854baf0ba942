"""What a report can be about: the categories, their words and their bits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from geodata.errors import InvalidValue
from geodata.vocabulary.lists import Focus, Group, Polarity


@dataclass(frozen=True)
class Category:
    """One word of the vocabulary.

    bit: its place in a stored bit set, fixed for ever. words: what else it is called in files.
    is_personal: never shown at cell level in public. is_crime_like: 112 and 114 14 are shown again.
    """

    bit: int
    code: str
    swedish: str
    english: str
    words: tuple[str, ...] = ()
    focus: Focus | None = Focus.ENVIRONMENT
    group: Group = Group.ENVIRONMENT
    is_personal: bool = False
    is_crime_like: bool = False


def _behaviour(bit: int, code: str, labels: tuple[str, str], words: str, marks: str = "") -> Category:
    focus = {"D": Focus.DRUGS, "T": Focus.TRAFFIC}.get(next((m for m in marks if m in "DT"), ""))
    return Category(
        bit,
        code,
        *labels,
        tuple(words.split("|")) if words else (),
        focus or Focus.ENVIRONMENT,
        Group.BEHAVIOUR,
        "P" in marks,
        "C" in marks,
    )


def _environment(bit: int, code: str, labels: tuple[str, str], words: str, marks: str = "") -> Category:
    focus = Focus.TRAFFIC if "T" in marks else Focus.ENVIRONMENT
    return Category(
        bit, code, *labels, tuple(words.split("|")) if words else (), focus, is_crime_like="C" in marks
    )


CATEGORIES: tuple[Category, ...] = (
    _environment(0, "lighting", ("Bristfällig belysning", "Poor lighting"), "belysning|mörkt|lampa"),
    _environment(1, "sightline", ("Bristande insyn eller överblick", "Poor overview"), "insyn|överblick"),
    _environment(2, "vegetation", ("Skymmande växtlighet", "Obscuring vegetation"), "växtlighet|buskar|träd"),
    _environment(3, "deserted", ("Ödsligt", "Deserted"), "folktomt|öde|otrygghet"),
    _environment(4, "tunnel", ("Gångtunnel eller undergång", "Underpass"), "tunnel|undergång|viadukt"),
    _environment(
        5, "orientation", ("Svårt att hitta, få alternativa vägar", "Poor way-finding"), "orientering"
    ),
    _environment(6, "litter", ("Nedskräpning", "Litter"), "skräp"),
    _environment(7, "graffiti", ("Klotter", "Graffiti"), ""),
    _environment(8, "vandalism", ("Skadegörelse", "Vandalism"), "glaskross|krossat glas|brand", "C"),
    _environment(9, "maintenance", ("Bristande underhåll", "Neglect"), "trasigt|underhåll"),
    _environment(
        10,
        "public_transport",
        ("Otrygg hållplats eller station", "Unsafe stop or station"),
        "hållplats|station|resecentrum",
    ),
    _behaviour(
        11,
        "gathering",
        ("Samling av personer som skapar otrygghet", "Gathering felt as unsafe"),
        "gäng|samling",
        "P",
    ),
    _behaviour(12, "disorder", ("Ordningsstörning", "Disorder"), "bråk|stök", "PC"),
    _behaviour(
        13,
        "intoxicated",
        ("Berusade eller påverkade personer", "Intoxicated people"),
        "berusning|fylleri",
        "PD",
    ),
    _behaviour(
        14,
        "drugs",
        ("Misstänkt narkotikahantering", "Suspected drug dealing"),
        "narkotika|droger",
        "PCD",
    ),
    _behaviour(15, "harassment", ("Antastande eller hot", "Harassment or threats"), "ofredande|hot", "PC"),
    _behaviour(16, "violence", ("Våld eller rån", "Violence or robbery"), "misshandel|rån", "PC"),
    _behaviour(17, "theft", ("Stöld eller inbrott", "Theft or burglary"), "inbrott|stöld", "C"),
    _behaviour(18, "traffic_speed", ("Höga hastigheter", "Speeding"), "fortkörning|hastighet", "T"),
    _behaviour(19, "reckless_driving", ("Buskörning", "Reckless driving"), "a-traktor|moped|epa", "CT"),
    _environment(
        20, "traffic_env", ("Osäker trafikmiljö", "Unsafe traffic spot"), "trafik|övergångsställe", "T"
    ),
    _behaviour(
        21,
        "impaired_driving",
        ("Misstänkt rattfylleri", "Suspected impaired driving"),
        "rattfylleri|drograttfylleri",
        "PCT",
    ),
    _behaviour(22, "rumour", ("Oro eller ryktesspridning", "Worry or rumour"), "oro|rykte"),
    Category(23, "event", "Arrangemang", "Event", ("evenemang",), None, Group.CONTEXT),
    Category(24, "safe_place", "Trygg plats", "Safe place", ("trygg", "bra plats"), None, Group.POSITIVE),
    Category(25, "improvement", "Förbättringsförslag", "Improvement idea", ("förslag",), None, Group.IDEA),
    Category(26, "other", "Annat", "Other", ("övrigt",), None, Group.OTHER),
)

BY_CODE: dict[str, Category] = {category.code: category for category in CATEGORIES}


def category(code: str, field: str = "categories") -> Category:
    """The category with this code. Raises InvalidValue."""
    try:
        return BY_CODE[code]
    except KeyError as fault:
        raise InvalidValue("category.unknown", field, given=code[:80]) from fault


def _recognised() -> dict[str, str]:
    return {
        word.casefold(): known.code
        for known in CATEGORIES
        for word in (known.code, known.swedish, known.english, *known.words)
    }


RECOGNISED: dict[str, str] = _recognised()
"""Every word, case-folded, by which a file may name a category, and the code it means."""


def bits(codes: Iterable[str]) -> int:
    """Category codes as one bit set. Raises InvalidValue on an unknown code."""
    chosen = 0
    for code in codes:
        chosen |= 1 << category(code).bit
    return chosen


def checked_codes(codes: Iterable[str]) -> frozenset[str]:
    """The codes, all known. Raises InvalidValue on an unknown one."""
    return frozenset(category(code).code for code in codes)


def codes(bit_set: int) -> frozenset[str]:
    """The category codes in a bit set."""
    return frozenset(known.code for known in CATEGORIES if bit_set >> known.bit & 1)


def polarity_of(category_codes: Iterable[str]) -> Polarity:
    """What the categories themselves say of a place when nothing else does."""
    chosen = frozenset(category_codes)
    if "safe_place" in chosen:
        return Polarity.SAFE
    return Polarity.IMPROVEMENT if "improvement" in chosen else Polarity.UNSAFE
