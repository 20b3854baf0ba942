"""Which column is what, and what a row says."""

from __future__ import annotations

import unicodedata

import pytest

from geodata.errors import Fault
from geodata.exchange.figures import parse_number
from tests.geodata.exchange.files import faults_of, read_csv_text

METRES = {"system": "EPSG:3006"}


def _refused(text: str, **said: object) -> str:
    with pytest.raises(Fault) as caught:
        read_csv_text(text, **said)
    return caught.value.code


class TestGuess:
    def test_headers_are_known_whatever_their_case(self) -> None:
        reading = read_csv_text("ÄRENDE,LONG,Latitude,Brottstyp,egen\n", category="other")
        assert reading.columns == {"id": "ÄRENDE", "lon": "LONG", "lat": "Latitude", "category": "Brottstyp"}
        assert reading.ignored == ("egen",)

    def test_it_can_be_overruled(self) -> None:
        reading = read_csv_text("text,fritext\na,b\n", columns={"fritext": "text"})
        assert (reading.columns, reading.drafts[0].text) == ({"text": "fritext"}, "b")

    @pytest.mark.parametrize(
        ("columns", "code"),
        [({"saknas": "text"}, "columns.not_in_file"), ({"text": "färg"}, "columns.no_such_field")],
    )
    def test_an_overruling_that_cannot_be_is_refused(self, columns: dict[str, str], code: str) -> None:
        assert _refused("text\n", columns=columns) == code

    def test_kind_and_origin_must_come_from_somewhere(self) -> None:
        assert _refused("text\na\n", kind=None) == "option.missing"
        assert read_csv_text("text,kind\na,perception\n", kind=None).drafts[0].kind == "perception"


class TestNothingKnown:
    @pytest.mark.parametrize(
        "text", ["foo;bar\n1;2\n", "Utdrag ur STORM;;;\nid;E;N;text\n1;2;3;a\n", "id\n1\n"]
    )
    def test_a_file_of_which_nothing_is_understood_is_refused(self, text: str) -> None:
        with pytest.raises(Fault) as caught:
            read_csv_text(text, **METRES)
        assert caught.value.code == "columns.none_known"
        assert text.partition(";")[0].split("\n")[0] in caught.value.values["columns"]

    def test_naming_a_column_is_the_way_out(self) -> None:
        assert read_csv_text("foo;bar\n1;2\n", columns={"bar": "text"}).drafts[0].text == "2"

    def test_a_row_that_says_nothing_is_a_fault(self) -> None:
        assert faults_of("id;datum;text\n1;;\n2;;b\n") == [(2, "", "row.says_nothing")]


class TestLetters:
    def test_a_decomposed_header_and_word_are_known(self) -> None:
        said = unicodedata.normalize("NFD", "Öst;Nord;typ\n379900;6459601;bråk\n")
        reading = read_csv_text(said, **METRES)
        assert reading.columns == {"east": "Öst", "north": "Nord", "category": "typ"}
        assert reading.drafts[0].categories == {"disorder"}

    def test_signs_without_width_hide_no_header(self) -> None:
        assert read_csv_text("\ufeff\ufeffid;\u200btext\n1;a\n").columns == {"id": "id", "text": "text"}


class TestSystem:
    def test_metres_need_a_name(self) -> None:
        assert _refused("öst;nord\n") == "crs.needed"

    def test_degrees_are_degrees(self) -> None:
        assert _refused("lon,lat\n", **METRES) == "crs.contradicts"

    def test_half_a_position_is_a_fault_of_the_file(self) -> None:
        assert _refused("lon,text\n") == "columns.half_position"


class TestPositions:
    def test_spaces_and_decimal_commas_are_numbers(self) -> None:
        reading = read_csv_text("öst;nord\n380\u00a0000,5;6 460 000,25\n", **METRES)
        assert reading.drafts[0].place.coords[0] == (380000.5, 6460000.25)

    @pytest.mark.parametrize("cell", ["NaN", "inf", "-Infinity", "1e999", "1_000", "0x10", "saknas"])
    def test_what_is_no_number_is_named_once(self, cell: str) -> None:
        assert faults_of(f"öst;nord\n{cell};6460000\n", **METRES) == [(2, "öst", "number.not_a_number")]

    def test_one_empty_and_one_not_is_a_fault_of_both(self) -> None:
        assert faults_of("öst;nord\n380000;\n", **METRES) == [(2, "öst/nord", "position.half")]

    def test_every_problem_of_a_row_is_told(self) -> None:
        found = faults_of("öst;nord;datum;typ\n1;2;2025-02-30;drake\n", **METRES)
        assert sorted(column for _, column, _ in found) == ["datum", "typ", "öst/nord"]


