"""A paused playlist is a row, so that it stays paused over any restart."""

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from stream_control.tables import Base
from stream_control.wanted.rules import Playlist


class Pause(Base):
    """This playlist is paused since then."""

    __tablename__ = "pauses"
    __table_args__ = (CheckConstraint("playlist IN ('user', 'fallback')", name="playlist"),)

    playlist: Mapped[Playlist] = mapped_column(Text, primary_key=True)
    since: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
