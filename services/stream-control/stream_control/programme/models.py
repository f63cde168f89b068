"""The programme's files: what was found in the folders, and the on-air copy made of each."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from stream_control.programme.rules import FileState, Folder
from stream_control.tables import Base


class ProgrammeFile(Base):
    """One file of a folder. Its id is the item's id, and the only title that its on-air copy carries.

    A changed file is a new row, and a row outlives its file: as-run still has to be named.
    """

    __tablename__ = "programme_files"
    __table_args__ = (
        UniqueConstraint("folder", "path", "size", "changed_ns"),
        CheckConstraint("folder IN ('fallback', 'starter')", name="folder"),
        CheckConstraint("state IN ('ready', 'refused', 'gone')", name="state"),
        CheckConstraint("(state = 'refused') = (problem IS NOT NULL)", name="refused_with_problem"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    folder: Mapped[Folder] = mapped_column(Text)
    path: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    changed_ns: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[FileState] = mapped_column(Text)
    problem: Mapped[str | None]
    title: Mapped[str | None]
    artist: Mapped[str | None]
    length_seconds: Mapped[float | None]
    loudness_lufs: Mapped[float | None]
    artwork: Mapped[bool] = mapped_column(default=False)
    checked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
