"""The accompanying parts: what pads, bass and plucks play under the tune."""

from random import Random

from ai_brain.music.score.form import Time, energy_at
from ai_brain.music.score.model import Chord, Midi, Note, Seconds, Section

LONGEST_TIE = 3
"""A voice that keeps its pitch is held over so many harmonies, then sung anew."""
OVERLAP = 0.9
"""Seconds a pad reaches into the next harmony while it fades."""
PLUCK_ENERGY, BASS_ENERGY, HALO_ENERGY = 0.5, 0.3, 0.75
PATTERNS = ((0, 1, 2, 3), (0, 2, 1, 3), (3, 2, 1, 0), (0, 2, 3, 2), (0, 1, 3, 1, 2, 1))


def pads(random: Random, chords: tuple[Chord, ...], sections: tuple[Section, ...]) -> tuple[Note, ...]:
    """Each voice as long notes, tied where the harmony allows; the quiet sections have one voice less."""
    notes = []
    for voice in range(len(chords[0].voices)):
        index = 0
        while index < len(chords):
            last = _tied_until(chords, index, chords[index].voices[voice])
            energy = energy_at(sections, Seconds((chords[index].start + chords[last].end) / 2))
            if voice != 1 or energy > BASS_ENERGY:
                notes.append(_pad(random, chords[index], chords[last], chords[index].voices[voice], 0.8))
            index = last + 1
    halo = [chord for chord in chords if energy_at(sections, chord.start) > HALO_ENERGY]
    notes += [_pad(random, chord, chord, Midi(chord.voices[-1] + 12), 0.22) for chord in halo]
    return tuple(sorted(notes, key=lambda note: note.start))


def _tied_until(chords: tuple[Chord, ...], index: int, pitch: Midi) -> int:
    last = index
    while last + 1 < len(chords) and last + 1 - index < LONGEST_TIE and pitch in chords[last + 1].voices:
        if chords[last + 1].voices.index(pitch) != chords[index].voices.index(pitch):
            break
        last += 1
    return last


def _pad(random: Random, first: Chord, last: Chord, pitch: Midi, velocity: float) -> Note:
    """Voices do not enter together: up to 0.7 s of spread makes a chord bloom."""
    start = first.start + random.uniform(0, 0.7) * (first.start > 0)
    end, loudness = Seconds(last.end + OVERLAP), velocity * random.uniform(0.85, 1)
    return Note(Seconds(start), end, pitch, loudness, random.uniform(-0.6, 0.6))


def basses(chords: tuple[Chord, ...], sections: tuple[Section, ...]) -> tuple[Note, ...]:
    """The roots, where there is energy enough to carry them, and under the last harmony."""
    sung = [c for c in chords if energy_at(sections, c.start) > BASS_ENERGY or c is chords[-1]]
    return tuple(Note(c.start, Seconds(c.end + OVERLAP), c.bass, 0.8) for c in sung)


def plucks(random: Random, chords: tuple[Chord, ...], sections: tuple[Section, ...], time: Time) -> tuple[Note, ...]:
    """A broken chord an octave above the pads that swells and fades with its harmony. Two pieces in three have it."""
    pattern, pace, wanted = random.choice(PATTERNS), random.choice((0.5, 1.0, 1.0, 1.5)), random.random() < 0.67
    notes = []
    for chord in chords if wanted else ():
        energy = energy_at(sections, chord.start)
        if energy < PLUCK_ENERGY:
            continue
        count = int(time.beats / pace)
        for step in range(1, count):
            start = chord.start + step * pace * time.beat + random.gauss(0, 0.01)
            swell = 1 - abs(2 * step / count - 1)
            pitch = Midi(chord.voices[pattern[step % len(pattern)]] + 12)
            velocity = energy * (0.15 + 0.5 * swell) * random.uniform(0.75, 1.0)
            pan = 0.7 if step % 2 else -0.7
            notes.append(Note(Seconds(start), Seconds(start + 4 * time.beat), pitch, velocity, pan))
    return tuple(notes)
