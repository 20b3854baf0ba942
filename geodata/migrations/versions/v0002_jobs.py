"""Long work in a process of its own."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from geodata.tables.columns import Int64, Uid, UtcTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """A table of jobs."""
    op.create_table(
        "job",
        sa.Column("id", Int64, primary_key=True),
        _column("uid", Uid()),
        _column("municipality_id", Int64, sa.ForeignKey("municipality.id")),
        _column("user_account_id", Int64, sa.ForeignKey("user_account.id"), nullable=True),
        *(_column(name, sa.Text()) for name in ("role", "kind", "state", "language", "instructions")),
        _column("outcome", sa.Text(), nullable=True),
        _column("import_id", Int64, sa.ForeignKey("import_batch.id"), nullable=True),
        _column("worker", sa.Text(), nullable=True),
        _column("asked_at", UtcTime()),
        _column("started_at", UtcTime(), nullable=True),
        _column("finished_at", UtcTime(), nullable=True),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_job_state_asked_at", "job", ["state", "asked_at"])
    op.create_index("ix_job_municipality_id_asked_at", "job", ["municipality_id", "asked_at"])


def downgrade() -> None:
    """The table goes; what its jobs have stored stays."""
    op.drop_table("job")


def _column(name: str, kind: Any, *more: Any, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, *more, nullable=nullable)
