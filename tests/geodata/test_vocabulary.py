"""The vocabulary against its table: codes, labels, words, focus and marks, and bits that never move."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import vocabulary
from geodata.errors import InvalidValue
from geodata.vocabulary import BY_CODE, CATEGORIES, RECOGNISED, Polarity, bits, codes, polarity_of

TABLE = """
lighting | Bristfällig belysning | Poor lighting | belysning, mörkt, lampa | unsafe environment | environment |
sightline | Bristande insyn eller överblick | Poor overview | insyn, överblick | unsafe environment | environment |
vegetation | Skymmande växtlighet | Obscuring vegetation | växtlighet, buskar, träd | unsafe environment | environment |
deserted | Ödsligt | Deserted | folktomt, öde, otrygghet | unsafe environment | environment |
tunnel | Gångtunnel eller undergång | Underpass | tunnel, undergång, viadukt | unsafe environment | environment |
orientation | Svårt att hitta, få alternativa vägar | Poor way-finding | orientering | unsafe environment | environment |
litter | Nedskräpning | Litter | skräp | unsafe environment | environment |
graffiti | Klotter | Graffiti |  | unsafe environment | environment |
vandalism | Skadegörelse | Vandalism | glaskross, krossat glas, brand | unsafe environment | environment | C
maintenance | Bristande underhåll | Neglect | trasigt, underhåll | unsafe environment | environment |
public_transport | Otrygg hållplats eller station | Unsafe stop or station | hållplats, station, resecentrum | unsafe environment | environment |
gathering | Samling av personer som skapar otrygghet | Gathering felt as unsafe | gäng, samling | unsafe environment | behaviour | P
disorder | Ordningsstörning | Disorder | bråk, stök | unsafe environment | behaviour | P C
intoxicated | Berusade eller påverkade personer | Intoxicated people | berusning, fylleri | drugs | behaviour | P
drugs | Misstänkt narkotikahantering | Suspected drug dealing | narkotika, droger | drugs | behaviour | P C
harassment | Antastande eller hot | Harassment or threats | ofredande, hot | unsafe environment | behaviour | P C
violence | Våld eller rån | Violence or robbery | misshandel, rån | unsafe environment | behaviour | P C
theft | Stöld eller inbrott | Theft or burglary | inbrott, stöld | unsafe environment | behaviour | C
traffic_speed | Höga hastigheter | Speeding | fortkörning, hastighet | traffic | behaviour |
reckless_driving | Buskörning | Reckless driving | a-traktor, moped, epa | traffic | behaviour | C
traffic_env | Osäker trafikmiljö | Unsafe traffic spot | trafik, övergångsställe | traffic | environment |
impaired_driving | Misstänkt rattfylleri | Suspected impaired driving | rattfylleri, drograttfylleri | traffic | behaviour | P C
rumour | Oro eller ryktesspridning | Worry or rumour | oro, rykte | unsafe environment | behaviour |
event | Arrangemang | Event | evenemang | – | context |
safe_place | Trygg plats | Safe place | trygg, bra plats | – | positive |
improvement | Förbättringsförslag | Improvement idea | förslag | – | idea |
other | Annat | Other | övrigt | – | – |
"""  # noqa: E501 - a table reads by its rows
FOCUS = {"unsafe environment": "unsafe_environment", "traffic": "traffic", "drugs": "drugs", "–": None}
GROUP = {"–": "other"}


def table_rows():
    lines = [line.split("|") for line in TABLE.strip().splitlines()]
    return [tuple(cell.strip() for cell in line) for line in lines]


ROWS = table_rows()


class TestCategories:
    def test_they_are_the_table_in_its_order(self):
        assert [known.code for known in CATEGORIES] == [row[0] for row in ROWS]

    @pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
    def test_each_is_called_what_the_table_says(self, row):
        code, swedish, english, words, *_ = row
        known = BY_CODE[code]
        assert (known.swedish, known.english) == (swedish, english)
        assert set(known.words) == {word.strip() for word in words.split(",") if word.strip()}

    @pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
    def test_each_has_the_focus_group_and_marks_of_the_table(self, row):
        code, _, _, _, focus, group, marks = row
        known = BY_CODE[code]
        assert (known.focus, known.group) == (FOCUS[focus], GROUP.get(group, group))
        assert (known.is_personal, known.is_crime_like) == ("P" in marks, "C" in marks)

    def test_their_bits_are_their_places_for_ever(self):
        assert [known.bit for known in CATEGORIES[:27]] == list(range(27))
        assert max(known.bit for known in CATEGORIES) < 63

    def test_a_word_means_one_category_whatever_its_case(self):
        said = [word.casefold() for known in CATEGORIES for word in {known.swedish.casefold(), *known.words}]
        assert len(said) == len(set(said))
        assert RECOGNISED["BELYSNING".casefold()] == "lighting"
        assert all(word == word.casefold() for word in RECOGNISED)


class TestBits:
    @given(st.sets(st.sampled_from(sorted(BY_CODE))))
    def test_codes_come_back_from_their_bits(self, chosen):
        assert codes(bits(chosen)) == chosen

    def test_an_unknown_code_is_refused_with_its_field(self):
        with pytest.raises(InvalidValue) as raised:
            vocabulary.category("spöken", "typ")
        assert (raised.value.code, raised.value.field) == ("category.unknown", "typ")


class TestPolarity:
    @pytest.mark.parametrize(
        ("said", "polarity"),
        [
            ({"safe_place", "lighting"}, Polarity.SAFE),
            ({"improvement"}, Polarity.IMPROVEMENT),
            ({"lighting"}, Polarity.UNSAFE),
            (set(), Polarity.UNSAFE),
        ],
    )
    def test_it_follows_from_the_category(self, said, polarity):
        assert polarity_of(said) == polarity
