"""A small station to plan days for, and what every log has to be."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from log_generator.planning.catalog import Library, Piece, Track, library
from log_generator.planning.clocks import Clock, Element, Grid
from log_generator.planning.inputs import Inputs
from log_generator.planning.instants import HOUR, hours
from log_generator.planning.log import Item, Log
from log_generator.planning.plan import plan
from log_generator.planning.reading import read
from log_generator.planning.timing import SHORTEST, SHORTEST_BED
from log_generator.planning.traffic.campaigns import Campaign, Copy

DAY = date(2026, 3, 3)
SECOND = 1000
EXAMPLE = {
    "hour": "06:00",
    "elements": [
        {"type": "LIN", "title": "Top-of-Hour ID"},
        {"type": "BED", "title": "News Bed"},
        {"type": "INT", "title": "Morning Interview"},
        {"type": "ADV", "fallback": "PSA"},
        {"type": "MUS", "count": 3},
    ],
}
PIECES = (
    Piece("id", "LIN", "Top-of-Hour ID", 8 * SECOND),
    Piece("sweeper", "LIN", "Sweeper", 5 * SECOND, filler=True),
    Piece("bed", "BED", "News Bed", 60 * SECOND, filler=True),
    Piece("talk", "INT", "Morning Interview", 600 * SECOND),
    Piece("belt", "PSA", "Wear a belt", 30 * SECOND, category="traffic"),
    Piece("blood", "PSA", "Give blood", 30 * SECOND, category="health"),
    Piece("vote", "PSA", "Go and vote", 20 * SECOND),
    Piece("show", "PRO", "The morning show", 15 * SECOND),
    Piece("news", "NEWS", "News", 180 * SECOND),
)


def tracks(count: int, *, categories: Sequence[str] = ("GOLD",), seed: int = 1) -> list[Track]:
    """Songs by a third as many artists, with all that rules look at."""
    random = np.random.default_rng(seed)
    return [
        Track(
            id=f"track {number}",
            title=f"Song {number}",
            artist=f"Artist {number % max(1, count // 3)}",
            duration_ms=int(random.integers(150, 290)) * SECOND + int(random.integers(1000)),
            category=categories[number % len(categories)],
            album=f"Album {number % max(1, count // 2)}",
            mood=str(random.choice(["calm", "bright", "dark"])),
            gender=str(random.choice(["f", "m", "mixed"])),
            era=str(random.choice(["70s", "80s", "90s"])),
            tempo=int(random.integers(1, 6)),
            energy=int(random.integers(1, 6)),
        )
        for number in range(count)
    ]


LIBRARY = library(tracks(400))


def songs(count: int, **more: Any) -> tuple[Element, ...]:
    """Songs of a clock, one by one."""
    return tuple(Element(f"song {number}", "MUS", **more) for number in range(count))


def clock(*elements: Element, name: str = "clock") -> Clock:
    """A clock of some elements."""
    return Clock(name, elements)


def example() -> Clock:
    """The clock of the product's specification."""
    return read(EXAMPLE)[0]


def campaign(name: str, *, seconds: int = 30, **more: Any) -> Campaign:
    """A campaign with one copy, once a day if nothing else is said."""
    fields: dict[str, Any] = {
        "per_day": 1,
        "advertiser": name,
        "copies": (Copy(f"{name} copy", name, seconds * SECOND),),
    }
    return Campaign(name, **{**fields, **more})


def inputs(grid: Clock | Grid | None = None, **more: Any) -> Inputs:
    """What a day of the small station is planned from."""
    grid = Grid(grid) if isinstance(grid, Clock) else grid or Grid(example())
    fields: dict[str, Any] = {"library": LIBRARY, "pieces": PIECES}
    return Inputs("station", **{"zone": "UTC", "date": DAY, **fields, **more}, grid=grid)


def a_day(grid: Clock | Grid | None = None, **more: Any) -> Log:
    """A planned day of the small station."""
    log = plan(inputs(grid, **more))
    assert_whole(log)
    return log


def assert_whole(log: Log) -> None:
    """What holds for every log: its items lie end to end over the day, nothing is cut that must not be, and no song to
    less than twenty seconds."""
    day = hours(log.date, ZoneInfo(log.zone))
    assert [hour.hour for hour in log.hours] == list(day)
    items = log.items
    if not day:
        assert not items
        return
    assert items[0].start_ms >= day[0].start_ms
    assert items[-1].end_ms >= day[-1].end_ms
    for item, following in itertools.pairwise(items):
        assert item.end_ms == following.start_ms
    for item in items:
        assert item.length_ms > 0
        if item.kind == "MUS":
            assert item.length_ms >= min(SHORTEST, item.full_ms)
        elif item.kind == "BED":
            assert item.length_ms >= min(SHORTEST_BED, item.full_ms) or "padded" in item.flags
        else:
            assert item.length_ms >= item.full_ms, f"{item.kind} is cut"
    assert len({(item.slot, item.start_ms) for item in items}) == len(items)


def assert_on_the_hour(log: Log) -> None:
    """Every hour begins with an item that begins when it does, and ends with one that ends when it does."""
    for hour in log.hours:
        assert hour.items[0].start_ms == hour.hour.start_ms
        assert hour.items[-1].end_ms == hour.hour.end_ms


def of_kind(log: Log, kind: str) -> list[Item]:
    """The items of a type."""
    return [item for item in log.items if item.kind == kind]


def rows(some: Library, log: Log) -> list[int]:
    """The songs of a log, as rows of the library."""
    at = {one: row for row, one in enumerate(some.ids)}
    return [at[item.id] for item in of_kind(log, "MUS") if item.id]


def without_artists(some: Library) -> Library:
    """The same songs, each by somebody else."""
    people = np.arange(len(some), dtype=np.int32)[:, None]
    return replace(some, people=people, album=np.full(len(some), -1, dtype=np.int32))


HOURS_OF_A_DAY = 24 * HOUR
