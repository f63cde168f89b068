"""How good a log of music is, from the log alone. Nothing of a planner is used here, so that a planner cannot judge
itself: the rules are written down again, over plays in the order of time.

H hard violations, S soft points, R rotation, T fit of the hours; the whole is described in `Score`.
"""

import itertools
import math
from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from bench.schedule_world import ALBUM_APART, ARTIST_APART, HOUR, NAMES, REST, SAME_HOUR, World

HOUR_S, DAY_S, WINDOW_S = 3600, 86400, 3 * 3600


@dataclass(frozen=True)
class Play:
    """A track on the air: seconds since a local midnight, and its row."""

    start: float
    track: int


@dataclass(frozen=True)
class Rotation:
    """How a category's tracks take turns. Rest is from play to play, as a share of tracks ÷ plays an hour."""

    spread: float
    """Standard deviation of the plays of its tracks ÷ their mean."""
    best_spread: float
    """The least that so many plays of so many tracks can have."""
    rest_p5: float
    rest_p50: float
    touched: float
    """Of the tracks that so many plays can touch."""
    exposure: float
    """Hours of day that a track visits before it visits one again, less one, of 24."""
    horizontal: float
    """Of the plays: in the hour of day in which the track played the day before."""


@dataclass
class Score:
    """What is wrong with the plays of the measured days."""

    plays: int = 0
    hard: Counter[str] = field(default_factory=Counter)
    unavoidable: int = 0
    """Hard violations that any log would have, for want of tracks."""
    soft: Counter[str] = field(default_factory=Counter)
    rotation: dict[str, Rotation] = field(default_factory=dict)

    @property
    def hard_per_1000(self) -> float:
        """Violations that could have been avoided, for 1,000 plays."""
        return 1000 * max(0, self.hard.total() - self.unavoidable) / max(1, self.plays)

    @property
    def soft_per_1000(self) -> float:
        """Points for 1,000 plays."""
        return 1000 * sum(self.soft.values()) / max(1, self.plays)


def score(world: World, plays: Sequence[Play], since: float) -> Score:
    """Judge the plays that begin at `since` or later; those before are what they follow."""
    found = Score()
    memory = _Memory()
    for number, play in enumerate(plays):
        if play.start >= since:
            found.plays += 1
            _hard(world, play, memory, found.hard)
            _soft(world, plays, number, memory, found.soft)
        memory.note(world, play)
    measured = [play for play in plays if play.start >= since]
    for name in NAMES:
        found.unavoidable += _unavoidable(world, name, measured)
        found.rotation[name] = _rotation(world, name, plays, since)
    return found


