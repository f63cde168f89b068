"""Pads: long notes from wavetables, with a filter that opens and closes and voices that breathe."""

import numpy as np

from ai_brain.music.score.model import Midi, Note, Score, hertz
from ai_brain.music.synthesis import envelopes, wavetable
from ai_brain.music.synthesis.tape import Sound, pan, samples

ATTACK, RELEASE = 2.6, 4.6
"""Seconds."""
SWAY = 0.35
"""How far the slow tremolo and the drift between the channels go, of 1."""


class Pads:
    """The pad player of one piece; it keeps the tables of the pitches it has played."""

    def __init__(self, score: Score) -> None:
        self._score = score
        self._tables: dict[Midi, wavetable.Pad] = {}

    def _table(self, pitch: Midi) -> wavetable.Pad:
        if pitch not in self._tables:
            random = np.random.default_rng((self._score.seed, pitch))
            self._tables[pitch] = wavetable.build(self._score.palette, hertz(pitch), random)
        return self._tables[pitch]

    def play(self, note: Note) -> Sound:
        """A note with its release. Brightness follows the piece's energy and a slow wave of its own."""
        start, count = samples(note.start), samples(note.end - note.start + RELEASE)
        random = np.random.default_rng((self._score.seed, start, note.pitch))
        table = self._table(note.pitch)
        openness = self._openness(start, count, random)
        place = int(random.integers(wavetable.LENGTH))
        sound = wavetable.loop(table.dark, place, count) * (1 - openness)
        sound += wavetable.loop(table.bright, place, count) * openness
        sound *= envelopes.swell(count, ATTACK, RELEASE) * np.float32(note.velocity)
        return sound * self._sway(start, count, note.pan, random)

    def _openness(self, start: int, count: int, random: np.random.Generator) -> Sound:
        energy = envelopes.energy(self._score.sections, start, count)
        drift = envelopes.wave(start, count, random.uniform(11, 23), random.random())
        return np.asarray(np.clip(0.04 + 0.7 * energy**1.5 + 0.24 * drift * (0.4 + energy), 0, 1), np.float32)

    def _sway(self, start: int, count: int, position: float, random: np.random.Generator) -> Sound:
        period, phase = random.uniform(7, 15), random.random()
        sides = [1 + SWAY * envelopes.wave(start, count, period, phase + offset) for offset in (0.0, 0.4)]
        return np.stack(sides) * pan(np.ones(1, np.float32), position)
