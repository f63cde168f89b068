"""What a day's outlines are made with, from its inputs."""

from collections.abc import Collection, Sequence

import numpy as np

from log_generator.planning.catalog import Ints, Library
from log_generator.planning.clocks import ANYTHING, Clock, Wanted
from log_generator.planning.inputs import Inputs
from log_generator.planning.instants import HourKey
from log_generator.planning.log import MakeGood, Pin, SlotKey
from log_generator.planning.outline import Desk
from log_generator.planning.stock import stocked
from log_generator.planning.traffic.campaigns import next_day


def desk_of(inputs: Inputs, clocks: Sequence[Clock]) -> Desk:
    """A desk for clocks that were mended."""
    stock, problems = stocked(inputs.pieces, inputs.history.pieces)
    rows = _rows(inputs.library, clocks)
    means = {wanted: round(float(inputs.library.duration_ms[some].mean())) for wanted, some in rows.items()}
    desk = Desk(stock, inputs.library, rows, means, pinned=_pinned(inputs.library, inputs.pins))
    desk.problems += problems
    out = len(inputs.library) - int(np.count_nonzero(inputs.library.playable()))
    if out:
        desk.tell("library", f"{out} tracks have a length that no song has; they are not planned")
    if ANYTHING not in desk.means:
        desk.tell("library", "there is no music in it")
    pins: dict[SlotKey, tuple[Pin, ...]] = {}
    for pin in inputs.pins:
        pins[pin.slot] = (*pins.get(pin.slot, ()), pin)
    desk.pins, desk.takes = pins, {take.slot: take for take in inputs.takes}
    return desk


def absent(desk: Desk, inputs: Inputs, hours: Collection[HourKey]) -> tuple[MakeGood, ...]:
    """Pins in an hour of the day that the zone leaves out: each is told, and spots among them are to be made good."""
    lost = [pin for pin in inputs.pins if pin.slot.hour.date == inputs.date and pin.slot.hour not in hours]
    owners = {copy.id: campaign for campaign in inputs.campaigns for copy in campaign.copies}
    found = []
    for pin in lost:
        hour = pin.slot.hour
        reason = f"{hour.date} has no {'second ' if hour.fold else ''}{hour.hour:02}:00 in {inputs.zone}"
        desk.tell(f"pin “{pin.title or pin.id}”", reason)
        if pin.id in owners:
            campaign = owners[pin.id]
            found.append(MakeGood(campaign.id, 1, next_day(campaign, inputs.date), reason, {}))
    return tuple(found)


def _rows(library: Library, clocks: Sequence[Clock]) -> dict[Wanted, Ints]:
    """The tracks that each smart block of the clocks finds, and all of them; nothing for a block that finds none."""
    music = [element.wanted for clock in clocks for element in clock.elements if element.kind == "MUS"]
    asked = dict.fromkeys([ANYTHING, *music, *(clock.filler for clock in clocks if clock.filler)])
    found = {wanted: np.flatnonzero(library.matching(wanted)) for wanted in asked}
    return {wanted: rows for wanted, rows in found.items() if len(rows)}


def _pinned(library: Library, pins: Sequence[Pin]) -> dict[str, int]:
    wanted = {pin.id for pin in pins if pin.kind == "MUS"}
    if not wanted:
        return {}
    playable = library.playable()
    return {one: row for row, one in enumerate(library.ids) if one in wanted and playable[row]}
