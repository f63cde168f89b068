"""Shows. Whoever owns one gives out livestream tokens for it and looks after its archive."""

from datetime import datetime, time
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Text, UniqueConstraint, false, func
from sqlalchemy.orm import Mapped, mapped_column

from api.accounts.models import User
from api.shows.rules import Weekday
from api.tables import Base


class Show(Base):
    """One show; it outlives its owner's account."""

    __tablename__ = "shows"
    __table_args__ = (
        CheckConstraint("(artwork IS NULL) = (artwork_pixels IS NULL)", name="artwork_with_size"),
        # What belongs to a show carries its name along: see the airchecks.
        UniqueConstraint("id", "name", name="uq_shows_id_name"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(unique=True)
    host: Mapped[str | None]
    description: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="en", server_default="en")
    """As RFC 5646 has it."""
    category: Mapped[str | None]
    """One of `shows.categories`, for podcast directories."""
    explicit: Mapped[bool] = mapped_column(default=False, server_default=false())
    artwork: Mapped[str | None]
    """Which version of it: another picture has other addresses."""
    artwork_pixels: Mapped[int | None]
    """The side of its largest size."""
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id, ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    changed_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), onupdate=func.now()
    )


class ShowTime(Base):
    """When a show airs each week, by the clock on the station's wall."""

    __tablename__ = "show_times"
    __table_args__ = (
        CheckConstraint(
            "weekday IN ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')", name="weekday"
        ),
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
    )

    show_id: Mapped[UUID] = mapped_column(ForeignKey(Show.id, ondelete="CASCADE"), primary_key=True)
    weekday: Mapped[Weekday] = mapped_column(Text, primary_key=True)
    starts: Mapped[time] = mapped_column(primary_key=True)
    minutes: Mapped[int]
