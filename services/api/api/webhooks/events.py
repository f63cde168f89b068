"""What receivers are sent: one schema for each event. Fields are only ever added; times are UTC, durations seconds.

Nothing in them is secret, and nobody's e-mail address.
"""

from datetime import UTC
from typing import Annotated, Literal
from uuid import UUID, uuid4

from kit.contracts.air import LiveEnd, Tier
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

EventName = Literal[
    "song_changed",
    "livestream_started",
    "livestream_ended",
    "tier_changed",
    "silence_detected",
    "show_published",
]
"""What a webhook may be told of; `ping` comes only when somebody tries it out."""

Moment = Annotated[AwareDatetime, AfterValidator(lambda at: at.astimezone(UTC))]


class Data(BaseModel):
    """What happened."""

    model_config = ConfigDict(frozen=True)


class SongHeard(Data):
    tier: Tier
    title: str | None = Field(description="A show without titles goes by its streamer's name")
    artist: str | None
    started_at: Moment = Field(description="When it began, or the show did: earlier than `at` when nobody heard it")
    airing_id: int | None = Field(None, description="Its `id` in `GET /played`; null for a show")
    session_id: UUID | None = Field(None, description="The show's, when one is on air")


class TierHeard(Data):
    tier: Tier
    previous: Tier | None = Field(description="null after the audio engine started")


class ShowBegun(Data):
    session_id: UUID
    streamer: str | None = Field(description="The display name")
    show_id: UUID | None
    show: str | None = Field(description="The show's name")
    started_at: Moment = Field(description="When the encoder connected")


class ShowOver(ShowBegun):
    ended_at: Moment
    reason: LiveEnd
    heard_seconds: float = Field(description="For how long listeners heard it")


class Silence(Data):
    tier: Tier
    seconds: float = Field(description="For how long it was; the next tier is heard from now on")
    session_id: UUID | None = Field(None, description="The show's, when it is the live tier")


class Episode(Data):
    show_id: UUID
    show: str = Field(description="The show's name")
    episode_id: UUID
    title: str
    published_at: Moment
    length_seconds: float | None = None
    audio: str | None = Field(None, description="Its address below the station's own")
    feed: str | None = Field(None, description="The podcast's address below the station's own")


class Event(BaseModel):
    """What all events have."""

    model_config = ConfigDict(frozen=True)

    version: Literal[1] = 1
    id: UUID = Field(default_factory=uuid4, description="The event's; the same for every receiver and over retries")
    at: Moment = Field(description="When it happened")
    sequence: int | None = Field(
        None, description="Counts up by one for each event of this webhook; they may arrive in another order"
    )


class SongChangedEvent(Event):
    """Listeners hear another song: the one of the tier on air. Noise has none."""

    event: Literal["song_changed"] = "song_changed"
    data: SongHeard


class LivestreamStartedEvent(Event):
    """A streamer's encoder is connected."""

    event: Literal["livestream_started"] = "livestream_started"
    data: ShowBegun


class LivestreamEndedEvent(Event):
    """A streamer's encoder is gone."""

    event: Literal["livestream_ended"] = "livestream_ended"
    data: ShowOver


class TierChangedEvent(Event):
    """Listeners hear another tier."""

    event: Literal["tier_changed"] = "tier_changed"
    data: TierHeard


class SilenceDetectedEvent(Event):
    """Listeners heard silence: a tier sent nothing else for too long."""

    event: Literal["silence_detected"] = "silence_detected"
    data: Silence


class ShowPublishedEvent(Event):
    """An episode of a show was published."""

    event: Literal["show_published"] = "show_published"
    data: Episode


class PingEvent(Event):
    """Somebody tries the webhook out."""

    event: Literal["ping"] = "ping"


Told = (
    SongChangedEvent
    | LivestreamStartedEvent
    | LivestreamEndedEvent
    | TierChangedEvent
    | SilenceDetectedEvent
    | ShowPublishedEvent
)
