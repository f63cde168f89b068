"""The programme's tracks in requests and answers."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.library.rules import TrackSource, TrackState


class TrackShown(BaseModel):
    """A track and what became of it; `problem` says in words why it does not play, or not yet."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    source: TrackSource
    path: str = Field(description="Relative to the folder of its source")
    state: TrackState
    problem: str | None
    title: str | None
    artist: str | None
    length_seconds: float | None
    loudness_lufs: float | None = Field(description="Of the original; its copy has the station's")
    artwork: bool
    checked_at: AwareDatetime
    position: int | None = Field(None, description="Place in the playlist; gaps mean nothing")


class ProgrammePage(BaseModel):
    """The playlist in its order, then what is not on it by name."""

    items: list[TrackShown]
    total: int
    random: bool = Field(description="The playlist is played in random order")
    waiting: dict[str, str] = Field(description="Files that cannot be prepared yet, with the reason")


class TracksAdded(BaseModel):
    """Tracks of the library that the playlist shall hold as well."""

    model_config = ConfigDict(extra="forbid")

    track_ids: list[UUID] = Field(min_length=1, max_length=500)


class PlaylistOrder(BaseModel):
    """All tracks of the playlist, in the order in which they are to be played."""

    model_config = ConfigDict(extra="forbid")

    track_ids: list[UUID] = Field(max_length=100_000)


class PlaylistMode(BaseModel):
    """How the playlist is played."""

    model_config = ConfigDict(extra="forbid")

    random: bool
