"""A file before it is imported, as its page shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from geodata.drafts import ReportDraft
from geodata.exchange.glance import ROWS_SHOWN, Glance
from geodata.exchange.reading import Reading, RowFault
from geodata.hours import ALL_WORDS, HoursOfWeek
from geodata.vocabulary import BY_CODE, CATEGORIES, Kind, Origin
from webmap.maps.preview import PreviewMap, preview_map
from webmap.pages.filter_view import Choice
from webmap.pages.import_form import IN_FILE
from webmap.pages.import_lines import FaultLine, fault_lines
from webmap.services.import_jobs import Preview, on_pages
from webmap.words import Words
from webmap.words.import_words import FIELDS, SYSTEMS

_FAULTS_SHOWN = 20
_LONGEST_TEXT = 140
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class ColumnChoice:
    """A column of the file: what stands in it, and what it is taken for."""

    header: str
    example: str
    chosen: str
    choices: list[Choice]


@dataclass(frozen=True)
class WordChoice:
    """A word of the category column and what it means."""

    word: str
    count: str
    is_unknown: bool
    choices: list[Choice]


@dataclass(frozen=True)
class SampleRow:
    """A row as it would become, or what is wrong with it."""

    line: int
    when: str = ""
    where: str = ""
    what: str = ""
    text: str = ""
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class PreviewView:
    """A file before it is imported. rows: all of them, read: how many were understood for this page."""

    format: str
    rows: int
    read: int
    good: int
    faulty: int
    placeless: int
    fault: str
    columns: list[ColumnChoice]
    words: list[WordChoice]
    unknown: int
    systems: list[Choice]
    guessed: str
    kinds: list[Choice]
    origins: list[Choice]
    fallbacks: list[Choice]
    samples: list[SampleRow]
    faults: list[tuple[FaultLine, str]]
    map: PreviewMap | None
    number: Callable[[float], str]

    @property
    def is_whole(self) -> bool:
        """Whether every row has been understood for this page."""
        return self.read >= self.rows


def kind_choices(chosen: str, words: Words) -> list[Choice]:
    """What rows can be."""
    return [*_labelled(Kind, chosen, words), Choice(IN_FILE, words("Det står i filen"), chosen == IN_FILE)]


def origin_choices(chosen: str, words: Words) -> list[Choice]:
    """Where rows can come from."""
    return [*_labelled(Origin, chosen, words), Choice(IN_FILE, words("Det står i filen"), chosen == IN_FILE)]


def _labelled(family: Iterable[Any], chosen: str, words: Words) -> list[Choice]:
    return [Choice(each.value, words.label(each.value), each.value == chosen) for each in family]


def preview_view(found: Preview, words: Words) -> PreviewView:
    """A file that was looked over."""
    seen, order = found.glance, found.order
    reading = seen.reading
    return PreviewView(
        format=seen.format,
        rows=seen.rows,
        read=reading.rows if reading else 0,
        good=len(reading.drafts) + reading.repeated if reading else 0,
        faulty=len({fault.line for fault in reading.faults}) if reading else 0,
        placeless=reading.without_position if reading else 0,
        fault=words.fault(on_pages(seen.fault)) if seen.fault else "",
        columns=_columns(seen, words),
        words=_words(seen, words),
        unknown=sum(not each.code for each in seen.words),
        systems=_systems(seen, order.system or seen.guessed_system, words),
        guessed=words(SYSTEMS[seen.guessed_system]) if seen.guessed_system else "",
        kinds=kind_choices(order.kind or IN_FILE, words),
        origins=origin_choices(order.origin or IN_FILE, words),
        fallbacks=_categories(order.category, words("Nej, de raderna är felaktiga"), words),
        samples=_samples(seen, reading, words) if reading else [],
        faults=_grouped(reading.faults, words) if reading else [],
        map=preview_map(found.home.boundary, seen.xy, found.home.tolerance_m) if seen.xy else None,
        number=words.number,
    )


def _columns(seen: Glance, words: Words) -> list[ColumnChoice]:
    taken = {header: field for field, header in seen.fields.items()}
    return [
        ColumnChoice(
            header,
            next((row[place] for row in seen.cells if row[place].strip()), "")[:_LONGEST_TEXT],
            taken.get(header, ""),
            [
                Choice("", words("Används inte"), header not in taken),
                *(Choice(name, words(said), taken.get(header) == name) for name, said in FIELDS.items()),
            ],
        )
        for place, header in enumerate(seen.columns)
        if header
    ]


def _words(seen: Glance, words: Words) -> list[WordChoice]:
    return [
        WordChoice(
            each.word,
            words.number(each.count),
            not each.code,
            _categories(each.code, words("Välj kategori"), words),
        )
        for each in seen.words
        if each.word not in BY_CODE
    ]


def _categories(chosen: str, none: str, words: Words) -> list[Choice]:
    known = [Choice(each.code, words.category(each), each.code == chosen) for each in CATEGORIES]
    return [Choice("", none, not chosen), *known]


def _systems(seen: Glance, chosen: str, words: Words) -> list[Choice]:
    named = seen.system or (seen.reading.system if seen.reading and not chosen else "")
    own = words("Som filen säger: %(system)s", system=words(SYSTEMS[named])) if named in SYSTEMS else ""
    first = Choice("", own or words("Välj koordinatsystem"), not chosen)
    return [
        first,
        *(Choice(name, f"{words(said)} ({name})", name == chosen) for name, said in SYSTEMS.items()),
    ]


def _samples(seen: Glance, reading: Reading, words: Words) -> list[SampleRow]:
    drafts = dict(zip(reading.lines, reading.drafts, strict=True))
    rows = []
    for line in seen.lines[:ROWS_SHOWN]:
        wrong = tuple(words.fault(on_pages(each.fault)) for each in reading.faults if each.line == line)
        draft = drafts.get(line)
        rows.append(_sample(line, draft, words) if draft and not wrong else SampleRow(line, faults=wrong))
    return rows


def _sample(line: int, draft: ReportDraft, words: Words) -> SampleRow:
    what = ", ".join(words.category(BY_CODE[code]) for code in sorted(draft.categories))
    where = words("utan läge")
    if draft.place is not None:
        middle = draft.place.centroid
        where = f"{words.number(middle.x)} · {words.number(middle.y)}"
    shown = draft.text if len(draft.text) <= _LONGEST_TEXT else draft.text[:_LONGEST_TEXT] + "…"
    return SampleRow(line, _when(draft.day, draft.hours, words), where, what, shown)


def _grouped(faults: list[RowFault], words: Words) -> list[tuple[FaultLine, str]]:
    """One fault of each sort, with how many rows share it; unknown words stand by themselves above."""
    sorts: dict[tuple[str, str], list[RowFault]] = {}
    for fault in faults:
        if fault.code != "category.unknown":
            sorts.setdefault((fault.column, fault.code), []).append(fault)
    found = sorted(sorts.values(), key=len, reverse=True)[:_FAULTS_SHOWN]
    firsts = fault_lines((each[0] for each in found), words)
    return [
        (line, words.number(len(each) - 1) if len(each) > 1 else "")
        for line, each in zip(firsts, found, strict=True)
    ]


def _when(day: date | None, hours: HoursOfWeek, words: Words) -> str:
    """The day, and the clock where it says less than the whole day."""
    said = words.day(day) if day else ""
    if hours.words == ALL_WORDS or hours.span_minutes >= _DAY_MINUTES:
        return said or words("någon gång")
    first = hours.first_hour % 24 * 60 + hours.minutes_before_first
    last = (hours.last_hour % 24 + 1) * 60 - hours.minutes_after_last
    return f"{said} {first // 60:02d}:{first % 60:02d}–{last // 60:02d}:{last % 60:02d}".strip()