class TestCategories:
    def test_a_label_with_a_comma_is_one_word(self) -> None:
        reading = read_csv_text(
            'typ\n"Svårt att hitta, få alternativa vägar"\n"klotter, litter"\nnarkotika|brand\n'
        )
        assert [sorted(draft.categories) for draft in reading.drafts] == [
            ["orientation"],
            ["graffiti", "litter"],
            ["drugs", "vandalism"],
        ]

    def test_unknown_words_become_what_is_said_and_are_kept(self) -> None:
        draft = read_csv_text("typ\nRymdfärd\n", category="other").drafts[0]
        assert (draft.categories, draft.source_category) == ({"other"}, "Rymdfärd")

    def test_words_can_be_given_a_meaning(self) -> None:
        reading = read_csv_text("typ\nRymdfärd\n", categories={"RYMDFÄRD": "event"})
        assert reading.drafts[0].categories == {"event"}

    def test_the_category_tells_the_polarity(self) -> None:
        reading = read_csv_text("typ\ntrygg\nförslag\nklotter\n")
        assert [draft.polarity for draft in reading.drafts] == ["safe", "improvement", "unsafe"]


class TestIds:
    def test_true_twins_without_id_are_both_kept(self) -> None:
        reading = read_csv_text("datum;text\n2025-01-01;a\n2025-01-01;a\n")
        assert len({draft.uid for draft in reading.drafts}) == 2

    def test_the_same_file_gives_the_same_ids(self) -> None:
        first, second = (read_csv_text("datum;text\n2025-01-01;a\n2025-01-01;a\n") for _ in range(2))
        assert [draft.uid for draft in first.drafts] == [draft.uid for draft in second.drafts]

    def test_the_same_id_with_the_same_content_is_one_row(self) -> None:
        reading = read_csv_text("id;text\n1;a\n1;a\n")
        assert (len(reading.drafts), reading.repeated, reading.faults) == (1, 1, [])

    def test_the_same_id_with_other_content_names_the_first(self) -> None:
        fault = read_csv_text("Dnr;text\n1;a\n1;b\n").faults[0]
        assert (fault.line, fault.column, fault.values["first_line"]) == (3, "Dnr", 2)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,5", 1.5),
        ("-3", -3),
        ("−3", -3),
        ("1 234 567,8", 1234567.8),
        ("1.234.567,8", 1234567.8),
        ("+2e3", 2000),
    ],
)
def test_numbers_as_people_write_them(text: str, value: float) -> None:
    assert parse_number(text) == value


class TestIdentityNumbers:
    def test_none_is_kept_in_the_word_of_a_category(self) -> None:
        reading = read_csv_text("typ;text\nbråk med 19121212-1212;a\n", category="other")
        assert "1212" not in reading.drafts[0].source_category
        (note,) = reading.notes
        assert (note.column, note.code) == ("typ", "note.identity_number_masked")

    def test_an_id_that_is_one_becomes_a_mark_that_is_the_same_every_time(self) -> None:
        first, second = (read_csv_text("id;text\n19121212-1212;a\n") for _ in range(2))
        assert "1212" not in first.drafts[0].source_id
        assert first.drafts[0].uid == second.drafts[0].uid
        assert [each.code for each in first.notes] == ["note.id_hidden"]


def test_a_position_less_sure_than_any_is_refused() -> None:
    assert faults_of("text;accuracy_m\na;1e308\nb;20\n") == [(2, "accuracy_m", "accuracy.out_of_range")]


@pytest.mark.parametrize(("cell", "code"), [("a\x07b", "id.not_printable"), ("a" * 201, "id.too_long")])
def test_an_id_that_cannot_be_says_why(cell: str, code: str) -> None:
    assert faults_of(f"id;text\n{cell};x\n") == [(2, "id", code)]


def test_a_voice_is_a_mark_and_no_name() -> None:
    marks = [draft.voice for draft in read_csv_text("voice;text\nAnna;a\nanna;b\n;c\n").drafts]
    assert marks[0] == marks[1] != "Anna"
    assert marks[2] is None
