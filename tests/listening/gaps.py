"""Silence in the audio, and starvation of the listener."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .ffmpeg import RATE
from .heard import Heard
from .tones import runs

MILLISECOND = RATE // 1000
TOGETHER = 0.02
"""Blocks that arrive within this many seconds of each other are one delivery."""


class Silence(NamedTuple):
    """`start` and `seconds` in audio time; `arrival` (monotonic seconds) of its beginning."""

    start: float
    seconds: float
    arrival: float


@dataclass(frozen=True, slots=True)
class Stall:
    """The audio ran out at `at` (monotonic seconds), and for `seconds` no more came."""

    at: float
    seconds: float


def silences(heard: Heard, *, below_db: float = -50.0, at_least: float = 0.005) -> list[Silence]:
    """Silences of `at_least` seconds: whole milliseconds in which no sample of any channel reaches `below_db` dBFS."""
    count = len(heard.pcm) // MILLISECOND
    width = heard.pcm[:1].size * MILLISECOND
    peaks = np.abs(heard.pcm[: count * MILLISECOND]).reshape(count, width).max(axis=1, initial=0.0)
    return [
        Silence(first / 1000, (last - first) / 1000, heard.arrival(first / 1000))
        for first, last in runs(peaks < 10 ** (below_db / 20))
        if (last - first) / 1000 >= at_least
    ]


def longest_silence(heard: Heard, between: tuple[float, float] | None = None, *, below_db: float = -50.0) -> float:
    """Seconds of the longest silence in the audio which arrived in the time `between` (monotonic); 0.0 if none."""
    part = heard.between(*between) if between else heard
    return max((silence.seconds for silence in silences(part, below_db=below_db, at_least=0.001)), default=0.0)


def stalls(heard: Heard, *, at_least: float = 0.3) -> list[Stall]:
    """Times of `at_least` seconds when a listener without a buffer had played all of a delivery, and waited.

    A delivery is what arrives together. Where the listener reconnected, up to `settle` seconds too much may be counted,
    because the burst is left out; see `Recording.outages` for the exact time.
    """
    if len(heard.arrivals) < 2:
        return []
    first = np.concatenate(([0], np.flatnonzero(np.diff(heard.arrivals) > TOGETHER) + 1))
    begins = heard.ends[first - 1] * (first > 0)
    carried = np.diff(np.append(begins, len(heard.pcm))) / RATE
    last = np.append(first[1:], len(heard.arrivals)) - 1
    ran_out = heard.arrivals[last][:-1] + carried[:-1]
    waited = heard.arrivals[first][1:] - ran_out
    return [Stall(float(at), float(lack)) for at, lack in zip(ran_out, waited, strict=True) if lack >= at_least]
