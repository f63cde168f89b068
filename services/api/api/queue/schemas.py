"""Requests over HTTP."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.queue.rules import FailureReason, RequestSource, RequestState


class QueueEntry(BaseModel):
    """A request as everybody may see it."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    state: RequestState
    position: int | None = Field(description="1 for the next one; null while it plays or is being prepared")
    title: str | None
    artist: str | None
    length_seconds: float | None
    artwork: str | None = Field(description="Address of the cover, null when there is none")
    progress: int = Field(ge=0, le=100, description="Per cent of fetching and preparing")
    started_at: AwareDatetime | None = Field(description="When it (last) began")
    expected_at: AwareDatetime | None = Field(description="When it will begin; null when nobody can tell")
    mine: bool = Field(description="Whether the caller asked for it")


class QueueShown(BaseModel):
    """The queue now."""

    model_config = ConfigDict(frozen=True)

    playing: QueueEntry | None = Field(description="The request that has begun, heard or held")
    items: tuple[QueueEntry, ...] = Field(description="What comes next, in order")
    preparing: tuple[QueueEntry, ...] = Field(description="What is being fetched or prepared, oldest first")


class RequestShown(BaseModel):
    """A request as its owner sees it."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    source: RequestSource
    url: str | None
    file_name: str | None
    track_id: UUID | None
    state: RequestState
    progress: int = Field(ge=0, le=100, description="Per cent of fetching and preparing")
    reason: FailureReason | None = Field(description="Why it failed")
    problem: str | None = Field(description="The reason in words")
    title: str | None
    artist: str | None
    length_seconds: float | None
    artwork: str | None = Field(description="Address of the cover, null when there is none")
    position: int | None = Field(description="1 for the next one; null unless it is queued")
    created_at: AwareDatetime
    queued_at: AwareDatetime | None
    started_at: AwareDatetime | None = Field(description="When it (last) began")
    ended_at: AwareDatetime | None = Field(description="When it was played, failed or removed")


class RequestsListed(BaseModel):
    """Own requests, newest first."""

    items: tuple[RequestShown, ...]
    next: UUID | None = Field(description="Send it as `cursor` for older ones; null at the end")


class QuotaShown(BaseModel):
    """What the caller has and may have; null is no limit."""

    waiting: int = Field(description="Requests that are being prepared or wait to be played")
    max_queue_songs: int | None
    requests: int = Field(description="Requests that count against `max_add_requests`")
    max_add_requests: int | None


class OrderWanted(BaseModel):
    """Every queued request, in the order in which they shall be played."""

    ids: list[UUID] = Field(max_length=500)
