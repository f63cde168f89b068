"""Listeners' requests."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, SmallInteger, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from api.accounts.models import GuestToken, User
from api.library.models import Track
from api.queue.rules import FailureReason, RequestSource, RequestState
from api.tables import Base


class QueueItem(Base):
    """One request. Its id is the only title of its on-air copy, `media/requests/<id>.flac`.

    It belongs to a user or to a guest token; to nobody once the account is deleted.
    """

    __tablename__ = "queue_items"
    __table_args__ = (
        CheckConstraint("user_id IS NULL OR guest_id IS NULL", name="one_owner"),
        CheckConstraint("source IN ('link', 'upload', 'library')", name="source"),
        CheckConstraint(
            "state IN ('fetching', 'ready', 'queued', 'playing', 'played', 'failed', 'removed')", name="state"
        ),
        CheckConstraint("(state = 'queued') = (position IS NOT NULL)", name="queued_with_position"),
        CheckConstraint("(state = 'failed') = (reason IS NOT NULL)", name="failed_with_reason"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        Index("ix_queue_items_user_id", "user_id", "created_at"),
        Index("ix_queue_items_guest_id", "guest_id", "created_at"),
        Index(
            "ix_queue_items_waiting",
            "state",
            "position",
            postgresql_where="state IN ('fetching', 'ready', 'queued', 'playing')",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id, ondelete="SET NULL"))
    guest_id: Mapped[UUID | None] = mapped_column(ForeignKey(GuestToken.id, ondelete="SET NULL"))
    source: Mapped[RequestSource] = mapped_column(Text)
    url: Mapped[str | None]
    file_name: Mapped[str | None]
    """What the upload was called: for showing only, never a path."""
    track_id: Mapped[UUID | None] = mapped_column(ForeignKey(Track.id, ondelete="SET NULL"))
    state: Mapped[RequestState] = mapped_column(Text, default="fetching")
    progress: Mapped[int] = mapped_column(SmallInteger, default=0)
    """Per cent of fetching and preparing."""
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    """How often a worker began to prepare it."""
    reason: Mapped[FailureReason | None] = mapped_column(Text)
    problem: Mapped[str | None]
    """The reason in words, for whoever asked."""
    title: Mapped[str | None]
    artist: Mapped[str | None]
    length_seconds: Mapped[float | None]
    artwork: Mapped[bool] = mapped_column(default=False)
    """It came with a cover, kept as long as this row."""
    position: Mapped[int | None]
    """Place in the order, while queued; gaps mean nothing."""
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    queued_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When it (last) began or went on."""
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When it was played, failed or removed."""
