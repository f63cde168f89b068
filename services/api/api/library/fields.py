"""What may be said about a track, made one shape: for whoever edits, imports or analyses. Seconds, LUFS, UTC."""

import re
import unicodedata
from datetime import date
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from api.library.rules import FULL_SCALE_HOURS, POINTS, Kind, Points, UsageType, fault_of


def one_line(text: str) -> str:
    """A text in composed form, without control characters and without those that turn its direction."""
    text = " ".join(unicodedata.normalize("NFC", text).split())
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn") or sign in _TURNING for sign in text):
        raise ValueError("must be one line of text, without control characters")
    return text


_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _code(shape: str, what: str) -> AfterValidator:
    matches = re.compile(shape)

    def bare(text: str) -> str:
        code = re.sub(r"[\s.\-]", "", text).upper()
        if not matches.fullmatch(code):
            raise ValueError(f"must be {what}")
        return code

    return AfterValidator(bare)


def _language(text: str) -> str:
    primary, *rest = text.replace("_", "-").split("-")
    return "-".join([primary.lower(), *(part.upper() if len(part) == 2 else part for part in rest)])


def _once(values: list[str]) -> list[str]:
    seen: dict[str, str] = {}
    for value in values:
        seen.setdefault(value.casefold(), value)
    return list(seen.values())


def _nothing(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


Text = Annotated[str, StringConstraints(max_length=500), AfterValidator(one_line)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(one_line)]
Words = Annotated[list[Word], Field(max_length=100), AfterValidator(_once)]
Isrc = Annotated[
    str, StringConstraints(max_length=30), _code(r"[A-Z]{2}[A-Z0-9]{3}\d{7}", "an ISRC, such as USRC17607839")
]
Iswc = Annotated[str, StringConstraints(max_length=30), _code(r"T\d{10}", "an ISWC, such as T-034.524.680-1")]
Upc = Annotated[str, StringConstraints(max_length=30), _code(r"\d{8,14}", "a UPC or EAN: 8 to 14 digits")]
Language = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$", max_length=35),
    AfterValidator(_language),
]
Hours = Annotated[
    list[Annotated[int, Field(ge=0, le=FULL_SCALE_HOURS)]],
    Field(max_length=7, description="Empty, or seven days from Monday on: bit h for the hour from h:00, station time"),
]
Seconds = Annotated[float, Field(ge=0, le=10**6, allow_inf_nan=False)]
Maybe = BeforeValidator(_nothing)


class TrackFields(BaseModel):
    """What a person may set of a track: every field is optional, null clears it, and `model_fields_set` says which were
    sent. Empty texts are null. Points are only checked against each other: a track's length is not known here."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind = "MUS"
    title: Annotated[Text | None, Maybe] = None
    artist: Annotated[Text | None, Maybe] = Field(None, description="As credited")
    album: Annotated[Text | None, Maybe] = None
    year: int | None = Field(None, ge=1000, le=2999)
    genre: Annotated[Word | None, Maybe] = None
    mood: Annotated[Word | None, Maybe] = None
    language: Annotated[Language | None, Maybe] = Field(None, description="BCP 47, such as `en`; `zxx` for none")
    tags: Words = []
    composer: Annotated[Text | None, Maybe] = None
    publisher: Annotated[Text | None, Maybe] = None
    label: Annotated[Text | None, Maybe] = None
    isrc: Annotated[Isrc | None, Maybe] = None
    iswc: Annotated[Iswc | None, Maybe] = None
    upc: Annotated[Upc | None, Maybe] = None
    usage_type: UsageType | None = None
    content_category: Annotated[Word | None, Maybe] = None
    is_canadian: bool | None = None
    is_hit: bool | None = None
    is_instrumental: bool | None = None
    valid_from: AwareDatetime | None = None
    valid_until: AwareDatetime | None = Field(None, description="Not aired from this moment on")
    kill_date: date | None = Field(None, description="The last day on which it exists at all")
    dayparts: Words = Field([], description="In which it may air; none means any")
    hours: Hours = []
    cue_in: Seconds | None = None
    cue_out: Seconds | None = None
    intro_end: Seconds | None = None
    segue_at: Seconds | None = None
    hook_in: Seconds | None = None
    hook_out: Seconds | None = None
    gain_db: float | None = Field(None, ge=-60, le=60, allow_inf_nan=False)
    tempo_bpm: float | None = Field(None, gt=0, le=1000, allow_inf_nan=False)
    energy: float | None = Field(None, ge=0, le=1)
    requestable: bool = True

    @model_validator(mode="after")
    def _fits(self) -> "TrackFields":
        if len(self.hours) not in (0, 7):
            raise ValueError("hours must be empty or seven days")
        if self.valid_from and self.valid_until and self.valid_from >= self.valid_until:
            raise ValueError("valid_from must lie before valid_until")
        if fault := fault_of(Points(**{name: getattr(self, name) for name in POINTS}), None):
            raise ValueError(fault)
        return self
