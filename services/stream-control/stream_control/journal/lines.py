"""The journal's lines, as Liquidsoap writes them (liquidsoap/journal.liq)."""

import unicodedata
from typing import Annotated, Literal
from uuid import UUID

from kit.contracts.air import Tier
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

Moment = float
"""Seconds since 1970, UTC, to the millisecond."""
YEAR_10000 = 253_402_300_800
"""The first moment that a date cannot name."""


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    at: Moment = Field(gt=0, lt=YEAR_10000)


class Boot(_Line):
    """The engine started; what played before was cut off."""

    event: Literal["boot"]


class TierEntered(_Line):
    """Listeners hear this tier from now on."""

    event: Literal["tier"]
    tier: Tier
    previous: Annotated[Tier | None, BeforeValidator(lambda value: value or None)]


class TrackBegan(_Line):
    """A tier's player began an item; empty when the file named none."""

    event: Literal["track"]
    tier: Tier
    item: str = Field(max_length=4096, pattern=r"^[^\x00]*$")


class PlayerLost(_Line):
    """A tier's player stopped sending: its queue ended, it was stopped, or it died."""

    event: Literal["lost"]
    tier: Tier


Ending = Literal["skipped", "replaced", "paused"]


class Noted(_Line):
    """stream-control's word on why the tier's track is about to end."""

    event: Literal["note"]
    tier: Tier
    note: Ending


class Resumed(_Line):
    """stream-control's word that a paused player is about to go on."""

    event: Literal["resumed"]
    tier: Tier


LONGEST_TEXT = 200
UNSEEN = ("Cc", "Cs", "Co", "Cn", "Zl", "Zp")
"""Kinds of characters that have no place in a line of text."""
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They would turn round the text behind them."""


def cleaned(text: str) -> str:
    """One short line of what a stranger's encoder said."""
    seen = (" " if unicodedata.category(one) in UNSEEN or one in TURNING else one for one in text[: 4 * LONGEST_TEXT])
    return " ".join("".join(seen).split())[:LONGEST_TEXT].rstrip()


Said = Annotated[str, AfterValidator(cleaned)]


class LiveTold(_Line):
    """A live session's encoder connected, left, or was sent away."""

    event: Literal["live"]
    session: UUID
    state: Literal["connected", "disconnected", "cut"]
    encoder: Said = ""
    name: Said = ""


class TitleTold(_Line):
    """What the encoder of a session says it plays; empty when it says nothing."""

    event: Literal["title"]
    session: UUID
    title: Said = ""
    artist: Said = ""


class SilenceTold(_Line):
    """A tier on air has sent silence for so many seconds; `session` is whose show it is."""

    event: Literal["silence"]
    tier: Tier
    seconds: float = Field(ge=0, lt=YEAR_10000)
    session: Annotated[UUID | None, BeforeValidator(lambda value: value or None)] = None


class SoundTold(_Line):
    """A tier is silent no more."""

    event: Literal["sound"]
    tier: Tier


class Pulse(_Line):
    """The engine was alive."""

    event: Literal["pulse"]


Line = (
    Boot
    | TierEntered
    | TrackBegan
    | PlayerLost
    | Noted
    | Resumed
    | LiveTold
    | TitleTold
    | SilenceTold
    | SoundTold
    | Pulse
)
_lines: TypeAdapter[Line] = TypeAdapter(Annotated[Line, Field(discriminator="event")])


def parse(text: str) -> Line:
    """A line of the journal; raises pydantic's ValidationError when it is none."""
    return _lines.validate_json(text)
