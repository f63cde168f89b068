"""A planner's days on the bench's worlds: what it is given, and its log as the score reads it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
from log_generator.planning.catalog import UNKNOWN, History, Library, Piece
from log_generator.planning.clocks import Clock, Element, Grid, Wanted
from log_generator.planning.inputs import Inputs
from log_generator.planning.instants import HourKey
from log_generator.planning.log import SlotKey
from log_generator.planning.music.rules import Jump, Rotation, Rules, Run, Separation
from log_generator.planning.plan import plan
from log_generator.planning.traffic.campaigns import Campaign, Copy
from log_generator.planning.traffic.spots import Avail, spots

from bench import schedule_world as worlds
from bench.schedule_score import Play
from bench.schedule_traffic import Airing
from bench.schedule_world import Advertising, World

FIRST = date(2026, 1, 5)
MIDNIGHT = int(datetime(2026, 1, 5, tzinfo=UTC).timestamp()) * 1000
_REMEMBERED = 600
"""Plays that a day is told of: two days and a little."""

RULES = Rules(
    title=Separation(0),
    artist=Separation(worlds.ARTIST_APART * 1000),
    album=Separation(worlds.ALBUM_APART * 1000),
    rotations={
        name: Rotation(rest_ms=worlds.REST[name] * 1000, same_hour=float(name in worlds.SAME_HOUR))
        for name in worlds.NAMES
    },
    runs=(Run("gender", 2, 1.0), Run("mood", 2, 1.0), Run("era", 1, 0.3), Run("tempo", 1, 2.0, up_to=1)),
    jumps=(Jump("energy", 3, 1.0),),
    yesterday=3.0,
    same_quarter=0.0,
)


@dataclass
class Days:
    """What was planned, with the processor's time of each day (milliseconds)."""

    plays: list[Play] = field(default_factory=list)
    off_s: list[float] = field(default_factory=list)
    """By how much each hour's music, before anything is trimmed, is longer than it is to be."""
    cpu_ms: list[float] = field(default_factory=list)
    broken: int = 0
    """Songs that the planner itself flags."""
    empty_s: float = 0.0
    fallbacks: int = 0


def library(world: World) -> Library:
    """A world as the planner's columns."""
    size = len(world.seconds)
    none = np.full(size, UNKNOWN, dtype=np.int32)
    columns = {"tempo": world.tempo, "energy": world.energy, "gender": world.gender, "era": world.era}
    codes = {name: column.astype(np.int32) for name, column in columns.items()}
    codes |= {"mood": world.mood.astype(np.int32), "genre": none, "year": none}
    return Library(
        ids=[str(row) for row in range(size)],
        titles=[f"Song {row}" for row in range(size)],
        artists=[f"Artist {artist}" for artist in world.artist.tolist()],
        duration_ms=(world.seconds * 1000).round().astype(np.int32),
        people=world.artist.astype(np.int32)[:, None],
        album=world.album.astype(np.int32),
        song=np.arange(size, dtype=np.int32),
        hours=world.hours.astype(np.int32),
        last_ms=np.zeros(size, dtype=np.int64),
        codes={**codes, "category": world.category.astype(np.int32)},
        names={"category": worlds.NAMES},
    )


def clock() -> Clock:
    """The hour of the music world: twelve songs, and fifteen minutes that are not music."""
    elements: list[Element] = []
    for at, name in enumerate(worlds.HOUR):
        elements.append(Element(f"song {at}", "MUS", wanted=Wanted(category=name)))
        if at in worlds.BREAKS_AFTER:
            elements.append(Element(f"break {at}", "NEWS"))
    return Clock("world", tuple(elements))


def plan_days(world: World, days: int, *, station: str = "bench") -> Days:
    """Plan day after day; each knows what the days before it played."""
    found = Days()
    tracks = library(world)
    last = tracks.last_ms.copy()
    pieces = (Piece("break", "NEWS", "Break", worlds.BREAK * 1000),)
    for day in range(days):
        recent = found.plays[-_REMEMBERED:]
        history = History(
            start_ms=np.array([MIDNIGHT + round(play.start * 1000) for play in recent], dtype=np.int64),
            track=np.array([play.track for play in recent], dtype=np.int64),
        )
        inputs = Inputs(
            station,
            "UTC",
            FIRST + timedelta(days=day),
            grid=Grid(clock()),
            library=replace(tracks, last_ms=last),
            pieces=pieces,
            rules=RULES,
            history=history,
        )
        before = time.process_time()
        log = plan(inputs)
        found.cpu_ms.append((time.process_time() - before) * 1000)
        for hour in log.hours:
            songs = [item for item in hour.items if item.kind == "MUS"]
            found.off_s.append(sum(item.full_ms for item in songs) / 1000 - worlds.MUSIC)
            found.broken += sum("rule_broken" in item.flags for item in songs)
            found.empty_s += sum(item.length_ms for item in hour.items if item.id is None) / 1000
            found.fallbacks += sum(item.source == "fallback" for item in hour.items)
            for item in songs:
                row = int(item.id or 0)
                last[row] = item.start_ms
                found.plays.append(Play((item.start_ms - MIDNIGHT) / 1000, row))
    return found


def book_day(day: Advertising) -> tuple[list[Airing], float]:
    """The spots of a day, and the processor's time (milliseconds) that they took."""
    slots = [SlotKey(HourKey(FIRST, hour), str(number)) for hour, number in day.breaks]
    breaks = [
        Avail(slot, MIDNIGHT + day.minute(at) * 60_000, day.seconds * 1000, 0, slot.hour.hour, stop_set=at)
        for at, slot in enumerate(slots)
    ]
    sold = [
        Campaign(
            id=str(order.number),
            advertiser=f"advertiser {order.advertiser}",
            copies=(Copy(f"copy {order.number}", "", order.seconds * 1000),),
            product=f"product {order.product}",
            priority=order.priority,
            hours=sum(1 << hour for hour in range(order.first, order.last)),
            per_hour=order.per_hour,
            per_day=order.want,
            separation_ms=order.apart * 60_000,
        )
        for order in day.orders
    ]
    before = time.process_time()
    booked = spots(breaks, sold, FIRST)
    took = (time.process_time() - before) * 1000
    number = {slot: at for at, slot in enumerate(slots)}
    return [(number[slot], int(spot.campaign.id)) for slot, made in booked.spots.items() for spot in made], took


def same_twice(world: World) -> bool:
    """Whether a day that is planned twice is the same."""
    return plan_days(world, 1).plays == plan_days(world, 1).plays


def fits(days: Days, since: int) -> Sequence[float]:
    """How far each hour is off from day `since` on, in seconds."""
    return [abs(off) for off in days.off_s[since * 24 :]]
