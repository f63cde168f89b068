"""The imports' folder in answers."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.importing.rules import FileState, RunCause, RunState


class RunShown(BaseModel):
    """A look through the folder: it is done when every file is known, and then they are still being brought in."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    state: RunState
    cause: RunCause
    problem: str | None
    found: int = Field(description="Files that are there")
    new: int
    changed: int
    missing: int
    returned: int
    created_at: AwareDatetime
    ended_at: AwareDatetime | None


class ImportShown(BaseModel):
    """How far the folder and the library are in step: nothing is to be done when no file waits."""

    run: RunShown | None = Field(description="The last look, or the one that goes on")
    waiting: int = 0
    imported: int = 0
    refused: int = 0
    missing: int = 0


class FileShown(BaseModel):
    """A file of the folder and what became of it."""

    model_config = ConfigDict(from_attributes=True)

    path: str
    size: int
    state: FileState
    problem: str | None
    track_id: UUID | None
    same_as: UUID | None = Field(description="The track that has this content already")
    checked_at: AwareDatetime
    missing_since: AwareDatetime | None


class FilesListed(BaseModel):
    """A page of files by path."""

    items: list[FileShown]
    next: str | None = Field(description="`cursor` of the next page")
