"""The programme's fallback playlist: which tracks, in which order."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from api.library.models import Track
from api.tables import Base


class ProgrammeEntry(Base):
    """A track of the playlist. Entries are played by `position`, or at random."""

    __tablename__ = "programme_entries"

    track_id: Mapped[UUID] = mapped_column(ForeignKey(Track.id, ondelete="CASCADE"), primary_key=True)
    position: Mapped[int]


class ProgrammeOrder(Base):
    """One row: whether the playlist is played at random (as it is when there is no row)."""

    __tablename__ = "programme_order"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    random: Mapped[bool] = mapped_column(default=True)
