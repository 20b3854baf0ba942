"""Editions put in place as if they had been published."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

from sqlalchemy import Engine

from geodata.analysis.publication.edition import Band, Edition, EffortSquare, PublicSquare
from geodata.queries.municipalities import home
from geodata.tables.editions import Edition as Row
from geodata.tables.engine import writing

STATION = PublicSquare(
    380_000, 6_460_000, 250, "Resecentrum", {"all": 3, "block:night": 2, "focus:traffic": 1}
)
PARK = PublicSquare(380_250, 6_460_000, 250, "Badhusparken", {"all": 1, "safe": 2})
COUNTRY = PublicSquare(384_000, 6_464_000, 1_000, "", {"all": 2})
FIRST = Edition(
    municipality="1470",
    number=1,
    period=(date(2025, 11, 1), date(2026, 10, 31)),
    k=5,
    fine_m=250,
    coarse_m=1_000,
    bands=(Band(5, 11), Band(12, 25), Band(26, 60), Band(61, None)),
    whole_bands=(Band(5, 25), Band(26, 100), Band(101, 500), Band(501, None)),
    squares=(STATION, PARK, COUNTRY),
    effort=(EffortSquare(380_000, 6_460_000, 1_000),),
    whole={"all": 3, "focus:drugs": 1},
    is_something_left_out=True,
)


def published(engine: Engine, edition: Edition = FIRST, note: str = "", **changed: object) -> Edition:
    """Put an edition on the public page."""
    made = replace(edition, **changed)  # type: ignore[arg-type]
    content = made.to_bytes()
    with writing(engine) as session:
        row = Row(uid=uuid4(), municipality_id=home(session, made.municipality).id, number=made.number)
        row.content, row.digest, row.note = content, hashlib.sha256(content).hexdigest(), note
        row.made_at = datetime(2026, 11, 4, 9, made.number, tzinfo=UTC)
        session.add(row)
    return made
