"""From an original to its on-air copy: looked at from all sides, decoded whole, made anew. It can be done again."""

import asyncio
import hashlib
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from uuid import UUID

from api.arriving import scanning
from api.arriving.scanning import Scan
from api.media import copies, covers
from api.media.probe import NotPlayable, Sound, probe
from api.settings import Settings

SHORTEST_SECONDS = 0.5
Stage = Literal["checking", "copying"]
Reached = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True)
class Made:
    """What is known of an original whose copy is there. Seconds."""

    sound: Sound
    length_seconds: float
    artwork: bool
    sha256: str
    scan: Scan
    at: datetime


async def make(
    source: Path,
    item: UUID,
    settings: Settings,
    reached: Reached,
    *,
    sha256: str | None = None,
    takes_cover: bool = True,
) -> Made:
    """Make the copy of an item, and its cover, unless somebody chose one.

    Raises `NotPlayable`, `Infected`, `DiskFull`, `FileNotFoundError`.
    """
    await asyncio.to_thread(_require_readable, source)
    room = settings.programme_folder
    copies.require_room(room, seconds=0, reserve_mb=settings.disk_reserve_mb)
    await reached("checking")
    digest = await asyncio.to_thread(digest_of, source) if sha256 is None else sha256
    scan = await scanning.look(settings.clamav, source)
    longest = settings.programme_max_hours * 3600
    sound = await probe(source, shortest_seconds=SHORTEST_SECONDS, longest_seconds=longest)
    copies.require_room(room, seconds=sound.length_seconds, reserve_mb=settings.disk_reserve_mb)
    await reached("copying")
    length = await copies.make(source, copies.path_of(room, item), item, sound)
    artwork = takes_cover and sound.has_cover and await covers.take(source, settings.artwork_folder, item)
    return Made(sound, length, artwork, digest, scan, datetime.now(UTC))


def digest_of(path: Path) -> str:
    """SHA-256 of a file's content, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _require_readable(source: Path) -> None:
    if not source.exists():
        raise NotPlayable("broken", "It cannot be found: it was removed, or its name is not UTF-8; rename it.")
    if not os.access(source, os.R_OK):
        raise NotPlayable("broken", "The station may not read it; give it read permission.")
    if source.stat().st_size == 0:
        raise NotPlayable("broken", "The file is empty.")
