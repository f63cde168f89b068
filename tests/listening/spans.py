"""Who is on air when: spans, first moments, crossfades."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .ffmpeg import RATE
from .heard import Heard
from .tones import AUDIBLE_DB, audible, runs, tone_levels

EDGE = 0.006
"""Seconds by which a 20 ms window hears a tone of -20 dBFS before it begins and after it ends."""


@dataclass(frozen=True, slots=True)
class Span:
    """One thing on air: `name` is a source, "noise", "silence" (nothing above -40 dBFS) or "mixed" (see `sources`).

    `start` and `end` are moments of arrival (monotonic seconds), `audio_start` and `audio_end` seconds of audio time.
    """

    name: str
    start: float
    end: float
    audio_start: float
    audio_end: float
    sources: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """Length in audio time."""
        return self.audio_end - self.audio_start


def spans(heard: Heard, *, shortest: float = 0.02) -> list[Span]:
    """What was on air, in order. Mixtures of up to `shortest` seconds are edges of a hard cut, and are shared out."""
    levels = tone_levels(heard.pcm)
    if not len(levels.times):
        return []
    masks = audible(levels)
    names = list(masks)
    table = np.array([masks[name] for name in names]).T
    changes = (np.flatnonzero(np.any(table[1:] != table[:-1], axis=1)) + 1).tolist()
    found = [
        (tuple(name for name, on in zip(names, table[first], strict=True) if on), first, last)
        for first, last in pairwise([0, *changes, len(table)])
    ]
    hop = float(levels.times[1] - levels.times[0]) if len(levels.times) > 1 else 0.01
    kept = _without_edges(found, round(shortest / hop))
    edges = [0.0, *(_edge(before, after, levels.times) for before, after in pairwise(kept)), heard.seconds]
    return [
        Span(_name(sources), heard.arrival(start), heard.arrival(end - 1e-4), start, end, sources)
        for (sources, _, _), (start, end) in zip(kept, pairwise(edges), strict=True)
    ]


def first_heard(heard: Heard, source: str, after: float, threshold_db: float = AUDIBLE_DB) -> float | None:
    """When a source (or "noise") was first audible in audio that arrived at or after `after`. Monotonic seconds."""
    levels = tone_levels(heard.pcm)
    for first, last in runs(audible(levels, threshold_db=threshold_db)[source]):
        if heard.arrival(levels.times[last - 1]) >= after:
            onset = _onset(heard, source, float(levels.times[first]), threshold_db) if first else 0.0
            return max(heard.arrival(onset), _next_arrival(heard, after))
    return None


def last_heard(heard: Heard, source: str, *, before: float = np.inf, threshold_db: float = AUDIBLE_DB) -> float | None:
    """When a source (or "noise") was last audible in audio that arrived before `before`. Monotonic seconds."""
    part = heard.between(-np.inf, before)
    levels = tone_levels(part.pcm)
    found = runs(audible(levels, threshold_db=threshold_db)[source])
    return part.arrival(levels.times[found[-1][1] - 1] - EDGE) if found else None


def crossfade_length(heard: Heard, outgoing: str, incoming: str, *, threshold_db: float = AUDIBLE_DB) -> float:
    """The longest time (seconds of audio) during which both sources are audible; 0.0 for a cut.

    Fades count only while above the threshold: linear fades of 2 s between -20 dBFS tones measure 1.6 s.
    """
    levels = tone_levels(heard.pcm)
    masks = audible(levels, threshold_db=threshold_db)
    both = [last - first for first, last in runs(masks[outgoing] & masks[incoming])]
    if not both or max(both) <= 2:
        return 0.0
    return float(max(both) * (levels.times[1] - levels.times[0]))


def _onset(heard: Heard, source: str, roughly: float, threshold_db: float) -> float:
    """When a source begins (audio seconds), to a millisecond or two: the 60 ms around, looked at in steps of 1 ms."""
    begin = max(roughly - 0.03, 0.0)
    levels = tone_levels(heard.pcm[round(begin * RATE) : round((begin + 0.06) * RATE)], hop=0.001)
    found = runs(audible(levels, threshold_db=threshold_db)[source])
    return begin + float(levels.times[found[0][0]]) + EDGE / 2 if found else roughly


def _name(sources: tuple[str, ...]) -> str:
    return "mixed" if len(sources) > 1 else sources[0] if sources else "silence"


Run = tuple[tuple[str, ...], int, int]
"""Sources heard in windows [first, last)."""


def _without_edges(found: list[Run], longest: int) -> list[Run]:
    """Share out brief mixtures between their neighbours, then join equal neighbours."""
    kept: list[Run] = []
    for index, (sources, first, last) in enumerate(found):
        inner = 0 < index < len(found) - 1
        if inner and len(sources) > 1 and last - first <= longest:
            middle = (first + last) // 2
            kept[-1] = (kept[-1][0], kept[-1][1], middle)
            following = found[index + 1]
            found[index + 1] = (following[0], middle, following[2])
        elif kept and kept[-1][0] == sources:
            kept[-1] = (sources, kept[-1][1], last)
        else:
            kept.append((sources, first, last))
    return kept


def _edge(before: Run, after: Run, times: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Where one span becomes the next (audio seconds), corrected for the reach of the window."""
    middle = float(times[after[1]] + times[before[2] - 1]) / 2
    return middle + EDGE * (not before[0]) - EDGE * (not after[0])


def _next_arrival(heard: Heard, after: float) -> float:
    return float(heard.arrivals[min(int(np.searchsorted(heard.arrivals, after)), len(heard.arrivals) - 1)])
