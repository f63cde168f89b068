"""Air: two bands of soft noise, a low and a high one, that breathe against each other like wind or a far sea."""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from ai_brain.music.score.model import Score
from ai_brain.music.synthesis import envelopes
from ai_brain.music.synthesis.tape import RATE, Sound
from ai_brain.music.synthesis.wavetable import loop

LENGTHS = (2**19, 3 * 2**17)
"""Samples of the two noise loops: unlike each other, so that their sum does not repeat for minutes."""
HIGH_BAND = 3.2
"""The high band's centre over the low one's."""


class Air:
    """The wind player of one piece."""

    def __init__(self, score: Score) -> None:
        random = np.random.default_rng((score.seed, 1))
        centres = (score.palette.air, HIGH_BAND * score.palette.air)
        self._score = score
        self._low, self._high = (
            _noise(random, centre, length) for centre, length in zip(centres, LENGTHS, strict=True)
        )
        self._phases = random.random(4)

    def play(self, start: int, count: int) -> Sound:
        """The air between two samples. Where the piece is calm there is more of it, for its size."""
        breath = self._score.palette.breath
        low, high, left, right = (
            0.5 + 0.5 * envelopes.wave(start, count, breath * stretch, phase)
            for stretch, phase in zip((1.0, 1.31, 1.7, 2.3), self._phases, strict=True)
        )
        energy = envelopes.energy(self._score.sections, start, count)
        sound = loop(self._low, start, count) * (0.25 + 0.75 * low)
        sound += loop(self._high, start, count) * (0.4 * high**2 * (0.3 + energy))
        return np.asarray(sound * np.stack((0.6 + 0.4 * left, 0.6 + 0.4 * right)), np.float32)


def _noise(random: np.random.Generator, centre: float, length: int) -> Sound:
    """Looping stereo noise round a centre (Hz), about an octave and a half wide, with an effective value of 1."""
    octaves = np.log2(np.maximum(fft.rfftfreq(length, 1 / RATE), 1.0) / centre)
    shape: NDArray[np.float32] = np.exp(-((octaves / 0.8) ** 2)).astype(np.float32)
    phases = np.exp(2j * np.pi * random.random((2, shape.size), np.float32)).astype(np.complex64)
    noise = fft.irfft(shape * phases, n=length, axis=1)
    return np.asarray(noise / np.sqrt(np.mean(noise**2)), np.float32)
