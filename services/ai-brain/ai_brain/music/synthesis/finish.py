"""Finishing: no rumble, no direct current, soft highs, and a beginning and an end."""

import numpy as np
from scipy import signal

from ai_brain.music.score.model import Seconds
from ai_brain.music.synthesis.envelopes import rise
from ai_brain.music.synthesis.tape import RATE, Sound, samples

RUMBLE, SOFTNESS = 26.0, 8500.0
"""Everything below the first is cut steeply, everything above the second gently, Hz."""
FADE_IN, FADE_OUT = 2.0, 3.0
"""Seconds; a short piece gets at most a tenth of its length for the first, a fifth for the second."""


class Finish:
    """The last device of the chain; it remembers its filters' state from block to block."""

    def __init__(self, seconds: Seconds) -> None:
        self._sections = np.concatenate(
            (
                signal.butter(2, RUMBLE, "highpass", fs=RATE, output="sos"),
                signal.butter(1, SOFTNESS, "lowpass", fs=RATE, output="sos"),
            )
        )
        self._state = np.zeros((self._sections.shape[0], 2, 2))
        self._place, self._total = 0, samples(seconds)
        self._up = rise(min(FADE_IN, seconds / 10))
        self._down = rise(min(FADE_OUT, seconds / 5))[::-1]

    def apply(self, sound: Sound) -> Sound:
        """The next block, finished."""
        filtered, self._state = signal.sosfilt(self._sections, sound, axis=1, zi=self._state)
        place = np.arange(self._place, self._place + sound.shape[1])
        self._place += sound.shape[1]
        filtered *= np.interp(place, np.arange(self._up.size), self._up)
        filtered *= np.interp(place, np.arange(self._total - self._down.size, self._total), self._down)
        return np.asarray(filtered, np.float32)
