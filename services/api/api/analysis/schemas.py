"""What is asked and shown about the analysis of tracks. Times are UTC, durations seconds."""

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from api.accounts.schemas import Sent
from api.analysis.provenance.evidence import Provenance
from api.analysis.provenance.meaning import Finding
from api.analysis.rules import State, Which
from api.library.rules import Kind

MOST_SELECTED = 1000


class AnalysisAsked(Sent):
    """Either some tracks, or which of all."""

    track_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_SELECTED)] | None = None
    which: Which | None = Field(None, description="`outdated`: measured by an older version than the present one")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.track_ids is None) == (self.which is None):
            raise ValueError("send either track_ids or which")
        return self


class AnalysisOrdered(BaseModel):
    ordered: int = Field(description="Tracks that will be looked at again")


class AnalysisShown(BaseModel):
    track_id: UUID
    title: str | None
    kind: Kind
    state: State
    problem: str | None = Field(description="Why the last attempt failed; the track can be used all the same")
    attempts: int
    algorithm: int | None = Field(description="Version that measured what the track has")
    requested_at: AwareDatetime
    finished_at: AwareDatetime | None


class AnalysesPage(BaseModel):
    """How far all of it is, and the tracks in the asked state."""

    algorithm: int = Field(description="The present version")
    counts: dict[State, int]
    outdated: int
    items: list[AnalysisShown]
    total: int


class ProposalsTaken(Sent):
    fields: Annotated[list[str], Field(min_length=1, max_length=20)] | None = Field(
        None, description="Which proposals; all when left out"
    )


class Proposals(BaseModel):
    """The measured fields of a track, and what is still proposed for them."""

    track_id: UUID
    values: dict[str, Any]
    edited: list[str]
    proposed: dict[str, Any]


class ProvenanceShown(BaseModel):
    """Evidence of a file's origin. None of it, and not all of it together, is a verdict."""

    track_id: UUID
    state: Literal["looked_at", "not_looked_at_yet"]
    findings: list[Finding]
    evidence: Provenance | None


class AlikeShown(BaseModel):
    id: UUID
    title: str | None
    artist: str | None
    length_seconds: float | None
    created_at: AwareDatetime


class SimilarShown(BaseModel):
    """Two tracks that seem to be of one recording."""

    first: AlikeShown
    second: AlikeShown
    confidence: float = Field(description="From 0 to 1")
    offset_seconds: float = Field(description="How much later the common part comes in the first")
    overlap_seconds: float = Field(description="So much was compared, of two minutes at most")
    found_at: AwareDatetime


class SimilarPage(BaseModel):
    items: list[SimilarShown]
    total: int
