"""Many drafts in little memory, and ids that are the same whatever the file was cut into."""

from __future__ import annotations

import tracemalloc

import pytest

from geodata.exchange.pile import Drafts
from geodata.exchange.reading import ROWS_AT_ONCE
from tests.geodata.exchange.files import read_csv_text

MANY = 2 * ROWS_AT_ONCE + 500


def _table(count: int, said: str = "rad {row}") -> str:
    rows = (f"12.955,58.262,2025-01-01,{said.format(row=row)}\n" for row in range(count))
    return "lon,lat,datum,text\n" + "".join(rows)


class TestPile:
    def test_what_was_put_in_comes_out(self) -> None:
        reading = read_csv_text(_table(MANY))
        again = Drafts()
        for draft in reading.drafts:
            again.append(draft)
        assert [draft.text for draft in again] == [f"rad {row}" for row in range(MANY)]
        assert again == reading.drafts
        assert again.uids(1_999, 2_001) == [draft.uid for draft in again[1_999:2_001]]

    def test_the_digest_is_the_one_of_the_content(self) -> None:
        drafts = read_csv_text(_table(MANY)).drafts
        given = drafts[1]
        del vars(given)["digest"]
        assert given.digest == drafts.digest(1)

    def test_some_of_them_can_be_taken(self) -> None:
        chosen = read_csv_text(_table(MANY)).drafts.chosen([0, 2_000, 4_499])
        assert [draft.text for draft in chosen] == ["rad 0", "rad 2000", "rad 4499"]
        assert (len(chosen), chosen[1].text) == (3, "rad 2000")

    def test_it_keeps_within_its_memory(self, capsys: pytest.CaptureFixture[str]) -> None:
        drafts = list(read_csv_text(_table(10_000)).drafts)
        tracemalloc.start()
        pile = Drafts()
        for draft in drafts:
            pile.append(draft)
        size_bytes = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        with capsys.disabled():
            print(f"\na draft in the pile: {size_bytes / len(drafts):.0f} bytes")  # noqa: T201 - the figure is the result
        assert size_bytes / len(drafts) < 300


class TestPieces:
    def test_rows_that_say_the_same_are_counted_over_all_pieces(self) -> None:
        reading = read_csv_text(_table(MANY, "samma"))
        assert (len(reading.drafts), reading.repeated) == (MANY, 0)
        assert len({draft.uid for draft in reading.drafts}) == MANY

    def test_their_ids_do_not_hang_on_what_stands_between(self) -> None:
        mixed = _table(MANY) + "".join(_table(3, "samma").splitlines(keepends=True)[1:])
        alone = read_csv_text(_table(3, "samma")).drafts
        assert read_csv_text(mixed).drafts[-3:] == list(alone)

    def test_an_id_is_known_from_an_earlier_piece(self) -> None:
        rows = "".join(f"{row},a\n" for row in range(MANY))
        reading = read_csv_text("id,text\n" + rows + "7,a\n8,b\n")
        assert reading.repeated == 1
        assert [(each.line, each.code, each.values["first_line"]) for each in reading.faults] == [
            (MANY + 3, "id.other_content", 10)
        ]

    def test_lines_are_counted_over_all_pieces(self) -> None:
        reading = read_csv_text(_table(MANY) + "12.9,58.2,2025-13-01,fel\n")
        assert [(each.line, each.column) for each in reading.faults] == [(MANY + 2, "datum")]
        assert reading.rows == MANY + 1
