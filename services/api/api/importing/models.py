"""What is known of the imports' folder: every file that was seen in it, and each time it was looked through."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Identity, Index, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from api.accounts.models import User
from api.importing.rules import FileState, RunCause, RunState
from api.library.models import Track
from api.tables import Base


class ImportRun(Base):
    """One look through the whole folder. It is told when all files are known; they are prepared meanwhile and after."""

    __tablename__ = "import_runs"
    __table_args__ = (
        CheckConstraint("state IN ('looking', 'done', 'failed')", name="state"),
        CheckConstraint("cause IN ('nightly', 'person')", name="cause"),
        CheckConstraint("(state = 'failed') = (problem IS NOT NULL)", name="failed_with_problem"),
        CheckConstraint("(state IN ('done', 'failed')) = (ended_at IS NOT NULL)", name="ended_with_time"),
        Index("uq_import_runs_looking", "state", unique=True, postgresql_where="state = 'looking'"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    state: Mapped[RunState] = mapped_column(Text)
    cause: Mapped[RunCause] = mapped_column(Text)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id, ondelete="SET NULL"))
    problem: Mapped[str | None]
    found: Mapped[int] = mapped_column(default=0)
    new: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    missing: Mapped[int] = mapped_column(default=0)
    returned: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ImportFile(Base):
    """A file of the folder. What it became is a track, which outlives it and may move to another file of the same."""

    __tablename__ = "import_files"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'imported', 'refused', 'missing')", name="state"),
        CheckConstraint("(state = 'refused') = (problem IS NOT NULL)", name="refused_with_problem"),
        CheckConstraint("(state = 'missing') = (missing_since IS NOT NULL)", name="missing_with_time"),
        Index("ix_import_files_state", "state", "path"),
        Index("ix_import_files_track_id", "track_id"),
        Index("ix_import_files_same_as", "same_as"),
        Index("ix_import_files_seen", "seen"),
    )

    path: Mapped[str] = mapped_column(primary_key=True)
    """Relative to the folder."""
    size: Mapped[int] = mapped_column(BigInteger)
    changed_ns: Mapped[int] = mapped_column(BigInteger)
    """When its content was written, as the folder says."""
    state: Mapped[FileState] = mapped_column(Text)
    problem: Mapped[str | None]
    seen: Mapped[int] = mapped_column(BigInteger)
    """The last look that found it."""
    track_id: Mapped[UUID | None] = mapped_column(ForeignKey(Track.id, ondelete="SET NULL"))
    same_as: Mapped[UUID | None] = mapped_column(ForeignKey(Track.id, ondelete="SET NULL"))
    """The track for whose sake it was refused; when that one loses its file, this may take its place."""
    checked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    missing_since: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
