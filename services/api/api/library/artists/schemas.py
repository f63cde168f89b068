"""Artists in requests and answers."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from api.accounts.schemas import Sent
from api.library.artists.rules import folded
from api.library.fields import one_line


def _name(text: str) -> str:
    text = one_line(text)
    if not folded(text):
        raise ValueError("must be a name")
    return text


Name = Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(_name)]
Aliases = Annotated[list[Name], Field(max_length=100)]


class ArtistMade(Sent):
    """A name that stays whole in credits, whatever signs are in it."""

    name: Name
    sort_name: Name | None = Field(None, description="Without one an English article goes behind")
    aliases: Aliases = Field([])


class ArtistChange(Sent):
    """Only what is sent changes."""

    name: Name = ""
    sort_name: Name = ""
    aliases: Aliases = Field([], description="All other names")


class ArtistMerge(Sent):
    others: list[UUID] = Field(min_length=1, max_length=100, description="Artists that are the same")


class ArtistShown(BaseModel):
    id: UUID
    name: str
    sort_name: str
    aliases: list[str] = Field(description="All other names")
    tracks: int


class ArtistsPage(BaseModel):
    items: list[ArtistShown]
    total: int
