"""How far the analysis of each track is, by what its sound is known, and which ones sound alike."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, DateTime, ForeignKey, Index, Integer, SmallInteger, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from api.accounts.models import User
from api.analysis.rules import STATES, State
from api.library.models import Track
from api.tables import Base


class Analysis(Base):
    """The analysis of one track. A row that waits is an order; the sweep gives it a job."""

    __tablename__ = "track_analyses"
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(one) for one in STATES)})", name="state"),
        CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="running_with_lease"),
        CheckConstraint("state <> 'failed' OR problem IS NOT NULL", name="failed_with_problem"),
        CheckConstraint("state <> 'done' OR algorithm IS NOT NULL", name="done_by_algorithm"),
        Index("ix_track_analyses_state", "state", "finished_at"),
        Index(
            "ix_track_analyses_next",
            text("priority DESC"),
            "requested_at",
            "track_id",
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    track_id: Mapped[UUID] = mapped_column(ForeignKey(Track.id, ondelete="CASCADE"), primary_key=True)
    state: Mapped[State] = mapped_column(Text, default="waiting")
    algorithm: Mapped[int | None] = mapped_column(SmallInteger)
    """Which one measured what the track has; None before the first time."""
    problem: Mapped[str | None]
    """Why the last attempt failed."""
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    priority: Mapped[int] = mapped_column(SmallInteger, default=0)
    requested_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """Whoever is at it renews this; when it has passed, nobody is."""
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class TrackMarks(Base):
    """Numbers of a track's fingerprint by which copies are found (`likeness.marks`).

    Apart from its analysis: their index is large, and would be written anew with each of that one's states.
    """

    __tablename__ = "track_marks"
    __table_args__ = (Index("ix_track_marks_marks", "marks", postgresql_using="gin"),)

    track_id: Mapped[UUID] = mapped_column(ForeignKey(Track.id, ondelete="CASCADE"), primary_key=True)
    marks: Mapped[list[int]] = mapped_column(ARRAY(Integer))


class SimilarPair(Base):
    """Two tracks that seem to be copies of one recording."""

    __tablename__ = "similar_tracks"
    __table_args__ = (
        CheckConstraint("first_id < second_id", name="once"),
        CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence"),
        CheckConstraint("dismissed_at IS NOT NULL OR dismissed_by IS NULL", name="dismissed"),
        Index("ix_similar_tracks_second_id", "second_id"),
        Index("ix_similar_tracks_confidence", "confidence", "first_id", "second_id"),
    )

    first_id: Mapped[UUID] = mapped_column(ForeignKey(Track.id, ondelete="CASCADE"), primary_key=True)
    second_id: Mapped[UUID] = mapped_column(ForeignKey(Track.id, ondelete="CASCADE"), primary_key=True)
    confidence: Mapped[float]
    offset_seconds: Mapped[float]
    """How much later the common part comes in the first."""
    overlap_seconds: Mapped[float]
    found_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    dismissed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """Somebody said that they are two things."""
    dismissed_by: Mapped[UUID | None] = mapped_column(ForeignKey(User.id, ondelete="SET NULL"))
