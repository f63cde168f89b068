"""What may follow what, as numbers: a state's row of features times a candidate's column is what the next step costs.

Every value of a rule's column is a feature. A candidate has 1 at its own value; a state has, at each value, the points
for a track of that value coming next. One product of matrices prices all candidates of all states.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from log_generator.planning.catalog import UNKNOWN, Bools, Ints, Ints32, Library
from log_generator.planning.instants import MINUTE
from log_generator.planning.music.rules import BROKEN, HARD, Jump, Rules, Run

Floats = NDArray[np.float32]
_LONGEST_SONG = 30 * MINUTE
_FEW = 64
"""Values of a column that are numbered as they are; more are numbered hour by hour."""


@dataclass(frozen=True)
class Counted:
    """Rules that forgive some of a kind in a row: their features count only from the `most`th on."""

    most: Ints
    """Of each such rule."""
    values: Ints
    """Candidates × rules."""
    rule_of: Ints
    """For each feature the number of its rule; one more than there are for a feature that always counts."""


@dataclass(frozen=True)
class Following:
    """The rules over some candidates; the last row is the track that was played before them."""

    own: Floats
    """Features × candidates."""
    after: Floats
    """Candidates × features: the points for what comes after each."""
    counted: Counted
    row: Floats
    """The state before the first slot."""
    runs: Ints
    """For each counted rule, how many of a kind have just been played."""


@dataclass(frozen=True, eq=False)
class Column:
    """A rule and what it looks at, with its points for each value after each where there are few values."""

    rule: Run | Jump
    values: Ints32
    low: int
    points: Floats | None


def columns(library: Library, rules: Rules) -> tuple[Column, ...]:
    """The rules that look at what was played just before, ready for a library."""
    found = [(rule, library.codes[rule.column]) for rule in rules.sequence()]
    # Where separation lets one artist follow itself, the law still counts how often in a row.
    if rules.web_radio and (rules.artist.weight != HARD or rules.artist.ms < _LONGEST_SONG):
        found.append((Run("artist", 3, BROKEN), library.people[:, 0]))
    if rules.web_radio and (rules.album.weight != HARD or rules.album.ms < _LONGEST_SONG):
        found.append((Run("album", 2, BROKEN), library.album))
    return tuple(_column(rule, values) for rule, values in found)


def _column(rule: Run | Jump, values: Ints32) -> Column:
    low, high = int(values.min(initial=0)), int(values.max(initial=0))
    few = high - low < _FEW
    return Column(rule, values, low, _points(rule, np.arange(low, high + 1)) if few else None)


def following(rules: Sequence[Column], tracks: Ints, before: Sequence[int]) -> Following:
    """The rules over `tracks`, after the tracks in `before`."""
    everything = np.concatenate([tracks, before[-1:] or [0]])
    own: list[Floats] = [np.zeros((0, len(everything)), dtype=np.float32)]
    after: list[Floats] = [np.zeros((len(everything), 0), dtype=np.float32)]
    counted = [column for column in rules if isinstance(column.rule, Run) and column.rule.most > 1]
    rule_of: list[int] = []
    for column in rules:
        values = column.values[everything].astype(np.int64)
        points, codes = _numbered(column, values)
        features = np.zeros((len(points), len(everything)), dtype=np.float32)
        features[codes, np.arange(len(everything))] = values != UNKNOWN
        own.append(features)
        after.append(points[codes])
        rule_of += [counted.index(column) if column in counted else len(counted)] * len(points)
    follows = np.concatenate(after, axis=1)
    runs = np.array([[_length(column.values, before) for column in counted]], dtype=np.int64)
    gates = Counted(
        most=np.array([column.rule.most for column in counted if isinstance(column.rule, Run)], dtype=np.int64),
        values=np.stack([column.values[everything] for column in counted], axis=1)
        if counted
        else np.zeros((len(everything), 0), dtype=np.int64),
        rule_of=np.array(rule_of, dtype=np.int64),
    )
    row = follows[-1:] * gated(gates, runs) if before else np.zeros((1, follows.shape[1]), dtype=np.float32)
    return Following(np.concatenate(own), follows, gates, row, runs)


def gated(counted: Counted, runs: Ints) -> Bools:
    """States × features: which count, after so many of a kind in a row."""
    reached = np.ones((len(runs), len(counted.most) + 1), dtype=bool)
    reached[:, :-1] = runs >= counted.most
    found: Bools = reached[:, counted.rule_of]
    return found


def _numbered(column: Column, values: Ints) -> tuple[Floats, Ints]:
    """Points for each value after each, and the place of each candidate's value among them."""
    if column.points is not None:
        return column.points, values - column.low
    known, codes = np.unique(values, return_inverse=True)
    return _points(column.rule, known), codes


def _points(rule: Run | Jump, known: Ints) -> Floats:
    """Points for each value after each value."""
    if isinstance(rule, Jump):
        costs = np.abs(known[:, None] - known[None, :]) >= rule.by
    else:
        costs = np.eye(len(known), dtype=bool)
        if rule.up_to is not None:
            costs &= (known <= rule.up_to)[:, None]
    costs &= (known != UNKNOWN)[:, None] & (known != UNKNOWN)[None, :]
    points: Floats = (costs * rule.weight).astype(np.float32)
    return points


def _length(values: Ints32, before: Sequence[int]) -> int:
    """How many of the last tracks share the last one's value."""
    count = 0
    for track in reversed(before):
        if values[track] != values[before[-1]]:
            break
        count += 1
    return count


def points(rules: Sequence[Column], track: int, before: Sequence[int]) -> dict[str, float]:
    """What the rules say of one track after those in `before`, by the name of their column."""
    found = {}
    for column in rules:
        rule = column.rule
        value = int(column.values[track])
        if value == UNKNOWN or not before:
            continue
        last = int(column.values[before[-1]])
        if isinstance(rule, Jump):
            broken = last != UNKNOWN and abs(value - last) >= rule.by
        else:
            broken = (
                last == value
                and len(before) >= rule.most
                and (rule.up_to is None or value <= rule.up_to)
                and all(int(column.values[one]) == value for one in before[-rule.most :])
            )
        if broken:
            found[rule.column] = rule.weight
    return found
