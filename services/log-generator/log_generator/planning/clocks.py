"""What an hour is made of, and which clock an hour has. Lengths and positions in milliseconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from log_generator.planning.instants import HourKey, Ms

Kind = Literal["MUS", "ADV", "PSA", "LIN", "INT", "PRO", "BED", "VT", "NEWS"]
"""Music, a commercial break, public service, a liner or ID, an interview or other feature, a promo, a bed, a voice
track, news."""
Fill = Literal["COUNT", "TIME", "TO_END"]
"""So many, so long, or until the hour (or the next anchor) is full."""
AnchorKind = Literal["soft", "hard", "back_timed"]
KINDS: tuple[Kind, ...] = get_args(Kind)
FILLS: tuple[Fill, ...] = get_args(Fill)
ANCHORS: tuple[AnchorKind, ...] = get_args(AnchorKind)
Span = tuple[int, int]
"""Both ends are in it."""


@dataclass(frozen=True)
class Anchor:
    """When an element airs; without one it follows what is before it.

    soft: it is made the next at that time, and nothing is cut for it. hard: it begins then, or up to `grace_ms` later
    when that spares what plays. back_timed: it begins so that it ends then.
    """

    kind: AnchorKind
    at_ms: Ms
    """Into the hour."""
    grace_ms: Ms = 0


@dataclass(frozen=True)
class Wanted:
    """A smart block: what a track has to be. What is empty asks for nothing."""

    category: str = ""
    genres: frozenset[str] = frozenset()
    moods: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    """All of them."""
    tempo: Span | None = None
    energy: Span | None = None
    years: Span | None = None


ANYTHING = Wanted()


@dataclass(frozen=True)
class Element:
    """A line of a clock.

    `count` is songs for music, the most spots for a break (0: as many as fit) and pieces for the rest. `length_ms` is
    what TIME fills, the length of a break, and nothing otherwise. `category` of `wanted` is also that of PSAs.
    """

    id: str
    kind: Kind
    title: str = ""
    wanted: Wanted = ANYTHING
    count: int = 1
    fill: Fill = "COUNT"
    length_ms: Ms | None = None
    fallback: tuple[Kind, ...] = ()
    anchor: Anchor | None = None
    part: int | None = None
    """Of a feature in several parts, from 1."""

    @property
    def name(self) -> str:
        """How a message names it."""
        return f"element {self.id} ({self.kind}{f' “{self.title}”' if self.title else ''})"


@dataclass(frozen=True)
class Clock:
    """The elements of an hour, in order, and the music that fills what they leave."""

    name: str
    elements: tuple[Element, ...]
    filler: Wanted | None = None
    """None: as the last music of the clock."""


MUSIC = Clock("Music", (Element("1", "MUS", fill="TO_END"),))
"""For an hour that nobody gave a clock."""


@dataclass(frozen=True)
class Grid:
    """Which clock an hour has: a date's own, or the week's by (weekday with Monday 0, hour), or the default."""

    default: Clock = MUSIC
    week: Mapping[tuple[int, int], Clock] = field(default_factory=dict)
    dates: Mapping[tuple[date, int], Clock] = field(default_factory=dict)

    def clock_of(self, hour: HourKey) -> Clock:
        """The clock of an hour; both hours of one name have the same."""
        own = self.dates.get((hour.date, hour.hour))
        return own or self.week.get((hour.date.weekday(), hour.hour), self.default)


@dataclass(frozen=True)
class Problem:
    """What is wrong with what the planner was given, and what it did about it."""

    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"
