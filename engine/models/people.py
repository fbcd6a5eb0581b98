"""Boards, accounts, appointments, and the traces of signing in."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Encrypted, Instant, Json, new_id


class Board(Base):
    """A Safeguarding Children Board."""

    __tablename__ = "board"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(
        Text, unique=True, comment="short name used in case identifiers"
    )
    name_en: Mapped[str] = mapped_column(Text)
    name_cy: Mapped[str] = mapped_column(Text)
    settings: Mapped[dict[str, Any]] = mapped_column(
        Json,
        default=dict,
        comment="addresses of bodies, local choices; see settings in ARCHITECTURE.md",
    )


class Letterhead(Base):
    """What stands at the head of what a Board prints, beside its name."""

    __tablename__ = "letterhead"

    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"), primary_key=True)
    address_en: Mapped[str] = mapped_column(Text, default="", comment="line by line")
    address_cy: Mapped[str] = mapped_column(Text, default="", comment="line by line")
    logo: Mapped[bytes | None] = mapped_column(LargeBinary, comment="PNG or JPEG; null: none")
    logo_type: Mapped[str] = mapped_column(
        Text, default="", comment="media type, found from the bytes"
    )


class Account(Base):
    """A person who can sign in. A person may serve several Boards, so no board_id stands here."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("language in ('en', 'cy')", name="language"),
        CheckConstraint("state in ('active', 'disabled')", name="state"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(Text, unique=True, comment="lower case; the sign-in name")
    name: Mapped[str] = mapped_column(Text)
    designation: Mapped[str] = mapped_column(Text, default="")
    agency: Mapped[str] = mapped_column(Text, default="", comment="key of an agency, e.g. police")
    language: Mapped[str] = mapped_column(Text, default="en", comment="en or cy: what to write in")
    daily_digest: Mapped[bool] = mapped_column(
        default=False,
        server_default=false(),
        comment="what is not urgent comes together, once a day at 08:00 in Wales",
    )
    password_hash: Mapped[str | None] = mapped_column(
        Text, comment="argon2id; null: cannot sign in"
    )
    state: Mapped[str] = mapped_column(
        Text, default="active", comment="active: may sign in; disabled: may not"
    )
    demonstration: Mapped[bool] = mapped_column(
        default=False, comment="one-click sign-in, demonstration mode only"
    )


class Appointment(Base):
    """A person holding a role on a Board, a case, or an item of a case."""

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("item_key is null or case_id is not null", name="item_needs_case"),
        CheckConstraint("ends_on is null or ends_on >= starts_on", name="dates_in_order"),
        Index("ix_appointment_account", "account_id", "board_id"),
        Index("ix_appointment_case", "case_id", "role"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    role: Mapped[str] = mapped_column(Text, comment="key of roles.toml")
    case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("case.id"))
    item_key: Mapped[str | None] = mapped_column(Text)
    agency: Mapped[str] = mapped_column(Text, default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None] = mapped_column(
        comment="the day from which it is no longer held; null: still held"
    )
    ended_reason: Mapped[str] = mapped_column(Text, default="")


class Absence(Base):
    """A person of a Board who is away for some days, and another who acts for them meanwhile."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="dates_in_order"),
        CheckConstraint("substitute_id <> account_id", name="two_people"),
        Index("ix_absence_account", "account_id", "board_id"),
        Index("ix_absence_substitute", "substitute_id", "board_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), comment="who is away")
    substitute_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date] = mapped_column(comment="the last day away")
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    ended_on: Mapped[date | None] = mapped_column(
        comment="the day from which nobody acts for them any more; null: as planned"
    )
    ended_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))


class SavedView(Base):
    """A list of cases as somebody wants to see it again; it belongs to them alone."""

    __tablename__ = "saved_view"
    __table_args__ = (Index("ix_saved_view_account", "account_id", "removed_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    name: Mapped[Any] = mapped_column(Encrypted, comment="the person's own words")
    query: Mapped[Any] = mapped_column(Encrypted, comment="what was asked of the list, by its keys")
    made_at: Mapped[datetime] = mapped_column(Instant)
    removed_at: Mapped[datetime | None] = mapped_column(Instant, comment="taken out of the list")


class SignIn(Base):
    """A session of a signed-in person, kept on the server."""

    __tablename__ = "sign_in"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(
        Text, unique=True, comment="SHA-256 of the cookie's token"
    )
    started_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    device: Mapped[str] = mapped_column(
        Text, default="", server_default="", comment="browser and system, in a few words"
    )
    awaits_code: Mapped[bool] = mapped_column(
        default=False,
        server_default=false(),
        comment="lets nobody in: the second factor has not been given yet",
    )


class SecondFactor(Base):
    """What an app of a person works out its codes from, beside the password."""

    __tablename__ = "second_factor"
    __table_args__ = (Index("ix_second_factor_account", "account_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    secret: Mapped[Any] = mapped_column(Encrypted, comment="base 32, as the app was given it")
    made_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(
        Instant, comment="a code of it was given; null: being set up, asked for by nothing yet"
    )
    used_step: Mapped[int | None] = mapped_column(
        comment="the half minute since 1970 whose code was taken last; none before it is taken"
    )
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class RecoveryCode(Base):
    """A code that lets in once in place of the app's."""

    __tablename__ = "recovery_code"
    __table_args__ = (Index("ix_recovery_code_factor", "factor_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    factor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("second_factor.id"))
    key_id: Mapped[str] = mapped_column(Text, comment="the audit key that the hash hangs on")
    code_hash: Mapped[str] = mapped_column(Text, comment="HMAC-SHA256; the code itself is not kept")
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant, comment="newer codes took its place")


class ProviderIdentity(Base):
    """Under which name an identity provider knows a person who has an account here."""

    __tablename__ = "provider_identity"
    __table_args__ = (
        Index("ix_provider_identity_subject", "issuer", "subject"),
        Index("ix_provider_identity_account", "account_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    issuer: Mapped[str] = mapped_column(Text, comment="address of the provider")
    subject: Mapped[str] = mapped_column(
        Text, comment="what the provider calls the person, for good"
    )
    linked_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class Invitation(Base):
    """A link that lets a person without a password in, once, with a code that is sent beside it."""

    __tablename__ = "invitation"
    __table_args__ = (Index("ix_invitation_account", "account_id", "made_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    board_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board.id"))
    case_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("case.id"), comment="null: the person asked for the link"
    )
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    token_hash: Mapped[str] = mapped_column(
        Text, unique=True, comment="SHA-256 of the link's token"
    )
    key_id: Mapped[str] = mapped_column(Text, comment="the audit key that link and codes hang on")
    made_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    codes: Mapped[int] = mapped_column(
        default=0, comment="how many codes were sent; the last counts"
    )
    code_sent_at: Mapped[datetime | None] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0, comment="how often the last code was wrong")
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(
        Instant, comment="a newer link took its place, or too many codes were wrong"
    )


class CalendarFeed(Base):
    """A secret address under which a calendar reads the deadlines of a person."""

    __tablename__ = "calendar_feed"
    __table_args__ = (Index("ix_calendar_feed_account", "account_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    token_hash: Mapped[str] = mapped_column(
        Text, unique=True, comment="SHA-256 of the address's token"
    )
    key_id: Mapped[str] = mapped_column(Text, comment="the audit key that the address hangs on")
    made_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class SignInAttempt(Base):
    """A failed attempt to sign in, kept to slow the next one down."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_subject", "subject", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    subject: Mapped[str] = mapped_column(
        Text, comment="keyed hash of the e-mail or the address tried from"
    )
    at: Mapped[datetime] = mapped_column(Instant)
