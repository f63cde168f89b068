"""What was found of a file's origin, as it is kept with its track. Evidence: nothing in here says what a file *is*."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

CredentialsState = Literal["none", "present_valid", "present_invalid", "present_untrusted", "unreadable"]
LONGEST_WORDS = 200
MOST_WORDS = 20


class Credentials(BaseModel):
    """Content credentials (C2PA) inside the original file, and what they claim."""

    model_config = ConfigDict(frozen=True)

    state: CredentialsState
    generator: str | None = Field(None, description="The program that made the claim, in its own words")
    signer: str | None = Field(None, description="Name in the certificate that signed it")
    signed_at: str | None = Field(None, description="Time of a time stamp authority, when there is one")
    source_types: tuple[str, ...] = Field((), description="IPTC's digital source types that are declared")
    actions: tuple[str, ...] = ()
    problems: tuple[str, ...] = Field((), description="Codes of what does not hold")
    detail: str | None = None


class Declared(BaseModel):
    """A tag in which programs name themselves; `generator` is the maker of music by machine that it names."""

    model_config = ConfigDict(frozen=True)

    tag: str
    value: str
    generator: str | None = None


class Evidence(BaseModel):
    """Everything that was found."""

    credentials: Credentials
    declared: tuple[Declared, ...] = ()


class Provenance(Evidence):
    """Evidence, and when it was looked for."""

    looked_at: datetime


class Order(BaseModel):
    """Look at the original at this path. Certificates in the `anchors` file are trusted; without one none is."""

    model_config = ConfigDict(frozen=True)

    original_path: str
    anchors_path: str | None = None
