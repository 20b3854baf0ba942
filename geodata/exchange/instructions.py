"""What the one who imports has said about a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import shapely

from geodata.geometry import ServedArea
from geodata.vocabulary import Kind, Origin


@dataclass(frozen=True)
class Instructions:
    """How a file is to be read.

    municipality: code. today: the last date that is not in the future. system: the coordinate system named,
    "" for what the file itself says. columns: header in the file → field. categories: word → code.
    category: the code that unknown words become, "" to refuse them. source: "" for the origin's name.
    layer: the layer or sheet to read where a file has several, "" for the obvious one.
    """

    municipality: str
    area: ServedArea
    today: date
    kind: Kind | None = None
    origin: Origin | None = None
    source: str = ""
    system: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    category: str = ""
    layer: str = ""


def to_json(order: Instructions) -> str:
    """The instructions as text for the confined reader."""
    area = {
        "name": order.area.name,
        "boundary": shapely.to_wkb(order.area.boundary, hex=True),
        "tolerance_m": order.area.tolerance_m,
    }
    plain = {"municipality": order.municipality, "kind": order.kind, "origin": order.origin}
    words = {"source": order.source, "system": order.system, "category": order.category}
    words["layer"] = order.layer
    maps = {"columns": dict(order.columns), "categories": dict(order.categories)}
    return json.dumps({**plain, **words, **maps, "area": area, "today": order.today.isoformat()})


def from_json(text: str) -> Instructions:
    """The instructions back from text."""
    said = json.loads(text)
    area = said.pop("area")
    boundary = shapely.from_wkb(area.pop("boundary"))
    kind, origin = said.pop("kind"), said.pop("origin")
    return Instructions(
        area=ServedArea(boundary=boundary, **area),
        today=date.fromisoformat(said.pop("today")),
        kind=Kind(kind) if kind else None,
        origin=Origin(origin) if origin else None,
        **said,
    )
