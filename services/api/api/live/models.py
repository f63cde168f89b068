"""Livestream tokens, bookings, and sessions: what was granted and what became of it."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Text, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.accounts.models import User
from api.live.rules import Ending, Refused
from api.shows.models import Show
from api.tables import Base


class LiveToken(Base):
    """The right to go live; the signed token carries this row's id. Its last refusal is kept for whoever asks why."""

    __tablename__ = "live_tokens"
    __table_args__ = (
        CheckConstraint("max_streaming_seconds > 0", name="limit"),
        CheckConstraint("(refused_at IS NULL) = (refused_because IS NULL)", name="refusal_with_reason"),
        Index("ix_live_tokens_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), index=True)
    show_id: Mapped[UUID | None] = mapped_column(ForeignKey(Show.id, ondelete="SET NULL"))
    max_streaming_seconds: Mapped[int]
    note: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    refused_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    refused_because: Mapped[Refused | None] = mapped_column(Text)


class LiveSlot(Base):
    """A booking: from `starts_at` until before `ends_at` nobody but its user is let in."""

    __tablename__ = "live_slots"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        ExcludeConstraint((text("tstzrange(starts_at, ends_at)"), "&&"), name="ex_live_slots_overlap", using="gist"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), index=True)
    show_id: Mapped[UUID | None] = mapped_column(ForeignKey(Show.id, ondelete="SET NULL"))
    starts_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class LiveSession(Base):
    """One grant of the air, open until `ended_at`. There is never more than one that is open."""

    __tablename__ = "live_sessions"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name="ended_with_reason"),
        CheckConstraint("heard_seconds >= 0", name="heard"),
        Index("uq_live_sessions_open", text("(ended_at IS NULL)"), unique=True, postgresql_where="ended_at IS NULL"),
        Index("ix_live_sessions_user_id", "user_id", "granted_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id, ondelete="SET NULL"))
    token_id: Mapped[UUID | None] = mapped_column(ForeignKey(LiveToken.id, ondelete="SET NULL"))
    show_id: Mapped[UUID | None] = mapped_column(ForeignKey(Show.id, ondelete="SET NULL"))
    address: Mapped[str | None]
    """Where the encoder said hello from."""
    granted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    connected_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    """When the engine cuts it off by itself, as it was told with the grant or later."""
    limit_told: Mapped[bool] = mapped_column(default=True)
    """Whether the engine knows `ends_at`."""
    warned_seconds: Mapped[int | None]
    """The last warning that was given: so many seconds before the end."""
    cut_because: Mapped[Refused | None] = mapped_column(Text)
    """Somebody wants it to end now."""
    title: Mapped[str | None]
    artist: Mapped[str | None]
    heard_seconds: Mapped[float] = mapped_column(default=0.0)
    heard_in_all: Mapped[bool] = mapped_column(default=False)
    """Whether `heard_seconds` is the last word; until then the time since the encoder connected may count."""
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_because: Mapped[Ending | None] = mapped_column(Text)


class SessionTitle(Base):
    """What a session's encoder said that it plays, and when."""

    __tablename__ = "live_titles"

    session_id: Mapped[UUID] = mapped_column(ForeignKey(LiveSession.id, ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    title: Mapped[str | None]
    artist: Mapped[str | None]
