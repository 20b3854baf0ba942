"""The form in which black boxes are drawn: four numbers a box, in per cent of the photo."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from geodata.errors import InvalidValue
from geodata.exchange.photo_boxes import MOST_BOXES, Box, checked_box
from webmap.words import Words

SIDES = ("left", "top", "width", "height")
_LONGEST_NUMBER = 8
_REMOVE = re.compile(r"remove-(\d{1,3})")

Row = tuple[str, str, str, str]
_BLANK: Row = ("", "", "", "")


@dataclass(frozen=True)
class Mark:
    """A box to draw over the photo, in pixels of its large size."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class BoxForm:
    """What was typed. act: `preview`, `add`, `save`, or `remove-2` for the second box."""

    rows: list[Row] = field(default_factory=list)
    act: str = ""

    @classmethod
    def sent(cls, said: MultiDict[str, str]) -> BoxForm:
        """From a request; rows that say nothing are left out."""
        typed = zip(*(said.getlist(side)[:MOST_BOXES] for side in SIDES), strict=False)
        rows = [tuple(each.strip()[:_LONGEST_NUMBER] for each in row) for row in typed]
        act = said.get("do", "preview")
        removed = _REMOVE.fullmatch(act)
        if removed and 0 < int(removed[1]) <= len(rows):
            del rows[int(removed[1]) - 1]
        return cls([row for row in rows if any(row)], act)

    @property
    def is_final(self) -> bool:
        """Whether the boxes are to be burnt in."""
        return self.act == "save"

    @property
    def is_looked_at(self) -> bool:
        """Whether what is wrong with them is to be told already."""
        return self.act == "preview"

    def shown_rows(self) -> list[Row]:
        """The rows to fill in: what was typed, and one to go on with."""
        has_room = len(self.rows) < MOST_BOXES
        return [*self.rows, _BLANK] if has_room and (self.act != "preview" or not self.rows) else self.rows

    def boxes(self) -> list[Box]:
        """Raises InvalidValue for the first that is none."""
        return [_box(row, number) for number, row in enumerate(self.rows, start=1)]

    def marks(self, width: int, height: int) -> list[Mark]:
        """Those that are good, as they would lie on the photo."""
        shares = width / 100, height / 100
        return [
            Mark(box.left * shares[0], box.top * shares[1], box.width * shares[0], box.height * shares[1])
            for number, row in enumerate(self.rows, start=1)
            if isinstance(box := _checked(row, number), Box)
        ]

    def problems(self, say: Words, *, is_final: bool = False) -> dict[str, str]:
        """What is wrong, by the id of the box."""
        if is_final and not self.rows:
            return {"box-1": say("Rita minst en ruta, eller fyll i dess fyra mått.")}
        checked = ((number, _checked(row, number)) for number, row in enumerate(self.rows, start=1))
        return {
            f"box-{number}": say("Ruta %(number)s: %(problem)s", number=number, problem=say.fault(fault))
            for number, fault in checked
            if isinstance(fault, InvalidValue)
        }


def _checked(row: Row, number: int) -> Box | InvalidValue:
    try:
        return _box(row, number)
    except InvalidValue as fault:
        return fault


def _box(row: Row, number: int) -> Box:
    try:
        left, top, width, height = (float(side.replace(",", ".")) for side in row)
    except ValueError as fault:
        raise InvalidValue("box.not_numbers", f"box-{number}") from fault
    return checked_box(left, top, width, height, f"box-{number}")
