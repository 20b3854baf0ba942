"""People who log in: accounts, roles, sessions, and failed attempts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    Boolean,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from geodata.tables.base import Base
from geodata.tables.columns import Digest, Int64, UtcTime


class User(Base):
    """An account. email: lower case. password_hash: as argon2 writes it, or "" for none.

    totp_key: what the codes of the second factor are made from, sealed with the server's secret; null until
    there is one. totp_step: the time step of the last code that was used: each is good once.
    """

    __tablename__ = "user_account"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    email: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    is_disabled: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    must_change_password: Mapped[bool] = mapped_column(Boolean, server_default=false())
    totp_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_step: Mapped[int | None] = mapped_column(Int64)
    memberships: Mapped[list[Membership]] = relationship(back_populates="user")


class Membership(Base):
    """A role in a municipality. role: a word of `webmap.access`."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("user_account_id", "municipality_id", "role"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    user_account_id: Mapped[int] = mapped_column(Int64, ForeignKey("user_account.id"))
    municipality_id: Mapped[int] = mapped_column(Int64, ForeignKey("municipality.id"))
    role: Mapped[str] = mapped_column(Text)
    user: Mapped[User] = relationship(back_populates="memberships")


class UserSession(Base):
    """A logged-in browser, known by the SHA-256 of its token; the token itself is only in the cookie.

    way: `password`, `totp`, `recovery` or `oidc`. is_whole: false while a second factor is still asked for;
    such a session opens nothing but the page that asks.
    """

    __tablename__ = "user_session"
    __table_args__ = (
        Index(None, "user_account_id"),
        Index(None, "expires_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    token_digest: Mapped[str] = mapped_column(Digest, unique=True)
    user_account_id: Mapped[int] = mapped_column(Int64, ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    way: Mapped[str] = mapped_column(Text, server_default="password")
    is_whole: Mapped[bool] = mapped_column(Boolean, server_default=true())
    user: Mapped[User] = relationship()


class RecoveryCode(Base):
    """A code for the day the telephone is gone. code_digest: slow digest of it. used_at: it is good once."""

    __tablename__ = "recovery_code"
    __table_args__ = (Index(None, "user_account_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    user_account_id: Mapped[int] = mapped_column(Int64, ForeignKey("user_account.id"))
    code_digest: Mapped[str] = mapped_column(Digest, unique=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)


class OuterIdentity(Base):
    """Whom an account is at a provider of log-ins: the provider's address and its name for the person."""

    __tablename__ = "outer_identity"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        Index(None, "user_account_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    user_account_id: Mapped[int] = mapped_column(Int64, ForeignKey("user_account.id"))
    issuer: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    linked_at: Mapped[datetime] = mapped_column(UtcTime)


class LoginAttempt(Base):
    """How many log-ins failed for one account in one stretch of time.

    account_digest: keyed digest of what was typed as email, whether there is such an account or not.
    window: number of the stretch. One upsert counts: INSERT … ON CONFLICT DO UPDATE … RETURNING failures.
    """

    __tablename__ = "login_attempt"

    account_digest: Mapped[str] = mapped_column(Digest, primary_key=True)
    window: Mapped[int] = mapped_column(Int64, primary_key=True, autoincrement=False)
    failures: Mapped[int] = mapped_column(Integer)
