"""Pad wavetables by the PADsynth method: each harmonic is a narrow band of spectral lines with random phases.

Source: N. O. Paul, "PADsynth algorithm" (2005, ZynAddSubFX). One inverse FFT gives a long table that loops without
a seam and sounds like many slightly detuned players, far cheaper than running their oscillators.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from ai_brain.music.score.model import Hertz, Palette
from ai_brain.music.synthesis.tape import RATE, Sound

LENGTH = 2**18
"""Samples of a table, 5.5 s."""
CEILING = Hertz(7000.0)
"""No harmonic lies above this: a pad has no business in the sibilants."""
MOST_HARMONICS = 40
WIDTH = 0.75
"""How unlike the channels are: 0 is mono, 1 unrelated phases (which collapse badly to mono)."""
VOWEL = ((430.0, 160.0, 1.0), (850.0, 220.0, 0.55), (2500.0, 450.0, 0.16))
"""Formants of a sung "oh": centre and width in Hz, weight."""


@dataclass(frozen=True)
class Pad:
    """Two tables of one pitch with equal phases, so that fading from one to the other sounds like a filter opening."""

    dark: Sound
    bright: Sound


def build(palette: Palette, pitch: Hertz, random: np.random.Generator) -> Pad:
    """The tables of one pitch in one piece's timbre, each with an effective value of 1."""
    phases = _phases(random)
    return Pad(
        *(_table(_spectrum(palette, pitch, cutoff), phases) for cutoff in (palette.dark, palette.bright)),
    )


def _phases(random: np.random.Generator) -> NDArray[np.complex64]:
    lines = LENGTH // 2 + 1
    common, left, right = np.exp(2j * np.pi * random.random((3, lines), np.float32)).astype(np.complex64)
    return np.stack((common + WIDTH * (left - common), common + WIDTH * (right - common)))


def _spectrum(palette: Palette, pitch: Hertz, cutoff: Hertz) -> NDArray[np.float32]:
    magnitudes = np.zeros(LENGTH // 2 + 1, np.float32)
    spread = 2 ** (palette.spread_cents / 1200) - 1
    for harmonic in range(1, min(MOST_HARMONICS, int(CEILING / pitch)) + 1):
        centre = harmonic * pitch
        weight = timbre(palette.pad, harmonic, centre) / (1 + (centre / cutoff) ** 2)
        width = max(1.0, spread * centre * harmonic**-0.25 * LENGTH / RATE)
        middle = centre * LENGTH / RATE
        lines = np.arange(max(1, int(middle - 4 * width)), int(middle + 4 * width) + 2)
        magnitudes[lines] += weight / np.sqrt(width) * np.exp(-(((lines - middle) / width) ** 2))
    return magnitudes


def timbre(pad: str, harmonic: int, frequency: float) -> float:
    """The weight of a harmonic before the filter."""
    if pad == "hollow":
        return float(harmonic**-0.9) * (1.0 if harmonic % 2 else 0.18)
    if pad == "choir":
        return sum(w * float(np.exp(-(((frequency - f) / b) ** 2))) for f, b, w in VOWEL) + 0.12 / harmonic
    if pad == "glass":
        return {1: 1.0, 2: 0.55, 3: 0.12, 4: 0.4, 6: 0.2, 8: 0.25}.get(harmonic, 0.02)
    return float(harmonic ** (-0.75 if pad == "strings" else -1.1))


def _table(magnitudes: NDArray[np.float32], phases: NDArray[np.complex64]) -> Sound:
    table = fft.irfft(magnitudes * phases, n=LENGTH, axis=1).astype(np.float32)
    return np.asarray(table / np.sqrt(np.mean(table**2)), np.float32)


def loop(table: Sound, start: int, count: int) -> Sound:
    """`count` samples of a table from any point on, round and round."""
    index = np.arange(start, start + count) % table.shape[1]
    return table[:, index]
