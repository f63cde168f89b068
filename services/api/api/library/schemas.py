"""Tracks in answers. Seconds, LUFS, UTC."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.library.rules import ArtistRole, Kind, ScanStatus, TrackSource, TrackState, UsageType


class Shown(BaseModel):
    """An answer, read from a row."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class ArtistOnTrack(Shown):
    """Somebody on a track."""

    id: UUID
    name: str
    role: ArtistRole


class CategoryShown(Shown):
    """A rotation category."""

    id: UUID
    name: str
    description: str | None


class LibraryTrack(Shown):
    """A track as staff sees it."""

    id: UUID
    version: int = Field(description="The library's number of its last change")
    kind: Kind
    state: TrackState
    problem: str | None = Field(description="Why it does not play, or not yet")
    title: str | None
    artist: str | None = Field(description="As credited")
    artists: tuple[ArtistOnTrack, ...] = ()
    album: str | None
    year: int | None
    genre: str | None
    mood: str | None
    language: str | None
    tags: list[str]
    categories: tuple[CategoryShown, ...] = ()
    composer: str | None
    publisher: str | None
    label: str | None
    isrc: str | None
    iswc: str | None
    upc: str | None
    usage_type: UsageType | None
    content_category: str | None
    is_canadian: bool | None
    is_hit: bool | None
    is_instrumental: bool | None
    valid_from: AwareDatetime | None
    valid_until: AwareDatetime | None
    kill_date: date | None
    dayparts: list[str]
    hours: list[int]
    length_seconds: float | None
    cue_in: float | None
    cue_out: float | None
    intro_end: float | None
    segue_at: float | None
    hook_in: float | None
    hook_out: float | None
    loudness_lufs: float | None = Field(description="Of the original")
    true_peak_dbtp: float | None
    gain_db: float | None
    tempo_bpm: float | None
    energy: float | None
    waveform: bool
    artwork: bool
    requestable: bool
    content_sha256: str | None
    duplicate_of: UUID | None
    scan_status: ScanStatus
    scan_engine: str | None
    scanned_at: AwareDatetime | None
    provenance: dict[str, Any] | None = Field(description="Evidence of its origin, never a verdict")
    edited: list[str] = Field(description="Fields that a person set")
    proposed: dict[str, Any] = Field(description="What analysis found where a person's value stands")
    source: TrackSource
    path: str = Field(description="Relative to the folder of its source")
    size: int
    created_at: AwareDatetime
    created_by: UUID | None
    updated_at: AwareDatetime
    deleted_at: AwareDatetime | None
    missing_since: AwareDatetime | None
    archived_at: AwareDatetime | None
    last_aired_at: AwareDatetime | None
    airs: int


class Song(BaseModel):
    """A track as everybody may see it: what listeners may ask for."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    title: str | None
    artist: str | None
    album: str | None
    year: int | None
    genre: str | None
    length_seconds: float | None
    artwork: str | None = Field(description="Address of the cover, null when there is none")
