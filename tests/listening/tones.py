"""Which source plays which tone, and how loud each tone is from moment to moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from .ffmpeg import RATE, Pcm
from .heard import mono

STANDBY_CHORD = (196.0, 293.66, 392.0)
"""Hz; the station's standby loop."""

TONES: dict[str, float] = {
    "programme": 660.0,
    "programme_b": 1640.0,
    "user": 1010.0,
    "user_b": 2130.0,
    "live": 1430.0,
    "live_b": 2480.0,
    "jingle": 3170.0,
    "standby": STANDBY_CHORD[0],
}
"""Hz by source. Tones are 200 Hz or more apart, 110 Hz from the low harmonics of the others and 70 Hz from those of the
chord, so a window of 20 ms tells them apart even when a limiter or a lossy codec has bent them."""

AUDIBLE_DB = -40.0
"""A tone at least this loud is heard."""
NOISE_DB = -45.0
"""Sound at least this loud which no tone explains is heard as noise."""
SMALLEST = 1e-9

Amplitudes = npt.NDArray[np.float64]
Decibels = npt.NDArray[np.float64]
Heardness = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Levels:
    """Levels per window in dBFS: a tone's is its peak amplitude (0.1 is -20), `rms` and `rest` are RMS."""

    times: npt.NDArray[np.float64]
    """Middles of the windows, seconds of audio time."""
    tones: dict[str, Decibels]
    rms: Decibels
    rest: Decibels
    """What remains when the tones are taken out."""
    floor: Decibels
    """RMS of the white noise which has the same median in its spectrum: how much of the rest is noise."""


def tone_levels(
    pcm: Pcm, tones: Mapping[str, float] = TONES, *, window: float = 0.02, hop: float = 0.01, rate: int = RATE
) -> Levels:
    """Fit all tones (Hz) at once, by least squares under a Hann window of `window` seconds, every `hop` seconds.

    Fitting together keeps tones apart which a window this short could not separate one by one. The other notes of the
    standby chord are always part of the fit.
    """
    size, step, signal = round(window * rate), round(hop * rate), mono(pcm)
    frequencies = (*tones.values(), *(note for note in STANDBY_CHORD if note not in tones.values()))
    weights, waves, solve = _fit(size, rate, frequencies)
    starts = np.arange(0, max(len(signal) - size + 1, 0), step)
    amplitude = np.zeros((len(starts), len(frequencies)))
    energy, explained, middle = np.zeros((3, len(starts)))
    for first in range(0, len(starts), 2000):
        part = slice(first, first + 2000)
        frames = signal[starts[part, None] + np.arange(size)] * weights
        fitted = frames @ solve.T
        amplitude[part] = np.hypot(*np.split(fitted, 2, axis=1))
        energy[part] = np.einsum("ij,ij->i", frames, frames)
        explained[part] = np.einsum("ij,ij->i", frames @ waves, fitted)
        middle[part] = _middle(frames, rate)
    norm = float(weights @ weights)
    return Levels(
        times=(starts + size / 2) / rate,
        tones={name: decibels(amplitude[:, index]) for index, name in enumerate(tones)},
        rms=decibels(np.sqrt(energy / norm)),
        rest=decibels(np.sqrt(np.maximum(energy - explained, 0) / norm)),
        floor=decibels(np.sqrt(middle / norm)),
    )


@cache
def _fit(size: int, rate: int, frequencies: tuple[float, ...]) -> tuple[Amplitudes, Amplitudes, Amplitudes]:
    """The window, the waves under it, and the matrix that turns a frame into their amplitudes."""
    angles = 2 * np.pi * np.outer(np.arange(size) - size / 2, frequencies) / rate
    weights = np.hanning(size)
    waves = weights[:, None] * np.hstack([np.cos(angles), np.sin(angles)])
    return weights, waves, np.linalg.pinv(waves)


def _middle(frames: Amplitudes, rate: int) -> Amplitudes:
    """Mean power per frequency from 300 Hz to 6 kHz, by the median, on which tones and harmonics have no hold."""
    size = frames.shape[1]
    power = np.abs(np.fft.rfft(frames, axis=1)[:, round(300 * size / rate) : round(6000 * size / rate)]) ** 2
    result: Amplitudes = np.median(power, axis=1) / np.log(2)
    return result


def decibels(amplitude: Amplitudes) -> Decibels:
    """dBFS of amplitudes (full scale 1.0), floored at -180."""
    result: Decibels = 20 * np.log10(np.maximum(amplitude, SMALLEST))
    return result


def audible(levels: Levels, *, threshold_db: float = AUDIBLE_DB, shortest: int = 3) -> dict[str, Heardness]:
    """Per source, and "noise": in which windows it is heard. Less than `shortest` windows in a row do not count.

    A tone must stand out of the rest, as noise has a little of every frequency. Noise must be more than a codec leaves
    beside a tone, and spread over the spectrum, as distortion is not.
    """
    heard = {name: (level > threshold_db) & (level > levels.rest - 12) for name, level in levels.tones.items()}
    strongest = np.max(list(levels.tones.values()), axis=0, initial=-180.0)
    heard["noise"] = (levels.rest > NOISE_DB) & (levels.rest > strongest - 23) & (levels.floor > levels.rest - 12)
    return {name: _lasting(mask, shortest) for name, mask in heard.items()}


def runs(mask: Heardness) -> list[tuple[int, int]]:
    """Half-open ranges in which a mask is true."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _lasting(mask: Heardness, shortest: int) -> Heardness:
    kept = np.zeros_like(mask)
    for start, end in runs(mask):
        if end - start >= shortest:
            kept[start:end] = True
    return kept
