"""An hour while it is being planned: parts that air, in blocks as the clock has them, in segments between anchors.
Times in milliseconds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from log_generator.planning.catalog import Piece
from log_generator.planning.clocks import Element, Kind, Wanted
from log_generator.planning.instants import Ms
from log_generator.planning.log import Flag, SlotKey, Source, Why

Role = Literal["fixed", "break", "music"]


@dataclass(frozen=True)
class Part:
    """Something to air."""

    kind: Kind
    id: str | None
    title: str
    full_ms: Ms
    source: Source
    why: Why
    artist: str = ""
    cue_ms: Ms = 0
    campaign: str | None = None
    piece: Piece | None = None
    flags: tuple[Flag, ...] = ()


@dataclass
class Block:
    """A slot of the hour. A break is filled when the day's spots are known, music when its songs are chosen."""

    slot: SlotKey
    element: Element
    role: Role
    parts: list[Part] = field(default_factory=list)
    wanted: Wanted | None = None
    """Of music that is to be chosen."""
    track: int | None = None
    """The row in the library of the song that was chosen or pinned."""
    pinned: bool = False
    added: bool = False
    """It fills what the clock leaves."""
    flexible: bool = False
    """Songs may be added after it, or it may go, without a word: its element fills to the end."""
    pins: tuple[str, ...] = ()
    """Copies that a person put into the break."""
    at_ms: Ms | None = None
    """When an anchor wants it to begin; None: after what is before it."""
    exact: bool = True
    grace_ms: Ms = 0
    nominal_ms: Ms = 0
    """When it begins if every song has the mean length."""

    @property
    def length_ms(self) -> Ms:
        """Of its parts."""
        return sum(part.full_ms for part in self.parts)


@dataclass
class Segment:
    """From one anchor to the next, or to the hour's end."""

    blocks: list[Block]
    start_ms: Ms
    end_ms: Ms
    exact: bool = True
    grace_ms: Ms = 0
    """It may end up to so much later."""

    def uncut_ms(self) -> Ms:
        """The length of everything that is not music."""
        return sum(block.length_ms for block in self.blocks if block.role != "music")

    def songs(self) -> list[Block]:
        """Its slots for music, chosen or not."""
        return [block for block in self.blocks if block.role == "music"]


def part_of(piece: Piece, source: Source, why: str, *, part: int | None = None, flags: Sequence[Flag] = ()) -> Part:
    """A piece, or one of its parts (from 1), to air."""
    start, end = piece.parts[part - 1] if part else (0, piece.length_ms)
    title = f"{piece.title} ({part}/{len(piece.parts)})" if part else piece.title
    return Part(
        piece.kind, piece.id, title, end - start, source, Why(why), cue_ms=start, piece=piece, flags=tuple(flags)
    )
