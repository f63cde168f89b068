"""The station's own sounds."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from api.library.rules import TrackSource, TrackState
from api.tables import Base


class Track(Base):
    """One file. Its id is the item's id, and the only title that its on-air copy carries.

    A changed file is a new row, and a row outlives its file: what aired still has to be named.
    """

    __tablename__ = "tracks"
    __table_args__ = (
        UniqueConstraint("source", "path", "size", "changed_ns"),
        CheckConstraint("source IN ('folder', 'starter', 'upload')", name="source"),
        CheckConstraint("state IN ('waiting', 'ready', 'refused', 'gone', 'removed')", name="state"),
        CheckConstraint("state <> 'refused' OR problem IS NOT NULL", name="refused_with_problem"),
        CheckConstraint("state IN ('waiting', 'refused') OR problem IS NULL", name="no_other_problem"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    source: Mapped[TrackSource] = mapped_column(Text)
    path: Mapped[str]
    """Relative to the folder of its source."""
    size: Mapped[int] = mapped_column(BigInteger)
    changed_ns: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[TrackState] = mapped_column(Text)
    problem: Mapped[str | None]
    title: Mapped[str | None]
    artist: Mapped[str | None]
    length_seconds: Mapped[float | None]
    loudness_lufs: Mapped[float | None]
    artwork: Mapped[bool] = mapped_column(default=False)
    checked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
