"""What aired, in answers."""

from kit.contracts.air import Tier
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class PlayedItem(BaseModel):
    """One airing that listeners heard."""

    model_config = ConfigDict(frozen=True)

    id: int
    item_id: str = Field(description="The request's or the track's id")
    tier: Tier
    title: str | None
    artist: str | None
    artwork: str | None = Field(description="Address of the cover, null when there is none")
    started_at: AwareDatetime
    ended_at: AwareDatetime | None = Field(description="null while it plays")
    heard_seconds: float = Field(description="For how long it was on air; counted up when it ends or leaves the air")


class PlayedPage(BaseModel):
    """Newest first."""

    items: tuple[PlayedItem, ...]
    next: int | None = Field(description="Send it as `before` for older ones; null at the end")
