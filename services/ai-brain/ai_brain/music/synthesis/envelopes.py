"""Shapes over time."""

import numpy as np

from ai_brain.music.score import form
from ai_brain.music.score.model import Section
from ai_brain.music.synthesis.tape import RATE, Sound, samples


def rise(seconds: float) -> Sound:
    """From 0 to 1 along a raised cosine: no corner that could click."""
    count = samples(seconds)
    return (0.5 - 0.5 * np.cos(np.pi * (np.arange(count, dtype=np.float32) + 0.5) / max(1, count))).astype(np.float32)


def swell(count: int, attack: float, release: float) -> Sound:
    """Up in `attack` seconds, hold, and down in `release` seconds; both shrink to fit a short note."""
    shrink = min(1.0, count / RATE / (attack + release))
    up, down = rise(attack * shrink), rise(release * shrink)[::-1]
    shape = np.ones(count, np.float32)
    shape[: up.size] = up
    shape[count - down.size :] *= down
    return shape


def wave(start: int, count: int, period: float, phase: float) -> Sound:
    """A slow sine of `period` seconds between −1 and 1; `phase` in turns. It runs on over block borders."""
    turns = (np.arange(start, start + count) / (RATE * period) + phase) % 1.0
    return np.asarray(np.sin(2 * np.pi * turns), np.float32)


def energy(sections: tuple[Section, ...], start: int, count: int) -> Sound:
    """The piece's energy at every sample, 0..1."""
    times, energies = form.dynamics(sections)
    moments = np.arange(start, start + count) / RATE
    return np.interp(moments, times, energies).astype(np.float32)
