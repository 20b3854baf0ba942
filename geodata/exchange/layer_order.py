"""What the one who imports a context layer has said about the file, and what comes back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely

from geodata.drafts import AreaDraft
from geodata.errors import FileFault
from geodata.exchange.handover import raised
from geodata.exchange.reading import RowFault
from geodata.geometry import ServedArea
from geodata.vocabulary import AreaKind


@dataclass(frozen=True)
class LayerOrder:
    """How a file of ground or names is to be read.

    kinds: several only of an OpenStreetMap extract. name_column, layer, system: "" for what the file says.
    """

    kinds: tuple[AreaKind, ...]
    area: ServedArea
    name_column: str = ""
    layer: str = ""
    system: str = ""

    def to_json(self) -> str:
        """The order as text for the confined reader."""
        area = {
            "name": self.area.name,
            "boundary": shapely.to_wkb(self.area.boundary, hex=True),
            "tolerance_m": self.area.tolerance_m,
        }
        words = {"name_column": self.name_column, "layer": self.layer, "system": self.system}
        return json.dumps({**words, "kinds": self.kinds, "area": area})

    @classmethod
    def from_json(cls, text: str) -> LayerOrder:
        """The order back from text."""
        said = json.loads(text)
        area = said.pop("area")
        boundary = shapely.from_wkb(area.pop("boundary"))
        kinds = tuple(AreaKind(kind) for kind in said.pop("kinds"))
        return cls(kinds=kinds, area=ServedArea(boundary=boundary, **area), **said)


@dataclass
class LayerReading:
    """A file of ground or names understood.

    rows: those of the kinds asked for. outside: how many of them lie outside the municipality, and are left.
    digest: SHA-256 of the file.
    """

    format: str
    system: str
    name_column: str = ""
    rows: int = 0
    outside: int = 0
    digest: str = ""
    drafts: list[AreaDraft] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)

    @property
    def counts(self) -> dict[AreaKind, int]:
        """How many drafts of each kind."""
        return dict(Counter(draft.kind for draft in self.drafts))


class LayerListener:
    """Puts a layer reading together again from its lines."""

    def __init__(self) -> None:
        self._reading: LayerReading | None = None
        self.part = 0.0
        self.is_whole = False

    @property
    def reading(self) -> LayerReading:
        """What has been received. Raises FileFault before the first message of a reading."""
        if self._reading is None:
            raise FileFault("file.unreadable", "file")
        return self._reading

    def take(self, line: bytes) -> None:
        """One line. Raises the fault it tells of."""
        message: dict[str, Any] = json.loads(line)
        self.part = message.get("part", self.part)
        if "refused" in message:
            raise raised(message["refused"])
        if "head" in message:
            self._reading = LayerReading(**message["head"])
        for kind, name, radius_m, place in message.get("areas", ()):
            draft = AreaDraft(AreaKind(kind), name, shapely.from_wkb(place), radius_m)
            self.reading.drafts.append(draft)
        self._take_faults(message.get("faults", ()))
        self.is_whole = self.is_whole or "end" in message

    def _take_faults(self, said: Sequence[list[Any]]) -> None:
        if said:
            self.reading.faults += [RowFault(*each) for each in said]
