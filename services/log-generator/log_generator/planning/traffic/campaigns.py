"""Advertising as it was sold: campaigns, their copies, and what a day owes them. Lengths in milliseconds."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from log_generator.planning.catalog import ALL_HOURS
from log_generator.planning.instants import SECOND, Ms

Position = Literal["any", "first", "last"]
EVERY_DAY = frozenset(range(7))
LONGEST_SPOT = 600 * SECOND


@dataclass(frozen=True)
class Copy:
    """A recording of a campaign; several take turns by weight."""

    id: str
    title: str
    length_ms: Ms
    weight: int = 1
    starts: date = date.min
    ends: date = date.max
    """Its kill date: it airs on that day for the last time."""
    hours: int = ALL_HOURS
    approved: bool = True
    aired: int = 0
    """So far, planned airings included."""


@dataclass(frozen=True)
class Campaign:
    """A line of an order. Caps are None where there is none; `aired_week` and `aired_total` are what was aired or
    planned before the day."""

    id: str
    advertiser: str
    copies: tuple[Copy, ...]
    product: str = ""
    competitors: frozenset[str] = frozenset()
    """Advertisers and products that share no break with it; its own product and advertiser never do."""
    priority: int = 5
    """From 1 to 10; the higher takes the place of the lower."""
    preemptable: bool = True
    starts: date = date.min
    ends: date = date.max
    weekdays: frozenset[int] = EVERY_DAY
    """Monday is 0."""
    hours: int = ALL_HOURS
    per_hour: int | None = None
    per_day: int | None = None
    per_week: int | None = None
    total: int | None = None
    separation_ms: Ms = 0
    """From one of its airings to the next, by the planned times of the breaks."""
    position: Position = "any"
    approved: bool = True
    aired_week: int = 0
    aired_total: int = 0

    def runs(self, day: date) -> bool:
        """Whether it may air on a date."""
        return self.approved and self.starts <= day <= self.ends and day.weekday() in self.weekdays

    def copies_on(self, day: date) -> tuple[Copy, ...]:
        """The copies that may air on a date."""
        return tuple(
            one
            for one in self.copies
            if one.approved and one.starts <= day <= one.ends and 0 < one.length_ms <= LONGEST_SPOT and one.weight > 0
        )


def owed(campaign: Campaign, day: date) -> int:
    """How many airings the day is to have. Without a daily number, what is left is spread over the days left."""
    if not campaign.runs(day) or not campaign.copies_on(day):
        return 0
    week = math.inf if campaign.per_week is None else campaign.per_week - campaign.aired_week
    total = math.inf if campaign.total is None else campaign.total - campaign.aired_total
    day_cap = math.inf if campaign.per_day is None else campaign.per_day
    if campaign.per_day is None:
        sunday = day + timedelta(days=6 - day.weekday())
        day_cap = min(
            math.ceil(week / days_left(campaign, day, sunday)) if math.isfinite(week) else math.inf,
            math.ceil(total / days_left(campaign, day, campaign.ends)) if math.isfinite(total) else math.inf,
        )
    most = min(day_cap, week, total)
    return max(0, int(most)) if math.isfinite(most) else 0


def days_left(campaign: Campaign, day: date, until: date) -> int:
    """Days from `day` to `until` on which the campaign runs; at least one, and a year at most is counted."""
    until = min(until, campaign.ends, day + timedelta(days=365) if day < date.max - timedelta(days=365) else date.max)
    weeks, rest = divmod((until - day).days + 1, 7)
    running = sum((day + timedelta(days=one)).weekday() in campaign.weekdays for one in range(rest))
    return max(1, weeks * len(campaign.weekdays) + running)


def next_day(campaign: Campaign, day: date) -> date | None:
    """The first day after `day` on which it runs and has a copy; None within 60 days is none."""
    for ahead in range(1, 61):
        if day > date.max - timedelta(days=ahead):
            break
        later = day + timedelta(days=ahead)
        if campaign.runs(later) and campaign.copies_on(later):
            return later
    return None
