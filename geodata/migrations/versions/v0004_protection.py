"""Protection: second factors, sharing, editions, retention, disclosure, the register, choices."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from geodata.migrations.append_only import EDITIONS
from geodata.tables.columns import Digest, Int64, Uid, UtcTime

revision = "0004"
down_revision = "0003"

_TABLES = (
    "choice",
    "registration_counter",
    "registration",
    "secrecy_mark",
    "disclosure_mask",
    "disclosure_item",
    "disclosure",
    "hold",
    "retention_item",
    "retention_run",
    "retention_rule",
    "edition",
    "sharing",
    "outer_identity",
    "recovery_code",
)
_OF_USER = ("must_change_password", "totp_key", "totp_step")
_OF_SESSION = ("way", "is_whole")


def upgrade() -> None:
    """Fifteen tables, and what accounts and sessions need for a second factor."""
    false, true = sa.false(), sa.true()
    op.add_column("user_account", _column("must_change_password", sa.Boolean(), server_default=false))
    op.add_column("user_account", _column("totp_key", sa.LargeBinary(), nullable=True))
    op.add_column("user_account", _column("totp_step", Int64, nullable=True))
    op.add_column("user_session", _column("way", sa.Text(), server_default="password"))
    op.add_column("user_session", _column("is_whole", sa.Boolean(), server_default=true))
    _create_ways_in()
    _create_sharing()
    _create_edition()
    _create_retention()
    _create_disclosure()
    _create_secrecy_mark()
    _create_registry()
    EDITIONS.put_up(op.get_bind())


def downgrade() -> None:
    """They go: editions and protocols with them."""
    EDITIONS.take_down(op.get_bind())
    for table in _TABLES:
        op.drop_table(table)
    for name in _OF_SESSION:
        op.drop_column("user_session", name)
    for name in _OF_USER:
        op.drop_column("user_account", name)


def _column(name: str, kind: Any, *more: Any, nullable: bool = False, **said: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, *more, nullable=nullable, **said)


def _key() -> sa.Column[Any]:
    return sa.Column("id", Int64, primary_key=True)


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [_column(name, sa.Text()) for name in names]


def _of(table: str, *, nullable: bool = False) -> sa.Column[Any]:
    return _column(f"{table}_id", Int64, sa.ForeignKey(f"{table}.id"), nullable=nullable)


def _part_of(table: str) -> sa.Column[Any]:
    return _column(f"{table}_id", Int64, sa.ForeignKey(f"{table}.id", ondelete="CASCADE"))


def _home_as_key() -> sa.Column[Any]:
    home = sa.ForeignKey("municipality.id")
    return sa.Column("municipality_id", Int64, home, primary_key=True, autoincrement=False)


def _person(name: str) -> sa.Column[Any]:
    return _column(name, Int64, sa.ForeignKey("user_account.id"), nullable=True)


def _create(table: str, *parts: Any) -> None:
    op.create_table(table, *parts, sqlite_autoincrement=True)


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _create_ways_in() -> None:
    _create(
        "recovery_code",
        _key(),
        _of("user_account"),
        _column("code_digest", Digest()),
        _column("used_at", UtcTime(), nullable=True),
        sa.UniqueConstraint("code_digest"),
    )
    _index("recovery_code", "user_account_id")
    _create(
        "outer_identity",
        _key(),
        _of("user_account"),
        *_texts("issuer", "subject"),
        _column("linked_at", UtcTime()),
        sa.UniqueConstraint("issuer", "subject"),
    )
    _index("outer_identity", "user_account_id")


def _create_sharing() -> None:
    _create(
        "sharing",
        _key(),
        _column("uid", Uid()),
        _of("municipality"),
        *_texts("owner", "kinds"),
        _column("precision_m", sa.Integer()),
        *_texts("ground"),
        _person("user_account_id"),
        _column("begun_at", UtcTime()),
        _column("ended_at", UtcTime(), nullable=True),
        sa.UniqueConstraint("uid"),
    )
    _index("sharing", "municipality_id", "ended_at")


def _create_edition() -> None:
    _create(
        "edition",
        _key(),
        _column("uid", Uid()),
        _of("municipality"),
        _column("number", sa.Integer()),
        _column("content", sa.LargeBinary()),
        _column("digest", Digest()),
        *_texts("note"),
        _person("user_account_id"),
        _column("made_at", UtcTime()),
        sa.UniqueConstraint("uid"),
        sa.UniqueConstraint("municipality_id", "number"),
    )


def _create_retention() -> None:
    _create(
        "retention_rule",
        _key(),
        _column("uid", Uid()),
        _of("municipality"),
        *_texts("record", "after"),
        *(_column(name, sa.Integer()) for name in ("years", "days")),
        *_texts("decision"),
        _column("is_active", sa.Boolean()),
        _person("user_account_id"),
        _column("created_at", UtcTime()),
        _column("version", sa.Integer()),
        sa.UniqueConstraint("uid"),
    )
    _index("retention_rule", "municipality_id", "is_active")
    _create_retention_run()
    _create(
        "hold",
        _key(),
        _column("uid", Uid()),
        _of("municipality"),
        *_texts("record", "object_id", "reason"),
        _person("user_account_id"),
        _column("set_at", UtcTime()),
        _column("lifted_at", UtcTime(), nullable=True),
        sa.UniqueConstraint("uid"),
    )
    _index("hold", "municipality_id", "record", "object_id")


def _create_retention_run() -> None:
    _create(
        "retention_run",
        _key(),
        _column("uid", Uid()),
        _of("municipality"),
        *_texts("state"),
        _column("digest", Digest()),
        _person("proposed_by"),
        _column("proposed_at", UtcTime()),
        _person("approved_by"),
        *(_column(name, UtcTime(), nullable=True) for name in ("approved_at", "done_at")),
        *_texts("protocol"),
        _column("version", sa.Integer()),
        sa.UniqueConstraint("uid"),
    )
    _index("retention_run", "municipality_id", "state")
    _create(
        "retention_item",
        _key(),
        _part_of("retention_run"),
        _of("retention_rule"),
        *_texts("record", "object_id"),
        _column("due_on", sa.Integer()),
        *_texts("outcome"),
    )
    _index("retention_item", "retention_run_id")


def _create_disclosure() -> None:
    _create(
        "disclosure",
        _key(),
        _column("uid", Uid()),
        _of("municipality"),
        *_texts("title", "chosen", "state"),
        _column("digest", Digest(), nullable=True),
        _person("user_account_id"),
        _column("created_at", UtcTime()),
        _column("made_at", UtcTime(), nullable=True),
        _column("version", sa.Integer()),
        sa.UniqueConstraint("uid"),
    )
    _index("disclosure", "municipality_id", "state")
    _create(
        "disclosure_item",
        _key(),
        _part_of("disclosure"),
        _column("report_uid", Uid()),
        _column("version", sa.Integer()),
        sa.UniqueConstraint("disclosure_id", "report_uid"),
    )
    _create(
        "disclosure_mask",
        _key(),
        _part_of("disclosure"),
        _column("report_uid", Uid()),
        *_texts("field"),
        *(_column(name, sa.Integer()) for name in ("first", "last")),
        *_texts("why", "provision", "state"),
        _person("user_account_id"),
        _column("decided_at", UtcTime(), nullable=True),
    )
    _index("disclosure_mask", "disclosure_id", "report_uid")


def _create_secrecy_mark() -> None:
    _create(
        "secrecy_mark",
        _key(),
        _column("uid", Uid()),
        _of("municipality"),
        *_texts("object_type", "object_id", "field", "provision", "reason"),
        _person("user_account_id"),
        _column("set_at", UtcTime()),
        _column("review_on", sa.Integer(), nullable=True),
        _column("lifted_at", UtcTime(), nullable=True),
        sa.UniqueConstraint("uid"),
    )
    _index("secrecy_mark", "municipality_id", "object_type", "object_id")


def _create_registry() -> None:
    _create(
        "registration",
        _key(),
        _of("municipality"),
        *(_column(name, sa.Integer()) for name in ("year", "number")),
        *_texts("object_type", "object_id", "direction", "counterpart", "subject"),
        _column("at", UtcTime()),
        sa.UniqueConstraint("object_type", "object_id"),
        sa.UniqueConstraint("municipality_id", "year", "number"),
    )
    _index("registration", "municipality_id", "at")
    op.create_table(
        "registration_counter",
        _home_as_key(),
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        _column("number", sa.Integer()),
    )
    op.create_table(
        "choice",
        _home_as_key(),
        sa.Column("key", sa.Text(), primary_key=True),
        *_texts("value"),
    )
