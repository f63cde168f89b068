"""What belongs into which file: pure functions of pages, names, times and free space."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from stream_control.recorder.streams import HEADERS, RATE, Sound

Fit = Literal["had", "next", "apart"]
NOBODY = "-"
"""What the engine calls the silence between sessions."""
DRIFT = 0.05
"""Seconds by which a stream may fall behind the clock in a second before it is believed."""


@dataclass(frozen=True)
class Origin:
    """Where in its stream a file begins, and when that was."""

    serial: int
    sequence: int
    """Number in the stream of the page that is the first of sound in the file."""
    granule: int
    """Samples of the stream before it."""
    began_at: datetime

    def comments(self, title: str) -> dict[str, str]:
        """As they stand in the file's own comments, so that a file can be continued after any death."""
        origin = f"{self.serial} {self.sequence} {self.granule}"
        return {"title": title, "date": self.began_at.isoformat(), "airtight_origin": origin}

    @classmethod
    def read(cls, comments: Mapping[str, str]) -> "Origin":
        """Raises ValueError when the file is none of ours."""
        serial, sequence, granule = (int(number) for number in comments.get("airtight_origin", "").split(" "))
        return cls(serial, sequence, granule, datetime.fromisoformat(comments.get("date", "")))

    def place(self, sequence: int, granule: int) -> tuple[int, int]:
        """Number and position in the file of what has these in the stream."""
        return sequence - self.sequence + HEADERS, granule - self.granule


@dataclass(frozen=True)
class Label:
    """Whose sound a stream on the live mount carries (None: nobody's), and when its first sample was."""

    session: UUID | None
    at: datetime


def label(title: str) -> Label | None:
    """What the engine wrote into a stream's title; None when it says nothing, as just after it connected."""
    name, _, moment = title.partition(" ")
    try:
        return Label(None if name == NOBODY else UUID(name), datetime.fromtimestamp(float(moment), UTC))
    except (ValueError, OverflowError):
        return None


def fit(last: int, sound: Sound) -> Fit:
    """How a page fits behind the one whose number in the same stream is `last`."""
    if sound.page.sequence <= last:
        return "had"
    return "next" if sound.page.sequence == last + 1 else "apart"


def origin(sound: Sound, stream_began: datetime) -> Origin:
    """Of a file that begins with this page."""
    began = moment(stream_began, sound.starts)
    return Origin(sound.page.serial, sound.page.sequence, sound.starts, began)


def moment(stream_began: datetime, samples: int) -> datetime:
    """When a sample of a stream was."""
    return stream_began + timedelta(seconds=samples / RATE)


def stream_began(known: datetime | None, newest: Sound, *, now: datetime, elapsed: float) -> datetime:
    """When a stream's first sample was, by the page that came last, `elapsed` seconds after the one before.

    A page may come late but never early, so the earliest answer is the right one. It may move on slowly, so that a
    stream that stood still is not misdated for ever.
    """
    told = now - timedelta(seconds=newest.page.granule / RATE)
    return told if known is None else min(told, known + timedelta(seconds=DRIFT * elapsed))


def hour(at: datetime) -> datetime:
    """The UTC hour of a moment."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class Room:
    """What the disk has room for."""

    air: bool = True
    live: bool = True


def room(before: Room, free_mb: float, reserve_mb: float) -> Room:
    """The logger pauses below the reserve, live recording below half of it; each goes on with a tenth more."""

    def goes_on(went_on: bool, limit: float) -> bool:
        return free_mb >= (limit if went_on else limit * 1.1)

    return replace(before, air=goes_on(before.air, reserve_mb), live=goes_on(before.live, reserve_mb / 2))
