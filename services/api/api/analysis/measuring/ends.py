"""Where a sound begins, where it ends, and from where on the next one may begin."""

import numpy as np

from api.analysis.measuring.frames import PER_SECOND, Floats
from api.analysis.measuring.levels import body_db, decibels, smooth

AUDIBLE_DB = 40.0
"""A sound is heard from this far below its body on, ..."""
NEVER_BELOW_DBFS = -60.0
"""... but not below this."""
HYSTERESIS_DB = 6.0
"""From there the point moves outwards until the level is this much lower still, so that an attack or the last of a
tail is not cut, ..."""
FARTHEST_SECONDS = 0.5
"""... but not farther: hiss may go on for long."""
LASTING_SECONDS = 0.02
"""A crackle in the silence that is shorter is no beginning, unless there is nothing else."""

SEGUE_DB = 10.0
"""The next one may begin when the ending has fallen this far for good."""
ENDINGS_SECONDS = (30.0, 15.0)
"""It is measured against the body of so much of the end; when then nearly all of it is quiet, that is a calm part of
the song and no tail, and less is looked at."""
LONGEST_TAIL_SECONDS = 12.0
"""A segue is at most this long before the end."""
COLD_SECONDS = 0.5
"""An ending that falls faster is cold: the next one begins at the end itself."""


def cues(power: Floats, body_db: float) -> tuple[float, float] | None:
    """Seconds at which the sound begins and ends; None when nothing is audible."""
    level = decibels(power)
    threshold = max(NEVER_BELOW_DBFS, body_db - AUDIBLE_DB)
    loud = level >= threshold
    if not loud.any():
        return None
    lasting = _lasting(loud)
    loud = lasting if lasting.any() else loud
    first = _outwards(level, int(np.argmax(loud)), -1, threshold - HYSTERESIS_DB)
    last = _outwards(level, len(loud) - 1 - int(np.argmax(loud[::-1])), 1, threshold - HYSTERESIS_DB)
    return first / PER_SECOND, (last + 1) / PER_SECOND


def segue(power: Floats, cue_in: float, cue_out: float) -> float:
    """Seconds at which the next sound may begin: in a fade or a tail where it has fallen, at a cold end the end."""
    begin, end = round(cue_in * PER_SECOND), round(cue_out * PER_SECOND)
    for seconds in ENDINGS_SECONDS:
        start = max(begin, end - round(seconds * PER_SECOND))
        ending = power[start:end]
        above = np.flatnonzero(decibels(smooth(ending, 1.0)) >= body_db(ending) - SEGUE_DB)
        tail = cue_out - (start + int(above[-1]) + 1) / PER_SECOND if len(above) else 0.0
        if tail <= LONGEST_TAIL_SECONDS:
            return cue_out if tail < COLD_SECONDS else max(cue_in, cue_out - tail)
    return cue_out


def _lasting(loud: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Frames that are loud and belong to so many loud ones in a row."""
    frames = round(LASTING_SECONDS * PER_SECOND)
    runs = np.convolve(loud, np.ones(frames), "valid") == frames
    return np.convolve(runs, np.ones(frames)) > 0


def _outwards(level: Floats, at: int, step: int, floor: float) -> int:
    for _ in range(round(FARTHEST_SECONDS * PER_SECOND)):
        if not 0 <= at + step < len(level) or level[at + step] < floor:
            break
        at += step
    return at
