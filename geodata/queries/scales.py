"""Reads of the fixed scales."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.tables.scales import Scale
from geodata.vocabulary import Kind


def stored_scale(
    session: Session, municipality_id: int, kind: Kind, kernel: str, bandwidth_m: float
) -> Scale | None:
    """The scale of one kind, kernel and bandwidth, or None before there were reports enough to make it."""
    return session.scalar(
        select(Scale).where(
            Scale.municipality_id == municipality_id,
            Scale.kind == kind,
            Scale.kernel == kernel,
            Scale.bandwidth_m == round(bandwidth_m),
        )
    )


def kinds_with_scales(session: Session, municipality_id: int) -> frozenset[Kind]:
    """The kinds whose scales are made."""
    return frozenset(
        session.scalars(select(Scale.kind).where(Scale.municipality_id == municipality_id).distinct())
    )
