"""Context layers into the database and out of it: read by a confined process, stored all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.drafts import AreaDraft
from geodata.errors import NotFound
from geodata.exchange.layer_order import LayerListener, LayerOrder, LayerReading
from geodata.exchange.limited import Limits, Question, collector_paused, converse
from geodata.exchange.ticker import Progress, silent
from geodata.queries.areas import LayerCount, layer_counts, same_areas
from geodata.queries.municipalities import Home, home
from geodata.tables.area_rows import insert_areas, remove_areas
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.vocabulary import AreaKind
from webmap.services import municipalities
from webmap.services.actors import COMMAND, Actor

_READER, _OSM_READER = "geodata.exchange.layer_child", "geodata.exchange.osm_child"
_OSM_SUFFIXES = (".osm", ".pbf")
_SOURCES = {"osm": "OpenStreetMap"}
LIMITS = Limits(cpu_s=300, wall_s=600.0, memory_bytes=2 << 30)
"""Of the process that reads a layer on the command line."""


@dataclass(frozen=True)
class AreaOrder:
    """A file of ground or names to import.

    kinds: several only of an OpenStreetMap extract. source: whose it is, "" for what the format says.
    replaces: what is stored of these kinds goes away first. The rest as `LayerOrder` and `ImportOrder`.
    """

    path: Path
    municipality: str
    kinds: tuple[AreaKind, ...]
    name_column: str = ""
    layer: str = ""
    system: str = ""
    source: str = ""
    replaces: bool = False
    is_dry_run: bool = False
    skips_invalid: bool = False


@dataclass
class AreaResult:
    """What became of a file. already_there: of the same name and shape. is_refused: nothing was stored."""

    reading: LayerReading
    stored: dict[AreaKind, int] = field(default_factory=dict)
    already_there: int = 0
    removed: int = 0
    is_refused: bool = False


def run(
    engine: Engine,
    order: AreaOrder,
    progress: Progress = silent,
    actor: Actor = COMMAND,
    limits: Limits = LIMITS,
) -> AreaResult:
    """Import a file of ground or names.

    Raises FileFault and InvalidValue for the file as a whole, NotFound for the municipality. Killed at any
    moment, it leaves nothing half stored.
    """
    there = _home(engine, order)
    asked = LayerOrder(order.kinds, there.served, order.name_column, order.layer, order.system)
    listener = LayerListener()
    reader = _OSM_READER if order.path.suffix.casefold() in _OSM_SUFFIXES else _READER
    with collector_paused():
        converse(Question(order.path, reader, asked.to_json()), listener, progress, limits)
    found = listener.reading
    if found.faults and not order.skips_invalid:
        return AreaResult(found, is_refused=True)
    if order.is_dry_run:
        with reading(engine) as session:
            new = _new(session, there, found, order)
        return AreaResult(found, already_there=len(found.drafts) - len(new))
    with writing(engine) as session:
        result = _store(session, there, found, order, actor)
    progress(1.0)
    return result


def _home(engine: Engine, order: AreaOrder) -> Home:
    with reading(engine) as session:
        try:
            return home(session, order.municipality)
        except NotFound:
            if order.is_dry_run:
                raise
    with writing(engine) as session:
        return municipalities.ensure(session, order.municipality)[0]


def _new(session: Session, there: Home, found: LayerReading, order: AreaOrder) -> Sequence[AreaDraft]:
    """Drafts that are not stored already, each once."""
    known = {kind: set() if order.replaces else same_areas(session, there.id, kind) for kind in order.kinds}
    new = []
    for draft in found.drafts:
        said = draft.name, draft.place.wkb
        if said not in known[draft.kind]:
            known[draft.kind].add(said)
            new.append(draft)
    return new


def _store(session: Session, there: Home, found: LayerReading, order: AreaOrder, actor: Actor) -> AreaResult:
    new = _new(session, there, found, order)
    result = AreaResult(found, already_there=len(found.drafts) - len(new))
    if order.replaces:
        result.removed = sum(remove_areas(session, there.id, kind) for kind in order.kinds)
    insert_areas(session, there.id, new, order.source or _SOURCES.get(found.format, found.format))
    if new or result.removed:
        change = next_change(session, there.id)
        kinds = ",".join(order.kinds)
        append(session, Entry(actor.role, "areas.import", "area", kinds, there.code, actor.user_id, change))
    result.stored = {kind: sum(draft.kind == kind for draft in new) for kind in order.kinds}
    return result


def remove(engine: Engine, code: str, kind: AreaKind, actor: Actor) -> int:
    """Take a layer away from a municipality; a journal act, undone by importing it again. Raises NotFound."""
    with writing(engine) as session:
        there = home(session, code)
        count = remove_areas(session, there.id, kind)
        if count:
            change = next_change(session, there.id)
            entry = Entry(actor.role, "areas.remove", "area", kind.value, there.code, actor.user_id, change)
            append(session, entry)
        return count


def counts(engine: Engine, code: str) -> list[LayerCount]:
    """What layers a municipality has. Raises NotFound."""
    with reading(engine) as session:
        return layer_counts(session, home(session, code).id)
