"""What api wants the two players to hold; stream-control makes them hold it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

PlaylistName = Literal["user", "fallback"]


class NamedItem(BaseModel):
    """How an item is shown."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = Field(description="The item's id: the only title that its on-air copy carries")
    title: str | None = None
    artist: str | None = None
    length_seconds: float | None = None
    artwork: str | None = Field(None, description="Address of the cover behind the front door")


class WantedItem(NamedItem):
    """One song that a player should hold."""

    path: str = Field(description="The on-air copy, relative to the media folder")
    may_be_cut: bool = Field(False, description="May end before its end when it is no longer wanted")


class WantedQueue(BaseModel):
    """A playlist as it should be: songs in their order, whatever plays first."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    playlist: PlaylistName
    random: bool = Field(description="The player chooses the order")
    items: tuple[WantedItem, ...]


class ItemsAsked(BaseModel):
    """Ids whose names are wanted."""

    ids: list[str] = Field(max_length=500)
