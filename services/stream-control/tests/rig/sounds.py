"""Small real sound files."""

from pathlib import Path

from listening import Pcm, chirp, join, tone
from listening.signals import write as write_sound

SECONDS = 1.5


def music(seconds: float = SECONDS, level_db: float = -20.0) -> Pcm:
    """Something to hear: a tone and a chirp."""
    return join(tone(440, seconds - 0.5, level_db), chirp(0.5, level_db))


def sound_file(path: Path, pcm: Pcm | None = None, **tags: str) -> Path:
    """A sound file; its suffix says of which kind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_sound(path, music() if pcm is None else pcm, tags)
