"""What is sent and shown about airchecks. Times are UTC, durations and positions seconds."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StringConstraints

from api.accounts.schemas import Sent, Shown
from api.airchecks.rules import AircheckState, DeletedBecause
from api.shows.schemas import Text


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be one line without control characters")
    return text


Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_one_line)
]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_one_line)]


def _of_our_time(moment: datetime) -> datetime:
    if not datetime(1970, 1, 1, tzinfo=UTC) <= moment < datetime(2200, 1, 1, tzinfo=UTC):
        raise ValueError("must be between 1970 and 2200")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_of_our_time)]


class AircheckChange(Sent):
    """Only what is sent changes."""

    title: Title = ""
    notes: Text | None = Field(None, description="Shown to everybody once it is published")
    show_id: UUID | None = Field(None, description="Only a producer puts it into another show")


class ChapterShown(Shown):
    starts: float
    title: str


class GapShown(Shown):
    """Here so many seconds are missing: the recorder was away."""

    at: float
    seconds: float


class EpisodeShown(BaseModel):
    """What its show's podcast says of a published one."""

    published_at: AwareDatetime
    season: int | None
    number: int | None
    explicit: bool


class AircheckShown(Shown):
    id: UUID
    state: AircheckState
    problem: str | None = Field(description="Why it was not kept, or what it waits for; for those whose it is")
    title: str
    notes: str | None
    show_id: UUID | None
    show: str | None
    host: str | None = Field(description="Who hosted it: the show's host then, or its streamer")
    streamer_id: UUID | None
    began_at: AwareDatetime
    ended_at: AwareDatetime
    length_seconds: float | None
    has_original: bool
    episode: EpisodeShown | None = Field(description="null while it is not published")
    deleted_at: AwareDatetime | None
    deleted_because: DeletedBecause | None


class AircheckInFull(AircheckShown):
    chapters: list[ChapterShown]
    gaps: list[GapShown]
    loudness_lufs: float | None = Field(description="Of the original; the copy for listening has the station's")
    copy_bytes: int | None
    original_bytes: int | None


class AirchecksPage(BaseModel):
    """Newest first."""

    items: list[AircheckShown]
    next: str | None = Field(description="`cursor` of the next page; null when this is the last")
