"""A slow hand on the fader: it evens out what chords and instruments happen to add up to.

What is left of the dynamics is then what the form wants, in every piece alike.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from ai_brain.music.synthesis.tape import Sound, samples

HOP = samples(0.1)
MEMORY = 35.0
"""Hops after which two thirds of what was heard are forgotten: 3.5 s, far too slow to be heard as pumping."""
REFERENCE, STRENGTH, FURTHEST = -15.0, 0.7, 6.0
"""The level it rides to (dB), how much of a deviation it takes back (of 1), and the most it does (dB)."""


class Leveller:
    """Rides one piece, block by block."""

    def __init__(self) -> None:
        self._keep = float(np.exp(-1 / MEMORY))
        self._state: NDArray[np.float64] = np.array([self._keep * 10 ** (REFERENCE / 10)])
        self._decibels = 0.0

    def ride(self, sound: Sound) -> Sound:
        """The next block, ridden."""
        starts = np.arange(0, sound.shape[1], HOP)
        sizes = np.diff(np.append(starts, sound.shape[1]))
        power = np.add.reduceat(np.mean(sound**2, axis=0, dtype=np.float64), starts) / sizes
        heard, self._state = signal.lfilter([1 - self._keep], [1, -self._keep], power, zi=self._state)
        deviation = 10 * np.log10(heard + 1e-12) - REFERENCE
        decibels = np.clip(-STRENGTH * deviation, -FURTHEST, FURTHEST)
        line = np.interp(np.arange(sound.shape[1]), [0, *(starts + sizes)], [self._decibels, *decibels])
        self._decibels = float(decibels[-1])
        return np.asarray(sound * 10 ** (line / 20), np.float32)
