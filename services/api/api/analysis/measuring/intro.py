"""Where an introduction ends: how long somebody may talk over the beginning.

Nothing here recognises a voice. What is found is a sharp and lasting step of the band in which voices and melodies are.
Levels are medians, so that beats are no steps. A song that begins at once, grows slowly, or has a quiet verse first has
no step early on, or none that is great enough, and gets no proposal: a wrong one would be talked into the singing.
"""

import numpy as np

from api.analysis.measuring.frames import PER_SECOND, Floats
from api.analysis.measuring.levels import decibels, smooth

EARLIEST_SECONDS, LATEST_SECONDS = 2.0, 30.0
"""After the beginning. Longer introductions are rare; a chorus after a quiet verse is not."""
STEP_DB = 6.0
"""So much louder is it after the step than in all that came before, ..."""
SHARP_DB = 5.0
"""... and within a second on both sides so much."""
AFTER_SECONDS = 4.0
FOLLOWING_SECONDS = 6.0
LESS_DB = 2.0
"""What follows may be this much lower than what comes right after the step."""


def intro_end(voice: Floats, cue_in: float, cue_out: float) -> float | None:
    """Seconds at which the first step is that is great, sharp and lasting; None without one.

    `voice` is the power of the band. The first, and not the greatest: to stop talking too early is no mistake.
    """
    begin, end = round(cue_in * PER_SECOND), round(cue_out * PER_SECOND)
    level = decibels(smooth(voice[begin:end], 0.1))
    latest = min(LATEST_SECONDS, len(level) / PER_SECOND - AFTER_SECONDS - FOLLOWING_SECONDS)
    for at in np.arange(EARLIEST_SECONDS, latest, 0.1):
        if _step(level, at) >= STEP_DB and _rise(level, at) >= SHARP_DB:
            return cue_in + _exactly(level, at)
    return None


def _step(level: Floats, at: float) -> float:
    then = at + AFTER_SECONDS
    after = min(_median(level, at, then), _median(level, then, then + FOLLOWING_SECONDS) + LESS_DB)
    return after - _median(level, 0, at)


def _rise(level: Floats, at: float) -> float:
    return _median(level, at, at + 1) - _median(level, at - 1, at)


def _exactly(level: Floats, at: float) -> float:
    """The moment within the next second before and after which two levels describe best what is there."""
    first = round((at - 1) * PER_SECOND)
    around = level[first : first + 3 * PER_SECOND]
    splits = range(PER_SECOND, 2 * PER_SECOND)
    misfits = [sum(np.abs(part - np.median(part)).sum() for part in (around[:one], around[one:])) for one in splits]
    return (first + splits[int(np.argmin(misfits))]) / PER_SECOND


def _median(level: Floats, start: float, end: float) -> float:
    first = max(0, round(start * PER_SECOND))
    return float(np.median(level[first : max(first + 1, round(end * PER_SECOND))]))
