"""What an MPD says of itself."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

Playback = Literal["play", "pause", "stop"]


@dataclass(frozen=True)
class QueuedSong:
    """A song in MPD's queue, with MPD's own id for it."""

    song_id: int
    path: str

    @property
    def item(self) -> str:
        """The item's id: an on-air copy is called by it."""
        return PurePath(self.path).stem


@dataclass(frozen=True)
class PlayerState:
    """All that decides what an MPD does next."""

    playback: Playback
    modes: dict[str, bool]
    output_enabled: bool
    queue: tuple[QueuedSong, ...]
    current: QueuedSong | None
    elapsed: float = 0.0
    """Seconds of the current song that were sent."""
