"""What music may follow what: the rules and their weights. Times in milliseconds, weights in points.

A rule without weight (HARD) is broken only when nothing else can be played; points are added up, and the fewest win.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from log_generator.planning.clocks import Wanted
from log_generator.planning.instants import HOUR, MINUTE, Ms

HARD = math.inf
BROKEN = 1000.0
"""Points for a hard rule that is broken after all: more than any number of others comes to."""


@dataclass(frozen=True)
class Separation:
    """The least time from one start to the next."""

    ms: Ms
    weight: float = HARD


@dataclass(frozen=True)
class Run:
    """At most so many in a row with the same value of a column; of the values up to `up_to` only, when it is given."""

    column: str
    most: int
    weight: float
    up_to: int | None = None


@dataclass(frozen=True)
class Jump:
    """From one track to the next, a column changes by less than this."""

    column: str
    by: int
    weight: float


@dataclass(frozen=True)
class Rotation:
    """How the tracks of a category take turns."""

    rest_ms: Ms = 2 * HOUR
    """From a play of a track to its next one; hard."""
    plays_a_day: int | None = None
    """Of a track; hard."""
    depth: int | None = None
    """How many of the longest rested are looked at; None: two fifths of a small category, 36 of a larger one, and
    96 of one with thousands."""
    same_hour: float = 1.0
    """Points for the hour of day in which it was last played."""


@dataclass(frozen=True)
class Rules:
    """A station's rules for music."""

    title: Separation = Separation(2 * HOUR)
    artist: Separation = Separation(60 * MINUTE)
    album: Separation = Separation(90 * MINUTE)
    rotation: Rotation = Rotation()
    """Of categories that have none of their own."""
    rotations: Mapping[str, Rotation] = field(default_factory=dict)
    runs: tuple[Run, ...] = (
        Run("gender", 2, 1.0), Run("mood", 2, 1.0), Run("era", 1, 0.3), Run("tempo", 1, 2.0, up_to=1),
    )  # fmt: skip
    jumps: tuple[Jump, ...] = (Jump("energy", 3, 1.0),)
    yesterday: float = 3.0
    """Horizontal rotation: points for the hour of day in which it was played yesterday."""
    same_quarter: float = 0.5
    """Vertical rotation: points for a second play within the same quarter of a day."""
    opener: Wanted | None = None
    """What the first song of an hour is to be."""
    opener_weight: float = 5.0
    web_radio: bool = True
    """17 USC 114(j)(13): in any three hours at most three tracks of an album, two in a row, and four of an artist,
    three in a row. Hard."""
    ageing: float = 2.0
    """Points for leaving the longest rested track of a category for another one."""

    def sequence(self) -> "tuple[Run | Jump, ...]":
        """The rules that look at what was played just before."""
        return (*self.runs, *self.jumps)

    def rotation_of(self, category: str) -> Rotation:
        """How a category rotates."""
        return self.rotations.get(category, self.rotation)
