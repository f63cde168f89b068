"""Bells, plucks and a flute by frequency modulation.

Source: J. Chowning, "The Synthesis of Complex Audio Spectra by Means of Frequency Modulation", JAES 21(7), 1973.
"""

from dataclasses import dataclass

import numpy as np

from ai_brain.music.score.model import Note, hertz
from ai_brain.music.synthesis import envelopes
from ai_brain.music.synthesis.tape import RATE, Sound, pan, samples

BRIGHTEST = 5200.0
"""Carrier plus the strongest sidebands stay below this, Hz."""
REFERENCE = 500.0
"""Above this frequency (Hz) notes are played softer, as the ear wants."""


@dataclass(frozen=True)
class Instrument:
    """Modulator to carrier ratio, index at full velocity, and times to fall to a third (attack: to rise), seconds."""

    ratio: float
    index: float
    attack: float
    decay: float
    index_decay: float
    shimmer: float
    """Level of a second carrier an octave up (of 1)."""


INSTRUMENTS = {
    "bell": Instrument(3.5, 1.5, 0.006, 1.7, 0.5, 0.10),
    "celesta": Instrument(4.0, 0.9, 0.005, 1.1, 0.25, 0.22),
    "tines": Instrument(1.0, 1.6, 0.008, 1.4, 0.7, 0.06),
    "flute": Instrument(1.0, 0.45, 0.32, 2.6, 3.0, 0.05),
    "kalimba": Instrument(2.76, 0.8, 0.004, 0.55, 0.06, 0.12),
    "harp": Instrument(2.0, 1.2, 0.004, 0.9, 0.16, 0.10),
}


def play(name: str, note: Note) -> Sound:
    """A note of an instrument; it dies away by its own decay and is gone at the note's end."""
    instrument = INSTRUMENTS[name]
    count, pitch = samples(note.end - note.start), hertz(note.pitch)
    moments = np.arange(count, dtype=np.float32) / np.float32(RATE)
    deepest = max(0.0, (BRIGHTEST / pitch - 1) / instrument.ratio)
    index = min(instrument.index * (0.4 + 0.6 * note.velocity), deepest) * np.exp(-moments / instrument.index_decay)
    modulation = index * np.sin(_turning(pitch * instrument.ratio, count))
    sound = np.sin(_turning(pitch, count) + modulation)
    sound += instrument.shimmer * np.sin(_turning(2.003 * pitch, count))
    sound *= np.exp(-moments / instrument.decay) * envelopes.swell(count, instrument.attack, 0.6)
    loudness = note.velocity * min(1.0, (REFERENCE / pitch) ** 0.5)
    return pan(np.asarray(sound * loudness, np.float32), note.pan)


def _turning(frequency: float, count: int) -> Sound:
    """The phase in radians, wrapped in double precision so that long notes stay in tune."""
    turns = (np.arange(count) * (frequency / RATE)) % 1.0
    return np.asarray(2 * np.pi * turns, np.float32)
