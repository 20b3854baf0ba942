"""Reports from people: receipts, answers, photos, review, occasions, and measures to tell of."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from geodata.migrations.spatial import add_layer, drop_layer
from geodata.tables.columns import Digest, Int64, Uid, UtcTime
from geodata.tables.place import Geometry

revision = "0003"
down_revision = "0002"

_TABLES = (
    "measure",
    "occasion",
    "photo",
    "review_act",
    "claim",
    "confirmation",
    "reply",
    "outgoing_mail",
    "contact",
    "receipt",
)


def upgrade() -> None:
    """Ten tables, and two columns of the report."""
    op.add_column("report", sa.Column("place_text", sa.Text(), server_default="", nullable=False))
    op.add_column("report", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    waiting = sa.text("state = 'new'")
    columns = ["municipality_id", "created_at"]
    op.create_index("ix_report_waiting", "report", columns, sqlite_where=waiting, postgresql_where=waiting)
    _create_receipt()
    _create_answers()
    _create_review()
    _create_photo()
    _create_occasion()
    _create_measure()


def downgrade() -> None:
    """They go, and what was said in them; the reports stay."""
    if _is_sqlite():
        drop_layer(op.get_bind(), "measure", "geometry")
    for table in _TABLES:
        op.drop_table(table)
    op.drop_index("ix_report_waiting", "report")
    op.drop_column("report", "version")
    op.drop_column("report", "place_text")


def _is_sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")


def _column(name: str, kind: Any, *more: Any, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, *more, nullable=nullable)


def _key() -> sa.Column[Any]:
    return sa.Column("id", Int64, primary_key=True)


def _of_report(*, is_key: bool = False, nullable: bool = False) -> sa.Column[Any]:
    report = sa.ForeignKey("report.id", ondelete="CASCADE")
    if is_key:
        return sa.Column("report_id", Int64, report, primary_key=True, autoincrement=False)
    return _column("report_id", Int64, report, nullable=nullable)


def _of(table: str, *, nullable: bool = False) -> sa.Column[Any]:
    return _column(f"{table}_id", Int64, sa.ForeignKey(f"{table}.id"), nullable=nullable)


def _create(table: str, *parts: Any, is_numbered: bool = True) -> None:
    op.create_table(table, *parts, sqlite_autoincrement=is_numbered)


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _create_receipt() -> None:
    _create(
        "receipt",
        _of_report(is_key=True),
        _column("code_digest", Digest()),
        sa.UniqueConstraint("code_digest"),
        is_numbered=False,
    )
    _create(
        "contact",
        _of_report(is_key=True),
        _column("email", sa.Text()),
        _column("language", sa.Text()),
        _column("created_at", UtcTime()),
        _column("delete_after", UtcTime()),
        is_numbered=False,
    )
    _index("contact", "delete_after")
    _create(
        "outgoing_mail",
        _key(),
        _of_report(),
        _column("kind", sa.Text()),
        _column("created_at", UtcTime()),
        _column("not_before", UtcTime()),
        _column("attempts", sa.Integer()),
        *(_column(name, UtcTime(), nullable=True) for name in ("claimed_until", "sent_at", "given_up_at")),
        _column("fault", sa.Text()),
    )
    _index("outgoing_mail", "not_before")
    _index("outgoing_mail", "report_id")


def _create_answers() -> None:
    _create(
        "reply",
        _key(),
        _column("uid", Uid()),
        _of_report(),
        _of("user_account", nullable=True),
        _column("stage", sa.Text()),
        _column("text", sa.Text()),
        _column("at", UtcTime()),
        sa.UniqueConstraint("uid"),
    )
    _index("reply", "report_id")
    _create(
        "confirmation",
        _key(),
        _column("uid", Uid()),
        _of_report(),
        _column("verdict", sa.Text()),
        _column("voice", sa.Text(), nullable=True),
        _column("at", UtcTime()),
        sa.UniqueConstraint("uid"),
    )
    _index("confirmation", "report_id")


def _create_review() -> None:
    _create(
        "claim",
        _of_report(is_key=True),
        _of("user_account"),
        _column("until", UtcTime()),
        is_numbered=False,
    )
    _create(
        "review_act",
        _key(),
        _column("uid", Uid()),
        _of_report(),
        _of("user_account", nullable=True),
        _column("role", sa.Text()),
        _column("action", sa.Text()),
        _column("reason", sa.Text(), nullable=True),
        _column("before", sa.Text()),
        _column("after", sa.Text()),
        _column("version", sa.Integer()),
        _column("at", UtcTime()),
        _column("undone_at", UtcTime(), nullable=True),
    )
    _index("review_act", "uid")
    _index("review_act", "report_id", "id")


def _create_photo() -> None:
    _create(
        "photo",
        _key(),
        _column("uid", Uid()),
        _of_report(nullable=True),
        _column("state", sa.Text()),
        _column("address", sa.Text()),
        *(_column(name, sa.Integer()) for name in ("width", "height", "size")),
        _column("digest", Digest()),
        _column("is_redacted", sa.Boolean()),
        _column("version", sa.Integer()),
        _column("created_at", UtcTime()),
        sa.UniqueConstraint("uid"),
        sa.UniqueConstraint("address"),
    )
    _index("photo", "report_id")


def _create_occasion() -> None:
    _create(
        "occasion",
        _key(),
        _column("uid", Uid()),
        _of("municipality"),
        _of("user_account", nullable=True),
        _column("origin", sa.Text()),
        _column("title", sa.Text()),
        _column("day", sa.Integer()),
        _column("head_count", sa.Integer(), nullable=True),
        _column("created_at", UtcTime()),
        sa.UniqueConstraint("uid"),
    )
    _index("occasion", "municipality_id", "day")


def _create_measure() -> None:
    _create(
        "measure",
        _key(),
        _column("uid", Uid()),
        _of("municipality"),
        _column("geometry", Geometry()),
        _column("title", sa.Text()),
        _column("responsible", sa.Text()),
        _column("categories", Int64),
        _column("due_day", sa.Integer(), nullable=True),
        _column("state", sa.Text()),
        _column("reason", sa.Text()),
        _column("is_published", sa.Boolean()),
        _column("version", sa.Integer()),
        _column("created_at", UtcTime()),
        _column("change_seq", Int64),
        sa.UniqueConstraint("uid"),
    )
    _index("measure", "municipality_id", "is_published")
    if _is_sqlite():
        add_layer(op.get_bind(), "measure", "geometry")
    else:
        op.create_index("ix_measure_geometry", "measure", ["geometry"], postgresql_using="gist")