class _Memory:
    """What was played, as far as the rules look back."""

    def __init__(self) -> None:
        self.tracks: dict[int, float] = {}
        self.artists: dict[int, deque[float]] = defaultdict(lambda: deque(maxlen=4))
        self.albums: dict[int, deque[float]] = defaultdict(lambda: deque(maxlen=3))
        self.hours: dict[int, set[int]] = defaultdict(set)
        self.artist_run: tuple[int, int] = (-1, 0)
        self.album_run: tuple[int, int] = (-1, 0)

    def note(self, world: World, play: Play) -> None:
        artist, album = int(world.artist[play.track]), int(world.album[play.track])
        self.tracks[play.track] = play.start
        self.artists[artist].append(play.start)
        self.albums[album].append(play.start)
        self.hours[int(play.start // HOUR_S)].add(play.track)
        self.artist_run = (artist, self.artist_run[1] + 1 if artist == self.artist_run[0] else 1)
        self.album_run = (album, self.album_run[1] + 1 if album == self.album_run[0] else 1)


def _hard(world: World, play: Play, memory: _Memory, found: Counter[str]) -> None:
    track, start = play.track, play.start
    artist, album = int(world.artist[track]), int(world.album[track])
    artists, albums = memory.artists[artist], memory.albums[album]
    rest = REST[NAMES[int(world.category[track])]]
    found["rest"] += start - memory.tracks.get(track, -math.inf) < rest
    found["artist"] += bool(artists) and start - artists[-1] < ARTIST_APART
    found["album"] += bool(albums) and start - albums[-1] < ALBUM_APART
    found["hours"] += not int(world.hours[track]) >> int(start % DAY_S // HOUR_S) & 1
    found["artists in 3 h"] += len(artists) == 4 and start - artists[0] < WINDOW_S
    found["albums in 3 h"] += len(albums) == 3 and start - albums[0] < WINDOW_S
    found["artist in a row"] += memory.artist_run == (artist, 3) or (
        memory.artist_run[0] == artist and memory.artist_run[1] > 3
    )
    found["album in a row"] += memory.album_run[0] == album and memory.album_run[1] >= 2


def _soft(world: World, plays: Sequence[Play], number: int, memory: _Memory, found: Counter[str]) -> None:
    track = plays[number].track
    before = [plays[number - back].track for back in (1, 2) if number >= back]
    if before:
        last = before[0]
        found["slow"] += 2 * (world.tempo[track] <= 1 and world.tempo[last] <= 1)
        found["energy"] += abs(int(world.energy[track]) - int(world.energy[last])) >= 3
        found["era"] += 0.3 * (world.era[track] == world.era[last])
    if len(before) == 2:
        for name, column in (("gender", world.gender), ("mood", world.mood)):
            found[name] += column[track] == column[before[0]] == column[before[1]]
    start = plays[number].start
    hour = int(start // HOUR_S)
    if NAMES[int(world.category[track])] in SAME_HOUR and track in memory.tracks:
        found["hour of its last play"] += int(memory.tracks[track] // HOUR_S) % 24 == hour % 24
    found["hour of yesterday"] += 3 * (track in memory.hours.get(hour - 24, ()))


def _unavoidable(world: World, name: str, measured: Sequence[Play]) -> int:
    """More plays than a category's tracks can have in the time without breaking their rest."""
    plays = [play for play in measured if world.category[play.track] == NAMES.index(name)]
    if not plays:
        return 0
    hours = plays[-1].start - plays[0].start
    return max(0, len(plays) - len(world.of(name)) * (int(hours // REST[name]) + 1))


def _rotation(world: World, name: str, plays: Sequence[Play], since: float) -> Rotation:
    tracks = world.of(name)
    number = NAMES.index(name)
    starts: dict[int, list[float]] = defaultdict(list)
    for play in plays:
        if world.category[play.track] == number:
            starts[play.track].append(play.start)
    turnover = len(tracks) / HOUR.count(name) * HOUR_S
    pairs = [(a, b) for one in starts.values() for a, b in itertools.pairwise(one) if b >= since]
    rests = [(b - a) / turnover for a, b in pairs]
    counts = np.array([sum(start >= since for start in starts[track]) if track in starts else 0 for track in tracks])
    mean = counts.mean()
    part = mean % 1
    daily = [int(a // HOUR_S) + 24 == int(b // HOUR_S) for a, b in pairs]
    return Rotation(
        spread=float(counts.std() / mean) if mean else 0.0,
        best_spread=math.sqrt(part * (1 - part)) / mean if mean else 0.0,
        rest_p5=float(np.percentile(rests, 5)) if rests else 1.0,
        rest_p50=float(np.percentile(rests, 50)) if rests else 1.0,
        touched=float((counts > 0).sum() / max(1, min(len(tracks), counts.sum()))),
        exposure=_exposure(list(starts.values())),
        horizontal=sum(daily) / max(1, len(daily)),
    )


def _exposure(starts: Sequence[Sequence[float]]) -> float:
    """The mean over tracks that came round to an hour of theirs again."""
    found = []
    for one in starts:
        seen: set[int] = set()
        for start in one:
            hour = int(start % DAY_S // HOUR_S)
            if hour in seen:
                found.append((len(seen) - 1) / 24)
                break
            seen.add(hour)
    return sum(found) / len(found) if found else 1.0
