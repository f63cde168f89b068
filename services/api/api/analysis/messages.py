"""What the measuring child is asked and what it answers, as JSON: its only argument, and one line of its output."""

from pydantic import BaseModel, ConfigDict

from api.library.rules import Kind


class Order(BaseModel):
    """Measure the on-air copy at this path."""

    model_config = ConfigDict(frozen=True)

    copy_path: str
    kind: Kind


class Measured(BaseModel):
    """Points in seconds from the copy's beginning; None is what this kind of sound has not, or what is not clear."""

    model_config = ConfigDict(frozen=True)

    length_seconds: float
    cue_in: float | None
    cue_out: float | None
    intro_end: float | None
    segue_at: float | None
    hook_in: float | None
    hook_out: float | None
    tempo_bpm: float | None
    energy: float | None
    fingerprint: list[int]
    waveform: str
    """audiowaveform's JSON."""
