"""What is handed out of a report: its lines, with what is masked taken out before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from geodata.errors import NotFound
from geodata.hours import local
from geodata.queries.disclosures import REPLY, WholeReport, locality_at
from geodata.queries.municipalities import Home
from geodata.queries.whereabouts import Neighbourhood
from geodata.vocabulary import BY_CODE, TEXT_FIELDS, MaskState, Precision, ReportField
from webmap.services.choosing import Place
from webmap.services.mask_acts import KnownMask
from webmap.services.review_words import STATE_WORDS, moment_words, names_of, place_words, time_words
from webmap.words import Words
from webmap.words.disclosure_labels import FIELDS

SQUARE_M = 250


@dataclass(frozen=True)
class Piece:
    """A stretch of what is handed out: text, or a mask with its provision and no text."""

    text: str = ""
    provision: str = ""


@dataclass(frozen=True)
class Line:
    """One thing told of a report. field: by which the file's columns know it."""

    field: str
    label: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Told:
    """A report as it is handed out. photos: addresses of those that go with it."""

    number: str
    lines: tuple[Line, ...]
    photos: tuple[str, ...] = ()


@dataclass(frozen=True)
class Telling:
    """How reports are told: where they are from, how exactly, and in which words."""

    home: Home
    place: Place
    words: Words
    names: Neighbourhood

    @classmethod
    def of(cls, home: Home, place: Place, words: Words) -> Telling:
        """Made once for many reports."""
        return cls(home, place, words, names_of(home))


def pieces_of(text: str, masks: Iterable[KnownMask]) -> tuple[Piece, ...]:
    """The text without what is confirmed to go; a mask stands where it was, no longer for a longer text."""
    gone = [each for each in masks if each.state == MaskState.CONFIRMED]
    if not text or not gone:
        return (Piece(text),) if text else ()
    spans = [(0, len(text), each.provision) if not each.last else _span(each, text) for each in gone]
    pieces, at = [], 0
    for first, last, provision in _joined(spans):
        pieces += [Piece(text[at:first]), Piece(provision=provision)]
        at = last
    return tuple(piece for piece in (*pieces, Piece(text[at:])) if piece.text or piece.provision)


def _span(mask: KnownMask, text: str) -> tuple[int, int, str]:
    return mask.first, min(mask.last, len(text)), mask.provision


