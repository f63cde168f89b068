"""The day's advertising by the hour, as a linear programme: which line airs how often in which hour.

Breaks of an hour are one here, which makes it small (a twentieth of one over breaks, and solved in milliseconds) and
nearly whole-numbered; rows over two or more hours keep the separation of a line's airings honest, so that its value is
that of the programme over breaks.
"""

from collections.abc import Mapping
from itertools import groupby

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array

from log_generator.planning.instants import HOUR
from log_generator.planning.traffic.board import Breaks, Line, Sheet, members

Shares = Mapping[tuple[int, int], float]
"""Airings by (line, hour)."""
_LONGEST_WINDOW = 6


class _Rows:
    """A matrix being written down, row by row."""

    def __init__(self) -> None:
        self.row: list[int] = []
        self.column: list[int] = []
        self.factor: list[int] = []
        self.limits: list[int] = []

    def add(self, columns: list[int], factors: list[int], limit: int) -> None:
        """Σ factor · column ≤ limit."""
        self.row += [len(self.limits)] * len(columns)
        self.column += columns
        self.factor += factors
        self.limits.append(limit)


def shares(sheet: Sheet) -> tuple[Shares, float]:
    """Airings by line and hour of the greatest value, fractions allowed, and that value."""
    column: dict[tuple[int, int], int] = {}
    most: list[int] = []
    for number, line in enumerate(sheet.lines):
        for hour, breaks in sheet.hours.items():
            if line.allowed & breaks and line.want > 0:
                column[number, hour] = len(column)
                most.append(sheet.most(line, breaks))
    if not column:
        return {}, 0.0
    rows = _Rows()
    _hours(sheet, column, most, rows)
    _lines(sheet, column, most, rows)
    values = np.array([-sheet.lines[line].value for line, _ in column], dtype=float)
    matrix = csr_array(
        coo_array((rows.factor, (rows.row, rows.column)), shape=(len(rows.limits), len(column)), dtype=float)
    )
    found = milp(values, constraints=LinearConstraint(matrix, ub=rows.limits), bounds=Bounds(0, np.array(most)))
    if found.x is None:
        return dict.fromkeys(column, 1.0), float(-values.sum())
    return dict(zip(column, map(float, found.x), strict=True)), float(-found.fun)


def _hours(sheet: Sheet, column: Mapping[tuple[int, int], int], most: list[int], rows: _Rows) -> None:
    """What an hour's breaks hold, and how often each key can be in them."""
    for hour, inside in sorted(sheet.hours.items()):
        here = [(number, column[number, hour]) for number in range(len(sheet.lines)) if (number, hour) in column]
        breaks = list(members(inside))
        rows.add([at for _, at in here], [sheet.lines[number].length_ms for number, _ in here], _room(sheet, inside))
        if any(sheet.units[at] < len(here) for at in breaks):
            rows.add([at for _, at in here], [1] * len(here), sum(sheet.units[at] for at in breaks))
        sets = len({sheet.stop_set[at] for at in breaks})
        pairs = sorted((key, at) for number, at in here for key in sheet.lines[number].keys)
        for _, group in groupby(pairs, key=lambda pair: pair[0]):
            columns = [at for _, at in group]
            if sum(most[at] for at in columns) > sets:
                rows.add(columns, [1] * len(columns), sets)


def _lines(sheet: Sheet, column: Mapping[tuple[int, int], int], most: list[int], rows: _Rows) -> None:
    """What a line wants, and how often it can air in some hours that follow each other."""
    for number, line in enumerate(sheet.lines):
        hours = [hour for hour in sheet.hours if (number, hour) in column]
        mine = [column[number, hour] for hour in hours]
        rows.add(mine, [1] * len(mine), line.want)
        for span in range(2, _reach(sheet, line) + 1):
            for first in range(len(hours) - span + 1):
                breaks = 0
                for hour in hours[first : first + span]:
                    breaks |= sheet.hours[hour]
                window, limit = mine[first : first + span], sheet.most(line, breaks)
                if limit < sum(most[at] for at in window):
                    rows.add(window, [1] * span, limit)


def _reach(sheet: Sheet, line: Line) -> int:
    """Hours over which a line's separation is felt."""
    longest = max((_width(sheet, line.near[at]) for at in members(line.allowed)), default=0)
    return min(_LONGEST_WINDOW, longest // (2 * HOUR) + 2)


def _width(sheet: Sheet, breaks: Breaks) -> int:
    times = [sheet.start_ms[at] for at in members(breaks)]
    return times[-1] - times[0] if times else 0


def _room(sheet: Sheet, breaks: Breaks) -> int:
    return sum(sheet.room_ms[at] for at in members(breaks))
