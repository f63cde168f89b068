"""What a piece shall be: a seed and a length become a score. Pure; the same request is the same score for ever."""

from random import Random

from ai_brain.music.score import form, harmony, melody, palette, parts, titles, voicing
from ai_brain.music.score.model import Chord, Mode, Score, Seconds, Section

KEYS = 12
LIFT = 3.5
"""How much higher the voices lie at the height of a swell, semitones."""
REPRISE_ENERGY = 0.8
"""Sections above this energy turn to the second theme in their later half."""


def compose(seed: int, seconds: Seconds) -> Score:
    """Decide key, mode, tempo, form, harmony, parts and sound of a piece of `seconds`."""
    random = Random(seed)  # noqa: S311 - music, not secrets
    key, mode = random.randrange(KEYS), random.choice(harmony.MODES)
    sound = palette.choose(random)
    time = form.keep_time(random, seconds)
    sections = form.divide(random, time)
    chords = harmonise(random, key, mode, time, sections)
    return Score(
        seed=seed,
        seconds=seconds,
        key=key,
        mode=mode,
        beat=time.beat,
        palette=sound,
        sections=sections,
        chords=chords,
        pads=parts.pads(random, chords, sections),
        basses=parts.basses(chords, sections),
        bells=melody.tune(random, key, mode, chords, sections, time),
        plucks=parts.plucks(random, chords, sections, time),
    )


def harmonise(
    random: Random, key: int, mode: Mode, time: form.Time, sections: tuple[Section, ...]
) -> tuple[Chord, ...]:
    """A theme that goes round, a second one at the height of each swell, and home at the end."""
    length = random.choice((4, 4, 5, 6))
    themes = [[(d, harmony.tones(random, key, mode, d)) for d in harmony.walk(random, mode, length)] for _ in range(2)]
    centre = random.uniform(59.5, 64)
    chords: list[Chord] = []
    for index in range(time.chords):
        start, end = time.chord_start(index), time.chord_start(index + 1)
        high = _at_its_height(sections, Seconds((start + end) / 2))
        theme = themes[high]
        degree, tones = themes[0][0] if index == time.chords - 1 else theme[index % length]
        voices = voicing.lead(chords[-1].voices if chords else None, tones, centre + LIFT * high)
        chords.append(Chord(start, end, degree, tones, voices, voicing.bass(tones[0])))
    return tuple(chords)


def _at_its_height(sections: tuple[Section, ...], moment: Seconds) -> bool:
    section = next(s for s in sections if s.start <= moment < s.end)
    return section.energy > REPRISE_ENERGY and moment > (section.start + section.end) / 2


def name(seed: int, wished: str | None) -> str:
    """The title that was wished for, or one of the station's own."""
    return wished or titles.title(seed)
