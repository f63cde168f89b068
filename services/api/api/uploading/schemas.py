"""Uploads in requests and answers."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from api.library.fields import Words
from api.library.rules import Kind
from api.media.names import file_name
from api.uploading.rules import RefusedFor, UploadState


def _list(value: object) -> object:
    return [one.strip() for one in value.split(",") if one.strip()] if isinstance(value, str) else value


class Told(BaseModel):
    """What a sender says of a file: `Upload-Metadata`, or a form's fields. What else is said there is left."""

    model_config = ConfigDict(frozen=True)

    filename: Annotated[str, BeforeValidator(lambda value: file_name(str(value)))] = "unnamed"
    kind: Kind = "MUS"
    tags: Annotated[Words, BeforeValidator(_list)] = []
    categories: Annotated[list[UUID], BeforeValidator(_list), Field(max_length=20)] = []
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None


class UploadShown(BaseModel):
    """A file on its way into the library, and what became of it. Bytes."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    size: int
    received: int
    kind: Kind
    state: UploadState
    reason: RefusedFor | None = Field(description="Why it was refused, in one word")
    problem: str | None = Field(description="Why it was refused, in words")
    track_id: UUID | None = Field(description="What it became; of a duplicate, the track that is there already")
    created_at: AwareDatetime
    expires_at: AwareDatetime = Field(description="If it is not whole by then, it is thrown away")
    ended_at: AwareDatetime | None


class UploadsListed(BaseModel):
    """A page of uploads, newest first."""

    items: list[UploadShown]
    next: UUID | None = Field(description="`cursor` of the next page")
