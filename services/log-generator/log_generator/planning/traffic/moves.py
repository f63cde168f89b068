"""Making room on a board: a spot goes in where another moves aside, or a line's whole day is laid out anew."""

from dataclasses import dataclass, field

from log_generator.planning.traffic.board import Board, Breaks, members
from log_generator.planning.traffic.spacing import best_breaks

EVERYWHERE = -1
"""All breaks."""
_FOLLOWING = 2
"""How many may move for each spot that was put out."""
_TRIES = 20


@dataclass
class Effort:
    """What may still be tried in all, in looks at the ways to make room (some 50 µs each)."""

    left: int


@dataclass
class Moves:
    """What may be tried on a board; `held` spots, as (line, break), stay."""

    board: Board
    effort: Effort
    held: frozenset[tuple[int, int]] = frozenset()
    tries: int = 0
    """Left, of the search that is going on."""
    _left: dict[int, Breaks] = field(default_factory=dict)
    """Breaks that a line has left in the search, and does not go back to."""

    def place(self, line: int, within: Breaks, depth: int, tries: int) -> bool:
        """Give a line one airing more, where up to `depth` others move one after the other."""
        self.tries = tries
        self._left.clear()
        return self._place(line, within, depth)

    def _place(self, line: int, within: Breaks, depth: int) -> bool:
        board = self.board
        free = board.open(line) & within & ~self._left.get(line, 0)
        if free:
            board.put(line, board.tightest(free))
            return True
        if depth == 0 or self.tries <= 0 or self.effort.left <= 0:
            return False
        self.tries -= 1
        self.effort.left -= 1
        ways = self._ways(line, within & ~self._left.get(line, 0))
        if depth == 1:
            ways = [way for way in ways if self._elsewhere(way[2], way[3], within)]
        return any(self._aside(line, at, other, back, within, depth) for _, at, other, back in ways)

    def _elsewhere(self, line: int, at: int, within: Breaks) -> Breaks:
        """Breaks that would take a line when it leaves one."""
        return self.board.fitting(line) & ~self.board.barred(line, at) & ~(1 << at) & within & ~self._left.get(line, 0)

    def _ways(self, line: int, within: Breaks) -> list[tuple[int, int, int, int]]:
        """(waste, break, line that leaves, break that it leaves) of each single move that makes room."""
        board = self.board
        one, lines = board.sheet.lines[line], board.sheet.lines
        barred, clear = board.barred(line), board.unrivalled(line)
        ways = []
        for at in members(one.allowed & within & ~barred):
            need = one.length_ms - board.room(at)
            others = board.at[at] if clear >> at & 1 else self._rival(line, at)
            ways += [
                (lines[other].length_ms - need, at, other, at)
                for other in others
                if lines[other].length_ms >= need and (other, at) not in self.held
            ]
        for at in members(board.fitting(line) & within & barred):
            own = board.mine[line] & (
                one.near[at] | (board.sheet.hours[board.sheet.hour[at]] if one.per_hour == 1 else 0)
            )
            if own.bit_count() == 1 and (line, own.bit_length() - 1) not in self.held:
                ways.append((one.length_ms // 4, at, line, own.bit_length() - 1))
        return sorted(ways)

    def _rival(self, line: int, at: int) -> list[int]:
        rivals = self.board.rivals(line, at)
        return rivals if len(rivals) == 1 else []

    def _aside(self, line: int, at: int, other: int, back: int, within: Breaks, depth: int) -> bool:
        board = self.board
        board.take(other, back)
        if not board.open(line) >> at & 1:
            board.put(other, back)
            return False
        board.put(line, at)
        left = self._left.get(other, 0)
        self._left[other] = left | 1 << back
        found = self._place(other, within, depth - 1)
        self._left[other] = left
        if not found:
            board.take(line, at)
            board.put(other, back)
        return found

    def lay_out(self, line: int) -> None:
        """Lay a line's whole day out anew where that costs the least, and find other places for what it put out."""
        board = self.board
        one = board.sheet.lines[line]
        kept = [at for at in members(board.mine[line]) if (line, at) in self.held]
        for at in members(board.mine[line]):
            if at not in kept:
                board.take(line, at)
        fitting, barred = board.fitting(line), board.barred(line)
        breaks = list(members(one.allowed & ~barred))
        prices = [self._price(line, at) if not fitting >> at & 1 else (0, ()) for at in breaks]
        gains = [one.value - price for price, _ in prices]
        out = dict(zip(breaks, (leaving for _, leaving in prices), strict=True))
        homeless: list[int] = []
        for at in best_breaks(board.sheet, one, breaks, gains, one.want - len(kept)):
            for other in out[at]:
                if other in board.at[at]:
                    board.take(other, at)
                    homeless.append(other)
            if board.open(line) >> at & 1:
                board.put(line, at)
        for other in sorted(homeless, key=lambda other: -board.sheet.lines[other].value):
            if board.short(other):
                self.place(other, EVERYWHERE, _FOLLOWING, _TRIES)

    def _price(self, line: int, at: int) -> tuple[int, tuple[int, ...]]:
        """What has to leave a break for a line, as cheaply as can be, and what that costs."""
        board = self.board
        lines = board.sheet.lines
        need = lines[line].length_ms - board.room(at)
        out = board.rivals(line, at)
        need -= sum(lines[other].length_ms for other in out)
        rest = sorted(
            (self._loss(other, at), lines[other].length_ms, other) for other in board.at[at] if other not in out
        )
        leaving: list[tuple[int, int, int]] = []
        for way in rest:
            if sum(length for _, length, _ in leaving) >= need:
                break
            leaving.append(way)
        alone = next((way for way in rest if way[1] >= need), None)
        if alone and need > 0 and alone[0] <= sum(loss for loss, _, _ in leaving):
            leaving = [alone]
        out += [other for _, _, other in leaving]
        impossible = sum(length for _, length, _ in leaving) < need or any((other, at) in self.held for other in out)
        return (1 << 60 if impossible else sum(self._loss(other, at) for other in out)), tuple(out)

    def _loss(self, line: int, at: int) -> int:
        """What leaving a break costs a line: next to nothing when another break would take it."""
        return 1 if self._elsewhere(line, at, EVERYWHERE) else self.board.sheet.lines[line].value
