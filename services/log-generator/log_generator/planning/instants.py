"""A day's hours as instants. Nothing here adds hours to a wall clock: what a zone does to a day is asked of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Ms = int
"""Milliseconds: an instant since 1970 in UTC, or a duration."""
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
_STEP = 15 * MINUTE
_REACH = 28 * HOUR
"""Further than any zone is from UTC."""


@dataclass(frozen=True, order=True)
class HourKey:
    """An hour as people name it; the second of two that bear one name has fold 1."""

    date: date
    hour: int
    fold: int = 0


@dataclass(frozen=True)
class Hour:
    """An hour of a station's day; all in milliseconds."""

    start_ms: Ms
    length_ms: Ms
    into_ms: Ms
    """How far into the clock's hour it begins: 30 minutes where the zone skips half an hour."""
    key: HourKey
    offset_min: int
    """Local time less UTC, minutes."""

    @property
    def end_ms(self) -> Ms:
        """The instant at which the next one begins."""
        return self.start_ms + self.length_ms

    @property
    def label(self) -> str:
        """Local time with its offset, which tells the two hours of one name apart."""
        sign, minutes = "-" if self.offset_min < 0 else "+", abs(self.offset_min)
        start = f"{self.key.date} {self.key.hour:02}:{self.into_ms // MINUTE:02}"
        return f"{start} {sign}{minutes // 60:02}:{minutes % 60:02}"


def hours(day: date, zone: ZoneInfo) -> tuple[Hour, ...]:
    """The hours of a local date, in order and without gaps; none of a date that the zone left out."""
    start, end = begins(day, zone), begins(day + timedelta(days=1), zone)
    found = []
    while start < end:
        found.append(_hour(start, end, zone))
        start = found[-1].end_ms
    return tuple(found)


def begins(day: date, zone: ZoneInfo) -> Ms:
    """The instant from which on it is `day` or later: midnight, or what the zone has in its place."""
    around = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * SECOND
    later = around + _REACH
    while _local(later - _STEP, zone).date() >= day:
        later -= _STEP
    return _first(later - _STEP, later, lambda at: _local(at, zone).date() >= day)


def _hour(start: Ms, end: Ms, zone: ZoneInfo) -> Hour:
    local = _local(start, zone)
    into = local.minute * MINUTE + local.second * SECOND
    until = min(start + HOUR - into, end)
    offset = local.utcoffset()
    if _local(until - SECOND, zone).utcoffset() != offset:
        until = _first(start, until, lambda at: _local(at, zone).utcoffset() != offset)
    minutes = round((offset or timedelta()).total_seconds() / 60)
    return Hour(start, until - start, into, HourKey(local.date(), local.hour, local.fold), minutes)


def _local(at: Ms, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at // SECOND, zone)


def _first(low: Ms, high: Ms, holds: Callable[[Ms], bool]) -> Ms:
    """The first second after `low`, where it does not hold, at which it does; it does at `high`."""
    while high - low > SECOND:
        middle = (low + high) // 2 // SECOND * SECOND
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


class Offsets:
    """A zone's offsets over a stretch of time, to put many instants into local time at once."""

    def __init__(self, zone: ZoneInfo, since: Ms, until: Ms) -> None:
        days = range(since, until + DAY, DAY)
        known = [_offset(at, zone) for at in days]
        changes = [i for i in range(1, len(known)) if known[i] != known[i - 1]]
        turns = [_first(days[i - 1], days[i], partial(_has, zone, known[i])) for i in changes]
        self._from = np.array(turns, dtype=np.int64)
        self._offsets = np.array([known[0], *(known[i] for i in changes)], dtype=np.int64)

    def local(self, instants: NDArray[np.int64]) -> NDArray[np.int64]:
        """Milliseconds of the wall clock; what lies before the stretch gets its first offset."""
        return instants + self._offsets[np.searchsorted(self._from, instants, side="right")]


def _has(zone: ZoneInfo, offset: Ms, at: Ms) -> bool:
    return _offset(at, zone) == offset


def _offset(at: Ms, zone: ZoneInfo) -> Ms:
    return round((_local(at, zone).utcoffset() or timedelta()).total_seconds()) * SECOND
