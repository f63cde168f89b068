"""The best breaks for one line by itself, by dynamic programming over the day."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from log_generator.planning.traffic.board import Line, Sheet

Values = NDArray[np.float64]
_NEVER = -1e18


@dataclass(frozen=True)
class _Step:
    """The best with a break as the last one and so many before it in its hour: by number of airings, and what was
    before it: the first so many breaks in any way, or another step."""

    best: Values
    after: int
    step: "tuple[int, int] | None"


def best_breaks(sheet: Sheet, line: Line, breaks: Sequence[int], gains: Sequence[float], most: int) -> list[int]:
    """Of `breaks` (in order of time) at most `most`, apart as the line asks, of the greatest sum of `gains`."""
    if most <= 0 or not breaks:
        return []
    upto = [np.full(most + 1, _NEVER)]
    upto[0][0] = 0
    steps: list[list[_Step]] = []
    for at in range(len(breaks)):
        steps.append(_steps(sheet, line, breaks, at, gains[at], upto, steps) if gains[at] > 0 else [])
        upto.append(np.maximum.reduce([upto[-1], *(step.best for step in steps[-1])]))
    return [breaks[at] for at in _trace(upto, steps)]


def _steps(
    sheet: Sheet, line: Line, breaks: Sequence[int], at: int, gain: float, upto: list[Values], steps: list[list[_Step]]
) -> list[_Step]:
    near, hour = line.near[breaks[at]], sheet.hour[breaks[at]]
    before = at
    while before and (near >> breaks[before - 1] & 1 or sheet.hour[breaks[before - 1]] == hour):
        before -= 1
    found = [_Step(_one_more(upto[before], gain), before, None)]
    earlier = [one for one in range(before, at) if sheet.hour[breaks[one]] == hour and not near >> breaks[one] & 1]
    for nth in range(1, line.per_hour):
        ways = [one for one in earlier if len(steps[one]) >= nth]
        if not ways:
            break
        way = max(ways, key=lambda one: float(steps[one][nth - 1].best.max()))
        found.append(_Step(_one_more(steps[way][nth - 1].best, gain), way, (way, nth - 1)))
    return found


def _one_more(best: Values, gain: float) -> Values:
    more = np.full_like(best, _NEVER)
    more[1:] = best[:-1] + gain
    return more


def _trace(upto: list[Values], steps: list[list[_Step]]) -> list[int]:
    count, at = int(upto[-1].argmax()), len(upto) - 1
    found = []
    while count:
        while upto[at][count] == upto[at - 1][count]:
            at -= 1
        step = next(one for one in steps[at - 1] if one.best[count] == upto[at][count])
        found.append(at - 1)
        count -= 1
        while step.step:
            at, nth = step.step
            found.append(at)
            step = steps[at][nth]
            count -= 1
        at = step.after
    return found[::-1]
