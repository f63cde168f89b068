"""The tune: a short motif that is stated, answered, shortened, and comes back."""

from dataclasses import dataclass
from random import Random

from ai_brain.music.score.form import Time, energy_at
from ai_brain.music.score.harmony import degree_pitch
from ai_brain.music.score.model import Chord, Midi, Mode, Note, Seconds, Section

STEPS = (-3, -2, -1, -1, 1, 1, 2, 3, 4)
LENGTHS = (1.0, 1.0, 1.5, 2.0, 2.0, 3.0)
WIDEST = 6
"""No note of the motif is further than this from its first, scale steps."""
HIGH, LOW = Midi(91), Midi(66)
RING = 3.0
"""How long a bell's note is left to ring beyond its written length, beats."""


@dataclass(frozen=True)
class Motif:
    """Scale steps away from the first note, and the time from each note to the next in beats."""

    steps: tuple[int, ...]
    lengths: tuple[float, ...]

    def answered(self) -> "Motif":
        return Motif(tuple(-step for step in self.steps), self.lengths)

    def shortened(self) -> "Motif":
        return Motif(self.steps[:2], self.lengths[:2])

    def broadened(self) -> "Motif":
        return Motif(self.steps, tuple(1.5 * length for length in self.lengths))

    def within(self, beats: float) -> "Motif":
        """At a pace at which the last note still falls inside so many beats: the chord it was written for."""
        pace = min(1.0, beats / sum(self.lengths[:-1]))
        return Motif(self.steps, tuple(pace * length for length in self.lengths))


def invent(random: Random) -> Motif:
    """Three to five notes within an octave, so that a listener can keep them."""
    steps = [0]
    for _ in range(random.choice((2, 3, 3, 4))):
        reachable = {steps[-1] + move for move in STEPS}
        steps.append(random.choice(sorted(step for step in reachable if abs(step) <= WIDEST)))
    return Motif(tuple(steps), tuple(random.choice(LENGTHS) for _ in steps))


def scale(key: int, mode: Mode) -> list[Midi]:
    """All notes of the key in the tune's range, from low to high."""
    pitches = (Midi(key + degree_pitch(mode, degree)) for degree in range(7 * 11))
    return [pitch for pitch in pitches if LOW <= pitch <= HIGH]


def state(motif: Motif, chord: Chord, ladder: list[Midi], anchor: Midi) -> list[Midi]:
    """The motif's pitches over a chord: it leaves from and arrives at a chord tone near where it was going."""

    def nearest_tone(pitch: Midi) -> Midi:
        return min((p for p in ladder if p % 12 in chord.tones), key=lambda p: (abs(p - pitch), p))

    home = ladder.index(nearest_tone(anchor))
    pitches = [ladder[min(len(ladder) - 1, max(0, home + step))] for step in motif.steps]
    return [*pitches[:-1], nearest_tone(pitches[-1])]


def tune(
    random: Random, key: int, mode: Mode, chords: tuple[Chord, ...], sections: tuple[Section, ...], time: Time
) -> tuple[Note, ...]:
    """Statements of the motif with rests between them; the more energy, the fewer rests."""
    motif, ladder, anchor = invent(random), scale(key, mode), Midi(random.randrange(73, 80))
    notes: list[Note] = []
    rested = 1
    for index, chord in enumerate(chords):
        energy = energy_at(sections, chord.start)
        last = index == len(chords) - 1
        if not last and random.random() > 0.22 + 0.5 * energy + 0.3 * rested:
            rested += 1
            continue
        rested = 0
        form = motif.broadened() if last else _variant(random, motif, energy)
        delay = random.choice((0.5, 1.0, 2.0))
        pitches = state(form, chord, ladder, anchor)
        start = Seconds(chord.start + delay * time.beat)
        notes += _place(random, form.within(time.beats - delay - 0.5), pitches, start, energy, time)
    return tuple(notes)


def _variant(random: Random, motif: Motif, energy: float) -> Motif:
    """Before and after the middle the motif is only hinted at; in it, it is whole, with answers."""
    if energy < 0.45:
        return motif.shortened()
    return random.choice((motif, motif, motif.answered(), motif.broadened()))


def _place(random: Random, motif: Motif, pitches: list[Midi], first: Seconds, energy: float, time: Time) -> list[Note]:
    notes, start = [], float(first)
    for pitch, length in zip(pitches, motif.lengths, strict=True):
        end = start + (length + RING) * time.beat
        if end > time.seconds:
            break
        played = max(0.0, start + random.gauss(0, 0.012))
        velocity = (0.45 + 0.45 * energy) * random.uniform(0.8, 1.0)
        notes.append(Note(Seconds(played), Seconds(end), pitch, velocity, random.uniform(-0.5, 0.5)))
        start += length * time.beat
    return notes
