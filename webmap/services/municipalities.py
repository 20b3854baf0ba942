"""Adding the municipalities that are served here."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata import sweden
from geodata.geometry import Place
from geodata.queries.municipalities import LOCALITY, Home, home
from geodata.tables.areas import Area
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.municipalities import Municipality
from webmap.services.actors import COMMAND, Actor


@dataclass(frozen=True)
class Wanted:
    """A municipality to add. boundary: exact, EPSG:3006, or None for the one it has, at first the built-in
    outline. is_builtin: whether to go back to that.
    """

    code: str
    name: str = ""
    boundary: Place | None = None
    is_builtin: bool = False


def add(session: Session, wanted: Wanted, actor: Actor = COMMAND) -> Home:
    """Add a Swedish municipality, or give one that is here another name or boundary.

    Raises NotFound for a code that no municipality has. Reports already stored are not moved.
    """
    known = sweden.municipality(wanted.code)
    row = session.scalar(select(Municipality).where(Municipality.code == known.code))
    action = "municipality.change" if row else "municipality.add"
    if row is None:
        row = Municipality(code=known.code, name=known.name)
        _draw_builtin(row, known)
        session.add(row)
        session.flush()
        _add_localities(session, row)
    if wanted.boundary is not None:
        row.boundary, row.is_exact, row.tolerance_m = wanted.boundary, True, 0.0
    elif wanted.is_builtin:
        _draw_builtin(row, known)
    row.name = wanted.name or row.name
    next_change(session, row.id)  # whoever keeps its columns or its boundary reads them anew
    append(session, Entry(actor.role, action, "municipality", row.code, row.code, actor.user_id))
    return home(session, row.code)


def _draw_builtin(row: Municipality, known: sweden.Known) -> None:
    row.boundary, row.is_exact, row.tolerance_m = known.boundary, False, sweden.TOLERANCE_M


def ensure(session: Session, code: str) -> tuple[Home, bool]:
    """The municipality, added with its built-in outline when it is not here yet; and whether it was added."""
    if session.scalar(select(Municipality.id).where(Municipality.code == code)) is not None:
        return home(session, code), False
    return add(session, Wanted(code)), True


def _add_localities(session: Session, row: Municipality) -> None:
    for locality in sweden.localities(row.code):
        session.add(
            Area(
                municipality_id=row.id,
                kind=LOCALITY,
                name=locality.name,
                geometry=locality.point,
                radius_m=sweden.RADIUS_M,
                source=locality.source,
            )
        )
    session.flush()
