"""The library as other services read it (`GET /internal/library/tracks`): one JSON object a line, by version."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter


class CatalogArtist(BaseModel):
    """Somebody on a track."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: UUID
    name: str
    role: str


class CatalogTrack(BaseModel):
    """A track that may air, with what planning needs. Seconds are counted from the beginning of its on-air copy."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: Literal["track"] = "track"
    id: UUID
    version: int = Field(description="The library's number of its last change; they grow from line to line")
    kind: str
    title: str | None
    artist: str | None = Field(description="As credited")
    artists: tuple[CatalogArtist, ...]
    album: str | None
    year: int | None
    genre: str | None
    mood: str | None
    language: str | None
    tags: tuple[str, ...]
    categories: tuple[str, ...] = Field(description="Names of its rotation categories")
    composer: str | None
    publisher: str | None
    label: str | None
    isrc: str | None
    iswc: str | None
    upc: str | None
    usage_type: str | None
    content_category: str | None
    is_canadian: bool | None
    is_hit: bool | None
    is_instrumental: bool | None
    length_seconds: float | None
    cue_in: float | None
    cue_out: float | None
    intro_end: float | None
    segue_at: float | None
    hook_in: float | None
    hook_out: float | None
    gain_db: float | None = Field(description="What brings the original to the station's loudness")
    tempo_bpm: float | None
    energy: float | None = Field(description="0, calm, to 1")
    valid_from: AwareDatetime | None
    valid_until: AwareDatetime | None = Field(description="Not aired from this moment on")
    kill_date: date | None = Field(description="The last day, station time, on which it may air")
    dayparts: tuple[str, ...] = Field(description="In which it may air; none means any")
    hours: tuple[int, ...] = Field(description="Empty, or seven days from Monday on: bit h for the hour from h:00")
    requestable: bool


class CatalogRemoval(BaseModel):
    """A track that may not air (any more); told to whoever asks for changes."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: Literal["removed"] = "removed"
    id: UUID
    version: int


CatalogLine = Annotated[CatalogTrack | CatalogRemoval, Field(discriminator="type")]
parse_catalog_line: TypeAdapter[CatalogLine] = TypeAdapter(CatalogLine)
