"""What is sent and shown about shows. Times are UTC."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StringConstraints

from api.accounts.schemas import Line, Sent, Shown


def _text(text: str) -> str:
    if not text.replace("\n", "").isprintable():
        raise ValueError("must be text without control characters other than line ends")
    return text


Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000), AfterValidator(_text)]


class ShowMade(Sent):
    name: Line
    description: Text | None = None
    owner_id: UUID | None = Field(None, description="Who gives out livestream tokens for it; a streamer or above")


class ShowChange(Sent):
    """Only what is sent changes."""

    name: Line = ""
    description: Text | None = None
    owner_id: UUID | None = None


class ShowShown(Shown):
    id: UUID
    name: str
    description: str | None
    owner_id: UUID | None
    owner: str | None = Field(None, description="The owner's display name")
    created_at: AwareDatetime


class ShowsPage(BaseModel):
    items: list[ShowShown]
    total: int
