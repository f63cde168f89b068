"""The room: convolution with exponentially decaying noise.

Source: J. A. Moorer, "About This Reverberation Business", Computer Music Journal 3(2), 1979: such noise has the
statistics of a good hall. High bands die sooner than low ones, as air and walls make them.
"""

import numpy as np
from scipy import signal

from ai_brain.music.score.model import Seconds
from ai_brain.music.synthesis.envelopes import rise
from ai_brain.music.synthesis.tape import RATE, Sound, Tape, samples

BANDS = ((90.0, 450.0, 1.0, 0.75), (450.0, 1800.0, 0.9, 1.0), (1800.0, 5500.0, 0.5, 0.55))
"""Band from and to in Hz, its share of the room's decay time, its level."""
ONSET = 0.09
"""The room answers softly, not with a slap: seconds to its full density."""
PREDELAY = 0.03


def impulse(room: Seconds, random: np.random.Generator) -> Sound:
    """The room's answer to a click, both channels. `room` is the time to fall by 60 dB."""
    count = samples(room)
    moments = np.arange(count) / RATE
    answer = np.zeros((2, count))
    for low, high, share, level in BANDS:
        noise = random.standard_normal((2, count))
        band = signal.sosfilt(signal.butter(2, (low, high), "bandpass", fs=RATE, output="sos"), noise, axis=1)
        answer += level * band * 10 ** (-3 * moments / (share * room))
    onset = rise(ONSET)
    answer[:, : onset.size] *= onset
    answer *= np.sqrt(0.5 + 0.5 * np.cos(np.pi * moments / room))
    return np.asarray(answer / np.sqrt(np.sum(answer**2, axis=1, keepdims=True)), np.float32)


class Room:
    """One room for a whole piece: sound goes in block by block, and its reverberation runs over the borders."""

    def __init__(self, room: Seconds, random: np.random.Generator) -> None:
        self._impulse = impulse(room, random)
        self._tape = Tape()
        self._start = 0

    def answer(self, sound: Sound) -> Sound:
        """The reverberation alone, as long as the sound that went in."""
        wet = signal.oaconvolve(sound, self._impulse, axes=1)
        self._tape.lay(self._start + samples(PREDELAY), np.asarray(wet, np.float32))
        self._start += sound.shape[1]
        return self._tape.take(sound.shape[1])
