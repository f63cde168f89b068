"""What the fetching child is told, as JSON on its standard input, and what it tells: JSON lines on its output."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from api.queue.rules import FailureReason


class Order(BaseModel):
    """Fetch this. Bytes and seconds."""

    model_config = ConfigDict(frozen=True)

    url: str
    folder: str
    name: str
    """What the fetched file is called in the folder."""
    max_bytes: int
    max_seconds: float
    cpu_seconds: int
    exceptions: tuple[tuple[str, int], ...] = ()
    """Hosts and ports that may be reached although they are private."""


class Progress(BaseModel):
    """So much has been loaded, 0 to 1."""

    type: Literal["progress"] = "progress"
    part: float


class Done(BaseModel):
    """The file is there, whole."""

    type: Literal["done"] = "done"
    title: str | None
    artist: str | None
    guessed: bool
    """The title is no more than the file's name: what the file says of itself is better."""


class Failed(BaseModel):
    """It could not be had; `detail` is for the log."""

    type: Literal["failed"] = "failed"
    reason: FailureReason
    detail: str


Message = Annotated[Progress | Done | Failed, Field(discriminator="type")]
parse_message: TypeAdapter[Progress | Done | Failed] = TypeAdapter(Message)
