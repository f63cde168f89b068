"""Synthetic stations for judging log generators: libraries, a clock, rules with their weights, and sold advertising.

Deterministic, numpy only, and nothing of the planner in it. Times in seconds.

Hard rules: rest by category, artists and albums apart (by real start times), the hours a track may play in, and 17 USC
114(j)(13): in any three hours at most four tracks of an artist (three in a row) and three of an album (two in a row).
Soft rules and their points: three in a row of one gender 1; two slow ones (tempo 1) in a row 2; an energy jump of three
or more 1; the same era twice 0.3; three in a row of one mood 1; a REC, GOLD or DEEP track in the clock hour of its
previous play 1; any track in the clock hour in which it played yesterday 3.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
CATEGORIES: tuple[tuple[str, int | None], ...] = (
    ("PWR", 11), ("CUR", 31), ("REC", 83), ("GOLD", 600), ("DEEP", None),
)  # fmt: skip
NAMES = tuple(name for name, _ in CATEGORIES)
HOUR = ("PWR", "GOLD", "DEEP", "CUR", "GOLD", "REC", "DEEP", "PWR", "GOLD", "DEEP", "CUR", "REC")
"""The songs of an hour."""
BREAKS_AFTER = (2, 6, 10)
"""Songs (from 0) that a break of BREAK seconds follows."""
BREAK = 300
MUSIC = 2700
"""What the songs of an hour are to last."""
REST = {"PWR": 2 * 3600, "CUR": 4 * 3600, "REC": 10 * 3600, "GOLD": 36 * 3600, "DEEP": 96 * 3600}
ARTIST_APART = 60 * 60
ALBUM_APART = 90 * 60
SAME_HOUR = ("REC", "GOLD", "DEEP")
MINUTES = (15, 35, 55)
"""Into the hour, of its advertising breaks."""


@dataclass(frozen=True)
class World:
    """A library; an entry for each track in every column."""

    seconds: NDArray[np.float64]
    artist: Ints
    album: Ints
    category: Ints
    tempo: Ints
    energy: Ints
    gender: Ints
    era: Ints
    mood: Ints
    hours: Ints
    """Masks: bit h for the hour h of the day."""

    def of(self, name: str) -> Ints:
        """The tracks of a category."""
        return np.flatnonzero(self.category == NAMES.index(name))


@dataclass(frozen=True)
class Order:
    """A campaign's day: `want` spots of `seconds` in hours from `first` until before `last`, at most `per_hour` in an
    hour, `apart` minutes from each other; none beside another of its product or advertiser."""

    number: int
    seconds: int
    first: int
    last: int
    want: int
    priority: int
    product: int
    advertiser: int
    per_hour: int
    apart: int

    @property
    def value(self) -> int:
        """Of an airing."""
        return self.seconds * (10 + self.priority)


@dataclass(frozen=True)
class Advertising:
    """A day's breaks as (hour, number in the hour), each of BREAK_SECONDS, and what was sold."""

    breaks: tuple[tuple[int, int], ...]
    seconds: int
    orders: tuple[Order, ...]

    def minute(self, at: int) -> int:
        """Of the day, at which a break begins."""
        hour, number = self.breaks[at]
        return hour * 60 + MINUTES[number]


def music_world(tracks: int, seed: int) -> World:
    """A library with a long tail of artists; small categories have their tracks from different ones."""
    random = np.random.default_rng(seed)
    artists = max(50, tracks // 12)
    weights = 1 / np.arange(1, artists + 1) ** 0.8
    artist = random.choice(artists, size=tracks, p=weights / weights.sum()).astype(np.int64)
    album = artist * 8 + random.integers(0, 8, tracks)
    seconds = np.clip(random.normal(222, 42, tracks), 110, 480).round(1)
    tempo = random.integers(1, 6, tracks)
    energy = np.clip(tempo + random.integers(-1, 2, tracks), 1, 5)
    gender = random.choice(4, size=tracks, p=[0.45, 0.35, 0.15, 0.05])
    era = random.integers(0, 6, tracks)
    mood = random.integers(0, 8, tracks)
    hours = np.full(tracks, (1 << 24) - 1, dtype=np.int64)
    hours[random.random(tracks) < 0.08] &= ~sum(1 << hour for hour in range(6, 10))
    hours[random.random(tracks) < 0.05] &= ~sum(1 << hour for hour in (22, 23, 0, 1, 2, 3, 4, 5))
    return World(seconds, artist, album, _categories(artist), tempo, energy, gender, era, mood, hours)


def _categories(artist: Ints) -> Ints:
    category = np.full(len(artist), len(CATEGORIES) - 1, dtype=np.int64)
    at = 0
    for number, (_, size) in enumerate(CATEGORIES):
        taken: dict[int, int] = {}
        while size is not None and sum(taken.values()) < size:
            one = int(artist[at])
            if taken.get(one, 0) < (1 if size <= 80 else 6):
                category[at] = number
                taken[one] = taken.get(one, 0) + 1
            at += 1
    return category


def advertising(seed: int, load: float) -> Advertising:
    """A day of 72 breaks and 60 campaigns that together ask for `load` times what the breaks hold."""
    random = np.random.default_rng(seed)
    breaks = tuple((hour, number) for hour in range(24) for number in range(3))
    seconds, campaigns = 120, 60
    dayparts = ((6, 10), (10, 15), (15, 19), (19, 24), (0, 24), (6, 24), (6, 19))
    drawn = []
    for number in range(campaigns):
        length = int(random.choice([15, 30, 60], p=[0.2, 0.65, 0.15]))
        first, last = dayparts[int(random.choice(7, p=[0.2, 0.12, 0.18, 0.1, 0.15, 0.15, 0.1]))]
        priority, product = int(random.integers(1, 11)), int(random.integers(0, 22))
        per_hour, apart = int(random.choice([1, 1, 2])), int(random.choice([30, 45, 60]))
        drawn.append((number, length, first, last, priority, product, per_hour, apart))
    total = load * seconds * len(breaks)
    orders = []
    for (number, length, first, last, priority, product, per_hour, apart), share in zip(
        drawn, random.dirichlet(np.ones(campaigns) * 2), strict=True
    ):
        want = int(min(max(1, round(share * total / length)), (last - first) * per_hour))
        orders.append(Order(number, length, first, last, want, priority, product, number // 2, per_hour, apart))
    return Advertising(breaks, seconds, tuple(orders))
