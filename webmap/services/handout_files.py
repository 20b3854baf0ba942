"""What is handed out as files: a PDF to read, a CSV to count in, and a list of what was taken out."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any

from geodata.exchange.guard import guarded
from geodata.hours import local
from geodata.queries.municipalities import Home
from geodata.vocabulary import Precision, ReportField
from webmap.services.choosing import Place
from webmap.services.handout import Line, Told, in_words
from webmap.words import Words, words_for
from webmap.words.disclosure_labels import FIELDS, PRECISIONS
from webmap.words.labels import N_
from webmap.words.provisions import PROVISIONS

_FIRST_COLUMNS = {
    "number": N_("Nummer"),
    "created_at": N_("Kom in"),
    "state": N_("Läge"),
    "polarity": N_("Vad det gäller"),
    "categories": N_("Kategori"),
    "origin": N_("Kommer från"),
}
_COLUMNS = _FIRST_COLUMNS | {
    name.value: FIELDS[name]
    for name in (
        ReportField.PLACE,
        ReportField.TIME,
        ReportField.ORIGINAL,
        ReportField.PUBLIC,
        ReportField.PLACE_WORDS,
        ReportField.SOURCE_WORDS,
        ReportField.REPLIES,
        ReportField.PHOTOS,
    )
}


Printer = Callable[[Mapping[str, Any], Mapping[str, bytes]], bytes]
"""Makes a PDF of words and pictures."""


@dataclass(frozen=True)
class LogLine:
    """One mask that was confirmed: in which report and field, why, and where in the law it rests."""

    number: str
    field: str
    why: str
    provision: str


@dataclass(frozen=True)
class Handout:
    """All that goes into the files. number: the package's in the register. photos: JPEG by address."""

    home: Home
    number: str
    made_at: datetime
    place: Place
    reports: Sequence[Told]
    log: Sequence[LogLine]
    photos: dict[str, bytes]


def as_zip(handout: Handout, printer: Printer) -> bytes:
    """The files in one; the same handout, the same bytes. Always in Swedish, the language of the records."""
    words, out = words_for("sv"), BytesIO()
    moment = local(handout.made_at).timetuple()[:6]
    files = {
        "rapporter.pdf": as_pdf(handout, printer),
        "rapporter.csv": reports_csv(handout.reports, words),
        "maskningar.csv": log_csv(_log(handout, words), words),
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:
        for name, content in files.items():
            made.writestr(zipfile.ZipInfo(name, moment), content)
    return out.getvalue()


def as_pdf(handout: Handout, printer: Printer) -> bytes:
    """The reports to read, and on pages of their own what was taken out."""
    words = words_for("sv")
    log = _log(handout, words)
    day = local(handout.made_at).date()
    pictures = {f"photo-{at}.jpg": content for at, content in enumerate(handout.photos.values())}
    names = dict(zip(handout.photos, pictures, strict=True))
    said = _phrases(handout, words) | {
        "number": handout.number,
        "day": [day.year, day.month, day.day],
        "reports": [_said(each, names) for each in handout.reports],
        "log": _log_said(log, words),
        "provisions": _provisions_said(log, words),
    }
    return printer(said, pictures)


def _phrases(handout: Handout, words: Words) -> dict[str, Any]:
    day = words.day(local(handout.made_at).date())
    return {
        "title": words("Utlämnade rapporter"),
        "municipality": words.municipality(handout.home.name),
        "made": words("Utlämnat %(day)s", day=day),
        "page": words("Sida"),
        "count": words.plural("%(n)s rapport", "%(n)s rapporter", len(handout.reports)),
        "masked": words("████ står för uppgifter som är borttagna. Efter står lagrummet."),
        "boxes": words("□ står för ett tecken som inte går att skriva ut. CSV-filen har det."),
        "photo": words("Foto till rapporten"),
    }


def _log_said(log: Sequence[LogLine], words: Words) -> dict[str, Any]:
    return {
        "title": words("Borttagna uppgifter"),
        "none": words("Inget är borttaget."),
        "heads": _log_heads(words),
        "rows": [[line.number, line.field, line.why, f"OSL {line.provision}"] for line in log],
    }


def _provisions_said(log: Sequence[LogLine], words: Words) -> dict[str, Any]:
    used = dict.fromkeys(part for line in log for part in line.provision.split(", "))
    return {
        "title": words("Lagrummen"),
        "law": words("OSL är offentlighets- och sekretesslagen (2009:400)."),
        "rows": [[f"OSL {each}", words(PROVISIONS[each]) if each in PROVISIONS else ""] for each in used],
    }


def _said(report: Told, names: dict[str, str]) -> dict[str, object]:
    lines = [line for line in report.lines if line.field != "number"]
    return {
        "number": report.number,
        "lines": [[line.label, [[piece.text, piece.provision] for piece in line.pieces]] for line in lines],
        "photos": [names[each] for each in report.photos if each in names],
    }


def reports_csv(reports: Sequence[Told], words: Words) -> bytes:
    """One row for each report, as Swedish Excel reads it; no cell that could run."""
    rows = [[_cell(report.lines, name) for name in _COLUMNS] for report in reports]
    return _csv([words(name) for name in _COLUMNS.values()], rows)


def _cell(lines: Sequence[Line], name: str) -> str:
    of_it = [line for line in lines if line.field == name]
    if name == ReportField.REPLIES:
        return "\n".join(f"{line.label}: {in_words(line.pieces)}" for line in of_it)
    return "\n".join(in_words(line.pieces) for line in of_it)


def log_csv(log: Sequence[LogLine], words: Words) -> bytes:
    """One row for each mask."""
    rows = [[line.number, line.field, line.why, f"OSL {line.provision}"] for line in log]
    return _csv(_log_heads(words), rows)


def _log_heads(words: Words) -> list[str]:
    return [words("Nummer"), words("Fält"), words("Varför"), words("Lagrum")]


def _log(handout: Handout, words: Words) -> list[LogLine]:
    """The masks, after the one that is the same in every report."""
    if handout.place.precision == Precision.EXACT:
        return list(handout.log)
    everywhere = LogLine(
        words("Alla rapporter"),
        words(FIELDS[ReportField.PLACE]),
        words(PRECISIONS[handout.place.precision]),
        handout.place.provision,
    )
    return [everywhere, *handout.log]


def _csv(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    text = StringIO(newline="")
    out = csv.writer(text, delimiter=";", lineterminator="\r\n")
    out.writerow(heads)
    out.writerows([guarded(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", errors="replace")
