"""Which spot is in which break. A set of breaks is a whole number, bit b for break b: questions are few operations."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from log_generator.planning.instants import Ms

Breaks = int
"""A set of breaks."""


def members(breaks: Breaks) -> Iterator[int]:
    """The breaks of a set, in order of time."""
    while breaks:
        lowest = breaks & -breaks
        yield lowest.bit_length() - 1
        breaks ^= lowest


@dataclass(frozen=True)
class Line:
    """What a campaign may have on a day. `want` airings of `length_ms`, each worth `value`."""

    length_ms: Ms
    value: int
    want: int
    allowed: Breaks
    near: tuple[Breaks, ...]
    """For each break, those too close to it for another airing of the line; itself among them."""
    per_hour: int
    keys: tuple[int, ...]
    """Of each key a stop set takes one: the product, the advertiser, a pair of competitors, first, last."""


@dataclass(frozen=True)
class Sheet:
    """The day's breaks and lines."""

    start_ms: tuple[Ms, ...]
    room_ms: tuple[Ms, ...]
    units: tuple[int, ...]
    hour: tuple[int, ...]
    """Of each break, by number; hours are counted as instances, so a repeated one counts twice."""
    stop_set: tuple[Breaks, ...]
    """For each break, those with nothing but spots between it and them; itself among them."""
    lines: tuple[Line, ...]
    hours: dict[int, Breaks] = field(init=False)

    def __post_init__(self) -> None:
        hours: dict[int, Breaks] = {}
        for at, hour in enumerate(self.hour):
            hours[hour] = hours.get(hour, 0) | 1 << at
        object.__setattr__(self, "hours", hours)

    def most(self, line: Line, breaks: Breaks) -> int:
        """How often a line could air in these breaks were they its own."""
        count, barred = 0, 0
        an_hour: dict[int, int] = {}
        for at in members(breaks & line.allowed):
            hour = self.hour[at]
            if not barred >> at & 1 and an_hour.get(hour, 0) < line.per_hour:
                count, barred, an_hour[hour] = count + 1, barred | line.near[at], an_hour.get(hour, 0) + 1
        return count


class Board:
    """A sheet being filled."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.value = 0
        self.at: list[list[int]] = [[] for _ in sheet.room_ms]
        """Lines in each break."""
        self.mine: list[Breaks] = [0] * len(sheet.lines)
        self._room = list(sheet.room_ms)
        self._used: dict[int, Breaks] = {key: 0 for line in sheet.lines for key in line.keys}
        self._fits: dict[Ms, Breaks] = {line.length_ms: 0 for line in sheet.lines}
        for at in range(len(self._room)):
            self._fit(at)

    def count(self, line: int) -> int:
        """Airings that a line has."""
        return self.mine[line].bit_count()

    def short(self, line: int) -> bool:
        """Whether a line has fewer airings than it wants."""
        return self.count(line) < self.sheet.lines[line].want

    def room(self, at: int) -> Ms:
        """What is left of a break."""
        return self._room[at]

    def put(self, line: int, at: int) -> None:
        """Book a line into a break."""
        one, bit = self.sheet.lines[line], 1 << at
        self.at[at].append(line)
        self.mine[line] |= bit
        self.value += one.value
        self._room[at] -= one.length_ms
        for key in one.keys:
            self._used[key] |= self.sheet.stop_set[at]
        self._fit(at)

    def take(self, line: int, at: int) -> None:
        """Take a line out of a break."""
        one, bit = self.sheet.lines[line], 1 << at
        self.at[at].remove(line)
        self.mine[line] &= ~bit
        self.value -= one.value
        self._room[at] += one.length_ms
        for key in one.keys:
            self._used[key] &= ~self.sheet.stop_set[at]
        self._fit(at)

    def fitting(self, line: int) -> Breaks:
        """Allowed breaks with room and without a competitor."""
        one = self.sheet.lines[line]
        free = one.allowed & self._fits[one.length_ms]
        for key in one.keys:
            free &= ~self._used[key]
        return free

    def unrivalled(self, line: int) -> Breaks:
        """Allowed breaks without a competitor, whether there is room or not."""
        one = self.sheet.lines[line]
        free = one.allowed
        for key in one.keys:
            free &= ~self._used[key]
        return free

    def barred(self, line: int, but: int | None = None) -> Breaks:
        """Breaks that a line's own airings (but one) forbid it: too close, or the hour has as many as it may."""
        one, hours, hour = self.sheet.lines[line], self.sheet.hours, self.sheet.hour
        mine = self.mine[line] if but is None else self.mine[line] & ~(1 << but)
        barred, rest = 0, mine
        while rest:
            lowest = rest & -rest
            rest ^= lowest
            at = lowest.bit_length() - 1
            barred |= one.near[at]
            inside = hours[hour[at]]
            if one.per_hour == 1 or (mine & inside).bit_count() >= one.per_hour:
                barred |= inside
        return barred

    def open(self, line: int) -> Breaks:
        """Breaks that could take a line as things are."""
        return self.fitting(line) & ~self.barred(line)

    def tightest(self, breaks: Breaks) -> int:
        """The break of a set with the least room, so that larger holes stay whole."""
        return min(members(breaks), key=self._room.__getitem__)

    def rivals(self, line: int, at: int) -> list[int]:
        """Lines in a break's stop set that share a key with a line."""
        keys = self.sheet.lines[line].keys
        lines = self.sheet.lines
        return [one for one in self.at[at] if any(key in lines[one].keys for key in keys)]

    def copy(self) -> "Board":
        """The same, to be changed without changing this."""
        other = Board.__new__(Board)
        other.sheet, other.value = self.sheet, self.value
        other.at, other.mine = [list(lines) for lines in self.at], list(self.mine)
        other._room, other._used, other._fits = list(self._room), dict(self._used), dict(self._fits)
        return other

    def _fit(self, at: int) -> None:
        room, bit = self._room[at], 1 << at
        full = len(self.at[at]) >= self.sheet.units[at]
        for length in self._fits:
            if room >= length and not full:
                self._fits[length] |= bit
            else:
                self._fits[length] &= ~bit
