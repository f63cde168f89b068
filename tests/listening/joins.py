"""Clicks: steps in the wave which the tones on air cannot make."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .ffmpeg import RATE
from .heard import Heard
from .tones import STANDBY_CHORD, TONES, tone_levels

Amplitudes = npt.NDArray[np.float64]

WINDOW = 0.01
"""Seconds judged at once."""
FLOOR = 1e-3
"""A step below -60 dBFS is never a click."""


@dataclass(frozen=True, slots=True)
class Click:
    """The most suspicious step: `at` in audio seconds, `jump` between two samples (full scale 1.0).

    `ratio` compares it to what the audio around allows: up to 1 for clean tones, also through lossy codecs; above 1.5
    for noise that begins hard; well above 2 for a click.
    """

    at: float
    arrival: float
    jump: float
    ratio: float


def largest_click(heard: Heard) -> Click | None:
    """The step that most exceeds what tones and noise within 50 ms allow; None in less than 0.1 s of audio."""
    levels = tone_levels(heard.pcm, _all_notes(), hop=WINDOW)
    if len(levels.times) < 9:
        return None
    slopes = np.array([2 * np.sin(np.pi * hertz / RATE) for hertz in _all_notes().values()])
    amplitudes = 10 ** (np.array(list(levels.tones.values())) / 20)
    tonal = np.array([_around(row).max(axis=1) for row in amplitudes]).T @ slopes
    noise = 5 * np.sqrt(2) * np.median(_around(10 ** (levels.rest / 20)), axis=1)
    allowed = tonal + noise + FLOOR
    steps = np.abs(np.diff(heard.mono))
    size = round(WINDOW * RATE)
    start = round((levels.times[0] - WINDOW / 2) * RATE)
    table = steps[start : start + (len(steps) - start) // size * size].reshape(-1, size)[: len(allowed)]
    ratios = table.max(axis=1) / allowed[: len(table)]
    worst = int(ratios.argmax())
    inside = int(table[worst].argmax())
    second = (start + worst * size + inside) / RATE
    return Click(second, heard.arrival(second), float(table[worst, inside]), float(ratios[worst]))


def _all_notes() -> dict[str, float]:
    return {**TONES, **{f"chord {hertz}": hertz for hertz in STANDBY_CHORD[1:]}}


def _around(values: Amplitudes) -> Amplitudes:
    """Each value with its four neighbours on either side."""
    return np.lib.stride_tricks.sliding_window_view(np.pad(values, 4, mode="edge"), 9)
