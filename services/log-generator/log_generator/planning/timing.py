"""Exact times. What is chosen rarely ends just where a segment does: a song is cut, or the rest is filled, so that the
next anchor, and the top of every hour, comes when it has to. Spots and features are never cut. Milliseconds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from log_generator.planning.blocks import Block, Part, Segment
from log_generator.planning.instants import SECOND, Ms
from log_generator.planning.log import Flag

SHORTEST = 20 * SECOND
"""Of a song that is cut."""
SHORTEST_BED = 2 * SECOND
HELD = 1500
"""So much air after a song is a breath, not silence."""
PADDED = 90 * SECOND
"""More than this is filled with a song rather than with beds and liners."""
_MOST_SONGS = 400


@dataclass
class Laid:
    """A part at its place; `length_ms` is what it airs."""

    block: Block
    part: Part
    length_ms: Ms
    flags: tuple[Flag, ...] = ()

    @property
    def song(self) -> bool:
        """It may be cut."""
        return self.part.kind == "MUS"


Pad = tuple[Part, Ms]
"""A part, and how much of it airs."""
Song = tuple[Part, int]
"""A part, and its row in the library."""


@dataclass(frozen=True)
class Fillers:
    """Where to find what fills a gap."""

    block: Callable[[], Block]
    """A new slot for it."""
    pads: Callable[[Ms], Sequence[Pad]]
    """Beds and liners of exactly so many milliseconds together; none when that cannot be done."""
    song: Callable[[Sequence[Laid], Ms, Ms], Song | None]
    """A song to follow some others at an instant, as long as that if there is one; None without music."""
    anything: Callable[[Ms], Sequence[Pad]]
    """Whatever there is, of exactly so many milliseconds; at worst a part that is nothing."""


def lay(segment: Segment, start_ms: Ms, fillers: Fillers) -> tuple[list[Laid], Ms]:
    """The segment's parts with the lengths that they air, and by how much it would have ended late (early, below 0)."""
    laid = [Laid(block, part, part.full_ms, part.flags) for block in segment.blocks for part in block.parts]
    off = start_ms + sum(one.length_ms for one in laid) - segment.end_ms
    if segment.exact and off > segment.grace_ms:
        _fill(laid, _cut(laid, off, fillers), segment.end_ms, fillers)
    elif segment.exact and off < 0:
        _fill(laid, -off, segment.end_ms, fillers)
    return laid, off


def _cut(laid: list[Laid], over: Ms, fillers: Fillers) -> Ms:
    """Cut the last song, or take songs out; returns the gap that is left then. More than all songs is not cut."""
    while over > 0:
        songs = [one for one in reversed(laid) if one.song]
        last = next(iter(songs), None)
        if last is None:
            _cut_beds(laid, over)
            return 0
        if last.length_ms - over >= max(SHORTEST, last.length_ms // 2):
            return _trim(last, over)
        if last.length_ms <= over and not last.block.pinned:
            over -= last.length_ms
            laid.remove(last)
            continue
        return _compromise(laid, songs, over, fillers)
    return -over


def _cut_beds(laid: list[Laid], over: Ms) -> None:
    for bed in (one for one in reversed(laid) if one.part.kind == "BED"):
        by = min(over, max(0, bed.length_ms - SHORTEST_BED))
        over -= by
        if by:
            _trim(bed, by)


def _compromise(laid: list[Laid], songs: list[Laid], over: Ms, fillers: Fillers) -> Ms:
    """Less than half of the last song would be left: do without it, cut it all the same, or cut two."""
    last = songs[0]
    gap = last.length_ms - over
    if gap > 0 and not last.block.pinned and fillers.pads(gap):
        laid.remove(last)
        return gap
    if last.length_ms - over >= SHORTEST:
        return _trim(last, over)
    for song in songs:
        over -= _trimmed(song, over)
    return 0


def _trim(song: Laid, by: Ms) -> Ms:
    song.length_ms -= by
    song.flags += ("trimmed",)
    return 0


def _trimmed(song: Laid, most: Ms) -> Ms:
    by = min(most, max(0, song.length_ms - SHORTEST))
    if by:
        _trim(song, by)
    return by


def _fill(laid: list[Laid], gap: Ms, end: Ms, fillers: Fillers) -> None:
    """Fill a gap before `end`: a breath, pads, a song cut to fit, or a longer song in place of the last."""
    for _ in range(_MOST_SONGS):
        if gap <= 0:
            return
        if gap <= HELD and laid:
            _hold(laid[-1], gap)
            return
        pads = fillers.pads(gap) if gap <= PADDED else ()
        if pads:
            _pad(laid, pads, fillers)
            return
        if gap < SHORTEST:
            gap = _make_room(laid, gap, end, fillers)
            continue
        song = fillers.song(laid, end - gap, gap)
        if song is None:
            _pad(laid, fillers.pads(gap) or fillers.anything(gap), fillers)
            return
        laid.append(_added(song, gap, fillers))
        gap -= laid[-1].length_ms


def _hold(last: Laid, gap: Ms) -> None:
    last.length_ms += gap
    last.flags += ("held",)


def _pad(laid: list[Laid], pads: Sequence[Pad], fillers: Fillers) -> None:
    for part, length in pads:
        laid.append(Laid(fillers.block(), part, length, (*part.flags, "padded")))


def _added(song: Song, most: Ms, fillers: Fillers) -> Laid:
    """A song more, cut to `most`."""
    part, row = song
    block = fillers.block()
    block.parts, block.track, block.role = [part], row, "music"
    length = min(part.full_ms, most)
    return Laid(block, part, length, ("added", "trimmed") if length < part.full_ms else ("added",))


def _make_room(laid: list[Laid], gap: Ms, end: Ms, fillers: Fillers) -> Ms:
    """A gap too short for a song: a longer one in place of the last, or both share its time. What is left to fill."""
    at = next((at for at in reversed(range(len(laid))) if laid[at].song and not laid[at].block.pinned), None)
    room = gap + laid[at].length_ms if at is not None else 0
    song = fillers.song(laid[:at], end - room, room) if room >= 2 * SHORTEST else None
    if at is None or song is None:
        _pad(laid, fillers.anything(gap), fillers)
        return 0
    if song[0].full_ms >= room:
        laid[at] = _added(song, room, fillers)
        return 0
    last = laid[at]
    last.length_ms = max(SHORTEST, min(last.part.full_ms, room // 2))
    last.flags += ("trimmed",)
    return room - last.length_ms
