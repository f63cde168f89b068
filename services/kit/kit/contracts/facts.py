"""Facts that services tell each other: past tense, immutable, additive-only."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from kit.contracts.air import EndReason, LiveEnd, Tier
from kit.contracts.queues import PlaylistName


class Fact(BaseModel):
    """Base of every fact. Readers ignore fields that they do not know."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    at: AwareDatetime = Field(description="When it became true, UTC")


class TierChanged(Fact):
    """Listeners hear another tier from `at` on; `previous` is null at the engine's start."""

    type: Literal["tier_changed"] = "tier_changed"
    tier: Tier
    previous: Tier | None


class TrackStarted(Fact):
    """A track began on a tier, whether or not that tier is on air."""

    type: Literal["track_started"] = "track_started"
    airing_id: int
    item_id: str
    tier: Tier
    title: str | None
    artist: str | None


class TrackEnded(Fact):
    """A track ended; `heard_seconds` is how long its tier was on air meanwhile."""

    type: Literal["track_ended"] = "track_ended"
    airing_id: int
    item_id: str
    tier: Tier
    reason: EndReason
    heard_seconds: float = Field(ge=0)


class TrackUnplayable(Fact):
    """A player was given an item again and again and never began it; it is no longer tried."""

    type: Literal["track_unplayable"] = "track_unplayable"
    item_id: str
    tier: Tier
    problem: str


class QueueChanged(Fact):
    """A playlist should hold something else; its owner says what."""

    type: Literal["queue_changed"] = "queue_changed"
    playlist: PlaylistName


class TrackAdded(Fact):
    """The library has a new track, or one that is back; `version` is the library's number of this change."""

    type: Literal["track_added"] = "track_added"
    track_id: UUID
    version: int
    kind: str


class TrackChanged(Fact):
    """A track of the library has other values in the fields that `changed` names."""

    type: Literal["track_changed"] = "track_changed"
    track_id: UUID
    version: int
    kind: str
    changed: tuple[str, ...]


class TrackRemoved(Fact):
    """A track of the library cannot be had any more."""

    type: Literal["track_removed"] = "track_removed"
    track_id: UUID
    version: int
    kind: str


class LiveConnected(Fact):
    """The encoder of a granted session is connected, whether or not it is on air yet."""

    type: Literal["live_connected"] = "live_connected"
    session_id: UUID


class LiveHeard(Fact):
    """How long a session has been on air since it began, in all; told every few seconds while it is."""

    type: Literal["live_heard"] = "live_heard"
    session_id: UUID
    heard_seconds: float = Field(ge=0)


class LiveTitle(Fact):
    """What the encoder of a session says it plays; cleaned, at most 200 characters each."""

    type: Literal["live_title"] = "live_title"
    session_id: UUID
    title: str | None
    artist: str | None


class SilenceDetected(Fact):
    """A tier on air has sent silence for so many seconds; listeners hear the next one. `session_id` is the show's."""

    type: Literal["silence_detected"] = "silence_detected"
    tier: Tier
    seconds: float = Field(ge=0)
    session_id: UUID | None = None


class SilenceEnded(Fact):
    """A tier is silent no more: it sends sound again, or nothing. `seconds` is how long it was silent in all."""

    type: Literal["silence_ended"] = "silence_ended"
    tier: Tier
    seconds: float = Field(ge=0)
    session_id: UUID | None = None


class LiveEnded(Fact):
    """A session's encoder is gone; `heard_seconds` is how long the session was on air in all."""

    type: Literal["live_ended"] = "live_ended"
    session_id: UUID
    reason: LiveEnd
    heard_seconds: float = Field(ge=0)


AnyFact = Annotated[
    TierChanged
    | TrackStarted
    | TrackEnded
    | TrackUnplayable
    | QueueChanged
    | TrackAdded
    | TrackChanged
    | TrackRemoved
    | LiveConnected
    | LiveHeard
    | LiveTitle
    | LiveEnded
    | SilenceDetected
    | SilenceEnded,
    Field(discriminator="type"),
]
parse_fact: TypeAdapter[AnyFact] = TypeAdapter(AnyFact)


class NumberedFact(BaseModel):
    """A fact with its place in its owner's feed."""

    seq: int
    fact: AnyFact
