"""What is sent and shown about live shows. Times are UTC, durations seconds."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.accounts.schemas import Line, Sent, Shown
from api.live.rules import Refused, TokenState

MaxSeconds = Annotated[int, Field(ge=60, le=86_400, description="Time on air within 30 days, all sessions together")]


class LiveTokenForShow(Sent):
    max_streaming_seconds: MaxSeconds
    note: Line | None = None


class LiveTokenAsked(LiveTokenForShow):
    show_id: UUID | None = None
    user_id: UUID | None = Field(None, description="Whose token; the caller's own when left out")


class EncoderSettings(BaseModel):
    """Ready to paste."""

    obs: str
    ffmpeg: str
    butt: str
    mixxx: str
    browser: str


class LiveTokenMade(BaseModel):
    """Shown this once."""

    token: str = Field(description="The encoder's password; any user name will do")
    id: UUID
    user_id: UUID
    expires_at: AwareDatetime
    settings: EncoderSettings


class RefusalShown(BaseModel):
    reason: Refused
    at: AwareDatetime


class LiveTokenShown(BaseModel):
    id: UUID
    state: TokenState
    user_id: UUID
    user: str | None = Field(description="The display name")
    show_id: UUID | None
    show: str | None = Field(description="The show's name")
    note: str | None
    max_streaming_seconds: int
    used_seconds: float = Field(description="What its user has been on air within 30 days, with whichever token")
    created_at: AwareDatetime
    expires_at: AwareDatetime
    revoked_at: AwareDatetime | None
    last_used_at: AwareDatetime | None
    last_refusal: RefusalShown | None = Field(description="Why it was not let in, the last time that it was not")


class LiveTokensPage(BaseModel):
    items: list[LiveTokenShown]
    total: int


class SlotAsked(Sent):
    user_id: UUID
    show_id: UUID | None = None
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class SlotShown(BaseModel):
    """A booking, as everybody sees it."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    streamer: str | None = Field(description="The display name")
    show_id: UUID | None
    show: str | None


class SlotForStaff(SlotShown):
    id: UUID
    user_id: UUID


class SlotsPage(BaseModel):
    items: list[SlotForStaff]
    total: int


class Schedule(BaseModel):
    items: list[SlotShown] = Field(description="Bookings that are not over, the next ones first")


class Kick(Sent):
    revoke: bool = Field(True, description="Take the token back, too: most encoders connect again by themselves")


class Extension(Sent):
    seconds: Annotated[int, Field(ge=1, le=86_400)]


class LiveNow(Shown):
    """Who is live."""

    state: Literal["off", "on", "ending"] = Field(
        "off", description="`ending` is a warning: it is told 5 minutes and 1 minute before the end"
    )
    streamer: str | None = Field(None, description="The display name")
    show_id: UUID | None = None
    show: str | None = None
    since: AwareDatetime | None = None
    title: str | None = Field(None, description="What the encoder says it plays")
    artist: str | None = None
    ends_at: AwareDatetime | None = Field(None, description="When it will be cut off")
    seconds_left: float | None = None


class LiveNowForStaff(LiveNow):
    session: UUID
    user_id: UUID | None
    heard_seconds: float


class Knocking(BaseModel):
    """What an encoder sent. Whatever it is, it is answered."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    password: str
    address: str | None = None


class Answered(BaseModel):
    """Whether a streamer is let in."""

    allowed: bool
    session: UUID | None = None
    seconds_left: float | None = None
    name: str | None = None
    reason: Refused | None = None


class SessionNamed(BaseModel):
    model_config = ConfigDict(extra="ignore")

    session: UUID
