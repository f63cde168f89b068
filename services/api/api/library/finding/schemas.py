"""What is asked and shown about finding. Lengths are seconds, times UTC."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from api.library.finding.cursors import LONGEST
from api.library.finding.rules import LONGEST_TEXT, Presence, Sort
from api.library.rules import Kind, ScanStatus, TrackState, UsageType
from api.library.schemas import LibraryTrack, Song

Words = Annotated[list[Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT)]], Field(max_length=50)]
Ids = Annotated[list[UUID], Field(max_length=50)]
Number = Annotated[float | None, Field(ge=0, le=10**6, allow_inf_nan=False)]
Year = Annotated[int | None, Field(ge=0, le=9999)]
Order = Literal["ascending", "descending"]


class Paged(BaseModel):
    """Which page, in what order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    order: Order | None = Field(None, description="By default what is newest, most played or most relevant comes first")
    after: str | None = Field(None, max_length=3 * LONGEST, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=200)


class SongFilter(BaseModel):
    """What listeners may look for; several values of one field mean any of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    q: str = Field("", max_length=LONGEST_TEXT, description="Words of title, artist and album; the last may be begun")
    genre: Words = []
    mood: Words = []
    language: Words = []
    artist_id: Ids = []
    year_from: Year = None
    year_to: Year = None


class SongQuery(SongFilter, Paged):
    sort: Literal["relevance", "title", "artist", "added", "year"] | None = None


class TrackFilter(SongFilter):
    """What staff may look for."""

    block: UUID | None = Field(None, description="Only what this saved filter holds")
    kind: Annotated[list[Kind], Field(max_length=9)] = []
    state: Annotated[list[TrackState], Field(max_length=5)] = Field([], description="By default all but `gone`")
    scan_status: Annotated[list[ScanStatus], Field(max_length=3)] = []
    usage_type: Annotated[list[UsageType], Field(max_length=7)] = []
    tag: Words = []
    category: Ids = []
    uploaded_by: Ids = []
    length_from: Number = None
    length_to: Number = None
    tempo_from: Number = None
    tempo_to: Number = None
    energy_from: Number = None
    energy_to: Number = None
    is_canadian: bool | None = None
    is_hit: bool | None = None
    is_instrumental: bool | None = None
    requestable: bool | None = Field(None, description="Listeners may ask for it now")
    airable: bool | None = Field(None, description="It may air now")
    artwork: bool | None = None
    problem: bool | None = None
    duplicate: bool | None = None
    archived: Presence = "no"
    deleted: Presence = "no"
    missing: Presence = "any"
    added_from: AwareDatetime | None = None
    added_before: AwareDatetime | None = None
    not_aired_since: AwareDatetime | None = Field(None, description="Never, or only before")


class TrackQuery(TrackFilter, Paged):
    sort: Sort | None = Field(None, description="By default relevance when words are looked for, otherwise `added`")


class Page(BaseModel):
    next: str | None = Field(description="Send it as `after`; null at the end")
    total: int | None = Field(description="How many there are, on the first page")
    total_is_least: bool = Field(description="There are more than `total`: nobody counted further")
    alike: bool = Field(description="No track has these words; these have similar ones")


class TracksPage(Page):
    items: list[LibraryTrack]


class SongsPage(Page):
    items: list[Song]


class FacetCount(BaseModel):
    value: str
    label: str = Field(description="The value as it is shown")
    count: int


class Facets(BaseModel):
    """How many of what is found have each value, the most frequent first; at most a hundred values of each."""

    kind: list[FacetCount] = []
    state: list[FacetCount] = []
    genre: list[FacetCount] = []
    mood: list[FacetCount] = []
    language: list[FacetCount] = []
    decade: list[FacetCount] = []
    tag: list[FacetCount] = []
    category: list[FacetCount] = []
    alike: bool = False
