"""The day's breaks, as traffic books them, from the outlines of its hours."""

from collections.abc import Sequence

from log_generator.planning.blocks import Block
from log_generator.planning.catalog import Piece
from log_generator.planning.outline import avail_ms
from log_generator.planning.traffic.spots import Avail


def avails(hours: Sequence[Sequence[Block]]) -> list[Avail]:
    """The breaks of a day, in order. Breaks that follow each other directly are one stop set."""
    found: list[Avail] = []
    stop_set = 0
    for number, blocks in enumerate(hours):
        for at, block in enumerate(blocks):
            if block.role != "break":
                stop_set += 1
                continue
            beside = (
                *_sponsored(blocks[at - 1] if at else None),
                *_sponsored(blocks[at + 1] if at + 1 < len(blocks) else None),
            )
            found.append(
                Avail(
                    slot=block.slot,
                    start_ms=block.nominal_ms,
                    length_ms=avail_ms(block.element),
                    units=block.element.count,
                    hour=number,
                    stop_set=stop_set,
                    beside=beside,
                    pinned=block.pins,
                )
            )
    return sorted(found, key=lambda avail: avail.start_ms)


def _sponsored(block: Block | None) -> list[Piece]:
    pieces = [part.piece for part in block.parts] if block else []
    return [piece for piece in pieces if piece and (piece.advertiser or piece.product)]
