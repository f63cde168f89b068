"""The policy, and what it would delete."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from api.accounts.schemas import Sent, Shown
from api.retention.rules import Because, What

Days = Annotated[int, Field(ge=1, le=36_500)]


class PolicySent(Shown, Sent):
    """null is no limit. As long as nobody has set one, nothing is deleted."""

    unpublished_days: Days | None = Field(None, description="Keep airchecks that are no episodes so long")
    published_days: Days | None = Field(None, description="Keep episodes so long; without it none is ever deleted")
    originals_days: Days | None = Field(None, description="Keep the lossless originals so long")
    keep_last: int = Field(0, ge=0, le=10_000, description="So many of each show are kept however old they are")
    total_gb: float | None = Field(None, gt=0, le=1_000_000, description="All airchecks may take so much")


class DeletionShown(BaseModel):
    aircheck_id: UUID
    title: str
    show: str | None
    began_at: AwareDatetime
    what: What = Field(description="The aircheck goes to the trash; an original is gone at once")
    because: Because
    why: str = Field(description="In words")
    bytes: int


class Preview(BaseModel):
    items: list[DeletionShown]
    total: int
    frees_bytes: int
    bytes_now: int
    bytes_after: int = Field(description="May be above the limit: episodes and the last of each show are kept")
