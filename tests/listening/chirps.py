"""Finding a known chirp in a recording: a matched filter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .ffmpeg import RATE, Pcm
from .heard import mono


@dataclass(frozen=True, slots=True)
class Found:
    """The chirp begins at `at` (seconds of audio). `quality` 1.0 is the same wave, below 0.1 is chance."""

    at: float
    quality: float


def chirp_position(pcm: Pcm, chirp: Pcm) -> Found:
    """Where a chirp most likely begins, to a fraction of a millisecond, whatever its level."""
    signal, wanted = mono(pcm).astype(np.float64), mono(chirp).astype(np.float64)
    if len(signal) < len(wanted):
        return Found(0.0, 0.0)
    size = 1 << (len(signal) + len(wanted) - 1).bit_length()
    spectrum = np.fft.rfft(signal, size) * np.conj(np.fft.rfft(wanted, size))
    match = np.fft.irfft(spectrum, size)[: len(signal) - len(wanted) + 1]
    sums = np.concatenate(([0.0], np.cumsum(signal**2)))
    energy = sums[len(wanted) :] - sums[: -len(wanted)]
    floor = 1e-6 * max(float(energy.max()), 1e-12)
    quality = match / np.sqrt(np.maximum(energy, floor) * float(wanted @ wanted))
    best = int(quality.argmax())
    return Found(best / RATE, float(quality[best]))
