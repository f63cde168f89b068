"""A gentle peak limiter: it looks ahead, turns down in time, and never adds gain."""

import numpy as np
from scipy import ndimage

from ai_brain.music.score.model import Decibels
from ai_brain.music.synthesis.tape import Sound, gain, samples

REACH = 0.06
"""Seconds before and after a peak over which the level glides down and back."""


def limit(sound: Sound, ceiling: Decibels) -> Sound:
    """The sound with no sample above the ceiling (dBFS). Both channels move together, so the image stands still."""
    top = gain(ceiling)
    loudest = np.maximum(np.abs(sound).max(axis=0), np.float32(1e-9))
    wanted = np.minimum(np.float32(1), top / loudest)
    reach = 2 * samples(REACH) + 1
    # The lowest gain within reach, then its mean over the same reach, is never above what each sample needs.
    lowest = ndimage.minimum_filter1d(wanted, reach, mode="nearest")
    smooth = ndimage.uniform_filter1d(lowest.astype(np.float64), reach, mode="nearest")
    return np.asarray(np.clip(sound * smooth, -top, top), np.float32)
