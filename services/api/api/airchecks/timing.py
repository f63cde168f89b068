"""Where in a joined recording a moment is, what is missing between its parts, and its chapters. Pure. Seconds, UTC."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

MISSING = 0.5
"""Seconds between two parts that are worth telling; clocks and files are not more exact than that."""
SHORTEST_CHAPTER = 1.0
"""Encoders send a title in pieces, or correct it at once."""
MOST_CHAPTERS = 500


@dataclass(frozen=True)
class Part:
    """A piece of a recording; `began_at` is None when nobody wrote down when that was."""

    began_at: datetime | None
    seconds: float


@dataclass(frozen=True)
class Placed:
    """A part's place in the joined recording."""

    starts: float
    seconds: float
    began_at: datetime

    @property
    def ended_at(self) -> datetime:
        """When its last sample was heard."""
        return self.began_at + timedelta(seconds=self.seconds)


@dataclass(frozen=True)
class Gap:
    """At `at` of the joined recording `seconds` are missing."""

    at: float
    seconds: float


@dataclass(frozen=True)
class Said:
    """What the encoder said that it plays, and when."""

    at: datetime
    title: str | None
    artist: str | None


@dataclass(frozen=True)
class Chapter:
    """From `starts` on something else plays."""

    starts: float
    title: str


def place(parts: Iterable[Part], began_at: datetime) -> list[Placed]:
    """The parts one after another. One that does not say when it began is taken to follow the one before it.

    `began_at` is when the first one began if it does not say so.
    """
    placed: list[Placed] = []
    for part in parts:
        follows = placed[-1].ended_at if placed else began_at
        starts = placed[-1].starts + placed[-1].seconds if placed else 0.0
        placed.append(Placed(starts, part.seconds, part.began_at or follows))
    return placed


def gaps(placed: Sequence[Placed]) -> list[Gap]:
    """What is missing between the parts."""
    found = []
    for before, after in pairwise(placed):
        missing = (after.began_at - before.ended_at).total_seconds()
        if missing >= MISSING:
            found.append(Gap(after.starts, round(missing, 3)))
    return found


def position(placed: Sequence[Placed], moment: datetime) -> float:
    """Where a moment is in the joined recording: within it, and at the join when it fell into a gap."""
    found = 0.0
    for part in placed:
        if moment < part.began_at:
            break
        found = part.starts + min((moment - part.began_at).total_seconds(), part.seconds)
    return found


def chapters(said: Iterable[Said], placed: Sequence[Placed], kept: tuple[float, float]) -> list[Chapter]:
    """Chapters of the copy that holds what lies between the two positions `kept`.

    What was said before its beginning counts from its beginning on; what comes right after another replaces it.
    """
    begins, ends = kept
    found: list[Chapter] = []
    for one in sorted(said, key=lambda one: one.at):
        title = " – ".join(text for text in (one.artist, one.title) if text)
        starts = max(0.0, position(placed, one.at) - begins)
        if not title or starts >= ends - begins:
            continue
        while found and starts - found[-1].starts < SHORTEST_CHAPTER:
            found.pop()
        if not found or found[-1].title != title:
            found.append(Chapter(round(starts, 3), title))
    return found[:MOST_CHAPTERS]


def shifted(found: Iterable[Gap], kept: tuple[float, float]) -> list[Gap]:
    """Gaps as the copy has them that holds what lies between the two positions `kept`."""
    begins, ends = kept
    return [Gap(round(gap.at - begins, 3), gap.seconds) for gap in found if begins < gap.at < ends]
