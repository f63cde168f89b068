"""Persons and groups, every name that they go by, and on which tracks they are."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, SmallInteger, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from api.library.models import Track
from api.library.rules import ArtistRole
from api.tables import Base


class Artist(Base):
    """A person or a group, under the name that is shown."""

    __tablename__ = "artists"
    __table_args__ = (Index("ix_artists_sort_name", "sort_name", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str]
    sort_name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class ArtistAlias(Base):
    """A name that is one artist's: the one that is shown is among them. No two artists share one."""

    __tablename__ = "artist_aliases"

    folded: Mapped[str] = mapped_column(primary_key=True)
    """The name as it is compared: `rules.folded`."""
    alias: Mapped[str]
    """As it is written."""
    artist_id: Mapped[UUID] = mapped_column(ForeignKey(Artist.id, ondelete="CASCADE"), index=True)


class TrackArtist(Base):
    """An artist on a track, in the order of its credit."""

    __tablename__ = "track_artists"
    __table_args__ = (CheckConstraint("role IN ('main', 'featured', 'composer')", name="role"),)

    track_id: Mapped[UUID] = mapped_column(ForeignKey(Track.id, ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    artist_id: Mapped[UUID] = mapped_column(ForeignKey(Artist.id, ondelete="CASCADE"), index=True)
    role: Mapped[ArtistRole] = mapped_column(Text)
