"""The medium: stereo float32 sound as arrays of shape (2, samples), and a tape to lay it on block by block."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
"""Samples per second of everything here."""

Sound: TypeAlias = NDArray[np.float32]


def samples(seconds: float) -> int:
    """The nearest whole number of samples."""
    return round(seconds * RATE)


def gain(decibels: float) -> np.float32:
    """The factor of a level in dB."""
    return np.float32(10 ** (decibels / 20))


def pan(mono: Sound, position: float) -> Sound:
    """A mono sound between left (−1) and right (1) at constant power."""
    angle = (position + 1) * np.pi / 4
    return np.stack((mono * np.float32(np.cos(angle)), mono * np.float32(np.sin(angle))))


class Tape:
    """Sounds are laid on ahead of the playing head and added up; `take` moves the head on.

    Only what is still to be played is kept, so a long piece needs no more memory than a short one.
    """

    def __init__(self) -> None:
        self._head = 0
        self._ahead: Sound = np.zeros((2, 0), np.float32)

    def lay(self, start: int, sound: Sound) -> None:
        """Add a sound that begins at an absolute sample, not before the head."""
        begin = start - self._head
        self._reach(begin + sound.shape[1])
        self._ahead[:, begin : begin + sound.shape[1]] += sound

    def take(self, count: int) -> Sound:
        """The next `count` samples, silence where nothing was laid."""
        self._reach(count)
        taken, self._ahead = self._ahead[:, :count].copy(), self._ahead[:, count:]
        self._head += count
        return taken

    def _reach(self, length: int) -> None:
        if (missing := length - self._ahead.shape[1]) > 0:
            self._ahead = np.concatenate((self._ahead, np.zeros((2, missing), np.float32)), axis=1)
