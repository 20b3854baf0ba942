"""Town walks: plans, stops, heads, phones, what they sent, what is done about it, and letters about it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from geodata.migrations.spatial import add_layer, drop_layer
from geodata.tables.columns import Digest, Int64, Uid, UtcTime
from geodata.tables.place import Geometry

revision = "0005"
down_revision = "0004"

_TABLES = (
    "follow_up",
    "walk_quarantine",
    "finding_revision",
    "expected_photo",
    "walk_entry",
    "walk_contact",
    "walk_mark",
    "walk_device",
    "head_count",
    "walk_stop",
    "earlier_code",
    "walk",
)
_LAYERS = ("walk", "walk_stop", "walk_mark")


def upgrade() -> None:
    """Twelve tables, and letters that belong to a walk."""
    _create_walk()
    _create_stop()
    _create_people()
    _create_mark()
    _create_entry()
    _create_aside()
    _create_follow_up()
    contact = sa.ForeignKey(
        "walk_contact.id", name="fk_outgoing_mail_walk_contact_id_walk_contact", ondelete="CASCADE"
    )
    with _rebuilt("outgoing_mail") as mail:
        mail.alter_column("report_id", existing_type=Int64, nullable=True)
        mail.add_column(sa.Column("walk_contact_id", Int64, contact, nullable=True))


def downgrade() -> None:
    """They go, and every letter about a walk; what was found stays as reports."""
    op.execute("DELETE FROM outgoing_mail WHERE report_id IS NULL")
    with _rebuilt("outgoing_mail") as mail:
        if not _is_sqlite():
            mail.drop_constraint("fk_outgoing_mail_walk_contact_id_walk_contact", type_="foreignkey")
        mail.drop_column("walk_contact_id")
        mail.alter_column("report_id", existing_type=Int64, nullable=False)
    if _is_sqlite():
        for layer in _LAYERS:
            drop_layer(op.get_bind(), layer, "geometry")
    for table in _TABLES:
        op.drop_table(table)


def _is_sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")


def _rebuilt(table: str) -> Any:
    return op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": True})


def _column(name: str, kind: Any, *more: Any, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, *more, nullable=nullable)


def _key() -> sa.Column[Any]:
    return sa.Column("id", Int64, primary_key=True)


def _words(*names: str) -> list[sa.Column[Any]]:
    return [_column(name, sa.Text()) for name in names]


def _moments(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [_column(name, UtcTime(), nullable=nullable) for name in names]


def _of(table: str, ondelete: str | None = None, *, nullable: bool = False) -> sa.Column[Any]:
    return _column(f"{table}_id", Int64, sa.ForeignKey(f"{table}.id", ondelete=ondelete), nullable=nullable)


def _key_of(table: str) -> sa.Column[Any]:
    owner = sa.ForeignKey(f"{table}.id", ondelete="CASCADE")
    return sa.Column(f"{table}_id", Int64, owner, primary_key=True, autoincrement=False)


def _create(table: str, *parts: Any, is_numbered: bool = True) -> None:
    op.create_table(table, *parts, sqlite_autoincrement=is_numbered)


def _index(table: str, *columns: str, unique: bool = False) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns), unique=unique)


def _layer(table: str) -> None:
    if _is_sqlite():
        add_layer(op.get_bind(), table, "geometry")
    else:
        op.create_index(f"ix_{table}_geometry", table, ["geometry"], postgresql_using="gist")


def _create_walk() -> None:
    _create(
        "walk",
        _key(),
        _column("uid", Uid()),
        _of("municipality"),
        _column("geometry", Geometry(), nullable=True),
        _column("route_source", sa.Text(), nullable=True),
        *_words("route_way"),
        _column("route_straight_m", sa.Double(), nullable=True),
        _column("is_ridden", sa.Boolean()),
        *_words("title", "locality"),
        _column("day", sa.Integer()),
        _column("starts_minute", sa.SmallInteger()),
        _column("meeting_place", sa.Text()),
        *(_column(name, sa.Double(), nullable=True) for name in ("meeting_east", "meeting_north")),
        *_words("light", "state", "code", "invited", "themes"),
        _column("premap_until", sa.Integer(), nullable=True),
        _column("group_count", sa.SmallInteger()),
        _column("follow_up_day", sa.Integer(), nullable=True),
        *_words("follow_up_place", "summary"),
        _column("repeat_of", Int64, sa.ForeignKey("walk.id", ondelete="SET NULL"), nullable=True),
        _of("user_account", nullable=True),
        *_moments("started_at", "ended_at", "published_at", nullable=True),
        *_moments("walked_from", "walked_until", nullable=True),
        *(_column(name, Int64) for name in ("finding_seq", "safe_seq")),
        _column("version", sa.Integer()),
        *_moments("created_at"),
        _column("change_seq", Int64),
        sa.UniqueConstraint("uid"),
        sa.UniqueConstraint("code"),
    )
    _index("walk", "municipality_id", "day")
    _layer("walk")
    code = sa.Column("code", sa.Text(), primary_key=True)
    _create("earlier_code", code, _of("walk", "CASCADE"), is_numbered=False)
    _index("earlier_code", "walk_id")


def _create_stop() -> None:
    same = sa.ForeignKey("walk_stop.id", ondelete="SET NULL")
    _create(
        "walk_stop",
        _key(),
        _column("uid", Uid()),
        _of("walk", "CASCADE"),
        _column("geometry", Geometry(), nullable=True),
        _column("number", sa.SmallInteger()),
        *_words("name", "note"),
        _column("is_rough", sa.Boolean()),
        _column("same_as", Int64, same, nullable=True),
        sa.UniqueConstraint("uid"),
    )
    _index("walk_stop", "walk_id", "number")
    _layer("walk_stop")


def _create_people() -> None:
    _create(
        "head_count",
        _key_of("walk"),
        sa.Column("group_number", sa.SmallInteger(), primary_key=True, autoincrement=False),
        sa.Column("role", sa.Text(), primary_key=True),
        _column("count", sa.SmallInteger()),
        is_numbered=False,
    )
    _create(
        "walk_device",
        _key(),
        _column("uid", Uid()),
        _of("walk", "CASCADE"),
        _column("token_digest", Digest()),
        _column("group_number", sa.SmallInteger()),
        *(_column(name, sa.Integer()) for name in ("unsent_entries", "unsent_photos")),
        *_moments("created_at", "expires_at"),
        *_moments("revoked_at", "seen_at", nullable=True),
        sa.UniqueConstraint("uid"),
        sa.UniqueConstraint("token_digest"),
    )
    _index("walk_device", "walk_id")
    _create(
        "walk_contact",
        _key(),
        _of("walk", "CASCADE"),
        *_words("email", "language"),
        _column("key_digest", Digest()),
        *_moments("created_at", "delete_after"),
        sa.UniqueConstraint("key_digest"),
    )
    _index("walk_contact", "walk_id", "email", unique=True)
    _index("walk_contact", "delete_after")


def _create_mark() -> None:
    _create(
        "walk_mark",
        _key(),
        _column("uid", Uid()),
        _of("walk", "CASCADE"),
        _column("geometry", Geometry()),
        _column("polarity", sa.Text()),
        _column("categories", Int64),
        _column("text", sa.Text()),
        _column("voice", sa.Text(), nullable=True),
        *_moments("created_at"),
        sa.UniqueConstraint("uid"),
    )
    _index("walk_mark", "walk_id")
    _layer("walk_mark")


def _create_entry() -> None:
    _create(
        "walk_entry",
        _key(),
        _column("uid", Uid()),
        _of("walk"),
        _column("kind", sa.Text()),
        _of("report", "SET NULL", nullable=True),
        _of("walk_device", nullable=True),
        _of("walk_stop", "SET NULL", nullable=True),
        _column("stop_source", sa.Text(), nullable=True),
        _column("seq", Int64),
        _column("device_seq", sa.Integer()),
        *_moments("said_at", "received_at"),
        _column("sha256", Digest()),
        _column("answers", sa.Text()),
        _column("revision", sa.Integer()),
        *_moments("deleted_at", nullable=True),
        _column("deleted_reason", sa.Text()),
        sa.UniqueConstraint("uid"),
        sa.UniqueConstraint("report_id"),
        sa.UniqueConstraint("walk_id", "seq"),
    )
    _index("walk_entry", "walk_stop_id")
    _index("walk_entry", "walk_device_id")
    _create(
        "expected_photo",
        _key(),
        _column("photo_uid", Uid()),
        _of("walk_entry", "CASCADE"),
        _column("number", sa.SmallInteger()),
        sa.UniqueConstraint("photo_uid"),
    )
    _index("expected_photo", "walk_entry_id")


def _create_aside() -> None:
    _create(
        "finding_revision",
        _key(),
        _column("uid", Uid()),
        _of("walk_entry", "CASCADE"),
        _of("walk_device", nullable=True),
        _column("base_revision", sa.Integer()),
        _column("state", sa.Text()),
        _column("sha256", Digest()),
        _column("body", sa.Text()),
        *_moments("received_at"),
        *_moments("settled_at", nullable=True),
        sa.UniqueConstraint("uid"),
    )
    _index("finding_revision", "walk_entry_id")
    _create(
        "walk_quarantine",
        _key(),
        _column("uid", Uid()),
        _of("walk", "CASCADE"),
        _of("walk_device", nullable=True),
        _column("reason", sa.Text()),
        _column("sha256", Digest()),
        _column("body", sa.Text()),
        *_moments("received_at"),
        *_moments("settled_at", nullable=True),
        _column("outcome", sa.Text(), nullable=True),
        sa.UniqueConstraint("uid", "sha256"),
    )
    _index("walk_quarantine", "walk_id")


def _create_follow_up() -> None:
    _create(
        "follow_up",
        _key_of("walk_entry"),
        *_words("state", "words", "unit", "land_owner"),
        _column("is_cost_driving", sa.Boolean(), nullable=True),
        _column("action", sa.Text()),
        *(_column(name, sa.Integer(), nullable=True) for name in ("due_day", "done_day")),
        _column("reason", sa.Text()),
        _of("measure", "SET NULL", nullable=True),
        _column("version", sa.Integer()),
        *_moments("changed_at"),
        *_moments("told_at", nullable=True),
        is_numbered=False,
    )
