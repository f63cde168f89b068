"""The sub bass: a sine with overtones enough to be heard on small speakers. It is mono, as low sounds should be."""

import numpy as np

from ai_brain.music.score.model import Note, hertz
from ai_brain.music.synthesis import envelopes
from ai_brain.music.synthesis.tape import RATE, Sound, pan, samples

PARTIALS = ((1, 1.0), (2, 0.28), (3, 0.10), (4, 0.03))
ATTACK, RELEASE = 1.1, 3.0
"""Seconds."""


def play(note: Note) -> Sound:
    """A long low note."""
    count = samples(note.end - note.start + RELEASE)
    turns = np.arange(count) * (hertz(note.pitch) / RATE) % 1.0
    phase = np.asarray(2 * np.pi * turns, np.float32)
    sound = sum(np.float32(level) * np.sin(partial * phase) for partial, level in PARTIALS)
    return pan(np.asarray(sound * envelopes.swell(count, ATTACK, RELEASE) * note.velocity, np.float32), 0.0)
