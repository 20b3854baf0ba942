"""Everything that is stored from the first day."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from geodata.migrations.append_only import JOURNAL
from geodata.migrations.spatial import add_layer, drop_layer, make_geopackage, unmake_geopackage
from geodata.tables.columns import Digest, Int64, Uid, UtcTime
from geodata.tables.place import Geometry

revision = "0001"
down_revision = None

_LAYERS = (("municipality", "boundary"), ("area", "geometry"), ("report", "geometry"))
_TABLES = (
    "journal_tail",
    "journal",
    "database_mark",
    "login_attempt",
    "user_session",
    "scale",
    "removed",
    "report",
    "import_batch",
    "membership",
    "user_account",
    "area",
    "change_counter",
    "municipality",
)


def upgrade() -> None:
    """An empty database becomes one of ours."""
    _prepare()
    _create_municipality()
    _create_people()
    _create_import_batch()
    _create_report()
    _create_removed()
    _create_scale()
    _create_mark()
    _create_journal()
    for table, column in _LAYERS:
        _index_geometry(table, column)
    JOURNAL.put_up(op.get_bind())


def downgrade() -> None:
    """All of it goes; PostGIS itself stays, it may serve others."""
    connection = op.get_bind()
    JOURNAL.take_down(connection)
    if _is_sqlite():
        for table, column in _LAYERS:
            drop_layer(connection, table, column)
    for table in _TABLES:
        op.drop_table(table)
    if _is_sqlite():
        unmake_geopackage(connection)


def _is_sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")


def _prepare() -> None:
    if _is_sqlite():
        make_geopackage(op.get_bind())
    else:
        op.execute("CREATE EXTENSION IF NOT EXISTS postgis")


def _index_geometry(table: str, column: str) -> None:
    if _is_sqlite():
        add_layer(op.get_bind(), table, column)
    else:
        op.create_index(f"ix_{table}_{column}", table, [column], postgresql_using="gist")


def _column(name: str, kind: Any, *more: Any, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, *more, nullable=nullable)


def _key(name: str = "id") -> sa.Column[Any]:
    return sa.Column(name, Int64, primary_key=True)


def _points_to(table: str, column: str, *, nullable: bool = False, **more: Any) -> sa.Column[Any]:
    return _column(column, Int64, sa.ForeignKey(f"{table}.id", **more), nullable=nullable)


def _create(table: str, *parts: Any, is_keyed_by_id: bool = True) -> None:
    # The names of constraints come from the convention that the connection's metadata carries.
    op.create_table(table, *parts, sqlite_autoincrement=is_keyed_by_id)


def _index(table: str, *columns: str, **more: Any) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns), **more)


def _create_municipality() -> None:
    _create(
        "municipality",
        _key(),
        _column("code", sa.Text()),
        _column("name", sa.Text()),
        _column("boundary", Geometry()),
        _column("is_exact", sa.Boolean()),
        _column("tolerance_m", sa.Double()),
        sa.UniqueConstraint("code"),
    )
    _create(
        "change_counter",
        sa.Column(
            "municipality_id", Int64, sa.ForeignKey("municipality.id"), primary_key=True, autoincrement=False
        ),
        _column("seq", Int64),
        is_keyed_by_id=False,
    )
    _create(
        "area",
        _key(),
        _points_to("municipality", "municipality_id"),
        _column("kind", sa.Text()),
        _column("name", sa.Text()),
        _column("geometry", Geometry()),
        _column("radius_m", sa.Double(), nullable=True),
        _column("source", sa.Text()),
    )
    _index("area", "municipality_id", "kind", "name")


def _create_people() -> None:
    _create(
        "user_account",
        _key(),
        _column("email", sa.Text()),
        _column("name", sa.Text()),
        _column("password_hash", sa.Text()),
        _column("language", sa.Text()),
        _column("is_disabled", sa.Boolean()),
        _column("created_at", UtcTime()),
        sa.UniqueConstraint("email"),
    )
    _create(
        "membership",
        _key(),
        _points_to("user_account", "user_account_id"),
        _points_to("municipality", "municipality_id"),
        _column("role", sa.Text()),
        sa.UniqueConstraint("user_account_id", "municipality_id", "role"),
    )
    _create_sessions()


def _create_sessions() -> None:
    _create(
        "user_session",
        _key(),
        _column("token_digest", Digest()),
        _points_to("user_account", "user_account_id"),
        _column("created_at", UtcTime()),
        _column("last_seen_at", UtcTime()),
        _column("expires_at", UtcTime()),
        sa.UniqueConstraint("token_digest"),
    )
    _index("user_session", "user_account_id")
    _index("user_session", "expires_at")
    _create(
        "login_attempt",
        sa.Column("account_digest", Digest(), primary_key=True),
        sa.Column("window", Int64, primary_key=True, autoincrement=False),
        _column("failures", sa.Integer()),
        is_keyed_by_id=False,
    )


def _create_import_batch() -> None:
    _create(
        "import_batch",
        _key(),
        _points_to("municipality", "municipality_id"),
        _points_to("user_account", "user_account_id", nullable=True),
        _column("at", UtcTime()),
        _column("source", sa.Text()),
        _column("digest", Digest()),
        _column("rows", sa.Integer()),
        _column("stored", sa.Integer()),
        _column("journal_key", sa.LargeBinary()),
        _column("change_seq", Int64),
        _column("undone_at", UtcTime(), nullable=True),
    )
    _index("import_batch", "municipality_id", "at")


def _create_report() -> None:
    _create(
        "report",
        _key(),
        _column("uid", Uid()),
        _points_to("municipality", "municipality_id"),
        *_report_place(),
        *_report_meaning(),
        *_report_time(),
        *_report_history(),
        sa.UniqueConstraint("uid"),
        sa.UniqueConstraint("municipality_id", "origin", "source", "source_id"),
        sa.CheckConstraint(
            "(geometry IS NULL) = (east IS NULL) AND (geometry IS NULL) = (north IS NULL)", name="position"
        ),
    )
    _index("report", "municipality_id", "change_seq")
    _index("report", "import_id")
    is_duplicate = sa.text("duplicate_of IS NOT NULL")
    _index("report", "duplicate_of", sqlite_where=is_duplicate, postgresql_where=is_duplicate)


def _report_place() -> list[sa.Column[Any]]:
    return [
        _column("geometry", Geometry(), nullable=True),
        _column("east", sa.Double(), nullable=True),
        _column("north", sa.Double(), nullable=True),
        _column("accuracy_m", sa.Double(), nullable=True),
        _column("position_source", sa.Text(), nullable=True),
    ]


def _report_meaning() -> list[sa.Column[Any]]:
    return [
        _column("kind", sa.Text()),
        _column("origin", sa.Text()),
        _column("polarity", sa.Text()),
        _column("owner", sa.Text()),
        _column("severity", sa.SmallInteger(), nullable=True),
        _column("categories", Int64),
    ]


def _report_time() -> list[sa.Column[Any]]:
    return [
        _column("week_a", Int64),
        _column("week_b", Int64),
        _column("week_c", Int64),
        _column("first_hour", sa.SmallInteger()),
        _column("last_hour", sa.SmallInteger()),
        _column("minutes_before_first", sa.SmallInteger()),
        _column("minutes_after_last", sa.SmallInteger()),
        _column("day", sa.Integer(), nullable=True),
        _column("light", sa.Text(), nullable=True),
    ]


def _report_history() -> list[sa.Column[Any]]:
    return [
        _column("private_text", sa.Text()),
        _column("public_text", sa.Text(), nullable=True),
        _column("state", sa.Text()),
        _column("voice", sa.Text(), nullable=True),
        _column("source", sa.Text()),
        _column("source_id", sa.Text(), nullable=True),
        _column("source_category", sa.Text()),
        _points_to("import_batch", "import_id", nullable=True),
        _points_to("report", "duplicate_of", nullable=True, ondelete="SET NULL"),
        _column("digest", Digest()),
        _column("journal_key", sa.LargeBinary(), nullable=True),
        _column("created_at", UtcTime()),
        _column("change_seq", Int64),
    ]


def _create_removed() -> None:
    _create(
        "removed",
        _key(),
        _column("report_id", Int64),
        _column("uid", Uid()),
        _points_to("municipality", "municipality_id"),
        _column("change_seq", Int64),
    )
    _index("removed", "municipality_id", "change_seq")


def _create_scale() -> None:
    _create(
        "scale",
        _key(),
        _points_to("municipality", "municipality_id"),
        _column("kind", sa.Text()),
        _column("kernel", sa.Text()),
        _column("bandwidth_m", sa.Integer()),
        _column("years", sa.Double()),
        _column("n", sa.Double()),
        _column("whole_top", sa.Double()),
        _column("part_top", sa.Double()),
        _column("made_at", UtcTime()),
        sa.UniqueConstraint("municipality_id", "kind", "kernel", "bandwidth_m"),
    )


def _create_mark() -> None:
    _create(
        "database_mark",
        sa.Column("key", sa.Text(), primary_key=True),
        _column("value", sa.Text()),
        is_keyed_by_id=False,
    )


def _create_journal() -> None:
    _create(
        "journal",
        sa.Column("seq", Int64, primary_key=True, autoincrement=False),
        _column("at", UtcTime()),
        _column("municipality", sa.Text(), nullable=True),
        _column("actor_id", Int64, nullable=True),
        _column("role", sa.Text()),
        _column("action", sa.Text()),
        _column("object_type", sa.Text()),
        _column("object_id", sa.Text()),
        _column("object_rev", Int64, nullable=True),
        _column("payload_mac", Digest(), nullable=True),
        _column("prev", Digest()),
        _column("hash", Digest()),
        is_keyed_by_id=False,
    )
    _index("journal", "object_type", "object_id")
    _create_journal_tail()


def _create_journal_tail() -> None:
    _create(
        "journal_tail",
        sa.Column("id", sa.SmallInteger(), primary_key=True, autoincrement=False),
        _column("seq", Int64),
        _column("hash", Digest()),
        sa.CheckConstraint("id = 1", name="single"),
        is_keyed_by_id=False,
    )
    tail = sa.table("journal_tail", sa.column("id"), sa.column("seq"), sa.column("hash", Digest()))
    op.execute(sa.insert(tail).values(id=1, seq=0, hash="0" * 64))
