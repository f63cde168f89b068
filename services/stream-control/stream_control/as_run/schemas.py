"""As-run in answers."""

from kit.contracts.air import EndReason, Tier
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class AsRunItem(BaseModel):
    """One airing."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    tier: Tier
    item_id: str
    title: str | None
    artist: str | None
    started_at: AwareDatetime
    ended_at: AwareDatetime | None = Field(description="null while it plays")
    ended_reason: EndReason | None
    heard_seconds: float = Field(description="Seconds during which its tier was on air")


class AsRunPage(BaseModel):
    """Newest first; `next_before` asks for the page behind."""

    items: list[AsRunItem]
    next_before: int | None
