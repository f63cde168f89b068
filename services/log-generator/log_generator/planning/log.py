"""What a plan is: hours of items that lie end to end, each with its reasons. Times in milliseconds, UTC since 1970."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from log_generator.planning.clocks import Kind, Problem
from log_generator.planning.instants import Hour, HourKey, Ms

Source = Literal["pin", "voice_track", "campaign", "rotation", "fallback", "fill", "nothing"]
"""Who chose it: a person, a take in its slot, traffic, the clock's own turn, an element's fallback, what fills an
hour; or nothing could be found."""
Flag = Literal[
    "rule_broken", "trimmed", "held", "padded", "late", "early", "added", "fallback", "substitute", "longer_than_break",
    "nothing_to_play",
]  # fmt: skip
"""A hard rule is broken; cut by its end; followed by a moment of air; only there to fill; missed its anchor; added to
an hour that was short; in place of what the clock names; as nothing shorter was there."""


@dataclass(frozen=True, order=True)
class SlotKey:
    """A place in a day's log that stays the same when the day is planned again."""

    hour: HourKey
    element: str
    unit: int = 0


@dataclass(frozen=True)
class Pin:
    """What a person put into a slot: it stays, and the rest is planned around it."""

    slot: SlotKey
    kind: Kind
    id: str
    """Of a track of the library for MUS, of a copy for ADV (a break may have several pins), of a piece otherwise."""
    title: str = ""
    length_ms: Ms | None = None
    """None: as the library has it."""
    at_ms: Ms | None = None
    """The instant at which it has to begin, if it has to."""


@dataclass(frozen=True)
class Take:
    """A voice track for a slot; it takes the place of what the slot held."""

    slot: SlotKey
    id: str
    title: str
    length_ms: Ms


@dataclass(frozen=True)
class Why:
    """How an item came to its place."""

    text: str
    considered: int = 0
    """Candidates that could have played."""
    rejected: Mapping[str, int] = field(default_factory=dict)
    """Candidates that could not, by the rule that forbade them."""
    points: Mapping[str, float] = field(default_factory=dict)
    """What it cost, by rule."""
    broken: tuple[str, ...] = ()
    """Hard rules that it breaks, in words: nothing better was there."""


@dataclass(frozen=True)
class Item:
    """Something that airs."""

    start_ms: Ms
    length_ms: Ms
    """Until the next item begins."""
    full_ms: Ms
    """Of what is played, from `cue_ms` on; more than `length_ms` when it is trimmed, less when it is held."""
    kind: Kind
    id: str | None
    title: str
    slot: SlotKey
    source: Source
    why: Why
    artist: str = ""
    cue_ms: Ms = 0
    campaign: str | None = None
    flags: tuple[Flag, ...] = ()

    @property
    def end_ms(self) -> Ms:
        """The instant at which the next item begins."""
        return self.start_ms + self.length_ms


@dataclass(frozen=True)
class MakeGood:
    """Airings that a day owed and could not give."""

    campaign: str
    count: int
    target: date | None
    """The day on which they can be made good; None when the campaign has none left."""
    reason: str
    hindered: Mapping[str, int]
    """Of the breaks in which one more might have aired: how many for which reason did not take it."""


@dataclass(frozen=True)
class HourLog:
    """An hour of the log."""

    hour: Hour
    clock: str
    items: tuple[Item, ...]
    off_ms: Ms
    """By how much it would have ended late (or early, below 0) before anything was trimmed or filled."""


@dataclass(frozen=True)
class Log:
    """A station's day. Its items lie end to end, from the first hour's begin to the last one's end."""

    station: str
    date: date
    zone: str
    revision: int
    hours: tuple[HourLog, ...]
    make_goods: tuple[MakeGood, ...]
    problems: tuple[Problem, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """All items, in order."""
        return tuple(item for hour in self.hours for item in hour.items)
