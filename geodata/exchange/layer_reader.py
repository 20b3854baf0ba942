"""A file of ground or names as lines for the process that asked; what the confined readers do."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator

import shapely

from geodata.errors import Fault, FileFault, InvalidValue
from geodata.exchange import handover
from geodata.exchange.formats import recognised
from geodata.exchange.layer_order import LayerOrder, LayerReading
from geodata.exchange.layers import understand_layer
from geodata.exchange.reading import join
from geodata.exchange.ticker import Ticker, silent

ReadFile = Callable[[bytes, str, LayerOrder], LayerReading]
_FORMATS = ("gpkg", "geojson", "shapefile")
_HEAD_BYTES = 4096
_AT_ONCE = 1_000


def read_table(data: bytes, name: str, order: LayerOrder) -> LayerReading:
    """A GeoPackage, GeoJSON or zipped Shapefile understood. Raises FileFault and InvalidValue."""
    known = recognised(data[:_HEAD_BYTES], name)
    if known.name not in _FORMATS:
        raise FileFault("layer.format", "file", format=known.name)
    if len(order.kinds) > 1:
        raise InvalidValue("layer.several_kinds", "--kind")
    table = join(known.read(io.BytesIO(data), order.layer, Ticker(silent)))
    reading = LayerReading(known.name, table.system or order.system)
    understand_layer(table, order.kinds[0], order, reading)
    return reading


def told(fetch: Callable[[], bytes], name: str, order: LayerOrder, read: ReadFile) -> Iterator[str]:
    """A reading line by line, the last of them with `end`; or the fault that ended it."""
    try:
        data = fetch()
        reading = read(data, name, order)
        reading.digest = hashlib.sha256(data).hexdigest()
        yield from map(handover.as_line, _messages(reading))
    except Fault as fault:
        yield handover.as_line(handover.told_fault(fault))


def _messages(reading: LayerReading) -> Iterator[handover.Message]:
    plain = ("format", "system", "name_column", "rows", "outside", "digest")
    yield {"head": {name: getattr(reading, name) for name in plain}}
    for first in range(0, len(reading.drafts), _AT_ONCE):
        some = reading.drafts[first : first + _AT_ONCE]
        places = shapely.to_wkb([draft.place for draft in some], hex=True)
        said = [
            [draft.kind, draft.name, draft.radius_m, place] for draft, place in zip(some, places, strict=True)
        ]
        yield {"part": first / len(reading.drafts), "areas": said}
    for first in range(0, len(reading.faults), _AT_ONCE):
        some_faults = reading.faults[first : first + _AT_ONCE]
        yield {"faults": [[each.line, each.column, each.code, each.values] for each in some_faults]}
    yield {"end": True}
