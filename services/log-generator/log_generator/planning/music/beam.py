"""The songs of an hour: a beam over its slots. A state is some songs so far; each step tries every candidate of the
next slot after every state and keeps the best. Each state has its own clock, so that separation is tested at exact
times."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from log_generator.planning.catalog import Ints, Ints32
from log_generator.planning.instants import SECOND, Ms
from log_generator.planning.music.candidates import Candidates
from log_generator.planning.music.following import Floats, Following, gated
from log_generator.planning.music.rules import BROKEN

_PULL = 2.0
"""Points for an hour that will end late or early by one deviation of the songs that are still to come."""
_FREE_MS = 600
"""An end may be so much late for nothing: a song's last notes are cut."""
_OFF = 1.0
"""Points for each second more."""
_SOFT_FREE_MS = 15_000
_SOFT_OFF = 0.1
"""The same at an anchor that may be missed, either way."""
_MOST_OFF = 150.0
"""And no more than this for any number of seconds: a hard rule is worth more than a good end."""


@dataclass(frozen=True)
class Step:
    """A slot for a song. Times in milliseconds from the hour's start."""

    low: int
    high: int
    """Its candidates."""
    lead_ms: Ms
    """What airs between the song before, or the segment's begin, and this one."""
    until_ms: Ms
    """When the slot's segment ends."""
    ahead_ms: Ms
    """What airs from its end to the segment's end, songs as long as songs are on average."""
    spread_ms: float
    """How much those songs may differ from that."""
    closes: bool
    """It is the last song of its segment."""
    exact: bool = True
    """The next segment begins at `until_ms`, or up to `grace_ms` later; otherwise whenever this one ends."""
    grace_ms: Ms = 0
    opens: bool = False
    """It is the first song of the hour."""


@dataclass(frozen=True)
class Songs:
    """The best songs: places among the candidates, and when each begins."""

    picks: tuple[int, ...]
    starts_ms: tuple[Ms, ...]
    worst_off_ms: Ms
    """How much the segment that fits worst ends late (early, below 0)."""
    points: float


@dataclass
class _States:
    points: Floats
    at: Ints32
    """When what was chosen ends."""
    ready: list[Ints32]
    counts: list[Ints32]
    rows: Floats
    runs: Ints
    last: Ints


def search(
    of: Candidates, following: Following, durations: Ints32, steps: Sequence[Step], begin_ms: Ms, width: int
) -> Songs:
    """The best way through `steps` that a beam of `width` finds."""
    states = _States(
        points=np.zeros(1, dtype=np.float32),
        at=np.array([begin_ms], dtype=np.int32),
        ready=[apart.ready[None, :] for apart in of.apart],
        counts=[np.zeros((1, len(of.tracks)), dtype=np.int32) for _ in of.limits],
        rows=following.row,
        runs=following.runs,
        last=np.array([len(of.tracks)]),
    )
    trail: list[tuple[Ints, Ints, Ints32]] = []
    for step in steps:
        states.at = states.at + np.int32(step.lead_ms)
        points = _points(of, following, states, step)
        promise = points + _fit(step, states.at, durations)
        kept = _best(promise.ravel(), 1 if step is steps[-1] else width)
        parents, picks = np.divmod(kept, step.high - step.low)
        picks += step.low
        trail.append((parents, picks, states.at))
        reached = (promise if step.closes else points).ravel()[kept]
        if step is not steps[-1]:
            states = _advance(of, following, states, parents, picks, reached)
            states.at = _clock(step, states.at + durations[picks])
    return _trace(trail, steps, durations, float(reached[0]))


def _points(of: Candidates, following: Following, states: _States, step: Step) -> Floats:
    """What each candidate costs after each state, and what the state cost before."""
    here, at = slice(step.low, step.high), states.at[:, None]
    points: Floats = states.rows @ following.own[:, here]
    points += states.points[:, None]
    points += of.price[here] + of.opens[here] if step.opens else of.price[here]
    for apart, ready in zip(of.apart, states.ready, strict=True):
        points += (ready[:, here] > at) * np.float32(apart.price)
    for limit, counts in zip(of.limits, states.counts, strict=True):
        ready = limit.ready[np.arange(step.low, step.high), np.minimum(counts[:, here], limit.ready.shape[1] - 1)]
        points += (ready > at) * np.float32(BROKEN)
    for ahead in of.ahead:
        points += ((at > ahead.latest[here]) & (at < ahead.at_ms)) * np.float32(BROKEN)
    return points


def _fit(step: Step, at: Ints32, durations: Ints32) -> Floats:
    """Points for how late or early the segment is going to end with each candidate."""
    late = (at + np.int32(step.ahead_ms - step.until_ms)).astype(np.float32)
    long = durations[step.low : step.high].astype(np.float32)
    if not step.closes:
        z: Floats = np.add.outer(late / step.spread_ms, long / step.spread_ms, dtype=np.float32)
        return np.square(z, out=z) * np.float32(_PULL)
    off: Floats = np.add.outer(late, long)
    if step.exact:
        free, price = (_FREE_MS + step.grace_ms) / 2, _OFF / SECOND
        off -= np.float32(free)
    else:
        free, price = _SOFT_FREE_MS, _SOFT_OFF / SECOND
    np.abs(off, out=off)
    off -= np.float32(free)
    return np.minimum(np.maximum(off, 0, out=off) * np.float32(price), np.float32(_MOST_OFF))


def _best(points: Floats, width: int) -> Ints:
    if width == 1:
        return np.array([points.argmin()])
    if len(points) <= width:
        return np.arange(len(points))
    return np.sort(np.argpartition(points, width)[:width])


def _advance(
    of: Candidates, following: Following, states: _States, parents: Ints, picks: Ints, points: Floats
) -> _States:
    counted = following.counted
    same = counted.values[picks] == counted.values[states.last[parents]]
    runs = states.runs[parents] * same + 1
    start = states.at[parents][:, None]
    return _States(
        points=points,
        at=states.at[parents],
        ready=[
            np.maximum(ready[parents], start + apart.between[picks])
            for apart, ready in zip(of.apart, states.ready, strict=True)
        ],
        counts=[
            counts[parents] + limit.together[picks] for limit, counts in zip(of.limits, states.counts, strict=True)
        ],
        rows=following.after[picks] * gated(counted, runs),
        runs=runs,
        last=picks,
    )


def _clock(step: Step, ends: Ints32) -> Ints32:
    """When the next thing begins that is not this segment's."""
    if not step.closes:
        return ends
    ends = ends + np.int32(step.ahead_ms)
    return np.clip(ends, step.until_ms, step.until_ms + step.grace_ms) if step.exact else ends


def _trace(trail: list[tuple[Ints, Ints, Ints32]], steps: Sequence[Step], durations: Ints32, points: float) -> Songs:
    picks, starts, worst, at = [], [], 0, 0
    for (parents, chosen, begins), step in zip(reversed(trail), reversed(steps), strict=True):
        pick, at = int(chosen[at]), int(parents[at])
        start = int(begins[at])
        picks.append(pick)
        starts.append(start)
        off = start + int(durations[pick]) + step.ahead_ms - step.until_ms
        if step.closes and step.exact and not 0 <= off <= step.grace_ms and abs(off) > abs(worst):
            worst = off
    return Songs(tuple(reversed(picks)), tuple(reversed(starts)), worst, points)
