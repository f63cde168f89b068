"""Uploads to the library, while they are on their way and for some days after."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from api.accounts.models import User
from api.library.models import Track
from api.library.rules import Kind
from api.tables import Base
from api.uploading.rules import RefusedFor, UploadState


class Upload(Base):
    """One file on its way. Its track, once there is one, has the same id.

    `received` bytes are on the disk for certain; what lies behind them in the file is written over. It belongs to a
    user, or to the station itself.
    """

    __tablename__ = "uploads"
    __table_args__ = (
        CheckConstraint("state IN ('receiving', 'waiting', 'checking', 'copying', 'ready', 'refused')", name="state"),
        CheckConstraint("received BETWEEN 0 AND size", name="received"),
        CheckConstraint("state IN ('receiving', 'refused') OR received = size", name="whole"),
        CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name="refused_with_reason"),
        CheckConstraint("(state = 'refused') = (problem IS NOT NULL)", name="refused_with_problem"),
        CheckConstraint("(state IN ('ready', 'refused')) = (ended_at IS NOT NULL)", name="ended_with_time"),
        Index("ix_uploads_user_id", "user_id", "created_at"),
        Index("ix_uploads_open", "expires_at", postgresql_where="state = 'receiving'"),
        Index("ix_uploads_track_id", "track_id"),
        Index("ix_uploads_ended_at", "ended_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id, ondelete="SET NULL"))
    name: Mapped[str]
    """What its sender calls it: for showing only, never a path."""
    size: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    kind: Mapped[Kind] = mapped_column(Text)
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default=text("'{}'"))
    categories: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list, server_default=text("'{}'"))
    sha256: Mapped[str | None]
    """Of the whole file, hexadecimal, when its sender told it."""
    state: Mapped[UploadState] = mapped_column(Text, default="receiving")
    reason: Mapped[RefusedFor | None] = mapped_column(Text)
    problem: Mapped[str | None]
    """The reason in words."""
    track_id: Mapped[UUID | None] = mapped_column(ForeignKey(Track.id, ondelete="SET NULL"))
    """What it became; of a duplicate, what was there before."""
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
