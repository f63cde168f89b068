"""Harmony: which chords a mode walks through. Degrees count from 0, pitch classes from C = 0."""

from random import Random

from ai_brain.music.score.model import Mode

MODES = (
    Mode("ionian", (0, 2, 4, 5, 7, 9, 11), (3, 5, 1)),
    Mode("dorian", (0, 2, 3, 5, 7, 9, 10), (3, 6, 2)),
    Mode("lydian", (0, 2, 4, 6, 7, 9, 11), (1, 5, 4)),
    Mode("mixolydian", (0, 2, 4, 5, 7, 9, 10), (6, 3, 4)),
    Mode("aeolian", (0, 2, 3, 5, 7, 8, 10), (5, 6, 3)),
)

ROOT_MOTIONS = {5: 4.0, 3: 4.0, 4: 3.0, 1: 2.0, 6: 2.0, 2: 1.5}
"""How gladly a root moves up by so many degrees: by third down and by fourth first, as in most modal song."""
COLOUR_BONUS = 2.5
STACKS = ((0, 2, 4, 6), (0, 2, 4, 8), (0, 4, 6, 8), (0, 3, 4, 8))
"""Chord tones in scale degrees above the root: seventh, added ninth, open ninth, suspended fourth with ninth."""


def degree_pitch(mode: Mode, degree: int) -> int:
    """Semitones above the key note of any scale degree, over octaves and below zero too."""
    return 12 * (degree // 7) + mode.steps[degree % 7]


def restful_stacks(mode: Mode, degree: int) -> list[tuple[int, ...]]:
    """The stacks that rest on a degree: a perfect fifth, and nothing a semitone or a tritone above the root."""

    def intervals(stack: tuple[int, ...]) -> set[int]:
        return {(degree_pitch(mode, degree + step) - degree_pitch(mode, degree)) % 12 for step in stack}

    return [stack for stack in STACKS if 7 in intervals(stack) and not {1, 6} & intervals(stack)]


def walk(random: Random, mode: Mode, length: int) -> tuple[int, ...]:
    """A theme of degrees that begins at home and does not end there, so that it wants to go round."""
    theme = [0]
    while len(theme) < length:
        choices = [
            degree
            for degree in range(7)
            if degree != theme[-1] and restful_stacks(mode, degree) and not (degree == 0 and len(theme) >= length - 1)
        ]
        weights = [_gladness(mode, theme, degree) for degree in choices]
        theme += random.choices(choices, weights)
    return tuple(theme)


def _gladness(mode: Mode, theme: list[int], degree: int) -> float:
    motion = ROOT_MOTIONS[(degree - theme[-1]) % 7]
    colour = COLOUR_BONUS if degree in mode.colours else 1.0
    novelty = 0.35 if degree in theme else 1.0
    return motion * colour * novelty


def tones(random: Random, key: int, mode: Mode, degree: int) -> tuple[int, ...]:
    """The four pitch classes of a chord on a degree, root first."""
    stack = random.choice(restful_stacks(mode, degree))
    return tuple((key + degree_pitch(mode, degree + step)) % 12 for step in stack)
