"""What aired, and how far the journal has been read."""

from datetime import datetime
from typing import Any

from kit.contracts.air import EndReason, Tier
from sqlalchemy import BigInteger, CheckConstraint, DateTime, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from stream_control.tables import Base


class AsRun(Base):
    """One airing of an item on a tier. `heard_seconds` counts only while that tier was on air."""

    __tablename__ = "as_run"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ended_reason IS NULL)", name="ended_with_reason"),
        # One item at a time is open on each tier.
        Index("uq_as_run_open_tier", "tier", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_as_run_started_at", "started_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    tier: Mapped[Tier] = mapped_column(Text)
    item_id: Mapped[str]
    title: Mapped[str | None]
    artist: Mapped[str | None]
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_reason: Mapped[EndReason | None] = mapped_column(Text)
    heard_seconds: Mapped[float] = mapped_column(default=0.0)


class JournalPosition(Base):
    """One row: the place up to which as-run is written, and the fold's state there."""

    __tablename__ = "journal_position"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    file: Mapped[str]
    offset: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[dict[str, Any]] = mapped_column(JSONB)
