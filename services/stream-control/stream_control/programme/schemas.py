"""The programme's files in answers."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from stream_control.programme.rules import FileState, Folder


class ProgrammeFileShown(BaseModel):
    """A file and what became of it; `problem` says in words why it does not play."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    folder: Folder
    path: str
    state: FileState
    problem: str | None
    title: str | None
    artist: str | None
    length_seconds: float | None
    loudness_lufs: float | None
    checked_at: AwareDatetime


class ProgrammePage(BaseModel):
    """Files by name; `waiting` are those that cannot be looked at yet, with the reason."""

    items: list[ProgrammeFileShown]
    total: int
    waiting: dict[str, str]
