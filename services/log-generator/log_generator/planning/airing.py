"""An hour on the timeline: its songs chosen, its segments laid end to end, every item with its reasons."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count

from log_generator.planning.blocks import Block, Segment
from log_generator.planning.clocks import ANYTHING, Clock, Wanted
from log_generator.planning.instants import SECOND, Hour, Ms
from log_generator.planning.log import Flag, HourLog, Item, SlotKey, Why
from log_generator.planning.music.cards import Pools
from log_generator.planning.music.choosing import choose, spare
from log_generator.planning.music.following import points
from log_generator.planning.music.memory import Memory
from log_generator.planning.outline import FILL, Desk
from log_generator.planning.padding import anything, pads
from log_generator.planning.segments import balance, segments
from log_generator.planning.timing import Fillers, Laid, Song, lay

_MISSED = 1 * SECOND
"""An anchor that is missed by more is told."""


@dataclass(frozen=True)
class Station:
    """What hours are put on the timeline with."""

    desk: Desk
    memory: Memory
    pools: Pools


def air(station: Station, hour: Hour, clock: Clock, blocks: list[Block], begin_ms: Ms) -> HourLog:
    """The log of an hour that begins at `begin_ms`: its begin, or the end of what runs into it."""
    desk = station.desk
    filler = filler_of(desk, clock)
    for block in blocks:
        if block.role == "break" and not block.parts and filler:
            block.role, block.wanted, block.added = "music", filler, True
    parts = segments(hour, blocks, begin_ms)
    balance(desk, hour, clock, parts, filler)
    kept = choose(station.memory, station.pools, hour, parts)
    items: list[Item] = []
    at, off = begin_ms, 0
    for segment in parts:
        laid, off = lay(segment, at, _fillers(station, hour, filler, parts))
        made = _items(station, hour, laid, at, doubted=not kept)
        items += made
        at = made[-1].end_ms if made else at
    return HourLog(hour, clock.name, tuple(items), off)


def filler_of(desk: Desk, clock: Clock) -> Wanted | None:
    """The music that fills what a clock leaves; None without any."""
    music = [element.wanted for element in clock.elements if element.kind == "MUS"]
    return next((one for one in (clock.filler, *reversed(music), ANYTHING) if one in desk.means), None)


def _fillers(station: Station, hour: Hour, filler: Wanted | None, parts: Sequence[Segment]) -> Fillers:
    taken = {block.slot.unit for segment in parts for block in segment.blocks if block.slot.element == FILL.id}
    units = (unit for unit in count() if unit not in taken)

    def song(laid: Sequence[Laid], at: Ms, least: Ms) -> Song | None:
        return spare(station.memory, station.pools[filler], hour, laid, at, least) if filler else None

    def block() -> Block:
        unit = next(units)
        taken.add(unit)
        return Block(SlotKey(hour.key, FILL.id, unit), FILL, "fixed", added=True)

    return Fillers(
        block=block,
        pads=lambda gap: pads(station.desk.stock, hour, gap),
        song=song,
        anything=lambda gap: anything(station.desk.stock, hour, gap),
    )


def _items(station: Station, hour: Hour, laid: Sequence[Laid], at: Ms, *, doubted: bool) -> list[Item]:
    items = []
    seen: set[SlotKey] = set()
    for one in laid:
        block, part = one.block, one.part
        flags: tuple[Flag, ...] = one.flags if block.slot in seen else (*one.flags, *_missed(block, at))
        seen.add(block.slot)
        why = part.why
        if block.track is not None:
            station.memory.comes(block.track, block.nominal_ms)
            why = _why(station, hour, block, why, at, doubted=doubted)
            flags = (*flags, "rule_broken") if why.broken else flags
            station.memory.note(block.track, at)
            station.pools.played(block.track)
        if block.added and part.kind == "MUS" and "added" not in flags:
            flags = (*flags, "added")
        items.append(
            Item(
                start_ms=at,
                length_ms=one.length_ms,
                full_ms=part.full_ms,
                kind=part.kind,
                id=part.id,
                title=part.title,
                slot=block.slot,
                source=part.source,
                why=why,
                artist=part.artist,
                cue_ms=part.cue_ms,
                campaign=part.campaign,
                flags=tuple(dict.fromkeys(flags)),
            )
        )
        at += one.length_ms
    return items


def _why(station: Station, hour: Hour, block: Block, why: Why, at: Ms, *, doubted: bool) -> Why:
    """What a song costs after those that are before it, and the rules that it breaks. Only where the beam says that it
    had to break one, or did not choose the song itself, are they looked for."""
    memory, track = station.memory, block.track
    assert track is not None
    cost = points(memory.sequence, track, memory.before())
    broken = memory.broken(track, at, hour.key.hour) if doubted or block.added or block.pinned else ()
    return replace(why, points={**why.points, **cost}, broken=tuple(broken))


def _missed(block: Block, at: Ms) -> tuple[Flag, ...]:
    if block.at_ms is None:
        return ()
    if at > block.at_ms + block.grace_ms + _MISSED:
        return ("late",)
    return ("early",) if at < block.at_ms - _MISSED else ()
