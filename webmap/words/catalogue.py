"""The catalogue of sentences, read from its .po file, and numbers and dates as each language writes them."""

from __future__ import annotations

import gettext
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from geodata.errors import Fault
from geodata.hours import WEEKDAYS, HourFilter
from geodata.vocabulary import Category
from webmap.words.labels import DAYS_LONG, DAYS_SHORT, LABELS
from webmap.words.sentences import SENTENCES

LANGUAGES = {"sv": "Svenska", "en": "English"}
_MOST_GROUPED = 1e15
"""Longer numbers are not amounts, and are written as they came."""
_NO_GENITIVE = "aeiouyåäösxz"
CATALOGUES = Path(__file__).parents[1] / "locale"


def _translations(language: str) -> gettext.NullTranslations:
    path = CATALOGUES / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return gettext.NullTranslations()
    with path.open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@dataclass(frozen=True)
class Words:
    """Says things in one language. Call it with the Swedish sentence and what goes into it."""

    language: str
    translations: gettext.NullTranslations

    def __call__(self, sentence: str, **values: Any) -> str:
        said = self.translations.gettext(sentence)
        return said % values if values else said

    def plural(self, one: str, many: str, n: int, **values: Any) -> str:
        """The sentence for n things; `%(n)s` is the number as the language writes it."""
        return self.translations.ngettext(one, many, n) % {"n": self.number(n), **values}

    def fault(self, fault: Fault) -> str:
        """A fault as a sentence."""
        sentence = SENTENCES.get(fault.code)
        if sentence is None:
            return fault.code
        values = {name: self._value(value) for name, value in fault.values.items()}
        return self.translations.gettext(sentence) % {"field": fault.field, **values}

    def _value(self, value: Any) -> Any:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return self.number(value) if is_number and abs(value) < _MOST_GROUPED else value

    def number(self, value: float, decimals: int = 0) -> str:
        """A number with at most so many decimals, grouped."""
        pattern = "#,##0." + "#" * decimals if decimals else "#,##0"
        return format_decimal(round(value, decimals), format=pattern, locale=self.language)

    def day(self, day: date) -> str:
        """14 nov. 2026."""
        return format_date(day, "d MMM y", locale=self.language).replace(" ", "\N{NO-BREAK SPACE}")

    def month(self, day: date) -> str:
        """januari 2027."""
        return format_date(day, "LLLL y", locale=self.language)

    def moment(self, moment: datetime) -> str:
        """14 nov. 2026 20:15, as the moment is given."""
        return format_datetime(moment, "d MMM y HH:mm", locale=self.language)

    def period(self, since: date, until: date) -> str:
        """From one day to another, both included."""
        return f"{self.day(since)}–{self.day(until)}"

    def label(self, code: str) -> str:
        """What a code of the vocabulary (kind, origin, polarity, role, …) is called."""
        sentence = LABELS.get(code)
        return self.translations.gettext(sentence) if sentence else code

    def municipality(self, name: str) -> str:
        """A municipality by its whole name: Vara kommun, Grästorps kommun."""
        return f"{name if name[-1:].lower() in _NO_GENITIVE else name + 's'} kommun"

    def category(self, category: Category) -> str:
        """What a category is called."""
        return category.swedish if self.language == "sv" else category.english

    def weekday(self, code: str) -> str:
        """A weekday, short: fre."""
        return self.translations.gettext(DAYS_SHORT[code])

    def weekday_name(self, code: str) -> str:
        """A weekday in full: fredag."""
        return self.translations.gettext(DAYS_LONG[code])

    def weekdays(self, codes: Iterable[str]) -> str:
        """Weekdays with runs drawn together: mån–ons, fre."""
        numbers = sorted(WEEKDAYS.index(code) for code in codes)
        runs: list[list[int]] = []
        for number in numbers:
            if runs and runs[-1][-1] == number - 1:
                runs[-1].append(number)
            else:
                runs.append([number])
        ends = [(self.weekday(WEEKDAYS[run[0]]), self.weekday(WEEKDAYS[run[-1]])) for run in runs]
        return ", ".join(first if first == last else f"{first}–{last}" for first, last in ends)

    def hours(self, chosen: HourFilter) -> str:
        """Hours of the week: fre–lör 20–03."""
        clock = f"{chosen.clock[0]:02d}–{chosen.clock[1] or 24:02d}" if chosen.clock else ""
        days = self.weekdays(chosen.weekdays) if chosen.weekdays else ""
        return " ".join(part for part in (days, clock) if part)


@lru_cache(maxsize=len(LANGUAGES))
def words_for(language: str) -> Words:
    """The words of a language; Swedish where it is not one of ours."""
    chosen = language if language in LANGUAGES else "sv"
    return Words(chosen, _translations(chosen))
