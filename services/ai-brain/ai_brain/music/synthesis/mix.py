"""The players together: a score becomes blocks of stereo sound."""

from collections.abc import Iterator

import numpy as np

from ai_brain.music.score.model import Note, Score
from ai_brain.music.synthesis import bass, envelopes, fm
from ai_brain.music.synthesis.air import Air
from ai_brain.music.synthesis.finish import Finish
from ai_brain.music.synthesis.leveller import Leveller
from ai_brain.music.synthesis.pads import Pads
from ai_brain.music.synthesis.reverb import Room
from ai_brain.music.synthesis.tape import Sound, Tape, gain, samples

BLOCK = 12.0
"""Seconds that are worked on at a time."""
PAD, BASS, BELL, PLUCK, AIR = -23.0, -15.5, -14.5, -14.0, -30.5
"""Levels of the parts before normalising, dB."""
SENDS = (0.55, 0.9, 0.1)
"""How much of pads, of tune and plucks, and of bass and air goes to the room."""
ECHOES = ((0.75, 0.42, -1.0), (1.5, 0.22, 1.0), (2.25, 0.11, -1.0))
"""Repeats of the tune: delay in beats, level, side."""
CALM = -4.5
"""How much softer than at full energy the calmest moment is played, dB."""


class Mix:
    """All parts of one piece, laid on three tapes by how much of the room they get."""

    def __init__(self, score: Score) -> None:
        random = np.random.default_rng((score.seed, 0))
        self._score = score
        self._pads, self._air = Pads(score), Air(score)
        self._room, self._finish = Room(score.palette.room, random), Finish(score.seconds)
        self._leveller = Leveller()
        self._tapes = (Tape(), Tape(), Tape())

    def blocks(self) -> Iterator[Sound]:
        """The piece from start to end, before its level is set."""
        total, step = samples(self._score.seconds), samples(BLOCK)
        for start in range(0, total, step):
            yield self._block(start, min(step, total - start))

    def _block(self, start: int, count: int) -> Sound:
        self._lay(start, count)
        dry = [tape.take(count) for tape in self._tapes]
        energy = envelopes.energy(self._score.sections, start, count)
        sent = sum(np.float32(send) * part for send, part in zip(SENDS, dry, strict=True))
        heard = self._leveller.ride(np.asarray(sum(dry) + self._room.answer(np.asarray(sent, np.float32)), np.float32))
        return self._finish.apply(np.asarray(heard * 10 ** (CALM / 20 * (1 - energy)), np.float32))

    def _lay(self, start: int, count: int) -> None:
        score, palette, (soft, far, near) = self._score, self._score.palette, self._tapes

        def due(notes: tuple[Note, ...]) -> list[Note]:
            return [note for note in notes if start <= samples(note.start) < start + count]

        for note in due(score.pads):
            soft.lay(samples(note.start), self._pads.play(note) * gain(PAD))
        for note in due(score.basses):
            near.lay(samples(note.start), bass.play(note) * gain(BASS))
        for note in due(score.bells):
            self._echo(far, note, fm.play(palette.bell, note) * gain(BELL + palette.bell_level))
        for note in due(score.plucks):
            self._echo(far, note, fm.play(palette.pluck, note) * gain(PLUCK))
        near.lay(start, self._air.play(start, count) * gain(AIR + palette.air_level))

    def _echo(self, tape: Tape, note: Note, sound: Sound) -> None:
        tape.lay(samples(note.start), sound)
        for beats, level, side in ECHOES:
            place = samples(note.start + beats * self._score.beat)
            sides = np.array([[1 - 0.6 * side], [1 + 0.6 * side]], np.float32)
            tape.lay(place, sound[:: int(side)] * (sides * np.float32(level)))
