"""Reads of the fixed scales."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.tables.reports import Report
from geodata.tables.scales import Scale
from geodata.vocabulary import Kind


def stored_scales(session: Session, municipality_id: int) -> dict[tuple[Kind, str, int], Scale]:
    """Every scale of a municipality by kind, kernel and bandwidth in metres."""
    found = session.scalars(select(Scale).where(Scale.municipality_id == municipality_id))
    return {(scale.kind, scale.kernel, scale.bandwidth_m): scale for scale in found}


def kinds_with_scales(session: Session, municipality_id: int) -> frozenset[Kind]:
    """The kinds whose scales are made."""
    return frozenset(
        session.scalars(select(Scale.kind).where(Scale.municipality_id == municipality_id).distinct())
    )


def kinds_stored(session: Session, municipality_id: int) -> frozenset[Kind]:
    """The kinds a municipality has any reports of."""
    asked = select(Report.kind).where(Report.municipality_id == municipality_id).distinct()
    return frozenset(session.scalars(asked))
