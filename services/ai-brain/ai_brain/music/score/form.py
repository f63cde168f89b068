"""The form: how long the harmonies last, and how the piece grows and thins."""

from dataclasses import dataclass
from itertools import pairwise
from random import Random

from ai_brain.music.score.model import Seconds, Section

BEATS_PER_CHORD = (8, 8, 8, 12, 6)
TEMPO = (46.0, 66.0)
"""Beats per minute; a chord then lasts between 6 and 15 seconds."""
LONGEST_TAIL = Seconds(8.0)
"""What the last harmony is given to die away."""
ARC = 190.0
"""A piece longer than this swells and thins more than once, seconds."""

INTRO = (("intro", 0.17, 0.22),)
SWELL = (("build", 0.24, 0.58), ("middle", 0.40, 1.0), ("thinning", 0.20, 0.46))
OUTRO = (("outro", 0.15, 0.16),)


@dataclass(frozen=True)
class Time:
    """The grid of a piece: `chords` harmonies of `beats` beats each, then a tail."""

    seconds: Seconds
    beat: Seconds
    beats: int
    chords: int

    def chord_start(self, index: int) -> Seconds:
        return Seconds(index * self.beats * self.beat)


def keep_time(random: Random, seconds: Seconds) -> Time:
    """A tempo at which a whole number of harmonies, and their tail, fill the length exactly."""
    played = seconds - min(LONGEST_TAIL, 0.25 * seconds)
    beats = random.choice(BEATS_PER_CHORD)
    wanted = beats * 60 / random.uniform(*TEMPO)
    chords = max(2, round(played / wanted))
    return Time(seconds, Seconds(played / chords / beats), beats, chords)


def divide(random: Random, time: Time) -> tuple[Section, ...]:
    """Intro, one or more swells, outro. Sections change where harmonies change and cover the whole length."""
    swells = max(1, round(time.seconds / ARC))
    plan = [*INTRO, *(part for _ in range(swells) for part in SWELL), *OUTRO]
    shares = [share * random.uniform(0.85, 1.15) for _, share, _ in plan]
    passed = [sum(shares[:count]) / sum(shares) for count in range(len(plan))]
    bounds = [time.chord_start(round(part * time.chords)) for part in passed] + [time.seconds]
    return tuple(
        Section(name, start, end, min(1.0, energy * random.uniform(0.9, 1.1)))
        for (name, _, energy), (start, end) in zip(plan, pairwise(bounds), strict=True)
        if end > start
    )


def dynamics(sections: tuple[Section, ...]) -> tuple[tuple[Seconds, ...], tuple[float, ...]]:
    """Energy as a line through points: held inside a section, sloping across its borders."""
    points = [
        (Seconds(section.start + part * (section.end - section.start)), section.energy)
        for section in sections
        for part in (0.35, 0.75)
    ]
    times, energies = zip(*points, strict=True)
    return tuple(times), tuple(energies)


def energy_at(sections: tuple[Section, ...], moment: Seconds) -> float:
    """The energy of a moment, 0..1."""
    times, energies = dynamics(sections)
    if moment <= times[0]:
        return energies[0]
    for (left, low), (right, high) in pairwise(zip(times, energies, strict=True)):
        if moment <= right:
            return low + (high - low) * (moment - left) / (right - left)
    return energies[-1]
