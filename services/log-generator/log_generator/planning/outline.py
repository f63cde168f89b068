"""From a clock to an hour's blocks: voice tracks and pins first, then the pieces that the clock names."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

from log_generator.planning.blocks import Block, Part, part_of
from log_generator.planning.catalog import Ints, Library, Piece
from log_generator.planning.clocks import ANYTHING, Clock, Element, Kind, Problem, Wanted
from log_generator.planning.instants import HOUR, SECOND, Hour, Ms
from log_generator.planning.log import Flag, Pin, SlotKey, Source, Take, Why
from log_generator.planning.mending import MOST
from log_generator.planning.stock import Stock, in_category, titled

FILL = Element("fill", "MUS", count=0)
"""The element of what fills an hour beyond its clock."""
INTERCHANGEABLE: frozenset[Kind] = frozenset({"LIN", "PRO", "PSA", "BED"})
"""One that is missing may be replaced by another of its type; an interview or the news may not."""
A_SPOT = 60 * SECOND
A_BREAK = 120 * SECOND
"""A break's length where the clock gives none: a minute for each spot, or this for any number."""


@dataclass
class Desk:
    """What a day's outlines are made with; problems are added as they are found."""

    stock: Stock
    library: Library
    rows: Mapping[Wanted, Ints]
    """Tracks of each smart block that finds any, as rows of the library."""
    means: Mapping[Wanted, Ms]
    """Their mean length."""
    pinned: Mapping[str, int]
    """Rows of the tracks that are pinned, by id."""
    pins: Mapping[SlotKey, tuple[Pin, ...]] = field(default_factory=dict)
    takes: Mapping[SlotKey, Take] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def tell(self, where: str, text: str) -> None:
        """Add a problem, once."""
        problem = Problem(where, text)
        if problem not in self.problems:
            self.problems.append(problem)

    def expected_ms(self, block: Block) -> Ms:
        """How long a block is, or is going to be."""
        if block.role == "break":
            return avail_ms(block.element)
        if block.role == "music" and block.track is None and block.wanted is not None:
            return self.means[block.wanted]
        return block.length_ms


def avail_ms(element: Element) -> Ms:
    """The length of a break."""
    return element.length_ms or element.count * A_SPOT or A_BREAK


def outline(desk: Desk, hour: Hour, clock: Clock, begin_ms: Ms) -> list[Block]:
    """The blocks of an hour that begins at `begin_ms` or, as it should, before that. Of a part of an hour: those whose
    place in the whole hour is in that part."""
    blocks = [block for element in (*clock.elements, FILL) for block in _blocks(desk, hour, clock, element)]
    _place(desk, blocks, max(0, begin_ms - hour.start_ms) and begin_ms - hour.start_ms + hour.into_ms)
    kept = []
    for block in blocks:
        if not hour.into_ms <= block.nominal_ms < hour.into_ms + hour.length_ms:
            if hour.length_ms == HOUR:
                desk.tell(f"{clock.name}, {block.element.name}", "it does not fit into the hour; it is left out")
            continue
        block.nominal_ms += hour.start_ms - hour.into_ms
        if block.at_ms is not None:
            block.at_ms += hour.start_ms - hour.into_ms
        kept.append(block)
    return kept


def _blocks(desk: Desk, hour: Hour, clock: Clock, element: Element) -> list[Block]:
    found: list[Block] = []
    for unit in range(_units(desk, hour, element)):
        slot = SlotKey(hour.key, element.id, unit)
        block = (
            _taken(desk, slot, element) or _pinned(desk, slot, element, hour) or _turn(desk, slot, element, hour, clock)
        )
        if block is None:
            continue
        if element.anchor and not found and block.at_ms is None:
            _anchor(desk, block, element)
        found.append(block)
    return found


def _units(desk: Desk, hour: Hour, element: Element) -> int:
    count = element.count
    if element.kind in ("ADV", "VT") or element.fill == "TO_END":
        count = 1
    elif element.fill == "TIME" and element.length_ms:
        mean = (
            desk.means.get(element.wanted) or desk.means.get(ANYTHING)
            if element.kind == "MUS"
            else _shortest(desk, hour, element)
        )
        count = min(MOST, max(1, round(element.length_ms / mean))) if mean else 1
    held = (slot.unit + 1 for slot in (*desk.pins, *desk.takes) if (slot.hour, slot.element) == (hour.key, element.id))
    return max(count, *held, 0) if element.id != FILL.id else max(held, default=0)


def _shortest(desk: Desk, hour: Hour, element: Element) -> Ms | None:
    return min((piece.length_ms for piece in desk.stock.of(element.kind, hour.key)), default=None)


def _anchor(desk: Desk, block: Block, element: Element) -> None:
    if element.anchor:
        back = desk.expected_ms(block) if element.anchor.kind == "back_timed" else 0
        block.at_ms = max(0, element.anchor.at_ms - back)
        block.exact = element.anchor.kind != "soft"
        block.grace_ms = element.anchor.grace_ms


def _taken(desk: Desk, slot: SlotKey, element: Element) -> Block | None:
    take = desk.takes.get(slot)
    if take is None:
        return None
    if take.length_ms <= 0:
        desk.tell(f"voice track “{take.title}”", "it has no length; the slot is planned without it")
        return None
    part = Part(
        "VT", take.id, take.title, take.length_ms, "voice_track", Why("a voice track was recorded for this slot")
    )
    return Block(slot, element, "fixed", [part], pinned=True)


