"""What a caller says about the piece it wants."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Tag = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")
]
"""Text of an ID3 tag: one line, no control characters."""


class MusicWish(BaseModel):
    """A piece of ambient music. The same seed and length always give the same piece."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int = Field(ge=0, le=2**32 - 1)
    seconds: int = Field(ge=10, le=600)
    title: Tag | None = Field(default=None, description="Without one the piece is named from its seed")
    artist: Tag = "Airtight"