def _joined(spans: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """In order, with those that touch or overlap made one, which rests on the provisions of all."""
    joined: list[tuple[int, int, str]] = []
    for first, last, provision in sorted(spans):
        if joined and first <= joined[-1][1]:
            before = joined.pop()
            known = before[2].split(", ")
            both = before[2] if provision in known else f"{before[2]}, {provision}"
            joined.append((before[0], max(before[1], last), both))
        else:
            joined.append((first, last, provision))
    return joined


def told(whole: WholeReport, masks: Sequence[KnownMask], number: str, how: Telling) -> Told:
    """A report as it is handed out, without what is masked."""
    words = how.words
    names = ", ".join(words.category(BY_CODE[code]) for code in whole.categories)
    plain = [
        ("number", words("Nummer"), number),
        ("created_at", words("Kom in"), _arrival(whole, masks, words)),
        ("state", words("Läge"), words(STATE_WORDS[whole.state])),
        ("polarity", words("Vad det gäller"), words.label(whole.polarity)),
        ("categories", words("Kategori"), names),
        ("origin", words("Kommer från"), words.label(whole.origin)),
    ]
    lines = [Line(name, label, (Piece(text),)) for name, label, text in plain if text]
    lines += [_place_line(whole, masks, how), _time_line(whole, masks, words)]
    lines += _text_lines(whole, masks, words)
    photos, photo_lines = _photos(whole, masks, how)
    return Told(number, (*lines, *photo_lines), photos)


def _arrival(whole: WholeReport, masks: Sequence[KnownMask], words: Words) -> str:
    """When it came in; the day only where the time is masked: many write while it happens."""
    if _whole_mask(masks, ReportField.TIME):
        return words.day(local(whole.created_at).date())
    return moment_words(whole.created_at, words)


def _place_line(whole: WholeReport, masks: Sequence[KnownMask], how: Telling) -> Line:
    name = ReportField.PLACE
    hidden = _whole_mask(masks, name)
    told_pieces = (hidden,) if hidden else _place_pieces(whole, how)
    return Line(name.value, how.words(FIELDS[name]), told_pieces)


def _whole_mask(masks: Iterable[KnownMask], name: ReportField) -> Piece | None:
    confirmed = [each for each in masks if each.field == name and each.state == MaskState.CONFIRMED]
    provisions = dict.fromkeys(each.provision for each in confirmed)
    return Piece(provision=", ".join(provisions)) if confirmed else None


def _place_pieces(whole: WholeReport, how: Telling) -> tuple[Piece, ...]:
    words = how.words
    if whole.east is None or whole.north is None:
        return (Piece(words("Ingen plats på kartan")),)
    spot = whole.east, whole.north
    if how.place.precision == Precision.EXACT:
        named = place_words(how.names, spot, "", words)
        return (Piece(words("%(place)s. SWEREF 99 TM %(east)s, %(north)s", place=named, **_metres(spot, 1))),)
    if how.place.precision == Precision.SQUARE:
        said = words("Ruta på 250 meter med sydvästra hörnet %(east)s, %(north)s", **_metres(spot, SQUARE_M))
    else:
        said = locality_at(how.home, spot) or words("Utanför tätort")
    return Piece(f"{said} "), Piece(provision=how.place.provision)


def _metres(spot: tuple[float, float], step_m: int) -> dict[str, int]:
    east, north = (int(metres // step_m * step_m) for metres in spot)
    return {"east": east, "north": north}


def _time_line(whole: WholeReport, masks: Sequence[KnownMask], words: Words) -> Line:
    name = ReportField.TIME
    hidden = _whole_mask(masks, name)
    return Line(
        name.value, words(FIELDS[name]), (hidden or Piece(time_words(whole.day, whole.hours, words)),)
    )


def _text_lines(whole: WholeReport, masks: Sequence[KnownMask], words: Words) -> list[Line]:
    lines = []
    for name, text in whole.texts.items():
        label = field_label(name, whole, words)
        found = pieces_of(text, [each for each in masks if each.field == name])
        lines.append(Line(name if name in list(TEXT_FIELDS) else ReportField.REPLIES.value, label, found))
    return lines


def field_label(name: str, whole: WholeReport, words: Words) -> str:
    """What a field is called: Offentlig text, Svar 14 nov. 2026."""
    if name.startswith(REPLY):
        return words("Svar %(day)s", day=words.day(local(whole.replied[name]).date()))
    if name not in list(ReportField):
        raise NotFound("mask.field_unknown", "field")
    return words(FIELDS[ReportField(name)])


def _photos(
    whole: WholeReport, masks: Sequence[KnownMask], how: Telling
) -> tuple[tuple[str, ...], list[Line]]:
    if not whole.photos:
        return (), []
    label, hidden = how.words(FIELDS[ReportField.PHOTOS]), _whole_mask(masks, ReportField.PHOTOS)
    if hidden:
        return (), [Line(ReportField.PHOTOS.value, label, (hidden,))]
    said = how.words.plural("%(n)s foto", "%(n)s foton", len(whole.photos))
    line = Line(ReportField.PHOTOS.value, label, (Piece(said),))
    return (whole.photos if how.place.has_photos else ()), [line]


def in_words(pieces: Iterable[Piece], mark: Mapping[str, str] | None = None) -> str:
    """Pieces as plain text: [maskad enligt OSL 21:7] where something is taken out."""
    known = mark or {}
    return "".join(
        known.get(piece.provision, f"[maskad enligt OSL {piece.provision}]")
        if piece.provision
        else piece.text
        for piece in pieces
    )