def _pinned(desk: Desk, slot: SlotKey, element: Element, hour: Hour) -> Block | None:
    pins = desk.pins.get(slot, ())
    if not pins:
        return None
    if all(pin.kind == "ADV" for pin in pins):
        block: Block | None = Block(slot, element, "break", pins=tuple(pin.id for pin in pins))
    else:
        block = _pin(desk, slot, element, pins[0])
    at = pins[0].at_ms
    if block and at is not None:
        if hour.start_ms <= at < hour.end_ms:
            block.at_ms = at - hour.start_ms + hour.into_ms
        else:
            desk.tell(f"pin “{pins[0].title or pins[0].id}”", "its time is not in its hour; it airs in its slot's turn")
    return block


def _pin(desk: Desk, slot: SlotKey, element: Element, pin: Pin) -> Block | None:
    why = Why("a person put it here")
    if pin.kind == "MUS" and pin.id in desk.pinned:
        row = desk.pinned[pin.id]
        return Block(slot, element, "music", [song_part(desk.library, row, "pin", why)], track=row, pinned=True)
    piece = desk.stock.by_id.get(pin.id)
    if piece is not None:
        return Block(slot, element, "fixed", [part_of(piece, "pin", why.text)], pinned=True)
    if pin.kind != "MUS" and pin.length_ms and pin.length_ms > 0:
        part = Part(pin.kind, pin.id, pin.title, pin.length_ms, "pin", why)
        return Block(slot, element, "fixed", [part], pinned=True)
    desk.tell(f"pin “{pin.title or pin.id}”", "there is no such thing any more; its slot is planned anew")
    return None


def song_part(library: Library, row: int, source: Source, why: Why) -> Part:
    """A track of the library to air."""
    length = int(library.duration_ms[row])
    return Part("MUS", library.ids[row], library.titles[row], length, source, why, artist=library.artists[row])


def _turn(desk: Desk, slot: SlotKey, element: Element, hour: Hour, clock: Clock) -> Block | None:
    if element.kind == "MUS":
        return _music(desk, slot, element, clock)
    if element.kind == "ADV":
        return Block(slot, element, "break")
    for kind in (element.kind, *element.fallback):
        part = _piece(desk, kind, element, hour, slot.unit)
        if part and part.piece:
            desk.stock.note(part.piece, hour.start_ms + slot.unit)
            return Block(slot, element, "fixed", [part])
    if element.kind != "VT":
        desk.tell(f"{clock.name}, {element.name}", "there is nothing to air in it; its time goes to what is around it")
    return None


def _music(desk: Desk, slot: SlotKey, element: Element, clock: Clock) -> Block | None:
    wanted = element.wanted
    if wanted not in desk.means:
        what = f"in category “{wanted.category}”" if wanted.category else "as it wants it"
        desk.tell(f"{clock.name}, {element.name}", f"no track of the library is {what}; any other is taken")
        wanted = ANYTHING
    if wanted not in desk.means:
        return None
    return Block(slot, element, "music", wanted=wanted, flexible=element.fill == "TO_END")


def _piece(desk: Desk, kind: Kind, element: Element, hour: Hour, unit: int) -> Part | None:
    pieces = desk.stock.of(kind, hour.key)
    own = kind == element.kind
    flags: tuple[Flag, ...] = () if own else ("fallback",)
    why = f"its turn among {len(pieces)} of type {kind}" if own else f"in place of a missing {element.kind}"
    named = titled(pieces, element.title) if element.title and own else pieces
    if not named and pieces:
        if kind not in INTERCHANGEABLE:
            return None
        named, flags, why = pieces, ("substitute",), f"no {kind} of the clock's title may air now"
        desk.tell(element.name, f"no {kind} with this title may air in it; another takes its place")
    named = in_category(named, element.wanted.category) or named if element.wanted.category else named
    if not named:
        return None
    return _part(desk, named[0], element, unit, why, flags)


def _part(desk: Desk, piece: Piece, element: Element, unit: int, why: str, flags: tuple[Flag, ...]) -> Part | None:
    number = element.part or (unit + 1 if piece.parts and element.count > 1 else None)
    source: Source = "fallback" if "fallback" in flags else "rotation"
    if number is None or (not piece.parts and number == 1):
        return part_of(piece, source, why, flags=flags)
    if number > len(piece.parts):
        desk.tell(element.name, f"“{piece.title}” has no part {number}")
        return None
    return part_of(piece, source, why, part=number, flags=flags)


def _place(desk: Desk, blocks: list[Block], begin: Ms) -> None:
    """Say when each block begins if songs have their mean length, and shorter ones where they are too many."""
    starts = [0, *(at for at, block in enumerate(blocks) if block.at_ms is not None and at), len(blocks)]
    for first, last in itertools.pairwise(starts):
        group = blocks[first:last]
        begin = max(begin, group[0].at_ms or 0) if group else begin
        end = HOUR if last == len(blocks) else max(begin, blocks[last].at_ms or 0)
        songs = sum(desk.expected_ms(block) for block in group if block.role == "music")
        room = max(0, end - begin - sum(desk.expected_ms(block) for block in group if block.role != "music"))
        scale = min(1.0, room / songs) if songs else 1.0
        for block in group:
            block.nominal_ms = begin
            length = desk.expected_ms(block)
            begin += round(length * scale) if block.role == "music" else length
            begin += max(0, room - songs) if block.flexible else 0
