"""The station's own sounds: tracks, their rotation categories, and who changed what."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Sequence,
    SmallInteger,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from api.accounts.models import User
from api.library import constraints
from api.library.rules import ChangedBy, Kind, ScanStatus, TrackSource, TrackState, UsageType, requestable_by_kind
from api.tables import Base

versions = Sequence("library_versions", metadata=Base.metadata, schema="api")
"""Numbers every change of the library, in the order of commits: `telling` takes them one transaction at a time."""
_NONE, _NOTHING = text("'{}'"), text("'{}'::jsonb")


def _as_its_kind_says(context: DefaultExecutionContext) -> bool:
    given: dict[str, Any] = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return requestable_by_kind(given["kind"])


class Track(Base):
    """One file. Its id is the item's id, and the only title that its on-air copy carries.

    A changed file is a new row, and a row outlives its file: what aired still has to be named, and whoever follows the
    library has to learn that it is gone. Whoever changes one tells it (`telling`).
    """

    __tablename__ = "tracks"
    __table_args__ = (*constraints.STATE, *constraints.FIELDS, *constraints.POINTS, *constraints.INDEXES)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    source: Mapped[TrackSource] = mapped_column(Text)
    path: Mapped[str]
    """Relative to the folder of its source."""
    size: Mapped[int] = mapped_column(BigInteger)
    changed_ns: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[TrackState] = mapped_column(Text)
    problem: Mapped[str | None]
    checked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())

    kind: Mapped[Kind] = mapped_column(Text, default="MUS", server_default="MUS")
    title: Mapped[str | None]
    artist: Mapped[str | None]
    """As credited; who they are stands in `track_artists`."""
    album: Mapped[str | None]
    year: Mapped[int | None] = mapped_column(SmallInteger)
    genre: Mapped[str | None]
    mood: Mapped[str | None]
    language: Mapped[str | None]
    """BCP 47, such as `en` or `fr-CA`; `zxx` for none."""
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default=_NONE)

    composer: Mapped[str | None]
    publisher: Mapped[str | None]
    label: Mapped[str | None]
    isrc: Mapped[str | None]
    iswc: Mapped[str | None]
    upc: Mapped[str | None]
    usage_type: Mapped[UsageType | None] = mapped_column(Text)
    content_category: Mapped[str | None]
    """The regulator's number for the content, such as the CRTC's `21`."""
    is_canadian: Mapped[bool | None]
    is_hit: Mapped[bool | None]
    is_instrumental: Mapped[bool | None]

    valid_from: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    valid_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """Not aired from this moment on."""
    kill_date: Mapped[date | None]
    """The last day, station time, on which it exists at all: from the next one on it is archived."""
    dayparts: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default=_NONE)
    """Names of the dayparts in which it may air; none means any."""
    hours: Mapped[list[int]] = mapped_column(ARRAY(Integer), default=list, server_default=_NONE)
    """Seven days from Monday on, each with bit h for the hour from h:00 station time; empty means any."""

    length_seconds: Mapped[float | None]
    """Of the on-air copy, as are all points; without a copy, of the original."""
    cue_in: Mapped[float | None]
    cue_out: Mapped[float | None]
    intro_end: Mapped[float | None]
    segue_at: Mapped[float | None]
    hook_in: Mapped[float | None]
    hook_out: Mapped[float | None]
    loudness_lufs: Mapped[float | None]
    """Of the original."""
    true_peak_dbtp: Mapped[float | None]
    gain_db: Mapped[float | None]
    """What brings it to the station's −16 LUFS."""
    tempo_bpm: Mapped[float | None]
    energy: Mapped[float | None]
    """From 0, calm, to 1."""
    waveform: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Its peaks have been drawn."""
    fingerprint: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)
    """Chromaprint's numbers, four bytes each, little-endian."""
    content_sha256: Mapped[str | None]
    """Of the original file, hexadecimal."""
    duplicate_of: Mapped[UUID | None] = mapped_column(ForeignKey("api.tracks.id", ondelete="SET NULL"))
    """It seems to be another one's copy, as long as nobody decided about it."""
    artwork: Mapped[bool] = mapped_column(default=False)
    requestable: Mapped[bool] = mapped_column(default=_as_its_kind_says, server_default=text("false"))
    """Listeners may ask for it, when it can be played at all."""

    scan_status: Mapped[ScanStatus] = mapped_column(Text, default="not_scanned", server_default="not_scanned")
    scan_engine: Mapped[str | None]
    scanned_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    provenance: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """What the file says of its origin: evidence, never a verdict."""
    edited: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default=_NONE)
    """Fields that a person set: no analysis, no tag and no re-sync overwrites them."""
    proposed: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=_NOTHING)
    """What analysis found for fields in which a person's value stands."""

    version: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    """The library's number of its last change."""
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey(User.id, ondelete="SET NULL"))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    deleted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    deleted_by: Mapped[UUID | None] = mapped_column(ForeignKey(User.id, ondelete="SET NULL"))
    missing_since: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """Its file is not where it was; it may come back."""
    archived_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """Kept, but neither asked for nor planned any more."""
    last_aired_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    airs: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """How many airings of it listeners heard. Airing is no change: it counts up no version."""


class Category(Base):
    """A rotation category: what a clock asks for."""

    __tablename__ = "categories"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class TrackCategory(Base):
    """A track turns over in a category."""

    __tablename__ = "track_categories"

    track_id: Mapped[UUID] = mapped_column(ForeignKey(Track.id, ondelete="CASCADE"), primary_key=True)
    category_id: Mapped[UUID] = mapped_column(ForeignKey(Category.id, ondelete="CASCADE"), primary_key=True, index=True)


class TrackChange(Base):
    """Who changed a field, and from what to what; rows of one act share its `batch_id`."""

    __tablename__ = "track_changes"
    __table_args__ = (
        Index("ix_track_changes_track_id", "track_id", "id"),
        Index("ix_track_changes_batch_id", "batch_id", postgresql_where="batch_id IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    track_id: Mapped[UUID] = mapped_column(ForeignKey(Track.id, ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    by: Mapped[ChangedBy] = mapped_column(Text)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id, ondelete="SET NULL"))
    field: Mapped[str]
    before: Mapped[Any | None] = mapped_column(JSONB)
    after: Mapped[Any | None] = mapped_column(JSONB)
    batch_id: Mapped[UUID | None]
