"""Live sessions in questions and answers."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

DAY = 86400.0


class LiveNow(BaseModel):
    """Who is live by the audio engine's own word; `known` is false when it does not answer."""

    session: UUID | None
    since: AwareDatetime | None = Field(description="When its encoder connected, UTC")
    seconds_left: float | None = Field(None, description="Until the engine cuts it off")
    known: bool


class Cut(BaseModel):
    """Which session to end, and a word on why for the log."""

    session: UUID
    reason: Annotated[str, Field(max_length=200)] = ""


class Limit(BaseModel):
    """How long a session may go on from now."""

    session: UUID
    seconds_left: float = Field(ge=0, le=31 * DAY)


class LiveControlled(BaseModel):
    """The engine has taken it in."""

    session: UUID
