"""What a break holds: its spots in order, then public service of its category, then promos; a liner at worst. Never
nothing, as long as there is anything to air."""

from collections.abc import Sequence

import numpy as np

from log_generator.planning.blocks import Block, Part, part_of
from log_generator.planning.clocks import Kind
from log_generator.planning.instants import Hour, Ms
from log_generator.planning.log import Flag, Why
from log_generator.planning.mending import MOST
from log_generator.planning.outline import Desk, avail_ms
from log_generator.planning.stock import in_category
from log_generator.planning.traffic.spots import Spot

LAST_RESORT: tuple[Kind, ...] = ("PSA", "PRO", "LIN")
"""What a break falls back on after its own fallback."""
_FIRST = {"first": 0, "any": 1, "last": 2}


def fill_break(desk: Desk, hour: Hour, block: Block, spots: Sequence[Spot], noise: np.random.Generator) -> None:
    """Put the spots that were booked into a break, and fill what they leave. Liners only where nothing else is."""
    shuffled = noise.permutation(len(spots)).tolist()
    order = sorted(range(len(spots)), key=lambda at: (_FIRST[spots[at].campaign.position], shuffled[at]))
    block.parts = [_spot(spots[at]) for at in order]
    room = avail_ms(block.element) - block.length_ms
    most = (block.element.count or MOST) - len(spots)
    filling: list[Part] = []
    for kind in dict.fromkeys((*block.element.fallback, *LAST_RESORT)):
        if kind in ("MUS", "ADV", "VT") or (kind == "LIN" and (spots or filling)):
            continue
        filling += _whole(desk, hour, block, kind, room - sum(part.full_ms for part in filling), most - len(filling))
    if not spots and not filling:
        filling = _too_long(desk, hour, block)
    # A spot that was sold as the last of its break stays the last.
    last = next((at for at, part in enumerate(block.parts) if _is_last(spots, part)), len(block.parts))
    block.parts[last:last] = filling


def _spot(spot: Spot) -> Part:
    campaign, copy = spot.campaign, spot.copy
    why = "a person put it here" if spot.pinned else f"campaign {campaign.id}, priority {campaign.priority}"
    return Part(
        "ADV", copy.id, copy.title, copy.length_ms, "pin" if spot.pinned else "campaign", Why(why), campaign=campaign.id
    )


def _is_last(spots: Sequence[Spot], part: Part) -> bool:
    return any(spot.copy.id == part.id and spot.campaign.position == "last" for spot in spots)


def _whole(desk: Desk, hour: Hour, block: Block, kind: Kind, room: Ms, most: int) -> list[Part]:
    """Pieces of a type that fit, each once, the longest rested first; those of the break's category before others."""
    pieces = desk.stock.of(kind, hour.key)
    category = block.element.wanted.category
    if category:
        own = in_category(pieces, category)
        pieces = [*own, *(piece for piece in pieces if piece not in own)] if kind == "PSA" else own or pieces
    taken: list[Part] = []
    for piece in pieces:
        if len(taken) < most and piece.length_ms <= room:
            room -= piece.length_ms
            desk.stock.note(piece, hour.start_ms + len(taken))
            taken.append(part_of(piece, "fallback", "no spot was sold for this time", flags=("fallback",)))
    return taken


def _too_long(desk: Desk, hour: Hour, block: Block) -> list[Part]:
    """The shortest of anything, where nothing is as short as the break."""
    kinds: tuple[Kind, ...] = (*LAST_RESORT, "BED")
    for kind in kinds:
        pieces = desk.stock.of(kind, hour.key)
        if pieces:
            piece = min(pieces, key=lambda piece: piece.length_ms)
            desk.stock.note(piece, hour.start_ms)
            long: tuple[Flag, ...] = ("longer_than_break",) if piece.length_ms > avail_ms(block.element) else ()
            flags: tuple[Flag, ...] = ("fallback", *long)
            return [part_of(piece, "fallback", "nothing shorter was there for an empty break", flags=flags)]
    desk.tell(block.element.name, "there is neither a spot nor a PSA, promo or liner for it; music takes its time")
    return []
