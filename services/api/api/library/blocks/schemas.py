"""Saved filters in requests and answers."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from api.accounts.schemas import Line, Sent
from api.library.finding.rules import Group
from api.library.schemas import LibraryTrack, Shown


class BlockMade(Sent):
    name: Line
    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] | None = None
    filter: Group


class BlockChange(Sent):
    """Only what is sent changes."""

    name: Line = ""
    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] | None = None
    filter: Group = Group()
    version: int | None = Field(None, description="The version that was looked at: another one is refused")


class BlockShown(Shown):
    id: UUID
    name: str
    description: str | None
    filter: dict[str, Any]
    owner_id: UUID | None
    version: int
    created_at: AwareDatetime
    updated_at: AwareDatetime


class BlocksPage(BaseModel):
    items: list[BlockShown]
    total: int


class BlockTried(Sent):
    filter: Group


class BlockPreview(BaseModel):
    """What a filter holds now of what may air."""

    count: int
    length_seconds: float = Field(description="Of all of them")
    first: list[LibraryTrack] = Field(description="The first by title")


class BlockHeld(BaseModel):
    """For whoever plans: what a saved filter holds now of what may air."""

    id: UUID
    name: str
    version: int
    track_ids: list[UUID]
