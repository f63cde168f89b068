"""A day's log from what the station has. Pure: the same inputs give the same log.

Hours as instants; voice tracks, pins and the clock's pieces; spots as they were sold; what breaks fall back on; songs;
exact times. Whatever is wrong with the inputs is told, and the air is filled all the same.
"""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

import numpy as np

from log_generator.planning.airing import Station, air
from log_generator.planning.blocks import Block
from log_generator.planning.breaks import fill_break
from log_generator.planning.clocks import Clock
from log_generator.planning.desks import absent, desk_of
from log_generator.planning.inputs import Inputs
from log_generator.planning.instants import DAY, Hour, HourKey, Ms, Offsets, hours
from log_generator.planning.log import HourLog, Log
from log_generator.planning.mending import mend
from log_generator.planning.music.cards import Pools
from log_generator.planning.music.memory import Memory, remember
from log_generator.planning.outline import Desk, outline
from log_generator.planning.traffic.avails import avails
from log_generator.planning.traffic.spots import Booked, spots

_LOOKED_BACK = 400 * DAY
"""For the hour of day of a track's last play."""


def plan(inputs: Inputs) -> Log:
    """Plan a day. An hour that the zone leaves out has no log, one that it repeats has two."""
    zone = ZoneInfo(inputs.zone)
    day = hours(inputs.date, zone)
    asked = {hour.key: inputs.grid.clock_of(hour.key) for hour in day}
    mended = {clock: mend(clock) for clock in dict.fromkeys(asked.values())}
    desk = desk_of(inputs, [clock for clock, _ in mended.values()])
    for _, problems in mended.values():
        desk.problems += problems
    clocks = {key: mended[clock][0] for key, clock in asked.items()}
    outlines = _outlines(desk, day, clocks, inputs.begin_ms)
    booked = spots(avails(outlines), inputs.campaigns, inputs.date)
    desk.problems += booked.problems
    lost = absent(desk, inputs, frozenset(clocks))
    return Log(
        station=inputs.station,
        date=inputs.date,
        zone=inputs.zone,
        revision=inputs.revision,
        hours=_air(inputs, desk, day, clocks, outlines, booked) if day else (),
        make_goods=(*booked.make_goods, *lost),
        problems=tuple(desk.problems),
    )


def _outlines(
    desk: Desk, day: Sequence[Hour], clocks: Mapping[HourKey, Clock], begin_ms: Ms | None
) -> list[list[Block]]:
    outlines = []
    begin = begin_ms or 0
    for hour in day:
        outlines.append(outline(desk, hour, clocks[hour.key], begin))
        begin = max(
            (block.nominal_ms + desk.expected_ms(block) for block in outlines[-1] if block.role != "music"),
            default=begin,
        )
    return outlines


def _air(
    inputs: Inputs,
    desk: Desk,
    day: Sequence[Hour],
    clocks: Mapping[HourKey, Clock],
    outlines: Sequence[list[Block]],
    booked: Booked,
) -> tuple[HourLog, ...]:
    noise = np.random.default_rng(inputs.seed())
    for hour, blocks in zip(day, outlines, strict=True):
        for block in blocks:
            if block.role == "break":
                fill_break(desk, hour, block, booked.spots.get(block.slot, ()), noise)
    offsets = Offsets(ZoneInfo(inputs.zone), day[0].start_ms - _LOOKED_BACK, day[-1].end_ms)
    memory = remember(inputs.library, inputs.rules, inputs.history, day, offsets, noise)
    _settle(memory, outlines)
    pools = Pools(inputs.library, inputs.rules, desk.rows, memory.last, seed=inputs.station_seed())
    station = Station(desk, memory, pools)
    logs: list[HourLog] = []
    at = max(day[0].start_ms, inputs.begin_ms or 0)
    for hour, blocks in zip(day, outlines, strict=True):
        logs.append(air(station, hour, clocks[hour.key], blocks, max(at, hour.start_ms)))
        at = logs[-1].items[-1].end_ms if logs[-1].items else at
    return tuple(logs)


def _settle(memory: Memory, outlines: Sequence[Sequence[Block]]) -> None:
    """Songs that are pinned: what is before them keeps clear of them."""
    memory.later += [
        (block.nominal_ms, block.track) for blocks in outlines for block in blocks if block.track is not None
    ]
