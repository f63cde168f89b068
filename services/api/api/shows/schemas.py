"""What is sent and shown about shows. Times are UTC, but for the weekly ones."""

from datetime import time
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StringConstraints

from api.accounts.schemas import Line, Sent, Shown
from api.shows.categories import Category
from api.shows.rules import Weekday


def _text(text: str) -> str:
    if not text.replace("\n", "").isprintable():
        raise ValueError("must be text without control characters other than line ends")
    return text


def _whole_minutes(starts: time) -> time:
    if starts.tzinfo or starts.second or starts.microsecond:
        raise ValueError("must be hours and minutes by the station's clock, such as 20:30")
    return starts


Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000), AfterValidator(_text)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$")]


class WeeklyTimeShown(Shown, Sent):
    """Once a week, by the clock on the station's wall (`AIRTIGHT_STATION_TIMEZONE`)."""

    weekday: Weekday
    starts: Annotated[time, AfterValidator(_whole_minutes), Field(examples=["20:30"])]
    minutes: Annotated[int, Field(ge=1, le=1440)]


def _each_once(times: list[WeeklyTimeShown]) -> list[WeeklyTimeShown]:
    if len({(one.weekday, one.starts) for one in times}) < len(times):
        raise ValueError("each time may be there once")
    return times


Schedule = Annotated[list[WeeklyTimeShown], Field(max_length=50), AfterValidator(_each_once)]


class ShowAbout(Sent):
    """What a show says of itself."""

    host: Line | None = None
    description: Text | None = None
    language: Language = "en"
    category: Category | None = None
    explicit: bool = False
    schedule: Schedule = Field(default_factory=list)
    owner_id: UUID | None = Field(None, description="Who gives out livestream tokens for it; a streamer or above")


class ShowMade(ShowAbout):
    name: Line


class ShowChange(ShowAbout):
    """Only what is sent changes. An owner who is no producer changes neither name nor owner."""

    name: Line = ""


class Artwork(BaseModel):
    """Addresses of a square picture. The large one is a JPEG, the others are WebP of 300 and 600 pixels."""

    small: str
    medium: str
    large: str
    pixels: int = Field(description="The large one's side; podcast directories want 1400 at least")


class AiringShown(Shown):
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class ShowShown(Shown):
    id: UUID
    name: str
    host: str | None
    description: str | None
    language: str
    category: str | None
    explicit: bool
    artwork: Artwork | None
    schedule: list[WeeklyTimeShown]
    next_times: list[AiringShown] = Field(description="The next five by its weekly times; bookings come besides")
    owner_id: UUID | None
    owner: str | None = Field(description="The owner's display name")
    created_at: AwareDatetime


class ShowsPage(BaseModel):
    items: list[ShowShown]
    total: int
