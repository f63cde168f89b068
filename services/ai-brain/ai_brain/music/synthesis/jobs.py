"""What the worker process is asked to do: sound in files of interleaved float32 stereo."""

from pathlib import Path

import numpy as np

from ai_brain.music import rules
from ai_brain.music.score.model import Decibels, Seconds
from ai_brain.music.synthesis import limiter
from ai_brain.music.synthesis.mix import Mix
from ai_brain.music.synthesis.tape import samples

STRETCH = 30.0
"""Seconds that are limited at a time."""


def render(seed: int, seconds: int, to: Path) -> None:
    """Compose a piece and write its sound, block by block."""
    with to.open("wb") as file:
        for block in Mix(rules.compose(seed, Seconds(seconds))).blocks():
            file.write(np.ascontiguousarray(block.T).tobytes())


def limit(sound: Path, to: Path, ceiling: Decibels) -> None:
    """Limit a file into another. Each stretch sees what comes before and after it, so there are no seams."""
    whole = np.memmap(sound, np.float32, "r").reshape(-1, 2)
    context, step = samples(2 * limiter.REACH), samples(STRETCH)
    with to.open("wb") as file:
        for start in range(0, len(whole), step):
            first = max(0, start - context)
            limited = limiter.limit(whole[first : start + step + context].T, ceiling)
            file.write(np.ascontiguousarray(limited[:, start - first :][:, :step].T).tobytes())
