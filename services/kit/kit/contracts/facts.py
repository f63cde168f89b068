"""Facts that services tell each other: past tense, immutable, additive-only."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from kit.contracts.air import EndReason, Tier
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


AnyFact = Annotated[
    TierChanged | TrackStarted | TrackEnded | TrackUnplayable | QueueChanged, Field(discriminator="type")
]
parse_fact: TypeAdapter[AnyFact] = TypeAdapter(AnyFact)


class NumberedFact(BaseModel):
    """A fact with its place in its owner's feed."""

    seq: int
    fact: AnyFact
