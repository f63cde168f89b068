"""What may follow what, as numbers: a state's row of features times a candidate's column is what the next step costs.

Every value of a rule's column is a feature. A candidate has 1 at its own value; a state has, at each value, the points
for a track of that value coming next. One product of matrices prices all candidates of all states.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from log_generator.planning.catalog import UNKNOWN, Ints, Ints32, Library
from log_generator.planning.instants import MINUTE
from log_generator.planning.music.rules import BROKEN, HARD, Jump, Rules, Run

Floats = NDArray[np.float32]
_LONGEST_SONG = 30 * MINUTE


@dataclass(frozen=True)
class Counted:
    """A rule that forgives some of a kind in a row: its features count only from the `most`th on."""

    features: slice
    most: int
    values: Ints
    """Of each candidate."""


@dataclass(frozen=True)
class Following:
    """The rules over some candidates; the last row is the track that was played before them."""

    own: Floats
    """Features × candidates."""
    after: Floats
    """Candidates × features: the points for what comes after each."""
    counted: tuple[Counted, ...]
    row: Floats
    """The state before the first slot."""
    runs: Ints
    """For each counted rule, how many of a kind have just been played."""


def following(library: Library, rules: Rules, tracks: Ints, before: Sequence[int]) -> Following:
    """The rules over `tracks`, after the tracks in `before`."""
    everything = np.append(tracks, before[-1] if before else 0)
    own, after, counted, runs, width = [], [], [], [], 0
    for rule, column in _columns(library, rules):
        values = column[everything].astype(np.int64)
        known, codes = np.unique(values, return_inverse=True)
        features = np.zeros((len(known), len(everything)), dtype=np.float32)
        features[codes, np.arange(len(everything))] = values != UNKNOWN
        own.append(features)
        after.append(_points(rule, known)[codes])
        if isinstance(rule, Run) and rule.most > 1:
            counted.append(Counted(slice(width, width + len(known)), rule.most, values))
            runs.append(_length(column, before))
        width += len(known)
    follows = np.concatenate(after, axis=1) if after else np.zeros((len(everything), 0), dtype=np.float32)
    row = follows[-1:].copy() if before else np.zeros((1, width), dtype=np.float32)
    for rule_, run in zip(counted, runs, strict=True):
        row[:, rule_.features] *= run >= rule_.most
    stacked = np.concatenate(own) if own else np.zeros((0, len(everything)), dtype=np.float32)
    return Following(stacked, follows, tuple(counted), row, np.array([runs], dtype=np.int64).reshape(1, len(runs)))


def _columns(library: Library, rules: Rules) -> list[tuple[Run | Jump, Ints32]]:
    columns: list[tuple[Run | Jump, Ints32]] = [(rule, library.codes[rule.column]) for rule in rules.sequence()]
    # Where separation lets one artist follow itself, the law still counts how often in a row.
    if rules.web_radio and (rules.artist.weight != HARD or rules.artist.ms < _LONGEST_SONG):
        columns.append((Run("artist", 3, BROKEN), library.people[:, 0]))
    if rules.web_radio and (rules.album.weight != HARD or rules.album.ms < _LONGEST_SONG):
        columns.append((Run("album", 2, BROKEN), library.album))
    return columns


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


def _length(values: NDArray[np.int32], before: Sequence[int]) -> int:
    """How many of the last tracks share the last one's value."""
    count = 0
    for track in reversed(before):
        if values[track] != values[before[-1]]:
            break
        count += 1
    return count


def points(library: Library, rules: Rules, track: int, before: Sequence[int]) -> dict[str, float]:
    """What the rules say of one track after those in `before`, by the name of their column."""
    found = {}
    for rule in rules.sequence():
        values = library.codes[rule.column]
        value = int(values[track])
        if value == UNKNOWN or not before or int(values[before[-1]]) == UNKNOWN:
            continue
        if isinstance(rule, Jump):
            broken = abs(value - int(values[before[-1]])) >= rule.by
        else:
            last = [int(values[one]) for one in before[-rule.most :]]
            broken = len(last) == rule.most and set(last) == {value} and (rule.up_to is None or value <= rule.up_to)
        if broken:
            found[rule.column] = rule.weight
    return found
