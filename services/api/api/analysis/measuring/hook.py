"""The hook: twelve seconds by which a song is known.

A chorus comes again and is louder than the rest. Each window of twelve seconds is compared with all that do not overlap
it, chord by chord; how well its best two echoes fit counts, and how much louder than the whole song it is.
"""

import numpy as np

from api.analysis.measuring.frames import CHORD_FRAMES, PER_SECOND, Floats
from api.analysis.measuring.levels import decibels

HOOK_SECONDS = 12.0
SHORTEST_SONG, LONGEST_SONG = 30.0, 900.0
"""What is shorter is a hook itself; what is longer is no song."""
LOUDER_DB = 12.0
"""So much more level counts as much as a perfect echo."""
_ECHOES = 2
_AROUND = 0.5
_PER_CHORD = CHORD_FRAMES / PER_SECOND
_WINDOW = round(HOOK_SECONDS / _PER_CHORD)


def hook(chords: Floats, power: Floats, onset: Floats, cue_in: float, cue_out: float) -> tuple[float, float] | None:
    """Seconds between which it is; None for what is too short or too long to have one."""
    if not SHORTEST_SONG <= cue_out - cue_in <= LONGEST_SONG:
        return None
    first, last = int(np.ceil(cue_in / _PER_CHORD)), min(len(chords), int(cue_out / _PER_CHORD)) - _WINDOW
    scores = echoes(chords) + _loudness(power, len(chords) - _WINDOW + 1) / LOUDER_DB
    best = (first + int(np.argmax(scores[first : last + 1]))) * _PER_CHORD
    begin = min(max(cue_in, _attack(onset, best)), cue_out - HOOK_SECONDS)
    return begin, begin + HOOK_SECONDS


def echoes(chords: Floats) -> Floats:
    """For each window's start, how alike its best echoes are, from −1 to 1."""
    alike = _directions(chords) @ _directions(chords).T
    windows = len(chords) - _WINDOW + 1
    best = np.full((_ECHOES, windows), -1.0, np.float32)
    for apart in range(_WINDOW, windows):
        total = np.concatenate([[0.0], np.cumsum(alike.diagonal(apart))])
        found = (total[_WINDOW:] - total[:-_WINDOW]) / _WINDOW
        for here in (best[:, : len(found)], best[:, apart:]):
            # The least of a window's best gives way.
            worst = here.argmin(axis=0), np.arange(len(found))
            here[worst] = np.maximum(here[worst], found)
    return np.asarray(best.mean(axis=0))


def _directions(chords: Floats) -> Floats:
    """Chords without their loudness, and without what all of them have in common."""
    notes = np.log1p(100 * chords / max(float(chords.max()), 1e-9))
    notes -= notes.mean(axis=0)
    return np.asarray(notes / np.maximum(np.linalg.norm(notes, axis=1, keepdims=True), 1e-6), np.float32)


def _loudness(power: Floats, windows: int) -> Floats:
    """By how many decibels each window is louder than the whole."""
    starts = np.arange(windows) * CHORD_FRAMES
    total = np.concatenate([[0.0], np.cumsum(power, dtype=np.float64)])
    length = _WINDOW * CHORD_FRAMES
    mean = (total[np.minimum(starts + length, len(power))] - total[starts]) / length
    return decibels(np.append(mean, power.mean()).astype(np.float32))[:-1] - decibels(power.mean(keepdims=True))


def _attack(onset: Floats, at: float) -> float:
    """The strongest onset around a moment: a hook begins on a beat."""
    first = max(0, round((at - _AROUND) * PER_SECOND))
    near = onset[first : first + round(2 * _AROUND * PER_SECOND)]
    return (first + int(np.argmax(near))) / PER_SECOND if len(near) else at
