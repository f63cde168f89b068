"""An hour in segments, and how many songs each needs to come out even."""

from log_generator.planning.blocks import Block, Segment
from log_generator.planning.clocks import Clock, Wanted
from log_generator.planning.instants import Hour, HourKey, Ms
from log_generator.planning.log import SlotKey
from log_generator.planning.outline import FILL, Desk


def segments(hour: Hour, blocks: list[Block], begin_ms: Ms) -> list[Segment]:
    """Cut an hour that begins at `begin_ms` at its anchors; the last segment ends with the hour."""
    found = [Segment([], begin_ms, hour.end_ms)]
    for block in blocks:
        if block.at_ms is not None:
            at = min(max(block.at_ms, found[-1].start_ms), hour.end_ms)
            if found[-1].blocks or at > found[-1].start_ms:
                found[-1].end_ms, found[-1].exact, found[-1].grace_ms = at, block.exact, block.grace_ms
                found.append(Segment([], at, hour.end_ms))
        found[-1].blocks.append(block)
    return found


def balance(desk: Desk, hour: Hour, clock: Clock, parts: list[Segment], filler: Wanted | None) -> None:
    """Add songs where a segment is short, take some where it is long; the choice of songs does the rest.

    `filler` is the music to add; None: there is none."""
    taken = {block.slot for segment in parts for block in segment.blocks}
    begin = parts[0].start_ms
    for segment in parts:
        # What may not be cut moves what comes after it.
        segment.start_ms = max(segment.start_ms, begin)
        begin = segment.start_ms + segment.uncut_ms()
        short = _drop(desk, segment)
        model = next((block for block in reversed(segment.songs()) if block.flexible), None)
        wanted = model.wanted if model and model.wanted else filler
        if wanted is None:
            continue
        more = max(0, round(short / desk.means[wanted]))
        if more and not model:
            desk.tell(clock.name, "it leaves time in the hour; songs are added")
        for _ in range(more):
            _add(segment, model, wanted, hour.key, taken)


def _drop(desk: Desk, segment: Segment) -> Ms:
    """Take songs out as long as the segment comes out more even; the time that is left then, or lacking, below 0."""
    free = [block for block in segment.songs() if block.track is None]
    songs = sum(map(desk.expected_ms, segment.songs()))
    short = segment.end_ms - segment.start_ms - segment.uncut_ms() - songs
    while free and abs(short + desk.expected_ms(free[-1])) < abs(short):
        dropped = free.pop()
        short += desk.expected_ms(dropped)
        segment.blocks.remove(dropped)
        if not dropped.flexible:
            hour = dropped.slot.hour
            desk.tell(f"{hour.date} {hour.hour:02}:00, {dropped.element.name}", "there is no time for all its songs")
    return short


def _add(segment: Segment, model: Block | None, wanted: Wanted, hour: HourKey, taken: set[SlotKey]) -> None:
    element = model.element if model else FILL
    unit = next(unit for unit in range(len(taken) + 1) if SlotKey(hour, element.id, unit) not in taken)
    block = Block(
        SlotKey(hour, element.id, unit), element, "music", wanted=wanted, added=not model, flexible=bool(model)
    )
    taken.add(block.slot)
    after = model or next(iter(reversed(segment.songs())), None)
    segment.blocks.insert(segment.blocks.index(after) + 1 if after else len(segment.blocks), block)
