"""Whether a tone goes on as it was: a sample too many or too few turns its phase."""

from __future__ import annotations

import numpy as np

from .ffmpeg import RATE, Pcm
from .heard import mono
from .tones import TONES

WINDOW = 2400
"""Samples looked at together."""
QUIET = 0.02
"""Amplitude below which there is no tone to speak of."""


def largest_phase_step(pcm: Pcm, source: str) -> float:
    """The largest turn of a source's tone from one window to the next, in radians, besides a steady one.

    A missing sample turns 1430 Hz by 0.19. Windows in which the tone is not heard, or begins or ends, are left out.
    """
    signal = mono(pcm)
    count = len(signal) // WINDOW
    angle = 2 * np.pi * TONES[source] * np.arange(count * WINDOW) / RATE
    turned = (signal[: count * WINDOW] * np.exp(-1j * angle)).reshape(count, WINDOW)
    values = (turned * np.hanning(WINDOW)).mean(axis=1)
    level = np.abs(values)
    steady = (level > QUIET) & (np.abs(level - np.median(level[level > QUIET])) < 0.05 * level)
    steps = np.angle(values[1:] / np.where(level[:-1] > 0, values[:-1], 1))[steady[1:] & steady[:-1]]
    return float(np.max(np.abs(steps - np.median(steps)), initial=0.0))
