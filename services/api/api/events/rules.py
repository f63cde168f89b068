"""What is worth an event."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from kit.contracts.air import NowPlaying

from api.live.schemas import LiveNow
from api.queue.schemas import QueueEntry, QueueShown

Change = Literal["tier", "now_playing", "listeners"]

SAME_TIME = 2.0
"""Seconds by which an expected time may move without being told anew."""


def told_by(before: NowPlaying | None, now: NowPlaying) -> Iterator[Change]:
    """The names of the events that say how now playing differs from what was told last."""
    if before is None or before.tier != now.tier:
        yield "tier"
    if before is None or _without_count(before) != _without_count(now):
        yield "now_playing"
    if before is None or before.listeners != now.listeners:
        yield "listeners"


def looks_the_same(before: QueueShown, now: QueueShown) -> bool:
    """Whether nobody needs to be told: expected times are worked out anew each time, and move a little."""
    if _timeless(before) != _timeless(now):
        return False
    pairs = zip(_entries(before), _entries(now), strict=True)
    return all(_about(old.expected_at, new.expected_at) for old, new in pairs)


def same_live(before: LiveNow, now: LiveNow) -> bool:
    """Whether nobody needs to be told: the seconds that are left follow from the end."""
    return before.model_copy(update={"seconds_left": None}) == now.model_copy(update={"seconds_left": None})


def counted_down(live: LiveNow, now: datetime) -> LiveNow:
    """What was read a while ago, with the seconds that are left now."""
    if live.ends_at is None:
        return live
    return live.model_copy(update={"seconds_left": max(0.0, (live.ends_at - now).total_seconds())})


def _without_count(now: NowPlaying) -> NowPlaying:
    return now.model_copy(update={"listeners": 0, "updated_at": None})


def _timeless(queue: QueueShown) -> list[QueueEntry | None]:
    entries = [queue.playing, *queue.items, None, *queue.preparing]
    return [entry and entry.model_copy(update={"expected_at": None}) for entry in entries]


def _entries(queue: QueueShown) -> tuple[QueueEntry, ...]:
    return (*((queue.playing,) if queue.playing else ()), *queue.items, *queue.preparing)


def _about(old: datetime | None, new: datetime | None) -> bool:
    if old is None or new is None:
        return old is new
    return abs((new - old).total_seconds()) < SAME_TIME
