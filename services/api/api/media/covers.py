"""Covers of songs: the picture inside a sound file, or one that somebody sent, in the sizes that pages show."""

import asyncio
from pathlib import Path
from secrets import token_hex
from uuid import UUID

from kit.command import CommandFailed, run

from api.media import pictures
from api.media.pictures import NotAPicture
from api.media.tools import FFMPEG, LOCAL_ONLY, file

MOST_PIXELS = 50_000_000
"""A small file may claim to be a picture that fills the memory."""
MOST_BYTES = 20_000_000
SIDES = {".jpg": 600, "-300.webp": 300, "-96.webp": 96}
"""Pixels by the ending of the name that follows the song's id."""


def files(folder: Path, item: UUID) -> list[Path]:
    """Where a song's cover lies, the largest first."""
    return [folder / f"{item}{ending}" for ending in SIDES]


def drop(folder: Path, item: UUID) -> None:
    """Delete a song's cover."""
    for path in files(folder, item):
        path.unlink(missing_ok=True)


def write(picture: Path, folder: Path, item: UUID) -> None:
    """Make a song's cover of a picture, whatever its sides; raises `NotAPicture`."""
    middle = pictures.square(picture, smallest=1)
    for path, side in zip(files(folder, item), SIDES.values(), strict=True):
        pictures.save(middle, path, side)


async def take(source: Path, folder: Path, item: UUID) -> bool:
    """Make a song's cover of the picture in its file; False when it has none or none that can be read."""
    folder.mkdir(exist_ok=True)
    found = folder / f".{item}.{token_hex(4)}.png"
    safely = [*LOCAL_ONLY, "-max_pixels", str(MOST_PIXELS), "-i", file(source), "-map", "0:v:0"]
    small = ["-frames:v", "1", "-vf", "scale='min(1200,iw)':-2", "-c:v", "png", "-f", "image2", "-update", "1"]
    try:
        command = [*FFMPEG, "-loglevel", "error", *safely, *small, file(found)]
        await run(command, seconds=30, output_bytes=MOST_BYTES)
        await asyncio.to_thread(write, found, folder, item)
    except (CommandFailed, FileNotFoundError, NotAPicture):
        return False
    finally:
        found.unlink(missing_ok=True)
    return True
