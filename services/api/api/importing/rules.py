"""What a look through the imports' folder says of a file, and when it is due."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal

from api.library.rules import KINDS, Kind

FileState = Literal["waiting", "imported", "refused", "missing"]
"""Not taken in yet; a track; not taken, and why; a track whose file is away."""
RunState = Literal["looking", "done", "failed"]
RunCause = Literal["nightly", "person"]
News = Literal["new", "changed", "returned", "again", "same"]


@dataclass(frozen=True)
class Found:
    """A file as the folder shows it. `problem` is why it cannot be taken, whatever is in it."""

    path: str
    size: int
    changed_ns: int
    touched_ns: int
    """When anything about it changed, its name and its permissions included."""
    problem: str | None = None


@dataclass(frozen=True)
class Known:
    """The same file as it was seen before."""

    size: int
    changed_ns: int
    state: FileState
    checked_at: datetime


def news_of(found: Found, known: Known | None) -> News:
    """What is new about a file. A refused one is looked at again when somebody touched it since."""
    if known is None:
        return "new"
    if (found.size, found.changed_ns) != (known.size, known.changed_ns):
        return "changed"
    if known.state == "missing":
        return "returned"
    if known.state == "refused" and found.problem is None and found.touched_ns > known.checked_at.timestamp() * 1e9:
        return "again"
    return "same"


def is_due(now: datetime, last: datetime | None, at: time) -> bool:
    """Whether the folder has to be looked through: once a day at this time (UTC), and at once if it never was."""
    if last is None:
        return True
    today = datetime.combine(now.astimezone(UTC).date(), at, UTC)
    return last < (today if today <= now else today - timedelta(days=1))


def kind_of(path: str) -> Kind:
    """What the files of a folder are: one that is called as a kind (`ADV/spot.wav`) holds such, any other music."""
    folder = path.partition("/")[0].upper() if "/" in path else ""
    return next((kind for kind in KINDS if kind == folder), "MUS")
