"""What events carry. Nothing in them tells who asked for a song."""

from uuid import UUID

from kit.contracts.air import NowPlaying, Tier
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.accounts.schemas import Shown
from api.events.rules import Change
from api.live.schemas import LiveNow
from api.queue.rules import RequestState
from api.queue.schemas import QueueShown


class SilentTierShown(Shown):
    tier: Tier
    since: AwareDatetime = Field(description="When its silence began, UTC")


class SilenceNow(BaseModel):
    """Event `silence`: which tiers are dropped because they send silence."""

    model_config = ConfigDict(frozen=True)

    tiers: tuple[SilentTierShown, ...] = ()


class State(BaseModel):
    """Event `state`: everything, when the stream begins and again after something may have been missed."""

    model_config = ConfigDict(frozen=True)

    now_playing: NowPlaying | None = Field(description="null until the station has told it")
    tier: Tier | None
    listeners: int = Field(ge=0)
    queue: QueueShown | None = Field(description="null until the database has told it")
    live: LiveNow = LiveNow()
    silence: SilenceNow = SilenceNow()


class TierHeard(BaseModel):
    """Event `tier`: listeners hear another one."""

    model_config = ConfigDict(frozen=True)

    tier: Tier | None


class ListenersCounted(BaseModel):
    """Event `listeners`."""

    model_config = ConfigDict(frozen=True)

    listeners: int = Field(ge=0)


def body_of(change: Change, now: NowPlaying) -> NowPlaying | TierHeard | ListenersCounted:
    """What the event of this name carries."""
    match change:
        case "tier":
            return TierHeard(tier=now.tier)
        case "listeners":
            return ListenersCounted(listeners=now.listeners)
        case "now_playing":
            return now


class RequestMoved(BaseModel):
    """Event `request`: how far the preparation of one has come."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: UUID
    state: RequestState
    progress: int = Field(ge=0, le=100)
