"""Edits: acts that changed tracks, each of which can be taken back."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import DateTime, ForeignKey, Index, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from api.accounts.models import User
from api.library.rules import ChangedBy
from api.tables import Base


class LibraryEdit(Base):
    """One act; what it changed in each track stands in `track_changes` under its id."""

    __tablename__ = "library_edits"
    __table_args__ = (Index("ix_library_edits_at", "at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    by: Mapped[ChangedBy] = mapped_column(Text)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id, ondelete="SET NULL"))
    wish: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """What was asked for."""
    tracks: Mapped[int]
    """How many it changed."""
    undoes: Mapped[UUID | None] = mapped_column(ForeignKey("api.library_edits.id", ondelete="SET NULL"))
    undone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
