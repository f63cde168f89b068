"""From airings by the hour to spots in breaks: round line by line, mend by moving others, keep the best of a few tries.

Everything is counted and nothing is timed, so that the same day is always booked the same.
"""

from collections.abc import Callable, Iterable

from log_generator.planning.traffic.board import Board, Sheet, members
from log_generator.planning.traffic.hourly import Shares, shares
from log_generator.planning.traffic.moves import EVERYWHERE, Effort, Moves
from log_generator.planning.traffic.spacing import best_breaks

GOOD_ENOUGH = 0.998
"""Of the linear programme's value; whoever looks for the rest pays more than it is worth."""
_DEPTH, _DEPTH_IN_THE_HOUR = 2, 3
_TRIES = 60
_ROUNDS = 3
_EFFORT = 900
Order = Callable[[Sheet, int, float], float]
"""How soon a line is rounded (the lower the sooner), given how much of its breaks it is to have."""
_ORDERS: tuple[Order, ...] = (
    lambda sheet, line, density: -density * sheet.lines[line].length_ms,
    lambda sheet, line, density: -round(density, 1) * sheet.lines[line].value / sheet.lines[line].length_ms,
    lambda _sheet, _line, density: -density,
)


def book(sheet: Sheet, fixed: Iterable[tuple[int, int]] = ()) -> tuple[Board, float]:
    """A board of nearly the greatest value, with (line, break) of `fixed` where they are, and the value's bound."""
    wanted, bound = shares(sheet)
    start = Board(sheet)
    for line, at in fixed:
        start.put(line, at)
    held = frozenset((line, at) for at, lines in enumerate(start.at) for line in lines)
    goal = GOOD_ENOUGH * bound
    best, effort = start, Effort(_EFFORT)
    for order in _ORDERS:
        board = start.copy()
        _round(board, wanted, order)
        _realise(Moves(board, effort, held), wanted)
        _fill(Moves(board, effort, held), goal)
        board = _lay_out(Moves(board, effort, held), goal)
        best = max(best, board, key=lambda one: one.value)
        if best.value >= goal or effort.left <= 0:
            break
    return best, bound


def _round(board: Board, wanted: Shares, order: Order) -> None:
    """Give each line, in turn, the breaks that agree best with its share of each hour."""
    sheet = board.sheet
    total: dict[int, float] = {}
    for (line, _), share in wanted.items():
        total[line] = total.get(line, 0.0) + share
    dense = {line: share / sheet.lines[line].allowed.bit_count() for line, share in total.items()}
    for line in sorted(total, key=lambda line: (order(sheet, line, dense[line]), line)):
        one = sheet.lines[line]
        breaks = list(members(board.open(line)))
        gains = [wanted.get((line, sheet.hour[at]), 0.0) for at in breaks]
        most = min(one.want, round(total[line] + 0.4)) - board.count(line)
        for at in best_breaks(sheet, one, breaks, gains, most):
            board.put(line, at)


def _realise(moves: Moves, wanted: Shares) -> None:
    """What an hour was to have and has not: within the hour, the dearest first."""
    board, sheet = moves.board, moves.board.sheet
    due = sorted(
        (-sheet.lines[line].value, line, hour, round(share)) for (line, hour), share in wanted.items() if share > 0.5
    )
    for depth in (1, _DEPTH_IN_THE_HOUR):
        for _, line, hour, share in due:
            inside = sheet.hours[hour]
            while (board.mine[line] & inside).bit_count() < share and board.short(line):
                if not moves.place(line, inside, depth, _TRIES):
                    break


def _fill(moves: Moves, goal: float) -> None:
    """What lines are short of: anywhere, the dearest second first."""
    board = moves.board
    for depth in range(_DEPTH + 1):
        for line in _short(board):
            while board.value < goal and board.short(line) and moves.place(line, EVERYWHERE, depth, _TRIES):
                pass


def _lay_out(moves: Moves, goal: float) -> Board:
    """Lay out the day of each line that is short anew, as long as that gains something."""
    board = moves.board
    for _ in range(_ROUNDS):
        before = board.value
        for line in _short(board):
            if board.value >= goal or moves.effort.left <= 0:
                return board
            other = board.copy()
            Moves(other, moves.effort, moves.held).lay_out(line)
            if other.value >= board.value:
                board = other
        if board.value == before:
            break
    return board


def _short(board: Board) -> list[int]:
    lines = board.sheet.lines
    short = (line for line in range(len(lines)) if board.short(line))
    return sorted(short, key=lambda line: (-lines[line].value / lines[line].length_ms, line))
