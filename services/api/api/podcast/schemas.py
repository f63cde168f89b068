"""What is sent about episodes, and their chapters as podcast players read them."""

from typing import Annotated

from pydantic import BaseModel, Field

from api.accounts.schemas import Sent
from api.airchecks.schemas import Title
from api.shows.schemas import Text

Number = Annotated[int, Field(ge=1, le=100_000)]


class EpisodeWanted(Sent):
    """Only what is sent changes; sent again it changes a published episode."""

    title: Title = ""
    notes: Text | None = None
    season: Number | None = None
    number: Number | None = None
    explicit: bool | None = Field(None, description="null: as the show says")


class PodcastChapter(BaseModel):
    startTime: float  # noqa: N815
    title: str


class PodcastChapters(BaseModel):
    """The podcast namespace's JSON chapters."""

    version: str = "1.2.0"
    chapters: list[PodcastChapter]
