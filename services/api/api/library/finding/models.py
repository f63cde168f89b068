"""What finding looks at, and filters that somebody saved."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from api.accounts.models import User
from api.library.models import Track
from api.library.rules import Kind, TrackState
from api.tables import Base


class TrackIndex(Base):
    """A track as finding sees it: narrow, so that a hundred thousand are looked through at once, and folded.

    The database keeps it by itself, in the statement that changes the track or its categories; nobody else writes it.
    """

    __tablename__ = "track_index"
    __table_args__ = (
        Index("ix_track_index_words", "words", postgresql_using="gin"),
        Index(
            "ix_track_index_letters",
            "letters",
            postgresql_using="gin",
            postgresql_ops={"letters": "extensions.gin_trgm_ops"},
        ),
        Index("ix_track_index_title", "letters", "track_id"),
        Index("ix_track_index_artist", "sort_artist", "track_id"),
        Index("ix_track_index_created_at", "created_at", "track_id"),
        Index("ix_track_index_tags", "tags", postgresql_using="gin"),
        *(Index(f"ix_track_index_{name}", name) for name in ("kind", "genre", "mood", "language", "year")),
    )

    track_id: Mapped[UUID] = mapped_column(ForeignKey(Track.id, ondelete="CASCADE"), primary_key=True)
    deleted: Mapped[bool]
    archived: Mapped[bool]
    missing: Mapped[bool]
    problem: Mapped[bool]
    """It was refused, waits for something, or is infected."""
    airable: Mapped[bool]
    """There is a copy that may be played, as far as its dates allow."""
    requestable: Mapped[bool]
    """Airable, and listeners may ask for it."""
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    airs: Mapped[int]
    kind: Mapped[Kind] = mapped_column(Text)
    state: Mapped[TrackState] = mapped_column(Text)
    codes: Mapped[bytes] = mapped_column(LargeBinary)
    """The numbers of its facets' values, four bytes each, most significant first."""
    is_canadian: Mapped[bool | None]
    last_aired_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    valid_from: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    valid_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    kill_date: Mapped[date | None]
    year: Mapped[int | None] = mapped_column(SmallInteger)
    length_seconds: Mapped[float | None]
    tempo_bpm: Mapped[float | None]
    energy: Mapped[float | None]
    created_by: Mapped[UUID | None]
    genre: Mapped[str | None]
    mood: Mapped[str | None]
    language: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    sort_artist: Mapped[str]
    letters: Mapped[str]
    """Title, artist and album, folded: for typing errors, and the order of titles."""
    words: Mapped[Any] = mapped_column(TSVECTOR)
    """The words of title, artist, album, and of composer, publisher, label and codes, the first ones weighing most."""


class FacetValue(Base):
    """The number of a value that tracks have of a facet."""

    __tablename__ = "facet_values"
    __table_args__ = (UniqueConstraint("facet", "value"),)

    code: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    facet: Mapped[str]
    value: Mapped[str]


class SmartBlock(Base):
    """A filter under a name: which tracks it holds is decided whenever somebody asks."""

    __tablename__ = "smart_blocks"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str | None]
    filter: Mapped[dict[str, Any]] = mapped_column(JSONB)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id, ondelete="SET NULL"))
    version: Mapped[int] = mapped_column(BigInteger, default=1, server_default=text("1"))
    """Counted up by every change."""
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
