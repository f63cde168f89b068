"""Airchecks: recorded shows with their copies. A published one is an episode of its show's podcast."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from api.accounts.models import User
from api.airchecks.rules import AircheckState, DeletedBecause
from api.live.models import LiveSession
from api.shows.models import Show
from api.tables import Base

_SEARCHED = (
    "setweight(to_tsvector('simple', title), 'A') || "
    "setweight(to_tsvector('simple', coalesce(show_name, '') || ' ' || coalesce(host, '')), 'B') || "
    "setweight(to_tsvector('simple', coalesce(notes, '')), 'C') || "
    "setweight(jsonb_to_tsvector('simple', chapters, '[\"string\"]'), 'D')"
)


class Aircheck(Base):
    """One live session's recording. It outlives session, show and streamer; of the streamer's name it keeps nothing.

    Times are UTC, positions are seconds of the copy for listening.
    """

    __tablename__ = "airchecks"
    __table_args__ = (
        # As long as there is a show its airchecks carry its name, whatever it is renamed to; afterwards its last one.
        ForeignKeyConstraint(
            ["show_id", "show_name"],
            [Show.id, Show.name],
            name="fk_airchecks_show",
            onupdate="CASCADE",
            ondelete="SET NULL (show_id)",
        ),
        CheckConstraint("state IN ('finishing', 'ready', 'discarded', 'failed')", name="state"),
        CheckConstraint("state NOT IN ('discarded', 'failed') OR problem IS NOT NULL", name="with_problem"),
        CheckConstraint(
            "state <> 'ready' OR (copy IS NOT NULL AND copy_bytes IS NOT NULL AND length_seconds IS NOT NULL)",
            name="ready_with_copy",
        ),
        CheckConstraint("began_at <= ended_at", name="order"),
        CheckConstraint("(deleted_at IS NULL) = (deleted_because IS NULL)", name="deleted_with_reason"),
        CheckConstraint("published_at IS NULL OR (state = 'ready' AND deleted_at IS NULL)", name="published_is_there"),
        CheckConstraint("published_at IS NULL OR first_published_at IS NOT NULL", name="published_once"),
        Index("ix_airchecks_began_at", "began_at", "id"),
        Index("ix_airchecks_show_id", "show_id", "began_at"),
        Index("ix_airchecks_streamer_id", "streamer_id"),
        Index("ix_airchecks_search", "search", postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey(LiveSession.id, ondelete="SET NULL"), unique=True)
    show_id: Mapped[UUID | None]
    show_name: Mapped[str | None]
    streamer_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id, ondelete="SET NULL"))
    host: Mapped[str | None]
    """Who the show said hosts it, when it was made."""
    state: Mapped[AircheckState] = mapped_column(Text)
    problem: Mapped[str | None]
    """Why it is discarded or failed, or what its finishing waits for."""
    title: Mapped[str]
    notes: Mapped[str | None]
    began_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    length_seconds: Mapped[float | None]
    """Of the copy: without the silence around it."""
    loudness_lufs: Mapped[float | None]
    """Of the original; the copy has the station's."""
    gaps: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    """Where something is missing: `{"at", "seconds"}`."""
    chapters: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    """`{"starts", "title"}` in their order."""
    original_bytes: Mapped[int | None] = mapped_column(BigInteger)
    """None when the original is not kept (any more)."""
    copy: Mapped[str | None]
    """The copy's file; another content has another name."""
    copy_bytes: Mapped[int | None] = mapped_column(BigInteger)
    tags: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """What the copy says of itself."""
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    first_published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    season: Mapped[int | None]
    number: Mapped[int | None]
    explicit: Mapped[bool | None]
    """None: as the show says."""
    deleted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    deleted_because: Mapped[DeletedBecause | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    search: Mapped[str] = mapped_column(TSVECTOR, Computed(_SEARCHED, persisted=True), deferred=True)
