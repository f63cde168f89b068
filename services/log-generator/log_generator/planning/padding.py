"""Beds, liners and, where there is nothing else, whatever is there, to fill exact gaps. Milliseconds."""

from collections.abc import Sequence
from itertools import cycle

from log_generator.planning.blocks import Part, part_of
from log_generator.planning.catalog import Piece
from log_generator.planning.clocks import Kind
from log_generator.planning.instants import Hour, Ms
from log_generator.planning.log import Why
from log_generator.planning.stock import Stock
from log_generator.planning.timing import HELD, SHORTEST_BED, Pad

_WHOLE_BEFORE_A_BED = 2
"""Liners in a row are a nuisance; a bed does the rest."""
_ANYTHING: tuple[Kind, ...] = ("BED", "LIN", "PRO", "PSA")
_MOST = 400
NOTHING = "Nothing to play"


def pads(stock: Stock, hour: Hour, gap: Ms) -> Sequence[Pad]:
    """Fillers of exactly `gap`: some that air whole, each once, then beds, the last one cut; none if that cannot be
    done. What is left of less than a breath goes to the last one."""
    whole = [piece for kind in ("LIN", "PRO") for piece in stock.of(kind, hour.key) if piece.filler]
    beds = [piece for piece in stock.of("BED", hour.key) if piece.filler]
    found: list[tuple[Piece, Ms]] = []
    rest = gap
    for piece in sorted(whole, key=lambda piece: (-piece.length_ms, piece.id)):
        after = rest - piece.length_ms
        if after >= 0 and not (beds and (len(found) == _WHOLE_BEFORE_A_BED or HELD < after < SHORTEST_BED)):
            found.append((piece, piece.length_ms))
            rest = after
    for bed in cycle(beds) if rest > HELD or not found else ():
        found.append((bed, min(rest, bed.length_ms)))
        rest -= found[-1][1]
        if rest <= HELD or len(found) > _MOST:
            break
    if rest > HELD or not found:
        return ()
    found[-1] = (found[-1][0], found[-1][1] + rest)
    return _noted(stock, hour, found)


def anything(stock: Stock, hour: Hour, gap: Ms) -> Sequence[Pad]:
    """Whatever there is, of exactly `gap`: pieces over and over, and at last a part that is nothing."""
    pieces = [piece for kind in _ANYTHING for piece in stock.of(kind, hour.key)]
    pieces.sort(key=lambda piece: stock.aired.get(piece.id, 0))
    found: list[tuple[Piece, Ms]] = []
    rest = gap
    for piece in cycle(pieces):
        length = min(rest, piece.length_ms) if piece.kind == "BED" else piece.length_ms
        if all(one.length_ms > rest and one.kind != "BED" for one in pieces) or rest <= 0 or len(found) > _MOST:
            break
        if length <= rest:
            found.append((piece, length))
            rest -= length
    made = _noted(stock, hour, found)
    if rest > 0:
        nothing = Part("BED", None, NOTHING, rest, "nothing", Why("there is neither music nor anything else"))
        made = [*made, (nothing, rest)]
    return made


def _noted(stock: Stock, hour: Hour, found: Sequence[tuple[Piece, Ms]]) -> list[Pad]:
    for at, (piece, _) in enumerate(found):
        stock.note(piece, hour.end_ms - len(found) + at)
    return [(part_of(piece, "fill", "it fills what is left before the next anchor"), length) for piece, length in found]
