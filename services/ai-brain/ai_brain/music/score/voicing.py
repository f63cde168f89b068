"""Voice leading: how four voices go from one chord to the next with little movement."""

from itertools import pairwise, product

from ai_brain.music.score.model import Midi

LOWEST, HIGHEST = Midi(48), Midi(77)
"""The range of the voices: C3 to F5, where a pad is warm and not shrill."""
BASS_LOWEST, BASS_HIGHEST = Midi(33), Midi(44)
"""A1 to G♯2: deep, and still there on a kitchen radio."""
WIDEST = 24
CENTRE_PULL = 1.0
LEAP_DISLIKE = 1.7
FURTHEST = 7
"""A voice goes a fifth at most, semitones, unless the range leaves no way."""


def voicings(tones: tuple[int, ...]) -> list[tuple[Midi, ...]]:
    """All ways to sing the pitch classes, low to high, without clusters: a third below, a whole tone above."""
    places = [[Midi(p) for p in range(LOWEST, HIGHEST + 1) if p % 12 == tone] for tone in tones]
    return sorted({ordered for chosen in product(*places) if _open(ordered := tuple(sorted(chosen)))})


def _open(voices: tuple[Midi, ...]) -> bool:
    gaps = [high - low for low, high in pairwise(voices)]
    return gaps[0] >= 3 and min(gaps) >= 2 and sum(gaps) <= WIDEST


def movement(before: tuple[Midi, ...], after: tuple[Midi, ...]) -> list[int]:
    """Semitones that each voice moves, counted from the lowest."""
    return [abs(left - right) for left, right in zip(before, after, strict=True)]


def lead(before: tuple[Midi, ...] | None, tones: tuple[int, ...], centre: float) -> tuple[Midi, ...]:
    """The voicing nearest to the one before; the first one is chosen round the centre (a MIDI pitch)."""

    def effort(voices: tuple[Midi, ...]) -> float:
        drift = abs(sum(voices) / len(voices) - centre)
        # A leap costs more than the same way in steps, so no single voice is sent far.
        leaps = sum(step**LEAP_DISLIKE for step in movement(before, voices)) if before else 0.0
        return CENTRE_PULL * drift + leaps

    every = voicings(tones)
    near = [voices for voices in every if before is None or max(movement(before, voices)) <= FURTHEST]
    return min(near or every, key=effort)


def bass(root: int) -> Midi:
    """The one place of a root in the bass's octave."""
    return next(Midi(pitch) for pitch in range(BASS_LOWEST, BASS_HIGHEST + 1) if pitch % 12 == root)
